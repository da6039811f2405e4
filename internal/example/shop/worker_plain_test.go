package shop_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/compozy/rediskit/internal/example/shop"
	"github.com/compozy/rediskit/redistest"
)

// In a synctest bubble, Wait returns when every goroutine is blocked: here, the worker inside XREADGROUP.

func TestWorkerThatWaits(t *testing.T) {
	t.Parallel()

	t.Run("is given a job the moment it is enqueued", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			srv := redistest.New(t, movable)
			queue := shop.NewQueue(srv.Client(), "jobs")
			got := make(chan shop.Job, 1)
			worker := shop.NewWorker(queue, "worker", func(_ context.Context, job shop.Job) error {
				got <- job
				return nil
			})
			worker.Block = time.Hour
			stop := start(t, worker)
			synctest.Wait()

			before := time.Now()
			id, err := queue.Enqueue(t.Context(), "mail", "hello")
			if err != nil {
				t.Fatal(err)
			}
			if job, want := <-got, (shop.Job{ID: id, Kind: "mail", Payload: "hello", Deliveries: 1}); job != want {
				t.Errorf("worker was given %+v, want %+v", job, want)
			}
			if waited := time.Since(before); waited > 0 {
				t.Errorf("worker was given the job after %v", waited)
			}
			stop()
		})
	})

	t.Run("stops no later than its block time after its context has ended", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			worker := shop.NewWorker(shop.NewQueue(redistest.New(t, movable).Client(), "jobs"), "worker", nil)
			worker.Block = 5 * time.Second
			stop := start(t, worker)
			synctest.Wait()

			before := time.Now()
			stop()
			waited := time.Since(before)
			if waited > worker.Block {
				t.Errorf("worker has stopped after %v, want %v at most", waited, worker.Block)
			}
			t.Logf("worker has stopped %v after its context, by a clock that has not kept the test waiting", waited)
		})
	})

	t.Run("retries a job of a worker that died a minute ago", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			srv := redistest.New(t, movable)
			queue := shop.NewQueue(srv.Client(), "jobs")
			if _, err := queue.Enqueue(t.Context(), "mail", "hello"); err != nil {
				t.Fatal(err)
			}
			readAndDie(t, srv.NewClient(), "jobs")
			died := time.Now()

			got := make(chan shop.Job, 1)
			worker := shop.NewWorker(queue, "worker", func(_ context.Context, job shop.Job) error {
				got <- job
				return nil
			})
			stop := start(t, worker)
			job := <-got
			waited := time.Since(died)
			if waited < worker.RetryAfter || waited > worker.RetryAfter+worker.Block {
				t.Errorf("job was retried after %v, want %v", waited, worker.RetryAfter)
			}
			if job.Deliveries != 2 {
				t.Errorf("job was delivered %d times, want 2", job.Deliveries)
			}
			stop()
			t.Logf("job was tried again %v later, in no time", waited)
		})
	})
}
