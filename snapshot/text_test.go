package snapshot_test

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/internal/keyspacetest"
	"github.com/compozy/rediskit/snapshot"
)

// encode returns a snapshot's text.
func encode(t testing.TB, s *snapshot.Snapshot) string {
	t.Helper()
	var text bytes.Buffer
	require.NoError(t, snapshot.Encode(&text, s))
	return text.String()
}

func decode(t testing.TB, text string) *snapshot.Snapshot {
	t.Helper()
	s, err := snapshot.Decode(strings.NewReader(text))
	require.NoError(t, err)
	return s
}

const everyType = `SELECT 0
ZADD board -inf last
ZADD board 10.5 ada
XADD orders 4-0 "" ""
XADD orders 5-0 sku 42 qty 1
XGROUP CREATE orders workers 5-0
XGROUP CREATECONSUMER orders workers idle
XCLAIM orders workers w1 0 4-0 TIME 1700000000000 RETRYCOUNT 1 FORCE JUSTID
XCLAIM orders workers w1 0 5-0 TIME 1700000000000 RETRYCOUNT 2 FORCE JUSTID
XDEL orders 4-0
RPUSH queue:mail '{"to":"ada","retry":0}'
RPUSH queue:mail "\x00\xff"
SADD tags admin
SADD tags "it's"
HSET user:1 email ada@example.com
HSET user:1 name 'Ada "the Countess" Lovelace'
HPEXPIRE user:1 60000 FIELDS 1 email
PEXPIRE user:1 1800000
SELECT 3
SET greeting hello
`

func TestTextIsReadAndWrittenAsItIs(t *testing.T) {
	t.Parallel()
	require.Equal(t, everyType, encode(t, decode(t, everyType)))
	require.Empty(t, encode(t, decode(t, "")))
}

func TestWhatAPersonWritesIsRead(t *testing.T) {
	t.Parallel()
	got := encode(t, decode(t, `
# a comment

set session token ex 60
SETEX a 1 x
PSETEX b 1500 x
MSET m1 1 m2 2
	HSET user name Ada email 'a@b'   EXPIRE 5
EXPIRE user 60
HEXPIRE user 30 FIELDS 2 name email
RPUSH list b c
LPUSH list a 0
SADD set y x y
ZADD zset 2 b 1 a 2 a
XADD stream 1 f v
XADD stream MAXLEN 0 7-7 f v
SET replaced 1 EX 5
SET replaced 2`))
	require.Equal(t, `SELECT 0
SET a x
PEXPIRE a 1000
SET b x
PEXPIRE b 1500
RPUSH list 0
RPUSH list a
RPUSH list b
RPUSH list c
SET m1 1
SET m2 2
SET replaced 2
SET session token
PEXPIRE session 60000
SADD set x
SADD set y
XADD stream MAXLEN 0 0-1 "" ""
XSETID stream 7-7
HSET user EXPIRE 5
HSET user email a@b
HSET user name Ada
HPEXPIRE user 30000 FIELDS 1 email
HPEXPIRE user 30000 FIELDS 1 name
PEXPIRE user 60000
ZADD zset 2 a
ZADD zset 2 b
`, got)
}

func TestBadTextNamesTheLineTheColumnAndTheCommand(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"INCR n":                              "line 1, column 1: INCR n: is not a command that describes a keyspace; only a server can run it",
		"SET a 1\n\nEVAL 'return 1' 0":        "line 3, column 1: EVAL 'return 1': is not a command",
		"SET 'a b":                            "line 1, column 5: the quote that begins here is never closed",
		"SET \"a\"b c":                        "line 1, column 5: the quoted word that begins here is followed by something else",
		"SET a":                               "line 1, column 5: SET a: too few arguments",
		"SET a b NX":                          "line 1, column 9: SET a: unexpected NX",
		"SET a b PX 0":                        "line 1, column 12: SET a: 0 is not between 1 and",
		"HSET h f":                            "line 1, column 8: HSET h: arguments do not come in pairs",
		"SADD k x\nRPUSH k y":                 "line 2, column 7: RPUSH k: the key holds a set",
		"ZADD z one a":                        "line 1, column 8: ZADD z: score one is not a number",
		"ZADD z nan a":                        "score nan is not a number",
		"EXPIRE k 10":                         "line 1, column 8: EXPIRE k: there is no such key in the lines before",
		"HSET h f v\nHPEXPIRE h 5 FIELDS 1 g": "line 2, column 23: HPEXPIRE h: there is no such field in the lines before",
		"HSET h f v\nHPEXPIRE h 5 FIELDS 2 f": "2 fields are announced, and 1 there",
		"SELECT x":                            "line 1, column 8: SELECT x: x is not a whole number",
		"XADD s * f v":                        "line 1, column 8: XADD s: stream id \"*\": must be two numbers joined by a hyphen",
		"XADD s 5 f v\nXADD s 5 f v":          "line 2, column 8: XADD s: id 5-0 does not come after the stream's last one, 5-0",
		"XADD s 5 f":                          "arguments do not come in pairs",
		"XGROUP DESTROY s g":                  "line 1, column 8: XGROUP DESTROY s: is not a command",
		"XGROUP CREATECONSUMER s g c":         "line 1, column 23: XGROUP CREATECONSUMER s: there is no such key in the lines before",
		"XGROUP CREATE s g 0":                 "line 1, column 15: XGROUP CREATE s: there is no such key in the lines before",
		"XDEL s 1":                            "line 1, column 6: XDEL s: there is no such key in the lines before",
		"XSETID s 1":                          "line 1, column 8: XSETID s: there is no such key in the lines before",
		"SET s 1\nXSETID s 1":                 "line 2, column 8: XSETID s: the key holds a string",
		"XADD s 5 f v\nXSETID s 4":            "line 2, column 10: XSETID s: id 4-0 comes before the last entry's, 5-0",
		"XADD s 5 f v\nXGROUP CREATE s g 0\nXGROUP CREATE s g 0":                                         "line 3, column 17: XGROUP CREATE s: the group exists already",
		"XADD s 5 f v\nXGROUP CREATE s g 0\nXCLAIM s g c 0 5 JUSTID":                                     "line 3, column 18: XCLAIM s: TIME is missing",
		"XADD s 5 f v\nXGROUP CREATECONSUMER s g c":                                                      "line 2, column 25: XGROUP CREATECONSUMER s: there is no group g in the lines before",
		"XADD s 5 f v\nXGROUP CREATE s g 0\nXCLAIM s g c 0 4 TIME 1 RETRYCOUNT 1 FORCE JUSTID":           "line 3, column 16: XCLAIM s: there is no entry 4-0 in the lines before",
		"XADD s 5 f v\nXGROUP CREATE s g 0\nXDEL s 5\nXCLAIM s g c 0 5 TIME 1 RETRYCOUNT 1 FORCE JUSTID": "there is no entry 5-0 in the lines before",
	} {
		_, err := snapshot.Decode(strings.NewReader(text))
		var syntax *snapshot.SyntaxError
		require.ErrorAs(t, err, &syntax, text)
		require.ErrorContains(t, err, want, text)
		if strings.Contains(want, "only a server") {
			require.ErrorIs(t, err, snapshot.ErrNotDeclarative)
		}
	}
}

func TestASyntaxErrorNamesTheFileWhereThatIsKnown(t *testing.T) {
	t.Parallel()
	err := &snapshot.SyntaxError{File: "testdata/users.redis", Line: 3, Column: 5, Command: "SET a", Reason: snapshot.ErrNotDeclarative}
	require.EqualError(t, err, "testdata/users.redis:3:5: SET a: "+snapshot.ErrNotDeclarative.Error())
}

func TestGeneratedKeyspacesSurviveTheText(t *testing.T) {
	t.Parallel()
	for seed := range uint64(50) {
		random := rand.New(rand.NewPCG(seed, 1))
		s := keyspacetest.Generate(random, 60, keyspacetest.Options{Databases: 4, FieldTTLs: true, Counters: true})
		text := encode(t, s)
		again := decode(t, text)
		require.Equal(t, text, encode(t, again))
		require.Empty(t, snapshot.Diff(s, again))
		require.Equal(t, s.Len(), again.Len())
	}
}

func TestASnapshotIsWalked(t *testing.T) {
	t.Parallel()
	s := decode(t, everyType)
	require.Equal(t, []int{0, 3}, s.Databases())
	require.Equal(t, 6, s.Len())
	var names []string
	for key := range s.Keys(0) {
		names = append(names, key.Name+" "+key.Value.Type())
	}
	require.Equal(t, []string{"board zset", "orders stream", "queue:mail list", "tags set", "user:1 hash"}, names)
	user, ok := s.Key(0, "user:1")
	require.True(t, ok)
	require.Equal(t, 30*time.Minute, user.TTL)
	_, ok = s.Key(3, "user:1")
	require.False(t, ok)
}
