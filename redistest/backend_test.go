package redistest_test

import (
	"context"
	"crypto/tls"
	"errors"
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/internal/process/processtest"
	"github.com/compozy/rediskit/redistest"
	"github.com/compozy/rediskit/snapshot"
)

// backends are all that are to be had here, by name. The external one is a redis-server of the test's own.
func backends(t *testing.T) map[string]redistest.Backend {
	t.Helper()
	external := processtest.Start(t)
	return map[string]redistest.Backend{
		"embedded":     redistest.Embedded(),
		"redis-server": redistest.RedisServer(),
		"external":     redistest.External("unix://" + external.Socket()),
	}
}

func TestEveryBackendIsAServer(t *testing.T) {
	t.Parallel()
	for name, backend := range backends(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx := t.Context()
			srv := redistest.New(t, redistest.WithBackend(backend))
			client := srv.Client()
			require.Zero(t, client.DBSize(ctx).Val())
			require.NoError(t, client.Set(ctx, "k", "v", time.Hour).Err())
			require.NoError(t, client.HSet(ctx, "h", "f", "v").Err())
			require.Equal(t, "v", srv.NewClient().Get(ctx, "k").Val())

			cp := srv.Checkpoint()
			require.NoError(t, client.Del(ctx, "h").Err())
			require.NoError(t, client.Set(ctx, "other", "v", 0).Err())
			srv.Rewind(cp)
			require.ElementsMatch(t, []string{"h", "k"}, client.Keys(ctx, "*").Val())
			var want snapshot.Builder
			want.Set(0, snapshot.Key{Name: "k", Value: snapshot.String("v"), TTL: time.Hour})
			want.Set(0, snapshot.Key{Name: "h", Value: snapshot.NewHash(snapshot.Field{Name: "f", Value: "v"})})
			got, err := srv.Capture(ctx)
			require.NoError(t, err)
			require.Empty(t, snapshot.Diff(want.Snapshot(), got, snapshot.TTLTolerance(time.Minute)))

			srv.Advance(59 * time.Minute)
			require.InDelta(t, time.Minute, client.PTTL(ctx, "k").Val(), float64(time.Second))
			srv.Advance(-time.Minute)
			require.InDelta(t, 2*time.Minute, client.PTTL(ctx, "k").Val(), float64(time.Second))
			srv.TravelTo(srv.Now().Add(2 * time.Minute))
			require.Equal(t, []string{"h"}, client.Keys(ctx, "*").Val())

			url, err := redis.ParseURL(srv.URL())
			require.NoError(t, err)
			another := redis.NewClient(url)
			require.Equal(t, "v", another.HGet(ctx, "h", "f").Val())
			require.NoError(t, another.Close())
		})
	}
}

func TestARealClockDoesNotMoveEverything(t *testing.T) {
	t.Parallel()
	for name, backend := range backends(t) {
		if name == "embedded" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx := t.Context()
			var left time.Duration
			failures := runFake(t, func(tb *fakeTB) {
				srv := redistest.New(tb, redistest.WithBackend(backend))
				client := srv.Client()
				require.NoError(t, client.Set(ctx, "k", "v", time.Hour).Err())
				require.NoError(t, client.XGroupCreateMkStream(ctx, "s", "g", "0").Err())
				require.NoError(t, client.XAdd(ctx, &redis.XAddArgs{Stream: "s", Values: []string{"f", "v"}}).Err())
				require.NoError(t, client.XReadGroup(ctx, &redis.XReadGroupArgs{Group: "g", Consumer: "c", Streams: []string{"s", ">"}}).Err())
				defer func() { left = client.TTL(ctx, "k").Val() }()
				srv.Advance(time.Minute)
			})
			require.Len(t, failures, 1)
			require.Contains(t, failures[0], "redistest: advance by 1m0s: to move the idle times of entries pending in stream s of database ")
			require.Contains(t, failures[0], ": unsupported by the backend "+name)
			require.Equal(t, time.Hour, left, "nothing was moved")
		})
	}
}

func TestWaitsOfARealServerCannotBeMoved(t *testing.T) {
	t.Parallel()
	processtest.Start(t)
	failures := runFake(t, func(tb *fakeTB) {
		srv := redistest.New(tb, redistest.WithBackend(redistest.RedisServer()))
		worker := srv.NewClient()
		done := make(chan error, 1)
		go func() { done <- worker.BLPop(t.Context(), 0, "q").Err() }()
		defer func() {
			assert.NoError(t, srv.Client().RPush(t.Context(), "q", "x").Err())
			assert.NoError(t, <-done)
		}()
		untilBlocked(t, srv, 1)
		srv.Advance(time.Second)
	})
	require.Equal(t, []string{"redistest: advance by 1s: to move the timeouts of 1 blocked clients: unsupported by the backend redis-server"}, failures)
}

func TestOptionsThatARealServerCannotFollow(t *testing.T) {
	t.Parallel()
	for name, option := range map[string]redistest.Option{
		"WithTime":       redistest.WithTime(noon),
		"WithAddr":       redistest.WithAddr("127.0.0.1:1"),
		"WithUnixSocket": redistest.WithUnixSocket(""),
		"WithTLS":        redistest.WithTLS(&tls.Config{MinVersion: tls.VersionTLS12}),
	} {
		for _, backend := range []redistest.Backend{redistest.RedisServer(), redistest.External("redis://127.0.0.1:1")} {
			_, err := redistest.Start(t.Context(), redistest.WithBackend(backend), option)
			require.ErrorIs(t, err, redistest.ErrUnsupported)
			require.ErrorContains(t, err, name+": unsupported by the backend ")
		}
	}
}

func TestUsersOfARealServer(t *testing.T) {
	t.Parallel()
	processtest.Start(t)
	ctx := t.Context()
	srv := redistest.New(t, redistest.WithBackend(redistest.RedisServer()), redistest.WithPassword("secret"), redistest.WithUser("ada", "hers"))
	require.NoError(t, srv.Client().Set(ctx, "k", "v", 0).Err())
	stranger := srv.NewClient(func(o *redis.Options) { o.Password = "" })
	require.ErrorContains(t, stranger.Get(ctx, "k").Err(), "NOAUTH")
	ada := srv.NewClient(func(o *redis.Options) { o.Username, o.Password = "ada", "hers" })
	require.Equal(t, "v", ada.Get(ctx, "k").Val())
	held, err := srv.Capture(ctx)
	require.NoError(t, err)
	require.Equal(t, 1, held.Len())
	outside, err := redis.ParseURL(srv.URL())
	require.NoError(t, err)
	client := redis.NewClient(outside)
	t.Cleanup(func() { require.NoError(t, client.Close()) })
	require.Equal(t, "v", client.Get(ctx, "k").Val(), "over TCP")
}

func TestTestsTakeTurnsWhereProcessesAreFew(t *testing.T) {
	t.Parallel()
	processtest.Start(t)
	backend := redistest.WithBackend(redistest.RedisServer(redistest.MaxProcesses(runtime.GOMAXPROCS(0))))
	for i := range 16 {
		t.Run(strconv.Itoa(i), func(t *testing.T) {
			t.Parallel()
			client := redistest.New(t, backend).Client()
			require.EqualValues(t, 1, client.Incr(t.Context(), "n").Val())
			require.NoError(t, client.ConfigSet(t.Context(), "maxmemory", "100mb").Err())
		})
	}
}

func TestMiniredisIsOfTheEmbeddedBackendOnly(t *testing.T) {
	t.Parallel()
	processtest.Start(t)
	failures := runFake(t, func(tb *fakeTB) { redistest.New(tb, redistest.WithBackend(redistest.RedisServer())).Miniredis() })
	require.Equal(t, []string{"redistest: Miniredis: unsupported by the backend redis-server"}, failures)
}

func TestDatabasesOfAnExternalServerAreLeased(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	process := processtest.Start(t)
	raw := redis.NewClient(&redis.Options{Network: "unix", Addr: process.Socket()})
	t.Cleanup(func() { require.NoError(t, raw.Close()) })
	backend := redistest.WithBackend(redistest.External("unix://" + process.Socket()))
	start := func() (*redistest.Server, error) { return redistest.Start(ctx, backend) }

	for db := 1; db < 15; db++ { // all but one have keys of somebody else
		conn := raw.Conn()
		require.NoError(t, conn.Select(ctx, db).Err())
		require.NoError(t, conn.Set(ctx, "theirs", db, 0).Err())
		require.NoError(t, conn.Select(ctx, 0).Err())
		require.NoError(t, conn.Close())
	}
	first, err := start()
	require.NoError(t, err)
	require.Contains(t, first.URL(), "db=15")
	require.NoError(t, first.Client().Set(ctx, "ours", "v", 0).Err())

	waiting, cancel := context.WithCancelCause(ctx)
	cancel(errors.New("no time"))
	_, err = redistest.Start(waiting, backend)
	require.Error(t, err, "it is taken")

	require.NoError(t, first.Close(ctx))
	second, err := start()
	require.NoError(t, err)
	require.Zero(t, second.Client().DBSize(ctx).Val())
	require.NoError(t, second.Client().Set(ctx, "left", "v", 0).Err())
	require.NoError(t, raw.Del(ctx, "rediskit:lease:15").Err(), "as if the run had crashed and time passed")
	third, err := start()
	require.NoError(t, err, "what a test has left is no obstacle")
	require.Zero(t, third.Client().DBSize(ctx).Val())
	require.NoError(t, second.Close(ctx))
	require.EqualValues(t, 1, raw.Exists(ctx, "rediskit:lease:15").Val(), "the lease is another's by now")
	require.NoError(t, third.Close(ctx))
	require.Zero(t, raw.DBSize(ctx).Val(), "nothing is left behind")

	conn := raw.Conn()
	require.NoError(t, conn.Select(ctx, 15).Err())
	require.NoError(t, conn.Set(ctx, "theirs", "15", 0).Err())
	require.NoError(t, conn.Close())
	_, err = start()
	require.ErrorContains(t, err, "each of its databases holds keys that no test has written; see AllowDirty")
	dirty, err := redistest.Start(ctx, redistest.WithBackend(redistest.External("unix://"+process.Socket(), redistest.AllowDirty())))
	require.NoError(t, err)
	require.Zero(t, dirty.Client().DBSize(ctx).Val())
	require.NoError(t, dirty.Close(ctx))
}

func TestTestsOnAnExternalServerDoNotMeet(t *testing.T) {
	t.Parallel()
	process := processtest.Start(t)
	for i := range 40 { // more than there are databases
		t.Run(strconv.Itoa(i), func(t *testing.T) {
			t.Parallel()
			srv := redistest.New(t, redistest.WithBackend(redistest.External("unix://"+process.Socket())))
			require.EqualValues(t, 1, srv.Client().Incr(t.Context(), "n").Val())
			require.NoError(t, snapshot.Restore(t.Context(), srv, new(snapshot.Builder).Snapshot(), snapshot.Replace()))
			require.EqualValues(t, 1, srv.Client().Incr(t.Context(), "n").Val())
		})
	}
}

func TestFixturesOnRealServers(t *testing.T) {
	t.Parallel()
	for name, backend := range backends(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := redistest.New(t, redistest.WithBackend(backend))
			files := filesOf(map[string]string{
				"good.redis": "SET k 1\nINCR k\n",
				"bad.redis":  "INCR k\nINCR\n",
				"far.redis":  "INCR k\nSELECT 3\nINCR k\n",
			})
			require.NoError(t, srv.LoadFS(files, "good.redis"))
			require.ErrorContains(t, srv.LoadFS(files, "bad.redis"), "load bad.redis:2:1: INCR")
			require.Equal(t, "2", srv.Client().Get(t.Context(), "k").Val(), "nothing of it is left")
			if name == "external" {
				require.EqualError(t, srv.LoadFS(files, "far.redis"), "load far.redis:2:1: SELECT: the test has one database of this server, which the others share")
			}
		})
	}
}

func TestUnusableBackends(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		backend redistest.Backend
		want    string
	}{
		"no such program": {redistest.RedisServer(redistest.Binary("/nowhere/redis-server")), "/nowhere/redis-server"},
		"no such version": {redistest.RedisServer(redistest.MinVersion("99")), "99"},
		"no URL":          {redistest.External("here"), "external server: redis: invalid URL scheme"},
		"nobody there":    {redistest.External("redis://ada:secret@127.0.0.1:1"), "external server redis://ada:xxxxx@127.0.0.1:1: dial tcp 127.0.0.1:1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if name == "no such version" {
				processtest.Start(t)
			}
			_, err := redistest.Start(t.Context(), redistest.WithBackend(test.backend))
			require.ErrorContains(t, err, test.want)
			require.NotContains(t, err.Error(), "secret")
		})
	}
}
