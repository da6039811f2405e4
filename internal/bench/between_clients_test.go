package bench_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"
)

// BenchmarkPubSub is a PUBLISH until its message has come out of the Channel of a subscriber, which has a connection of its
// own to the same server.
func BenchmarkPubSub(b *testing.B) {
	raceAmong(b, peersBut("null-connection"), func(client *redis.Client) func(int) {
		messages := subscribed(b, client, "channel")
		return repeat(b, client, func(ctx context.Context, client *redis.Client) error {
			err := client.Publish(ctx, "channel", "v").Err()
			if err == nil {
				<-messages
			}
			return err
		})
	})
}

// subscribed is what comes through a channel from now on.
func subscribed(b *testing.B, client *redis.Client, channel string) <-chan *redis.Message {
	b.Helper()
	subscriber := client.Subscribe(b.Context(), channel)
	b.Cleanup(func() { require.NoError(b, subscriber.Close()) })
	_, err := subscriber.Receive(b.Context())
	require.NoError(b, err)
	return subscriber.Channel()
}

// BenchmarkBlockingPop is an RPUSH until another client that was blocked in BLPOP has the value, and the same way back. Two
// goroutines with a connection each push to one another's list, and block at their own in the same pipeline, so that whoever is
// pushed to is waiting already.
func BenchmarkBlockingPop(b *testing.B) {
	raceAmong(b, peersBut("null-connection"), func(client *redis.Client) func(int) {
		there, back := player{b, client, "back", "there"}, player{b, client, "there", "back"}
		return func(n int) {
			var group sync.WaitGroup
			group.Go(func() { back.answer(n) })
			there.serve(n)
			group.Wait()
		}
	})
}

// player is one of two that push a value to one another.
type player struct {
	b        *testing.B
	client   *redis.Client
	pop, put string // lists
}

// serve pushes and waits for the answer, n times.
func (p player) serve(n int) {
	for range n {
		p.run(func(pipeline redis.Pipeliner) {
			p.push(pipeline)
			p.wait(pipeline)
		})
	}
}

// answer waits and pushes, n times. It blocks again as it pushes, but for the last time.
func (p player) answer(n int) {
	p.run(p.wait)
	for range n - 1 {
		p.run(func(pipeline redis.Pipeliner) {
			p.push(pipeline)
			p.wait(pipeline)
		})
	}
	p.run(p.push)
}

func (p player) push(pipeline redis.Pipeliner) { pipeline.RPush(p.b.Context(), p.put, "v") }
func (p player) wait(pipeline redis.Pipeliner) { pipeline.BLPop(p.b.Context(), time.Minute, p.pop) }

func (p player) run(commands func(redis.Pipeliner)) {
	pipeline := p.client.Pipeline()
	commands(pipeline)
	if _, err := pipeline.Exec(p.b.Context()); err != nil {
		p.b.Error(err)
	}
}
