package snapshot_test

import (
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/internal/keyspacetest"
	"github.com/compozy/rediskit/snapshot"
)

// Only the order of a key's own lines counts, and not what stands between them.
func TestLinesOfKeysMayBeMixed(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	want := keyspacetest.Generate(random, 200, keyspacetest.Options{Databases: 3, FieldTTLs: true, Counters: true})

	var keys [][]string // the lines of each
	for _, db := range want.Databases() {
		for key := range want.Keys(db) {
			var alone snapshot.Builder
			alone.Set(db, key)
			keys = append(keys, strings.Split(strings.TrimSuffix(encode(t, alone.Snapshot()), "\n"), "\n"))
		}
	}
	var mixed strings.Builder
	for len(keys) > 0 {
		i := random.IntN(len(keys))
		mixed.WriteString(keys[i][0] + "\n" + keys[i][1] + "\n") // SELECT, and what comes next
		if keys[i] = append(keys[i][:1], keys[i][2:]...); len(keys[i]) == 1 {
			keys = append(keys[:i], keys[i+1:]...)
		}
	}
	got, err := snapshot.Decode(strings.NewReader(mixed.String()))
	require.NoError(t, err)
	require.Equal(t, encode(t, want), encode(t, got))
}

// Decoding takes no longer for each line because there are many, however they are mixed.
func TestMixedLinesAreReadInOneGo(t *testing.T) {
	t.Parallel()
	const turns = 100_000
	var text strings.Builder
	for i := range turns {
		n := strconv.Itoa(i)
		text.WriteString("RPUSH b " + n + "\nHSET c '" + n + "' 1\nRPUSH a " + n + "\n")
	}
	for i := range turns {
		text.WriteString("HPEXPIRE c 1000 FIELDS 1 " + strconv.Itoa(turns-1-i) + "\n")
	}
	text.WriteString("MSET" + strings.Repeat(" 'k' 'v'", turns) + "\n")
	got, err := snapshot.Decode(strings.NewReader(text.String()))
	require.NoError(t, err)
	require.Equal(t, 4, got.Len())
}

func TestALaterLineReplacesAKey(t *testing.T) {
	t.Parallel()
	got, err := snapshot.Decode(strings.NewReader(`
HSET h f 1 g 2
PEXPIRE h 5
SET a 1 EX 60
SET h text
HSET z f 1
HPEXPIRE z 7 FIELDS 1 f
HSET a2 x 1
HSET z f 2
SET a 2
ZADD board 1 ada 2 bob
SADD tags x x
ZADD board 3 ada
SADD tags x
`))
	require.NoError(t, err)
	require.Equal(t, `SELECT 0
SET a 2
HSET a2 x 1
ZADD board 2 bob
ZADD board 3 ada
SET h text
SADD tags x
HSET z f 2
`, encode(t, got))
}
