package engine

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// What is answered directly is answered as a command would be, and has the same effect.
func TestDirectCommandsAnswerAsOthersDo(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	quick, slow := standing(t), standing(t)
	slow.Miniredis() // from now on it is to be locked, and everything is a command
	for range 5000 {
		args := directCall(random)
		want, wantErr := do(t, slow, args)
		got, err := do(t, quick, args)
		require.Equal(t, wantErr, err, args)
		require.Equal(t, readScores(want), readScores(got), args)
	}
}

// standing is an engine whose clock stands at a moment that is the same for all.
func standing(t *testing.T) *Engine {
	t.Helper()
	e, err := New(Clock{Start: time.Unix(1_700_000_000, 0)})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, e.Close()) })
	return e
}

func do(t *testing.T, e *Engine, args []string) (reply any, failure string) {
	t.Helper()
	err := e.Exclusive(func(x *Section) (err error) {
		if reply, err = x.Do(args...); err != nil {
			failure = err.Error()
		}
		return nil
	})
	require.NoError(t, err)
	return reply, failure
}

// readScores reads scores, which may be written in more than one way.
func readScores(reply any) any {
	list, ok := reply.([]any)
	if !ok {
		return reply
	}
	values := make([]any, len(list))
	for i, element := range list {
		values[i] = readScores(element)
		if text, ok := element.(string); ok {
			if n, err := strconv.ParseFloat(text, 64); err == nil {
				values[i] = n
			}
		}
	}
	return values
}

// directCall makes a call of one of the commands, well-formed or not, on one of a few keys of any type.
func directCall(random *rand.Rand) []string {
	pick := func(words ...string) string { return words[random.IntN(len(words))] }
	key := pick("a", "b", "c", "d", "e", "f")
	value := func() string { return pick("x", "y", "", "\x00\xff", "1", "2.5") }
	score := func() string { return pick("1", "-2.5", "1e300", "inf", "-inf", "0.1", "-0", "NX", "x") }
	calls := [][]string{
		{"TYPE", key},
		{"KEYS", pick("*", "a*")},
		{"PTTL", key},
		{"PEXPIRE", key, "100000"},
		{"DEL", key},
		{"DEL", key},
		{"GET", key},
		{"GET"},
		{"LRANGE", key, "0", pick("-1", "1")},
		{"SMEMBERS", key},
		{"HGETALL", key},
		{"HPTTL", key, "FIELDS", "1", value()},
		{"HPTTL", key, "FIELDS", "2", "1", "2.5"},
		{"ZRANGE", key, "0", "-1", "WITHSCORES"},
		{"ZRANGE", key, "0", "-1"},
		{"XRANGE", key, "-", "+"},
		{"SET", key, value()},
		{"SET", key, value(), pick("NX", "XX")},
		{"RPUSH", key, value(), value()},
		{"RPUSH", key},
		{"SADD", key, value(), value()},
		{"HSET", key, value(), value(), value(), value()},
		{"HSET", key, value()},
		{"ZADD", key, score(), value(), score(), value()},
		{"ZADD", key, score(), value(), score()},
		{"XADD", key, pick("1-*", "5", "0-0", "x-1", "1-1-1", "+1-1"), "f", value()},
		{"XADD", key, "7-7", "f", value(), "g"},
		{"XADD", key, "MAXLEN", "1", "60-60", "f", value()},
		{"XADD", key, fmt.Sprintf("%d-%d", random.IntN(50), 1+random.IntN(50)), "f", value()},
	}
	return calls[random.IntN(len(calls))]
}
