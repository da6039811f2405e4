package shop_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/internal/example/shop"
	"github.com/compozy/rediskit/redistest"
)

// A job that a worker has taken is out of the others' sight for a time. These tests move that time.

func TestVisibility(t *testing.T) {
	t.Parallel()

	t.Run("a job of a dead worker is another's when its time is over, and not before", func(t *testing.T) {
		t.Parallel()
		srv := redistest.New(t, movable)
		queue := shop.NewQueue(srv.Client(), "jobs")
		id, err := queue.Enqueue(t.Context(), "mail", "hello")
		require.NoError(t, err)
		readAndDie(t, srv.NewClient(), "jobs")

		jobs := make(chan shop.Job, 1)
		worker := shop.NewWorker(queue, "worker", func(_ context.Context, job shop.Job) error {
			jobs <- job
			return nil
		})
		srv.Advance(worker.RetryAfter - time.Millisecond)
		ctx, cancel := context.WithCancel(t.Context())
		wait := run(ctx, t, worker)
		untilIdle(t, srv)
		require.Empty(t, jobs, "a millisecond early")

		srv.Advance(worker.Block) // the worker looks again
		require.Equal(t, shop.Job{ID: id, Kind: "mail", Payload: "hello", Deliveries: 2}, <-jobs)

		untilIdle(t, srv)
		cancel()
		srv.Advance(worker.Block) // it sees that
		wait()
	})

	t.Run("a job that fails is tried again a minute later, three times in all", func(t *testing.T) {
		t.Parallel()
		srv := redistest.New(t, movable)
		queue := shop.NewQueue(srv.Client(), "jobs")
		began := srv.Now()
		tries := make(chan time.Duration, 10)
		worker := shop.NewWorker(queue, "worker", func(context.Context, shop.Job) error {
			tries <- srv.Now().Sub(began)
			return errors.New("mail server is down")
		})
		worker.Log = slog.New(slog.DiscardHandler)
		_, err := queue.Enqueue(t.Context(), "mail", "hello")
		require.NoError(t, err)
		ctx, cancel := context.WithCancel(t.Context())
		wait := run(ctx, t, worker)
		for want := range 3 {
			require.Equal(t, time.Duration(want)*time.Minute, <-tries)
			untilIdle(t, srv)
			srv.Advance(worker.RetryAfter - worker.Block)
			untilIdle(t, srv)
			srv.Advance(worker.Block)
		}
		untilIdle(t, srv)
		require.Empty(t, tries)
		dead, err := queue.Dead(t.Context())
		require.NoError(t, err)
		require.Len(t, dead, 1)
		t.Logf("tried %d times and buried, %v later by a clock that nobody has waited for", dead[0].Deliveries, srv.Now().Sub(began))

		cancel()
		srv.Advance(worker.Block)
		wait()
	})
}

// untilIdle waits until the worker has found nothing to do and waits for that itself.
func untilIdle(t *testing.T, srv *redistest.Server) {
	t.Helper()
	for !strings.Contains(srv.Client().ClientList(t.Context()).Val(), "flags=b") {
		require.NoError(t, t.Context().Err())
	}
}
