package engine_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/internal/engine"
	"github.com/compozy/rediskit/internal/keyspacetest"
	"github.com/compozy/rediskit/internal/process/processtest"
	"github.com/compozy/rediskit/snapshot"
)

// TestPayloadsGoFromServerToServer takes every key from redis-server to the embedded one and on to another redis-server.
func TestPayloadsGoFromServerToServer(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	random := rand.New(rand.NewPCG(7, 7)) //nolint:gosec // reproducible on purpose
	made := keyspacetest.Generate(random, 300, keyspacetest.Options{Databases: 1, Counters: true})
	from, to := realRedis(t), realRedis(t)
	require.NoError(t, snapshot.Restore(ctx, snapshot.Of(from), made))
	own := map[string]*redis.Client{
		"RESP3": connect(t, start(t)),
		"RESP2": connect(t, start(t), func(o *redis.Options) { o.Protocol = 2 }),
	}
	for name, client := range own {
		require.NoError(t, to.FlushAll(ctx).Err())
		for key := range made.Keys(0) {
			ttl := from.PTTL(ctx, key.Name).Val()
			require.NoError(t, client.Restore(ctx, key.Name, max(ttl, 0), from.Dump(ctx, key.Name).Val()).Err(), key.Name)
			payload, err := client.Dump(ctx, key.Name).Result()
			require.NoError(t, err, key.Name)
			require.NoError(t, to.Restore(ctx, key.Name, max(ttl, 0), payload).Err(), key.Name)
		}
		want, err := snapshot.Capture(ctx, snapshot.Of(from))
		require.NoError(t, err)
		for where, source := range map[string]redis.UniversalClient{"embedded": client, "redis-server": to} {
			got, err := snapshot.Capture(ctx, snapshot.Of(source))
			require.NoError(t, err)
			require.Empty(t, snapshot.Diff(withoutCounters(want), withoutCounters(got), snapshot.TTLTolerance(time.Minute)), "%s %s", name, where)
		}
	}
}

// withoutCounters leaves out what the embedded server does not keep.
func withoutCounters(s *snapshot.Snapshot) *snapshot.Snapshot {
	var b snapshot.Builder
	for key := range s.Keys(0) {
		if stream, ok := key.Value.(*snapshot.Stream); ok {
			var groups []snapshot.Group
			for g := range stream.Groups() {
				groups = append(groups, snapshot.NewGroup(g.Name, g.LastID, slices.Collect(g.Consumers()), slices.Collect(g.Pending())))
			}
			key.Value = snapshot.NewStream(stream.LastID(), slices.Collect(stream.Entries()), groups)
		}
		b.Set(0, key)
	}
	return b.Snapshot()
}

func realRedis(t *testing.T) *redis.Client {
	t.Helper()
	client := redis.NewClient(&redis.Options{Network: "unix", Addr: processtest.Start(t).Socket()})
	t.Cleanup(func() { require.NoError(t, client.Close()) })
	return client
}

// TestRestoreAnswersAsRedisDoes sends the same calls to both.
func TestRestoreAnswersAsRedisDoes(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	genuine, own := realRedis(t), connect(t, startAt(t, engine.Clock{Live: true}))
	require.NoError(t, genuine.RPush(ctx, "list", "a", "b").Err())
	good := genuine.Dump(ctx, "list").Val()
	damaged := good[:3] + "!" + good[4:]
	for _, args := range [][]any{
		{"k", 0, good},
		{"k", 0, good},
		{"k", 0, good, "REPLACE"},
		{"k", -1, good, "REPLACE"},
		{"k", "x", good, "REPLACE"},
		{"k", -1, good},
		{"k", 0, damaged, "REPLACE"},
		{"k", 0, "", "REPLACE"},
		{"k", 0, "short", "replace"},
		{"k", 1, good, "REPLACE", "ABSTTL"},
		{"k", 100000, good, "REPLACE", "IDLETIME", 10},
		{"k", 0, good, "REPLACE", "IDLETIME", -1},
		{"k", 0, good, "REPLACE", "FREQ", 256},
		{"k", 0, good, "REPLACE", "FREQ", 255},
		{"k", 0, good, "REPLACE", "FREQ", 1, "IDLETIME", 1},
		{"k", 0, good, "REPLACE", "FREQ"},
		{"k", 0, good, "NX"},
		{"l", 4102444800000, good, "ABSTTL"},
	} {
		command := append([]any{"RESTORE"}, args...)
		require.Equal(t, outcome(genuine.Do(ctx, command...)), outcome(own.Do(ctx, command...)), "%.60v", command)
		for _, key := range []string{"k", "l"} {
			require.Equal(t, genuine.LRange(ctx, key, 0, -1).Val(), own.LRange(ctx, key, 0, -1).Val(), "%.60v", command)
			require.InDelta(t, genuine.TTL(ctx, key).Val(), own.TTL(ctx, key).Val(), float64(2*time.Second), "%.60v", command)
		}
	}
	require.ErrorIs(t, own.Dump(ctx, "missing").Err(), redis.Nil)
	_, err := own.TxPipelined(ctx, func(p redis.Pipeliner) error {
		p.Dump(ctx, "k")
		p.Restore(ctx, "m", time.Hour, good)
		return nil
	})
	require.NoError(t, err)
	script := "return redis.call('RESTORE', KEYS[2], 0, redis.call('DUMP', KEYS[1]))"
	require.NoError(t, own.Eval(ctx, script, []string{"m", "n"}).Err())
	require.Equal(t, []string{"a", "b"}, own.LRange(ctx, "n", 0, -1).Val())
}

func outcome(cmd *redis.Cmd) string {
	if err := cmd.Err(); err != nil {
		return err.Error()
	}
	return cmd.String()
}

func TestCopiesShareNothing(t *testing.T) {
	t.Parallel()
	c := dial(t, startAt(t, engine.Clock{Start: time.UnixMilli(1_000_000)}))
	c.ask("XADD s 1-0 f v", "$3\r\n1-0\r\n")
	c.ask("COPY s t", ":1\r\n")
	c.ask("XADD t 2-0 f v", "$3\r\n2-0\r\n")
	c.ask("XLEN s", ":1\r\n")
	c.ask("XLEN t", ":2\r\n")
	c.ask("HSET h f v g w", ":2\r\n")
	c.ask("HPEXPIRE h 500 FIELDS 1 f", "*1\r\n:1\r\n")
	c.ask("COPY h i DB 2", ":1\r\n")
	c.ask("SELECT 2", "+OK\r\n")
	c.ask("HPTTL i FIELDS 2 f g", "*2\r\n:500\r\n:-1\r\n")
}
