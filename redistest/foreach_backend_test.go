package redistest_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/internal/process/processtest"
	"github.com/compozy/rediskit/redistest"
)

func TestForEachBackend(t *testing.T) {
	t.Parallel()
	var names []string
	t.Run("all", func(t *testing.T) {
		t.Parallel()
		external := processtest.Start(t)
		t.Cleanup(func() { assert.Equal(t, []string{"embedded", "redis-server", "external"}, names) })
		redistest.ForEachBackend(t, func(t *testing.T, srv *redistest.Server) {
			names = append(names, t.Name()[len("TestForEachBackend/all/"):])
			ctx, client := t.Context(), srv.Client()
			require.Zero(t, client.DBSize(ctx).Val())
			_, err := client.TxPipelined(ctx, func(p redis.Pipeliner) error {
				p.Set(ctx, "k", "v", time.Hour)
				p.Incr(ctx, "n")
				return nil
			})
			require.NoError(t, err)
			require.NoError(t, client.Watch(ctx, func(tx *redis.Tx) error { return tx.Get(ctx, "k").Err() }, "k"))
			conn := srv.NewClient().Conn()
			require.NoError(t, conn.ClientSetName(ctx, "me").Err())
			require.Equal(t, "me", conn.ClientGetName(ctx).Val())
			require.NoError(t, conn.Close())
		},
			redistest.WithBackend(redistest.Embedded()),
			redistest.WithBackend(redistest.RedisServer()),
			redistest.WithBackend(redistest.External("unix://"+external.Socket())),
		)
	})
}

// What the environment gives is found by itself; here that is the embedded server and, where it is installed, redis-server.
func TestForEachBackendOfTheEnvironment(t *testing.T) {
	t.Parallel()
	redistest.ForEachBackend(t, func(t *testing.T, srv *redistest.Server) {
		require.NoError(t, srv.Client().Set(t.Context(), "k", "v", 0).Err())
	})
}

func TestForEachBackendInParallel(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var held []string
	t.Cleanup(func() {
		slices.Sort(held)
		assert.Equal(t, []string{"a", "b"}, held)
	})
	name := "a"
	redistest.ForEachBackend(t, func(t *testing.T, srv *redistest.Server) {
		mine := name
		name = "b"
		t.Parallel()
		t.Cleanup(func() { // the server is still there
			assert.Equal(t, "v", srv.Client().Get(context.WithoutCancel(t.Context()), "k").Val())
			mu.Lock()
			defer mu.Unlock()
			held = append(held, mine)
		})
		require.NoError(t, srv.Client().Set(t.Context(), "k", "v", 0).Err())
	}, redistest.WithBackend(redistest.Embedded()), redistest.WithBackend(redistest.Embedded()))
}
