package engine_test

import (
	"errors"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/internal/engine"
)

// How long a test waits for what happens on another goroutine, and how often it looks.
const (
	waitLimit = 10 * time.Second
	waitTick  = time.Millisecond
)

func TestExclusiveSeesNothingHalfDone(t *testing.T) {
	t.Parallel()
	e := start(t)
	client := connect(t, e)
	ctx := t.Context()
	const total = 1000
	require.NoError(t, client.MSet(ctx, "a", total, "b", 0).Err())
	stop := make(chan struct{})
	var writers sync.WaitGroup
	for range 4 {
		writers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				_, err := client.TxPipelined(ctx, func(p redis.Pipeliner) error {
					p.Decr(ctx, "a")
					p.Incr(ctx, "b")
					return nil
				})
				assert.NoError(t, err)
			}
		})
	}
	for range 200 {
		require.NoError(t, e.Exclusive(func(x *engine.Section) error {
			a, b := number(t, x, "a"), number(t, x, "b")
			assert.Equal(t, total, a+b)
			return nil
		}))
	}
	close(stop)
	writers.Wait()
}

func number(t *testing.T, x *engine.Section, key string) int {
	t.Helper()
	reply, err := x.Do("GET", key)
	require.NoError(t, err)
	text, ok := reply.(string)
	require.True(t, ok, "%T", reply)
	n, err := strconv.Atoi(text)
	require.NoError(t, err)
	return n
}

func TestExclusiveBeginsInDatabaseZeroAndLeavesClientsWhereTheyAre(t *testing.T) {
	t.Parallel()
	e := start(t)
	c := dial(t, e)
	c.ask("SELECT 2", "+OK\r\n")
	for range 2 {
		require.NoError(t, e.Exclusive(func(x *engine.Section) error {
			_, err := x.Do("SET", "k", "zero")
			require.NoError(t, err)
			status, err := x.Do("SELECT", "5")
			require.NoError(t, err)
			require.Equal(t, "OK", status)
			return nil
		}))
	}
	c.ask("EXISTS k", ":0\r\n")
	c.ask("SELECT 0", "+OK\r\n")
	c.ask("GET k", "$4\r\nzero\r\n")
}

func TestExclusiveServesBlockedClientsAfterwards(t *testing.T) {
	t.Parallel()
	e := start(t)
	c := dial(t, e)
	c.send("BRPOP q 0\r\n")
	require.NoError(t, e.Exclusive(func(x *engine.Section) error {
		for _, element := range []string{"a", "b", "c"} {
			_, err := x.Do("RPUSH", "q", element)
			require.NoError(t, err)
		}
		return nil
	}))
	c.expect("*2\r\n$1\r\nq\r\n$1\r\nc\r\n")
}

func TestExclusiveFailsWithWhatItsFunctionFailsWith(t *testing.T) {
	t.Parallel()
	e := start(t)
	failure := errors.New("no more")
	require.ErrorIs(t, e.Exclusive(func(*engine.Section) error { return failure }), failure)
	err := e.Exclusive(func(x *engine.Section) error {
		_, err := x.Do("LPUSH", "k")
		return err
	})
	require.EqualError(t, err, "LPUSH: ERR wrong number of arguments for 'lpush' command")
}

func TestExclusiveWorksWhereClientsHaveToLogIn(t *testing.T) {
	t.Parallel()
	e := start(t)
	require.NoError(t, e.Protect("default", "secret"))
	dial(t, e).ask("GET k", "-NOAUTH Authentication required.\r\n")
	require.NoError(t, e.Exclusive(func(x *engine.Section) error {
		_, err := x.Do("SET", "k", "v")
		return err
	}))
}
