package engine_test

import (
	"fmt"
	"testing"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/internal/process/processtest"
)

// What a HyperLogLog is after the same commands, alone, in a transaction and in a script, it is on redis-server.
func TestHyperLogLogsAreThoseOfRedis(t *testing.T) {
	t.Parallel()
	genuine := redis.NewClient(&redis.Options{Network: "unix", Addr: processtest.Start(t).Socket()})
	t.Cleanup(func() { require.NoError(t, genuine.Close()) })
	embedded := connect(t, start(t))
	ctx := t.Context()

	var elements []any
	for i := range 3000 {
		elements = append(elements, fmt.Sprintf("element %d", i))
	}
	run := func(client *redis.Client) []any {
		var replies []any
		note := func(command *redis.IntCmd) {
			value, err := command.Result()
			replies = append(replies, value, err)
		}
		note(client.PFAdd(ctx, "small", elements[:10]...))
		note(client.PFAdd(ctx, "small", elements[:10]...))
		note(client.PFAdd(ctx, "large", elements...))
		note(client.PFCount(ctx, "small"))
		note(client.PFCount(ctx, "small", "large", "none"))
		require.NoError(t, client.Expire(ctx, "small", 100*1e9).Err())
		_, err := client.TxPipelined(ctx, func(p redis.Pipeliner) error {
			p.PFAdd(ctx, "small", "in a transaction")
			p.PFMerge(ctx, "merged", "small", "large")
			return nil
		})
		require.NoError(t, err)
		script := "redis.call('PFADD', KEYS[1], 'in a script') return redis.call('PFCOUNT', KEYS[1])"
		replies = append(replies, client.Eval(ctx, script, []string{"small"}).Val())
		for _, key := range []string{"small", "large", "merged"} {
			replies = append(replies, client.Type(ctx, key).Val(), client.Get(ctx, key).Val())
		}
		require.Positive(t, client.TTL(ctx, "small").Val(), "adding keeps the time to live")
		require.NoError(t, client.Set(ctx, "text", "no HyperLogLog", 0).Err())
		require.NoError(t, client.RPush(ctx, "list", "x").Err())
		for _, key := range []string{"text", "list"} {
			replies = append(replies, client.PFAdd(ctx, key, "x").Err().Error(), client.PFCount(ctx, key).Err().Error(),
				client.PFMerge(ctx, "merged", key).Err().Error())
		}
		return replies
	}
	require.Equal(t, run(genuine), run(embedded))
}
