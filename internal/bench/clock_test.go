package bench_test

import (
	"context"
	"strconv"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/redistest"
)

const (
	manyKeys = 10_000
	forever  = 1000 * time.Hour // longer than any clock moves here, and still to be counted down
)

// withKeys gives a server many keys, which live for ttl, or have no time to live if that is 0.
func withKeys(b *testing.B, client *redis.Client, ttl time.Duration) *redis.Client {
	b.Helper()
	pipeline := client.Pipeline()
	for i := range manyKeys {
		pipeline.Set(b.Context(), "key:"+strconv.Itoa(i), "value", ttl)
	}
	_, err := pipeline.Exec(b.Context())
	require.NoError(b, err)
	return client
}

// repeat does the same thing with a client again and again.
func repeat(b *testing.B, client *redis.Client, do func(context.Context, *redis.Client) error) func(int) {
	b.Helper()
	return func(n int) {
		for range n {
			if err := do(b.Context(), client); err != nil {
				b.Error(err)
				return
			}
		}
	}
}

func get(ctx context.Context, client *redis.Client) error { return client.Get(ctx, "key:0").Err() }

// BenchmarkGetAmongTimesToLive is what a GET costs among 10,000 keys with times to live while the clock stands, against
// one among 10,000 keys without.
func BenchmarkGetAmongTimesToLive(b *testing.B) {
	race(
		b,
		contestant{"without", repeat(b, withKeys(b, ours(b), 0), get)},
		contestant{"with", repeat(b, withKeys(b, ours(b), forever), get)},
	)
}

// liveCommand is one that reads, sets or tells times to live, or does not care.
type liveCommand struct {
	name string
	do   func(context.Context, *redis.Client) error
}

func liveCommands() []liveCommand {
	setBriefly := redis.NewScript(`return redis.call('SET', KEYS[1], ARGV[1], 'PX', 60000)`)
	return []liveCommand{
		{"GET", get},
		{"SET-EX", func(ctx context.Context, c *redis.Client) error { return c.Set(ctx, "session", "v", time.Minute).Err() }},
		{"TTL", func(ctx context.Context, c *redis.Client) error { return c.TTL(ctx, "key:0").Err() }},
		{"INCR", func(ctx context.Context, c *redis.Client) error { return c.Incr(ctx, "counter").Err() }},
		{"HSET", func(ctx context.Context, c *redis.Client) error { return c.HSet(ctx, "hash", "f", "v").Err() }},
		{"EXPIRE", func(ctx context.Context, c *redis.Client) error { return c.Expire(ctx, "key:1", forever).Err() }},
		{"EVALSHA", func(ctx context.Context, c *redis.Client) error {
			return setBriefly.Run(ctx, c, []string{"session"}, "v").Err()
		}},
	}
}

// BenchmarkLiveClock is what a command costs over TCP, where the clock never stands still, among 10,000 keys with times to
// live, against one among 10,000 keys without.
func BenchmarkLiveClock(b *testing.B) {
	for _, command := range liveCommands() {
		b.Run(command.name, func(b *testing.B) {
			race(
				b,
				contestant{"without", repeat(b, withKeys(b, liveTCP(b), 0), command.do)},
				contestant{"with", repeat(b, withKeys(b, liveTCP(b), forever), command.do)},
			)
		})
	}
}

// BenchmarkLiveClockOfPeers sets what that costs beside what it does elsewhere.
func BenchmarkLiveClockOfPeers(b *testing.B) {
	for _, command := range liveCommands() {
		b.Run(command.name, func(b *testing.B) {
			race(
				b,
				contestant{"with", repeat(b, withKeys(b, liveTCP(b), forever), command.do)},
				contestant{"redis-server-with", repeat(b, withKeys(b, redisServerTCP(b), forever), command.do)},
				contestant{"miniredis-with", repeat(b, miniredisLiveTCP(b, forever), command.do)},
				contestant{"miniredis-without", repeat(b, miniredisLiveTCP(b, 0), command.do)},
			)
		})
	}
}

func liveTCP(b *testing.B) *redis.Client {
	b.Helper()
	return overTCP(b, redistest.New(b, redistest.WithLiveClock()))
}

// miniredisLiveTCP is miniredis with many keys and the option that makes their times to live follow the clock. It is set
// last, as every command would take its time with it.
func miniredisLiveTCP(b *testing.B, ttl time.Duration) *redis.Client {
	b.Helper()
	m := miniredis.RunT(b)
	client := withKeys(b, closed(b, redis.NewClient(&redis.Options{Addr: m.Addr()})), ttl)
	m.ClockTTL(true)
	return client
}

// BenchmarkAdvance moves the clock by a millisecond, in which none of 10,000 keys expires.
func BenchmarkAdvance(b *testing.B) {
	srv, m := redistest.New(b), miniredis.RunT(b)
	withKeys(b, srv.Client(), forever)
	withKeys(b, closed(b, redis.NewClient(&redis.Options{Addr: m.Addr()})), forever)
	race(
		b,
		contestant{"advance", func(n int) {
			for range n {
				srv.Advance(time.Millisecond)
			}
		}},
		contestant{"miniredis-fastforward", func(n int) {
			for range n {
				m.FastForward(time.Millisecond)
			}
		}},
	)
}

// BenchmarkAdvanceToADeadline makes a key beside the 10,000 others and moves the clock to when it expires.
func BenchmarkAdvanceToADeadline(b *testing.B) {
	srv, m := redistest.New(b), miniredis.RunT(b)
	client := withKeys(b, srv.Client(), forever)
	other := withKeys(b, closed(b, redis.NewClient(&redis.Options{Addr: m.Addr()})), forever)
	brief := func(ctx context.Context, c *redis.Client) error {
		return c.Set(ctx, "brief", "v", time.Millisecond).Err()
	}
	race(
		b,
		contestant{"set-and-advance", repeat(b, client, func(ctx context.Context, c *redis.Client) error {
			err := brief(ctx, c)
			srv.Advance(time.Millisecond)
			return err
		})},
		contestant{"set-alone", repeat(b, client, brief)},
		contestant{"miniredis-set-and-fastforward", repeat(b, other, func(ctx context.Context, c *redis.Client) error {
			err := brief(ctx, c)
			m.FastForward(time.Millisecond)
			return err
		})},
	)
	srv.Advance(time.Millisecond)
	require.EqualValues(b, manyKeys, client.DBSize(b.Context()).Val())
}
