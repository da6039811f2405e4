package shop_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/internal/example/shop"
	"github.com/compozy/rediskit/redistest"
)

func TestLimiter(t *testing.T) {
	t.Parallel()

	t.Run("counts down, then says how long to wait", func(t *testing.T) {
		t.Parallel()
		limiter := shop.NewLimiter(redistest.New(t, movable).Client(), 3, time.Minute)
		for want := int64(2); want >= 0; want-- {
			decision, err := limiter.Allow(t.Context(), "ada")
			require.NoError(t, err)
			require.Equal(t, shop.Decision{Allowed: true, Remaining: want}, decision)
		}
		decision, err := limiter.Allow(t.Context(), "ada")
		require.NoError(t, err)
		require.Equal(t, shop.Decision{RetryAfter: time.Minute}, decision)

		decision, err = limiter.Allow(t.Context(), "bob")
		require.NoError(t, err)
		require.True(t, decision.Allowed, "each caller has a window of his own")
	})

	t.Run("lets exactly the limit through to callers at once", func(t *testing.T) {
		t.Parallel()
		const callers, calls, limit = 50, 4, 25
		limiter := shop.NewLimiter(redistest.New(t, movable).Client(), limit, time.Hour)
		var allowed atomic.Int64
		var all sync.WaitGroup
		for range callers {
			all.Go(func() {
				for range calls {
					decision, err := limiter.Allow(t.Context(), "ada")
					assert.NoError(t, err)
					if decision.Allowed {
						allowed.Add(1)
					}
				}
			})
		}
		all.Wait()
		require.EqualValues(t, limit, allowed.Load())
		t.Logf("%d calls from %d goroutines: %d allowed, the limit is %d", callers*calls, callers, allowed.Load(), limit)
	})

	t.Run("works on when Redis has lost the script", func(t *testing.T) {
		t.Parallel()
		client := redistest.New(t, movable).Client()
		limiter := shop.NewLimiter(client, 10, time.Minute)
		for want := int64(9); want >= 7; want-- {
			require.NoError(t, client.ScriptFlush(t.Context()).Err())
			decision, err := limiter.Allow(t.Context(), "ada")
			require.NoError(t, err)
			require.Equal(t, want, decision.Remaining)
		}
	})

	t.Run("keeps nothing of callers who stay away", func(t *testing.T) {
		t.Parallel()
		srv := redistest.New(t, movable)
		_, err := shop.NewLimiter(srv.Client(), 10, time.Minute).Allow(t.Context(), "ada")
		require.NoError(t, err)
		srv.Advance(time.Minute)
		require.Zero(t, srv.Client().DBSize(t.Context()).Val())
	})
}

func TestLimiterWindow(t *testing.T) {
	t.Parallel()
	srv := redistest.New(t, movable)
	limiter := shop.NewLimiter(srv.Client(), 2, time.Minute)
	call := func() shop.Decision {
		decision, err := limiter.Allow(t.Context(), "ada")
		require.NoError(t, err)
		return decision
	}
	require.True(t, call().Allowed)
	srv.Advance(40 * time.Second)
	require.True(t, call().Allowed)
	refused := call()
	require.Equal(t, shop.Decision{RetryAfter: 20 * time.Second}, refused)

	srv.Advance(refused.RetryAfter - time.Millisecond)
	require.False(t, call().Allowed, "a millisecond early")
	srv.Advance(time.Millisecond)
	require.True(t, call().Allowed, "the first call has left the window")
	require.False(t, call().Allowed, "the second has not")
	t.Logf("refused, told to come back in %v, and then let in: no test has waited for it", refused.RetryAfter)
}
