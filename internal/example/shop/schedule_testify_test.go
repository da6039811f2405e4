package shop_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/internal/example/shop"
	"github.com/compozy/rediskit/redistest"
)

func TestSchedule(t *testing.T) {
	t.Parallel()

	t.Run("holds a job until its time has come", func(t *testing.T) {
		t.Parallel()
		srv := redistest.New(t, movable)
		schedule := shop.NewSchedule(shop.NewQueue(srv.Client(), "jobs"))
		promote := func() int {
			n, err := schedule.Promote(t.Context())
			require.NoError(t, err)
			return n
		}
		require.NoError(t, schedule.Add(t.Context(), 24*time.Hour, "mail", "how was the tea?"))
		require.NoError(t, schedule.Add(t.Context(), 24*time.Hour, "mail", "how was the tea?"))

		srv.Advance(24*time.Hour - time.Millisecond)
		require.Zero(t, promote())
		srv.Advance(time.Millisecond)
		require.Equal(t, 2, promote(), "they are two, though they are the same")
		require.Zero(t, promote(), "and they come once")
		require.EqualValues(t, 2, srv.Client().XLen(t.Context(), "jobs").Val())
	})

	t.Run("is in the order of time", func(t *testing.T) {
		t.Parallel()
		srv := redistest.New(t, movable)
		schedule := shop.NewSchedule(shop.NewQueue(srv.Client(), "jobs"))
		for _, minutes := range []int{3, 1, 2, 4} {
			require.NoError(t, schedule.Add(t.Context(), time.Duration(minutes)*time.Minute, "mail", fmt.Sprint(minutes)))
		}
		srv.Advance(3 * time.Minute)
		n, err := schedule.Promote(t.Context())
		require.NoError(t, err)
		require.Equal(t, 3, n)
		var payloads []any
		for _, job := range srv.Client().XRange(t.Context(), "jobs", "-", "+").Val() {
			payloads = append(payloads, job.Values["payload"])
		}
		require.Equal(t, []any{"1", "2", "3"}, payloads)
	})

	t.Run("moves any number of jobs", func(t *testing.T) {
		t.Parallel()
		srv := redistest.New(t, movable)
		schedule := shop.NewSchedule(shop.NewQueue(srv.Client(), "jobs"))
		for range 250 {
			require.NoError(t, schedule.Add(t.Context(), 0, "mail", "hello"))
		}
		n, err := schedule.Promote(t.Context())
		require.NoError(t, err)
		require.Equal(t, 250, n)
	})

	t.Run("runs by the clock of the application", func(t *testing.T) {
		t.Parallel()
		srv := redistest.New(t, movable)
		queue := shop.NewQueue(srv.Client(), "jobs")
		schedule := shop.NewSchedule(queue)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- schedule.Run(ctx, srv.Clock(), time.Second) }()
		require.NoError(t, srv.Clock().BlockUntilContext(t.Context(), 1), "its ticker")

		require.NoError(t, schedule.Add(t.Context(), 24*time.Hour, "mail", "how was the tea?"))
		srv.Advance(24 * time.Hour)
		jobs, err := srv.Client().XRead(t.Context(), &redis.XReadArgs{Streams: []string{"jobs", "0"}}).Result()
		require.NoError(t, err)
		require.Len(t, jobs, 1)
		t.Log("a job for tomorrow was done today: one Advance moves Redis and the ticker of the schedule")

		cancel()
		require.NoError(t, <-done)
	})
}
