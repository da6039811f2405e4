package shop

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/redis/go-redis/v9"
)

// Worker does the jobs of a queue, one at a time. Any number of them may share a queue. The fields are to be set before
// [Worker.Run].
type Worker struct {
	Block         time.Duration // how long to wait for a job before looking at ctx again, and for stale ones
	RetryAfter    time.Duration // when a job that no worker has finished is tried again; longer than any job takes
	MaxDeliveries int64         // how often a job is tried before it is buried
	Log           *slog.Logger

	queue  *Queue
	name   string
	handle func(context.Context, Job) error
}

// NewWorker returns a worker of a name that no other worker of the queue has. A job is done when handle returns nil. As its
// worker may die before Redis knows of that, handle can see the same job again.
func NewWorker(queue *Queue, name string, handle func(context.Context, Job) error) *Worker {
	return &Worker{
		Block:         2 * time.Second,
		RetryAfter:    time.Minute,
		MaxDeliveries: 3,
		Log:           slog.Default(),
		queue:         queue,
		name:          name,
		handle:        handle,
	}
}

// Run works until ctx ends, and then returns nil within Block or, if it is at a job, when that is over. An error is one of
// Redis's.
func (w *Worker) Run(ctx context.Context) error {
	err := w.join(ctx)
	for cursor := "0-0"; err == nil && ctx.Err() == nil; {
		var jobs []Job
		if jobs, cursor, err = w.stale(ctx, cursor); err == nil && len(jobs) == 0 {
			jobs, err = w.fresh(ctx)
		}
		for _, job := range jobs {
			err = errors.Join(err, w.work(ctx, job))
		}
	}
	if err != nil && ctx.Err() == nil {
		return fmt.Errorf("worker %s: %w", w.name, err)
	}
	return nil
}

// join makes the consumer group where there is none yet. It begins with what was enqueued before.
func (w *Worker) join(ctx context.Context) error {
	err := w.queue.client.XGroupCreateMkStream(ctx, w.queue.stream, workers, "0").Err()
	if redis.HasErrorPrefix(err, "BUSYGROUP") {
		return nil
	}
	return err
}

// fresh waits for a job that no worker has had. There may be none.
func (w *Worker) fresh(ctx context.Context) ([]Job, error) {
	streams, err := w.queue.client.XReadGroup(ctx, &redis.XReadGroupArgs{
		Group: workers, Consumer: w.name, Streams: []string{w.queue.stream, ">"}, Count: 1, Block: w.Block,
	}).Result()
	if errors.Is(err, redis.Nil) {
		return nil, nil // waited in vain
	}
	var jobs []Job
	for _, stream := range streams {
		for _, message := range stream.Messages {
			jobs = append(jobs, toJob(message, 1))
		}
	}
	return jobs, err
}

// stale takes over a job that some worker has had for too long, as it failed or died. There may be none. It returns where
// to look the next time.
func (w *Worker) stale(ctx context.Context, cursor string) ([]Job, string, error) {
	messages, cursor, err := w.queue.client.XAutoClaim(ctx, &redis.XAutoClaimArgs{
		Stream: w.queue.stream, Group: workers, Consumer: w.name, MinIdle: w.RetryAfter, Start: cursor, Count: 1,
	}).Result()
	if err != nil {
		return nil, cursor, err
	}
	var jobs []Job
	for _, message := range messages {
		// Only XPENDING tells how often it was delivered. If it is pending no more, then its first worker was merely slow.
		pending, err := w.queue.client.XPendingExt(ctx, &redis.XPendingExtArgs{
			Stream: w.queue.stream, Group: workers, Start: message.ID, End: message.ID, Count: 1, Consumer: w.name,
		}).Result()
		if err != nil {
			return nil, cursor, err
		}
		for _, entry := range pending {
			jobs = append(jobs, toJob(message, entry.RetryCount))
		}
	}
	return jobs, cursor, nil
}

func (w *Worker) work(ctx context.Context, job Job) error {
	// What is begun when ctx ends is still brought to an end.
	afterwards := context.WithoutCancel(ctx)
	if job.Deliveries > w.MaxDeliveries {
		job.Deliveries-- // this time nobody has tried
		w.Log.ErrorContext(ctx, "job buried", "id", job.ID, "kind", job.Kind, "tried", job.Deliveries)
		return w.queue.bury(afterwards, job)
	}
	if err := w.handle(ctx, job); err != nil {
		w.Log.WarnContext(ctx, "job failed", "id", job.ID, "kind", job.Kind, "tried", job.Deliveries, "error", err)
		return nil
	}
	return w.queue.done(afterwards, job)
}
