package redistest_test

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"testing/fstest"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/internal/process/processtest"
	"github.com/compozy/rediskit/redistest"
	"github.com/compozy/rediskit/snapshot"
	"github.com/compozy/rediskit/snapshot/rdb"
)

// dumped are the dumps of redis-server that the packages share.
const dumped = "../testdata/rdb"

func TestADumpIsAFixture(t *testing.T) {
	t.Parallel()
	srv := redistest.New(t, redistest.WithFixture(filepath.Join(dumped, "plain.rdb")))
	file, err := os.Open(filepath.Join(dumped, "plain.rdb"))
	require.NoError(t, err)
	defer file.Close() //nolint:errcheck // it was only read
	want, err := rdb.Decode(file, rdb.At(srv.Now()))
	require.NoError(t, err)
	require.NotZero(t, want.Len())
	after := redistest.New(t)
	require.NoError(t, snapshot.Restore(t.Context(), after, want)) // which keeps no counters of streams either
	want, err = after.Capture(t.Context())
	require.NoError(t, err)
	got, err := srv.Capture(t.Context())
	require.NoError(t, err)
	require.Empty(t, snapshot.Diff(want, got, snapshot.TTLTolerance(time.Second)))
}

func TestADumpBecomesAGolden(t *testing.T) {
	t.Parallel()
	srv := redistest.New(t, redistest.WithFixture(filepath.Join(dumped, "plain.rdb"), redistest.Match("*:short"), redistest.Match("*:words")))
	redistest.AssertGolden(t, srv, "dump")
}

// dump is an .rdb file of these keys, written at noon.
func dump(t *testing.T, keys ...snapshot.Key) fstest.MapFS {
	t.Helper()
	var b snapshot.Builder
	for _, key := range keys {
		b.Set(0, key)
	}
	var file bytes.Buffer
	require.NoError(t, rdb.Encode(&file, b.Snapshot(), rdb.At(noon)))
	return fstest.MapFS{"dump": {Data: file.Bytes()}}
}

func TestADumpAgesByTheServersClock(t *testing.T) {
	t.Parallel()
	files := dump(
		t,
		snapshot.Key{Name: "long", Value: snapshot.String("v"), TTL: 2 * time.Hour},
		snapshot.Key{Name: "short", Value: snapshot.String("v"), TTL: time.Hour},
	)
	for _, since := range []time.Duration{-time.Hour, 0, 30 * time.Minute} {
		srv := redistest.New(t, redistest.WithTime(noon.Add(since)))
		require.NoError(t, srv.LoadFS(files, "dump"))
		require.Equal(t, 2*time.Hour-since, srv.Client().PTTL(t.Context(), "long").Val())
		require.Equal(t, time.Hour-since, srv.Client().PTTL(t.Context(), "short").Val())
	}
	srv := redistest.New(t, redistest.WithTime(noon.Add(time.Hour)))
	require.NoError(t, srv.LoadFS(files, "dump"))
	require.Equal(t, []string{"long"}, srv.Client().Keys(t.Context(), "*").Val())
}

func TestFiltersKeepThingsOutOfATest(t *testing.T) {
	t.Parallel()
	files := dump(
		t,
		snapshot.Key{Name: "user:1", Value: snapshot.NewHash(snapshot.Field{Name: "mail", Value: "ada@example.com"})},
		snapshot.Key{Name: "user:1:token", Value: snapshot.String("secret")},
		snapshot.Key{Name: "job", Value: snapshot.String("x"), TTL: time.Hour},
	)
	files["text.redis"] = &fstest.MapFile{Data: []byte("SET user:1:token secret\nHSET user:1 mail ada@example.com\nSET job x\n")}
	files["run.redis"] = &fstest.MapFile{Data: []byte("INCR n\n")}
	mail := regexp.MustCompile(`[a-z]+@example\.com`)
	for _, name := range []string{"dump", "text.redis"} {
		srv := redistest.New(t, redistest.WithTime(noon))
		require.NoError(t, srv.LoadFS(files, name, redistest.Match("user:*"), redistest.Except("*:token"), redistest.Scrub(mail, "someone@example.com")))
		require.Equal(t, []string{"user:1"}, srv.Client().Keys(t.Context(), "*").Val())
		require.Equal(t, "someone@example.com", srv.Client().HGet(t.Context(), "user:1", "mail").Val())
	}
	err := redistest.New(t).LoadFS(files, "run.redis", redistest.Match("n"))
	require.EqualError(t, err, "load run.redis:1:1: INCR n: is not a command that describes a keyspace; only a server can run it")
}

func TestADamagedDumpLoadsNothing(t *testing.T) {
	t.Parallel()
	whole := dump(t, snapshot.Key{Name: "a", Value: snapshot.String("v")}, snapshot.Key{Name: "b", Value: snapshot.NewList("x", "y")})["dump"].Data
	damaged := bytes.Clone(whole)
	damaged[len(damaged)-1] ^= 1
	srv := redistest.New(t)
	for name, data := range map[string][]byte{"cut": whole[:len(whole)-12], "damaged": damaged} {
		err := srv.LoadFS(fstest.MapFS{"prod.rdb": {Data: data}}, "prod.rdb")
		var failure *rdb.Error
		require.ErrorAs(t, err, &failure, name)
		require.ErrorContains(t, err, "load prod.rdb: ")
		require.Zero(t, srv.Client().DBSize(t.Context()).Val())
	}
}

func TestFunctionsOfADumpAreLoadedWhereThereAreAny(t *testing.T) {
	t.Parallel()
	processtest.Start(t)
	path := filepath.Join(dumped, "functions.rdb")
	require.NoError(t, redistest.New(t).Load(path), "an embedded server has none")
	srv := redistest.New(t, redistest.WithBackend(redistest.RedisServer()))
	require.NoError(t, srv.Load(path))
	libraries, err := srv.Client().FunctionList(t.Context(), redis.FunctionListQuery{}).Result()
	require.NoError(t, err)
	require.NotEmpty(t, libraries)
}
