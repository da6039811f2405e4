package shop_test

import (
	"context"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/compozy/rediskit/internal/example/shop"
	"github.com/compozy/rediskit/redistest"
)

// start runs a worker until stop is called, which waits for its end, or else until the test is over.
func start(t redistest.TB, worker *shop.Worker) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	wait := run(ctx, t, worker)
	stop = func() {
		cancel()
		wait()
	}
	t.Cleanup(stop)
	return stop
}

// run runs a worker until ctx ends. wait waits until the worker has seen that.
func run(ctx context.Context, t redistest.TB, worker *shop.Worker) (wait func()) {
	t.Helper()
	done := make(chan error, 1)
	go func() {
		defer close(done)
		done <- worker.Run(ctx)
	}()
	wait = func() {
		if err := <-done; err != nil {
			t.Errorf("worker has failed: %v", err)
		}
	}
	t.Cleanup(wait)
	return wait
}

// readAndDie takes a job from a queue as a worker does, and is never heard of again.
func readAndDie(t testing.TB, client *redis.Client, queue string) {
	t.Helper()
	if err := client.XGroupCreateMkStream(t.Context(), queue, "workers", "0").Err(); err != nil {
		t.Fatal(err)
	}
	if err := client.XReadGroup(t.Context(), &redis.XReadGroupArgs{
		Group: "workers", Consumer: "dead", Streams: []string{queue, ">"}, Count: 1,
	}).Err(); err != nil {
		t.Fatal(err)
	}
}
