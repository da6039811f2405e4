package hyperloglog

import (
	"errors"
	"testing"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/internal/process/processtest"
)

// connect starts a server for a test and its subtests.
func connect(t *testing.T) *redis.Client {
	t.Helper()
	server := processtest.Start(t)
	client := redis.NewClient(&redis.Options{Network: "unix", Addr: server.Socket(), Protocol: 2, DisableIdentity: true})
	t.Cleanup(func() { assert.NoError(t, client.Close()) })
	return client
}

// twin does everything twice, here and on a real server, and fails its test where they differ.
type twin struct {
	t      *testing.T
	client *redis.Client
	// prefix keeps tests that share a server apart.
	prefix string
	values map[string][]byte
}

func newTwin(t *testing.T, client *redis.Client) *twin {
	t.Helper()
	return &twin{t: t, client: client, prefix: t.Name() + "/", values: map[string][]byte{}}
}

// set stores any value, or none where it is nil.
func (w *twin) set(key string, value []byte) {
	w.t.Helper()
	w.values[key] = value
	if value == nil {
		require.NoError(w.t, w.client.Del(w.t.Context(), w.prefix+key).Err())
		return
	}
	require.NoError(w.t, w.client.Set(w.t.Context(), w.prefix+key, value, 0).Err())
}

func (w *twin) add(key string, elements ...string) {
	w.t.Helper()
	words := []any{"PFADD", w.prefix + key}
	for _, element := range elements {
		words = append(words, element)
	}
	updated, changed, err := Add(w.values[key], elements...)
	w.values[key] = updated
	want := int64(0)
	if changed && err == nil {
		want = 1
	}
	w.compare(key, words, want, err)
}

// count compares PFCOUNT, of one key with its cache and of several without.
func (w *twin) count(keys ...string) {
	w.t.Helper()
	words := []any{"PFCOUNT"}
	hlls := make([][]byte, 0, len(keys))
	for _, key := range keys {
		words = append(words, w.prefix+key)
		hlls = append(hlls, w.values[key])
	}
	if len(keys) > 1 {
		n, err := Count(hlls...)
		w.compare(keys[0], words, n, err)
		return
	}
	n, updated, changed, err := CountCached(hlls[0])
	if changed {
		w.values[keys[0]] = updated
	}
	w.compare(keys[0], words, n, err)
}

func (w *twin) merge(dest string, sources ...string) {
	w.t.Helper()
	words := []any{"PFMERGE", w.prefix + dest}
	hlls := make([][]byte, 0, len(sources))
	for _, source := range sources {
		words = append(words, w.prefix+source)
		hlls = append(hlls, w.values[source])
	}
	merged, err := Merge(w.values[dest], hlls...)
	w.values[dest] = merged
	w.compare(dest, words, "OK", err)
}

// compare runs a command, and demands the same reply and then the same bytes in the key. The bytes are left out of the failure text:
// they are thousands.
func (w *twin) compare(key string, words []any, want any, wantErr error) {
	w.t.Helper()
	pipe := w.client.Pipeline()
	reply := pipe.Do(w.t.Context(), words...)
	value := pipe.Get(w.t.Context(), w.prefix+key)
	_, _ = pipe.Exec(w.t.Context()) // each reply has its own error

	got, err := reply.Result()
	if wantErr != nil {
		require.EqualError(w.t, err, wantErr.Error(), "%v %v", words[0], key)
	} else {
		require.NoError(w.t, err, "%v %v", words[0], key)
		require.Equal(w.t, want, got, "%v %v", words[0], key)
	}

	stored, err := value.Bytes()
	if errors.Is(err, redis.Nil) {
		require.Nil(w.t, w.values[key])
		return
	}
	require.NoError(w.t, err)
	require.NotNil(w.t, w.values[key])
	if got, want := string(w.values[key]), string(stored); got != want {
		require.Failf(w.t, "the bytes differ", "%v %v: ours %d, theirs %d, first at %d\nours   %x\ntheirs %x", words[0], key,
			len(got), len(want), firstDifference(got, want), got[:min(64, len(got))], want[:min(64, len(want))])
	}
}

func firstDifference(a, b string) int {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return i
		}
	}
	return min(len(a), len(b))
}
