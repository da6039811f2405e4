package rdb_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/internal/config"
	"github.com/compozy/rediskit/internal/keyspacetest"
	"github.com/compozy/rediskit/snapshot"
	"github.com/compozy/rediskit/snapshot/rdb"
)

func TestRedisLoadsWhatIsEncoded(t *testing.T) {
	t.Parallel()
	for name, limits := range map[string]keyspacetest.Options{
		"of a real server":       {Databases: 16, Counters: true},
		"of the embedded server": {Databases: 16},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := keyspacetest.Generate(rand.New(rand.NewPCG(11, 12)), 2000, limits)
			requireSame(t, want, capture(t, snapshot.Of(serverWith(t, encode(t, want)))))
		})
	}
}

func TestWhatRedisSavesIsRead(t *testing.T) {
	t.Parallel()
	client, saved := savingServer(t, nil)
	made := keyspacetest.Generate(rand.New(rand.NewPCG(13, 14)), 2000, keyspacetest.Options{Databases: 16, Counters: true})
	require.NoError(t, snapshot.Restore(t.Context(), snapshot.Of(client), made))
	require.NoError(t, client.Save(t.Context()).Err())
	requireSame(t, made, decode(t, readFile(t, saved)))
}

// Big things are cut into many parts, and do not fit into a buffer.
func TestBigValues(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(15, 16))
	word := func(n int) string {
		b := make([]byte, n)
		for i := range b {
			b[i] = byte(random.IntN(256))
		}
		return string(b)
	}
	var elements []string
	var entries []snapshot.Entry
	var members []snapshot.Member
	var fields []snapshot.Field
	var pending []snapshot.Pending
	for i := range 3000 {
		id := snapshot.StreamID{Milliseconds: uint64(i/3 + 1), Sequence: uint64(i % 3)}
		elements = append(elements, word(1+i%200)+string(rune('a'+i%26)))
		entries = append(entries, snapshot.NewEntry(id, "f", word(i%300), strings.Repeat("g", 1+i/1000), "v"))
		members = append(members, snapshot.Member{Name: word(20), Score: random.NormFloat64()})
		fields = append(fields, snapshot.Field{Name: word(20), Value: word(i % 100)})
		pending = append(pending, snapshot.Pending{ID: id, Consumer: "c", Delivered: time.UnixMilli(int64(i)), Count: int64(i)})
	}
	last := snapshot.StreamID{Milliseconds: 5000}
	entries = append(entries, snapshot.NewEntry(last, "long", word(1<<17)))
	var b snapshot.Builder
	b.Set(0, snapshot.Key{Name: "string", Value: snapshot.String(word(1 << 20))})
	b.Set(0, snapshot.Key{Name: word(1 << 17), Value: snapshot.String(strings.Repeat("compressible ", 50_000))})
	b.Set(0, snapshot.Key{Name: "list", Value: snapshot.NewList(append([]string{word(1 << 18)}, elements...)...)})
	b.Set(0, snapshot.Key{Name: "set", Value: snapshot.NewSet(append([]string(nil), elements...)...)})
	b.Set(0, snapshot.Key{Name: "zset", Value: snapshot.NewSortedSet(members...)})
	b.Set(0, snapshot.Key{Name: "hash", Value: snapshot.NewHash(fields...)})
	b.Set(0, snapshot.Key{Name: "stream", Value: snapshot.NewStream(last, entries,
		[]snapshot.Group{snapshot.NewGroup("g", last, nil, pending)})})
	want := b.Snapshot()

	file := encode(t, want)
	requireSame(t, want, decode(t, file))
	client, saved := savingServer(t, file)
	requireSame(t, want, capture(t, snapshot.Of(client)))
	require.NoError(t, client.Save(t.Context()).Err())
	requireSame(t, want, decode(t, readFile(t, saved)))
}

func TestEncodingIsDeterministic(t *testing.T) {
	t.Parallel()
	at := rdb.At(time.UnixMilli(moment))
	s := keyspacetest.Generate(rand.New(rand.NewPCG(17, 18)), 200, keyspacetest.Options{Databases: 3, Counters: true, FieldTTLs: true})
	file := encode(t, s, at, rdb.Version(12))
	require.Equal(t, file, encode(t, s, at, rdb.Version(12)))
	again := decode(t, file, at)
	require.Empty(t, snapshot.Diff(s, again))
	require.Equal(t, file, encode(t, again, at, rdb.Version(12)))
}

func TestFieldTTLsNeedVersion12(t *testing.T) {
	t.Parallel()
	s := single(snapshot.NewHash(snapshot.Field{Name: "f", Value: "v", TTL: time.Second}))
	err := rdb.Encode(&bytes.Buffer{}, s)
	require.ErrorIs(t, err, rdb.ErrFieldTTLs)
	require.EqualError(t, err, "encode rdb: database 0: key key: fields with a time to live need rdb.Version(12), which Redis 7.4 and later read")
	require.ErrorIs(t, rdb.Encode(&bytes.Buffer{}, s, rdb.Version(11)), rdb.ErrFieldTTLs)
	require.EqualError(t, rdb.Encode(&bytes.Buffer{}, s, rdb.Version(13)), "encode rdb: only the versions 10 to 12 can be written")
	assert.True(t, bytes.HasPrefix(encode(t, s, rdb.Version(12)), []byte("REDIS0012")))
}

func TestWritersThatFail(t *testing.T) {
	t.Parallel()
	failure := errors.New("the disk is full")
	require.ErrorIs(t, rdb.Encode(failing{failure}, &snapshot.Snapshot{}), failure)
	require.ErrorIs(t, rdb.Encode(failing{failure}, single(snapshot.String(strings.Repeat("x", 1<<20)))), failure)
	require.NoError(t, rdb.Encode(iotest.TruncateWriter(&bytes.Buffer{}, 5), &snapshot.Snapshot{}))
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

// redis-check-rdb goes through a file as redis-server does, and is more talkative.
func TestRedisChecksWhatIsEncoded(t *testing.T) {
	t.Parallel()
	checker, err := exec.LookPath("redis-check-rdb")
	if err != nil {
		if config.ReadEnv().Require {
			t.Fatalf("%v: %s=1 demands it", err, config.EnvRequire)
		}
		t.Skip("\n    *** no redis-check-rdb: that it finds nothing was NOT tested ***")
	}
	path := filepath.Join(t.TempDir(), "dump.rdb")
	writeFile(t, path, encode(t, everything(t)))
	output, err := exec.CommandContext(t.Context(), checker, path).CombinedOutput()
	require.NoError(t, err, "%s", output)
	require.Contains(t, string(output), "RDB looks OK")
}
