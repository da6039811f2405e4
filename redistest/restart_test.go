package redistest_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/internal/process/processtest"
	"github.com/compozy/rediskit/redistest"
	"github.com/compozy/rediskit/snapshot"
)

// asked makes a server that keeps what it is asked to.
func asked(folder string) redistest.Option {
	return redistest.WithPersistence(redistest.Persistence{DataDir: folder})
}

func TestRestartKeepsWhatThereWas(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	srv := redistest.New(t, asked(t.TempDir()), redistest.WithTime(noon), redistest.WithFixture("testdata/every-type.redis"))
	require.NoError(t, srv.Client().Set(ctx, "k", "v", time.Minute).Err())
	before, err := srv.Capture(ctx)
	require.NoError(t, err)
	srv.Restart()
	after, err := srv.Capture(ctx)
	require.NoError(t, err)
	require.Empty(t, snapshot.Diff(before, after), "times to live included")
	require.Equal(t, noon, srv.Now())
	stats := srv.PersistenceStats()
	require.Equal(t, 1, stats.Taken)
	require.Equal(t, 1, stats.Restored)
	srv.Advance(time.Minute)
	require.ErrorIs(t, srv.Client().Get(ctx, "k").Err(), redis.Nil, "it still expires")
}

func TestCrashLosesWhatWasNotSaved(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	srv := redistest.New(t, asked(t.TempDir()), redistest.WithTime(noon))
	client := srv.Client()
	require.NoError(t, client.Set(ctx, "k", "first", time.Hour).Err())
	srv.Crash()
	require.Zero(t, client.DBSize(ctx).Val(), "nothing was ever saved")

	require.NoError(t, client.Set(ctx, "k", "saved", time.Hour).Err())
	require.NoError(t, client.Save(ctx).Err())
	srv.Advance(time.Minute)
	require.NoError(t, client.Set(ctx, "k", "lost", 0).Err())
	require.NoError(t, client.Set(ctx, "other", "lost", 0).Err())
	srv.Crash()
	require.Equal(t, []string{"k"}, client.Keys(ctx, "*").Val())
	require.Equal(t, "saved", client.Get(ctx, "k").Val())
	require.Equal(t, 59*time.Minute, client.PTTL(ctx, "k").Val())
	srv.Crash()
	require.Equal(t, "saved", client.Get(ctx, "k").Val(), "again and again")
}

func TestWithoutPersistenceNothingIsLeft(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	for name, end := range map[string]func(*redistest.Server){"restart": (*redistest.Server).Restart, "crash": (*redistest.Server).Crash} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := redistest.New(t, redistest.WithFixture("testdata/every-type.redis"))
			require.NoError(t, srv.NewClient(func(o *redis.Options) { o.DB = 3 }).Set(ctx, "k", "v", time.Hour).Err())
			end(srv)
			held, err := srv.Capture(ctx)
			require.NoError(t, err)
			require.Zero(t, held.Len())
		})
	}
}

// Whatever belongs to a connection ends with it, and clients connect again at the same address.
func TestARestartCutsConnections(t *testing.T) {
	t.Parallel()
	for name, options := range map[string][]redistest.Option{
		"in memory":   nil,
		"TCP":         nil,
		"unix socket": {redistest.WithUnixSocket("")},
		"TLS":         {redistest.WithTLS(nil)},
		"password":    {redistest.WithPassword("secret")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx := t.Context()
			srv := redistest.New(t, append(options, asked(t.TempDir()))...)
			connect := func(o *redis.Options) {
				if name == "TCP" {
					o.Dialer, o.Addr = nil, srv.Addr()
				}
				o.PoolSize = 20
			}
			client := srv.NewClient(connect)
			require.NoError(t, client.Set(ctx, "k", "v", 0).Err())

			conn := client.Conn()
			require.NoError(t, conn.ClientSetName(ctx, "me").Err())
			sha := conn.ScriptLoad(ctx, "return 1").Val()
			require.NoError(t, conn.Do(ctx, "WATCH", "k").Err())
			require.NoError(t, conn.Do(ctx, "MULTI").Err())
			require.NoError(t, conn.Do(ctx, "SET", "k", "never").Err())
			pubsub := client.Subscribe(ctx, "news")
			_, err := pubsub.Receive(ctx)
			require.NoError(t, err)
			news := pubsub.Channel()
			once := srv.NewClient(connect, func(o *redis.Options) { o.MaxRetries = -1 })
			blocked := make(chan error, 1)
			go func() { blocked <- once.BLPop(ctx, 0, "q").Err() }()
			again := make(chan []string, 1)
			worker := srv.NewClient(connect)
			go func() { again <- worker.BLPop(ctx, 0, "jobs").Val() }()
			untilBlocked(t, srv, 2)
			var idle []*redis.Conn
			most := 10
			if name == "TLS" { // through which go-redis does not see the end before it tries
				most = 1
			}
			for range most {
				c := client.Conn()
				require.NoError(t, c.Ping(ctx).Err())
				idle = append(idle, c)
			}
			for _, c := range idle {
				require.NoError(t, c.Close())
			}

			srv.Restart()
			require.Error(t, <-blocked, "its connection was cut")
			require.NoError(t, client.Ping(ctx).Err(), "however many connections the pool had")
			require.Error(t, conn.Do(ctx, "EXEC").Err())
			require.NoError(t, conn.Close())
			require.Equal(t, "v", client.Get(ctx, "k").Val())
			require.Empty(t, client.ClientGetName(ctx).Val())
			require.Equal(t, []bool{false}, client.ScriptExists(ctx, sha).Val())
			require.NotContains(t, client.ClientList(ctx).Val(), "name=me")

			untilBlocked(t, srv, 1) // the other worker has tried again
			require.NoError(t, client.RPush(ctx, "jobs", "later").Err())
			require.Equal(t, []string{"jobs", "later"}, <-again)
			require.Eventually(t, func() bool { // the subscriber connects again by itself
				n, err := client.Publish(ctx, "news", "x").Result()
				return err == nil && n == 1
			}, time.Minute, time.Millisecond)
			require.Equal(t, "x", (<-news).Payload)
			require.NoError(t, pubsub.Close())
		})
	}
}

func TestRestartsUnderLoad(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	srv := redistest.New(t, redistest.WithPersistence(redistest.Persistence{DataDir: t.TempDir(), SnapshotInterval: time.Millisecond}))
	counted := make(chan int64)
	const writers = 4
	for range writers {
		client := srv.NewClient(func(o *redis.Options) { o.MaxRetries = -1 })
		go func() {
			var n int64
			for ctx.Err() == nil {
				if err := client.Incr(ctx, "n").Err(); err == nil {
					n++
				}
			}
			counted <- n
		}()
	}
	for range 50 {
		srv.Restart()
	}
	cancel()
	var answered int64
	for range writers {
		answered += <-counted
	}
	n, err := srv.Client().Get(t.Context(), "n").Int64()
	require.NoError(t, err)
	require.GreaterOrEqual(t, n, answered, "what was answered is kept")
	require.LessOrEqual(t, n, answered+writers, "and of what was cut at the end each client knows one command at most")
	require.Zero(t, srv.PersistenceStats().Failed)
}

func TestCrashesUnderLoad(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	srv := redistest.New(t, redistest.WithPersistence(redistest.Persistence{DataDir: t.TempDir(), SnapshotInterval: time.Millisecond}))
	ended := make(chan struct{})
	client := srv.NewClient()
	go func() {
		defer close(ended)
		for ctx.Err() == nil {
			_, _ = client.TxPipelined(ctx, func(p redis.Pipeliner) error { // it may be cut
				p.Incr(ctx, "a")
				p.Incr(ctx, "b")
				return nil
			})
		}
	}()
	for range 50 {
		srv.Crash()
		both := srv.Client().MGet(t.Context(), "a", "b").Val()
		require.Len(t, both, 2)
		require.Equal(t, both[0], both[1])
	}
	cancel()
	<-ended
	require.Zero(t, srv.PersistenceStats().Failed)
}

func TestRestartInABubble(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx := t.Context()
		srv := redistest.New(t, redistest.WithPersistence(redistest.Persistence{DataDir: t.TempDir(), SnapshotInterval: time.Minute}))
		require.NoError(t, srv.Client().Set(ctx, "k", "v", time.Hour).Err())
		time.Sleep(90 * time.Second) //nolint:forbidigo // of the bubble
		require.NoError(t, srv.Client().Set(ctx, "k", "lost", 0).Err())
		srv.Crash()
		require.Equal(t, "v", srv.Client().Get(ctx, "k").Val())
		require.Equal(t, time.Hour-90*time.Second, srv.Client().PTTL(ctx, "k").Val())
	})
}

func TestRealServersAreNotRestarted(t *testing.T) {
	t.Parallel()
	processtest.Start(t)
	for name, end := range map[string]func(*redistest.Server){"restart": (*redistest.Server).Restart, "crash": (*redistest.Server).Crash} {
		failures := runFake(t, func(tb *fakeTB) { end(redistest.New(tb, redistest.WithBackend(redistest.RedisServer()))) })
		require.Equal(t, []string{"redistest: " + name + ": unsupported by the backend redis-server"}, failures)
	}
}

func TestAClosedServerIsNotRestarted(t *testing.T) {
	t.Parallel()
	failures := runFake(t, func(tb *fakeTB) {
		srv := redistest.New(tb)
		require.NoError(t, srv.Close(t.Context()))
		srv.Restart()
	})
	require.Equal(t, []string{"redistest: restart: restart redis: redis is closed"}, failures)
}
