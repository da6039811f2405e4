package command

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestKeysOf(t *testing.T) {
	t.Parallel()
	for call, want := range map[string]string{
		"GET k":                                "k",
		"mset a 1 b 2":                         "a b",
		"ZUNIONSTORE to 2 a b WEIGHTS 1 2":     "to a b",
		"EVAL script 2 a b c":                  "a b",
		"EVAL script 0 a":                      "",
		"XREAD COUNT 1 STREAMS a b 0 0":        "a b",
		"SORT list BY w_* STORE to":            "list to",
		"SORT list STORE first STORE last":     "list last",
		"GEORADIUS k 0 0 1 m STOREDIST to":     "k to",
		"MIGRATE host 1 k 0 9":                 "k",
		"OBJECT ENCODING k":                    "k",
		"PING x":                               ErrNoKeys.Error(),
		"SSUBSCRIBE channel":                   ErrNoKeys.Error(),
		"NOSUCH k":                             ErrInvalidCommand.Error(),
		"OBJECT NOSUCH k":                      ErrInvalidCommand.Error(),
		"GET a b":                              ErrWrongArity.Error(),
		"ZUNION 3 a b":                         ErrInvalidCall.Error(),
		"ZUNION 9223372036854775807 a b":       ErrInvalidCall.Error(),
		"XREAD STREAMS a b c":                  "a",
		"XREADGROUP GROUP streams c BLOCK 1 x": ErrInvalidCall.Error(),
	} {
		line := strings.Fields(call)
		keys, err := KeysOf(line)
		got := make([]string, len(keys))
		for i, key := range keys {
			got[i] = line[key.Position]
		}
		if err != nil {
			got = []string{err.Error()}
		}
		assert.Equal(t, want, strings.Join(got, " "), call)
	}
}

func TestKeysHaveFlags(t *testing.T) {
	t.Parallel()
	for call, want := range map[string]string{
		"GET k":                     "RO access",
		"SET k v":                   "OW update",
		"SET k v get":               "RW access update",
		"BITFIELD k GET u8 0":       "RO access",
		"BITFIELD k SET u8 0 1":     "RW access update",
		"BITFIELD k OVERFLOW WRAP":  "RO access",
		"BITFIELD k GET u8":         "RW access update",
		"MIGRATE h 1 k 0 9 REPLACE": "RW access delete",
	} {
		keys, err := KeysOf(strings.Fields(call))
		require.NoError(t, err, call)
		require.Len(t, keys, 1, call)
		assert.Equal(t, want, strings.Join(keys[0].Flags, " "), call)
	}
}

func TestChannels(t *testing.T) {
	t.Parallel()
	assert.Equal(t, 2, lookup(t, "SSUBSCRIBE").Channels(strings.Fields("SSUBSCRIBE a b"))[1].Position)
	assert.Len(t, lookup(t, "SPUBLISH").Channels(strings.Fields("SPUBLISH a b")), 1)
	assert.Empty(t, lookup(t, "GET").Channels(strings.Fields("GET k")))
}

func TestParseKeysRefusesDamage(t *testing.T) {
	t.Parallel()
	for damaged, want := range map[string]string{
		"get index:1 range:0,1,0":    "keys: line 1: 3 fields, want 4",
		"# fine\nset index:1 - -":    "keys: line 2: there is no command set",
		"get|x index:1 unknown -":    "keys: line 1: there is no command get|x",
		"get index:one unknown -":    `keys: line 1: get: strconv.Atoi: parsing "one": invalid syntax`,
		"get nowhere unknown -":      `keys: line 1: get: begin "nowhere"`,
		"get keyword:K unknown -":    `keys: line 1: get: strconv.Atoi: parsing "": invalid syntax`,
		"get index:1 range:0,1 -":    "keys: line 1: get: 2 numbers, want 3",
		"get index:1 keynum:0,1,x -": `keys: line 1: get: strconv.Atoi: parsing "x": invalid syntax`,
		"get index:1 everything -":   `keys: line 1: get: find "everything"`,
	} {
		parsed, err := parse("get 2 1 1 1 - - -")
		require.NoError(t, err)
		require.EqualError(t, parsed.parseKeys(damaged), want)
	}
}
