package rdb_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/snapshot"
	"github.com/compozy/rediskit/snapshot/rdb"
)

// corpusFolder holds files that make.sh has made of everything.redis.
var corpusFolder = filepath.Join("..", "..", "testdata", "rdb")

func readCorpus(t testing.TB, name string) []byte {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(corpusFolder, name))
	require.NoError(t, err)
	return content
}

// everything is what most files of the corpus hold.
func everything(t testing.TB) *snapshot.Snapshot {
	t.Helper()
	s, err := snapshot.Decode(bytes.NewReader(readCorpus(t, "everything.redis")))
	require.NoError(t, err)
	return s
}

func filesOfEverything() []string {
	return []string{
		"packed.rdb", "plain.rdb", "parts.rdb", "elements.rdb", "unsummed.rdb", "frequency.rdb", "idle.rdb",
	}
}

func TestCorpusIsRead(t *testing.T) {
	t.Parallel()
	for _, name := range filesOfEverything() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			requireSame(t, everything(t), decode(t, readCorpus(t, name), rdb.AtCreation()))
		})
	}
}

func TestCorpusGoesToServers(t *testing.T) {
	t.Parallel()
	for _, name := range filesOfEverything() {
		for kind, start := range targets() {
			t.Run(name+" to "+kind, func(t *testing.T) {
				t.Parallel()
				want := decode(t, readCorpus(t, name), rdb.AtCreation())
				target := start(t)
				require.NoError(t, snapshot.Restore(t.Context(), target, want))
				requireSame(t, want, capture(t, target))
			})
		}
	}
}

func TestCorpusIsEncodedForServers(t *testing.T) {
	t.Parallel()
	for _, name := range filesOfEverything() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := decode(t, readCorpus(t, name), rdb.AtCreation())
			requireSame(t, want, capture(t, snapshot.Of(serverWith(t, encode(t, want)))))
		})
	}
}

func TestCorpusHasEveryEncodingOfRedis7(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		file, key string
		kind      byte
	}{
		{"packed.rdb", "string:utf8", 0},
		{"plain.rdb", "set:words", 2},
		{"plain.rdb", "hash:words", 4},
		{"plain.rdb", "zset:scores", 5},
		{"packed.rdb", "set:int16", 11},
		{"packed.rdb", "set:int32", 11},
		{"packed.rdb", "set:int64", 11},
		{"packed.rdb", "hash:words", 16},
		{"packed.rdb", "zset:scores", 17},
		{"parts.rdb", "list:words", 18},
		{"parts.rdb", "stream:entries", 19},
	} {
		head := append([]byte{test.kind, byte(len(test.key))}, test.key...)
		assert.True(t, bytes.Contains(readCorpus(t, test.file), head), "%s: %s with type %d", test.file, test.key, test.kind)
	}
}

func TestFunctionsAreKept(t *testing.T) {
	t.Parallel()
	file, err := rdb.Read(bytes.NewReader(readCorpus(t, "functions.rdb")))
	require.NoError(t, err)
	require.Zero(t, file.Snapshot.Len())
	require.Len(t, file.Functions, 2)
	assert.Contains(t, file.Functions[0]+file.Functions[1], "#!lua name=greetings\nredis.register_function('hello'")

	client := serverWith(t, encode(t, file.Snapshot, rdb.Functions(file.Functions...)))
	answer, err := client.FCall(t.Context(), "hello", nil).Text()
	require.NoError(t, err)
	assert.Equal(t, "hi", answer)

	again := realServer(t)
	for _, source := range file.Functions {
		require.NoError(t, again.FunctionLoad(t.Context(), source).Err())
	}
}

func TestAuxIsKept(t *testing.T) {
	t.Parallel()
	file, err := rdb.Read(bytes.NewReader(readCorpus(t, "empty.rdb")))
	require.NoError(t, err)
	assert.Equal(t, 10, file.Version)
	assert.Equal(t, rdb.Aux{Name: "redis-ver", Value: "7.0.15"}, file.Aux[0])
	assert.Empty(t, file.Skipped)
	assert.Zero(t, file.Snapshot.Len())
}
