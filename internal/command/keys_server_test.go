package command

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/internal/process/processtest"
)

// TestKeysAgreeWithServer compares what is found with COMMAND GETKEYSANDFLAGS, for well-formed calls and for malformed ones.
func TestKeysAgreeWithServer(t *testing.T) {
	t.Parallel()
	server := processtest.Start(t)
	client := redis.NewClient(&redis.Options{Network: "unix", Addr: server.Socket(), Protocol: 2, DisableIdentity: true})
	t.Cleanup(func() { assert.NoError(t, client.Close()) })

	const batch = 500
	source := calls(rand.New(rand.NewPCG(1, 2)))
	for range 40 {
		lines := make([][]string, batch)
		answers := make([]*redis.Cmd, batch)
		pipe := client.Pipeline()
		for i := range lines {
			lines[i] = source()
			words := []any{"COMMAND", "GETKEYSANDFLAGS"}
			for _, word := range lines[i] {
				words = append(words, word)
			}
			answers[i] = pipe.Do(t.Context(), words...)
		}
		_, _ = pipe.Exec(t.Context()) // each answer has its own error
		for i, line := range lines {
			assert.Equal(t, serverKeys(t, answers[i]), ownKeys(line), "%q", line)
		}
		if t.Failed() {
			return
		}
	}
}

// calls returns a function that makes up calls: of all commands that may have keys, with words that mean something to them.
func calls(random *rand.Rand) func() []string {
	vocabulary := []string{
		"1", "2", "3", "0", "-1", "2x", "+2", " 2", "02", "99", "9223372036854775807", "", "k", "a b",
		"STREAMS", "streams", "STORE", "store", "STOREDIST", "GET", "get", "BY", "LIMIT", "KEYS", "keys", "COPY", "AUTH", "AUTH2",
		"REPLACE", "GROUP", "COUNT", "BLOCK", "NOACK", "OVERFLOW", "SET", "INCRBY", "WEIGHTS", "XX",
	}
	var specs []*Spec
	for spec := range All() {
		specs = append(append(specs, spec), spec.Subcommands...)
		for range 4 { // of these there is more to be found out
			if spec.Has(MovableKeys) || spec.search(make([]string, 6)) != nil {
				specs = append(specs, spec)
			}
		}
	}
	return func() []string {
		spec := specs[random.IntN(len(specs))]
		line := strings.Split(spec.Name, separator)
		size := max(spec.Arity, -spec.Arity)
		if spec.Arity < 0 || random.IntN(10) == 0 {
			size += random.IntN(9) - random.IntN(2)
		}
		for len(line) < max(size, 2) { // the server wants two
			line = append(line, vocabulary[random.IntN(len(vocabulary))])
		}
		return line
	}
}

// serverKeys is an answer as text: keys with their flags, sorted, or an error.
func serverKeys(t *testing.T, answer *redis.Cmd) []string {
	t.Helper()
	if err := answer.Err(); err != nil {
		return []string{strings.TrimPrefix(err.Error(), "ERR ")}
	}
	entries, err := answer.Slice()
	require.NoError(t, err)
	keys := []string{}
	for _, entry := range entries {
		parts, ok := entry.([]any)
		require.True(t, ok, "%v", entry)
		keys = append(keys, strconv.Quote(readText(t, parts[0]))+" "+strings.Join(readTexts(t, parts[1]), ","))
	}
	slices.Sort(keys)
	return keys
}

func ownKeys(line []string) []string {
	found, err := KeysOf(line)
	if err != nil {
		return []string{err.Error()}
	}
	keys := []string{}
	for _, key := range found {
		keys = append(keys, strconv.Quote(line[key.Position])+" "+strings.Join(key.Flags, ","))
	}
	slices.Sort(keys)
	return keys
}
