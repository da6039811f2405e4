package shop

import (
	"context"
	"fmt"
	"strconv"

	"github.com/redis/go-redis/v9"
)

// workers is the consumer group that shares the jobs of a queue.
const workers = "workers"

// Job is something to be done in the background.
type Job struct {
	ID         string
	Kind       string
	Payload    string
	Deliveries int64 // how often it was given to a worker, this time included
}

// Queue is a stream of jobs, and another one of those that failed too often. It is safe for concurrent use.
type Queue struct {
	client redis.Cmdable
	stream string
}

// NewQueue returns the queue of a name, which is the stream's key. In a cluster the name needs a hash tag, as {jobs} has: it
// keeps the stream and those beside it in one slot.
func NewQueue(client redis.Cmdable, name string) *Queue { return &Queue{client: client, stream: name} }

// Enqueue adds a job and returns its ID.
func (q *Queue) Enqueue(ctx context.Context, kind, payload string) (string, error) {
	id, err := q.add(ctx, q.client, kind, payload).Result()
	if err != nil {
		return "", fmt.Errorf("enqueue %s: %w", kind, err)
	}
	return id, nil
}

// Dead returns the jobs that were given up, the first one first.
func (q *Queue) Dead(ctx context.Context) ([]Job, error) {
	messages, err := q.client.XRange(ctx, q.deadStream(), "-", "+").Result()
	if err != nil {
		return nil, fmt.Errorf("dead jobs of %s: %w", q.stream, err)
	}
	jobs := make([]Job, len(messages))
	for i, message := range messages {
		jobs[i] = toJob(message, 0)
		jobs[i].ID, _ = message.Values["id"].(string)
		deliveries, _ := message.Values["deliveries"].(string)
		if jobs[i].Deliveries, err = strconv.ParseInt(deliveries, 10, 64); err != nil {
			return nil, fmt.Errorf("dead job %s of %s: %w", message.ID, q.stream, err)
		}
	}
	return jobs, nil
}

// add writes a job through any client, also into a transaction.
func (q *Queue) add(ctx context.Context, client redis.Cmdable, kind, payload string) *redis.StringCmd {
	return client.XAdd(ctx, &redis.XAddArgs{Stream: q.stream, Values: []any{"kind", kind, "payload", payload}})
}

// done forgets a job.
func (q *Queue) done(ctx context.Context, job Job) error {
	_, err := q.client.TxPipelined(ctx, func(tx redis.Pipeliner) error {
		q.remove(ctx, tx, job)
		return nil
	})
	if err != nil {
		return fmt.Errorf("finish job %s of %s: %w", job.ID, q.stream, err)
	}
	return nil
}

// bury moves a job to the dead ones.
func (q *Queue) bury(ctx context.Context, job Job) error {
	_, err := q.client.TxPipelined(ctx, func(tx redis.Pipeliner) error {
		tx.XAdd(ctx, &redis.XAddArgs{Stream: q.deadStream(), Values: []any{
			"id", job.ID, "kind", job.Kind, "payload", job.Payload, "deliveries", job.Deliveries,
		}})
		q.remove(ctx, tx, job)
		return nil
	})
	if err != nil {
		return fmt.Errorf("bury job %s of %s: %w", job.ID, q.stream, err)
	}
	return nil
}

func (q *Queue) remove(ctx context.Context, tx redis.Pipeliner, job Job) {
	tx.XAck(ctx, q.stream, workers, job.ID)
	tx.XDel(ctx, q.stream, job.ID)
}

func (q *Queue) deadStream() string { return q.stream + ":dead" }

func toJob(message redis.XMessage, deliveries int64) Job {
	kind, _ := message.Values["kind"].(string)
	payload, _ := message.Values["payload"].(string)
	return Job{ID: message.ID, Kind: kind, Payload: payload, Deliveries: deliveries}
}
