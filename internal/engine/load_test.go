package engine_test

import (
	"errors"
	"flag"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var loadFor = flag.Duration("load", time.Second, "how long the load test keeps the engine busy")

// Many clients, in memory and over TCP, do a bit of everything; no command fails and no update is lost.
func TestLoad(t *testing.T) {
	t.Parallel()
	const goroutines = 200
	e := start(t)
	addr := listen(t, e)
	memory := connect(t, e, func(o *redis.Options) { o.PoolSize = goroutines })
	tcp := redis.NewClient(&redis.Options{Addr: addr.String(), DisableIdentity: true, PoolSize: goroutines})
	t.Cleanup(func() { require.NoError(t, tcp.Close()) })

	var increments, pushes atomic.Int64
	deadline := time.Now().Add(*loadFor)
	var group sync.WaitGroup
	for i := range goroutines {
		client := memory
		if i%4 == 0 {
			client = tcp
		}
		group.Go(func() {
			for round := 0; time.Now().Before(deadline); round++ {
				if !assert.NoError(t, mix(t, client, i, round, &increments, &pushes)) {
					return
				}
			}
		})
	}
	group.Wait()

	sum := int64(0)
	for _, key := range []string{"plain", "queued", "scripted", "watched"} {
		n, err := memory.Get(t.Context(), key).Int64()
		require.NoError(t, err)
		sum += n
	}
	require.Equal(t, increments.Load(), sum)
	require.Zero(t, memory.LLen(t.Context(), "list").Val(), "each push was popped")
	t.Logf("%d increments and %d blocking pops by %d goroutines in %v", increments.Load(), pushes.Load(), goroutines, *loadFor)
}

// mix does one round of what clients do.
func mix(t *testing.T, client *redis.Client, worker, round int, increments, pushes *atomic.Int64) error {
	t.Helper()
	ctx := t.Context()
	own := fmt.Sprintf("own:%d", worker)
	switch round % 6 {
	case 0:
		increments.Add(1)
		return client.Incr(ctx, "plain").Err()
	case 1:
		increments.Add(2)
		_, err := client.TxPipelined(ctx, func(p redis.Pipeliner) error {
			p.Incr(ctx, "queued")
			p.HIncrBy(ctx, own, "n", 1)
			p.Incr(ctx, "queued")
			return nil
		})
		return err
	case 2:
		increments.Add(1)
		return client.Eval(ctx, "return redis.call('INCR', KEYS[1])", []string{"scripted"}).Err()
	case 3:
		if err := client.RPush(ctx, "list", worker).Err(); err != nil {
			return err
		}
		pushes.Add(1)
		return client.BLPop(ctx, 0, "list").Err()
	case 4:
		value := strconv.Itoa(round)
		if err := client.Set(ctx, own+":s", value, time.Hour).Err(); err != nil {
			return err
		}
		got, err := client.Get(ctx, own+":s").Result()
		if err == nil && got != value {
			err = fmt.Errorf("read %q after writing %q", got, value)
		}
		return err
	default:
		increments.Add(1)
		return incrementWatched(t, client)
	}
}

// incrementWatched adds one the optimistic way.
func incrementWatched(t *testing.T, client *redis.Client) error {
	t.Helper()
	ctx := t.Context()
	for {
		err := client.Watch(ctx, func(tx *redis.Tx) error {
			n, err := tx.Get(ctx, "watched").Int()
			if err != nil && !errors.Is(err, redis.Nil) {
				return err
			}
			_, err = tx.TxPipelined(ctx, func(p redis.Pipeliner) error {
				p.Set(ctx, "watched", n+1, 0)
				return nil
			})
			return err
		}, "watched")
		if !errors.Is(err, redis.TxFailedErr) {
			return err
		}
	}
}
