package engine

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/internal/words"
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

// Clients are answered so as well, in either protocol, in and out of transactions, and those who watch a key notice.
func TestClientsAreAnsweredDirectlyAsOtherwise(t *testing.T) {
	t.Parallel()
	for _, protocol := range []string{"2", "3"} {
		t.Run("RESP"+protocol, func(t *testing.T) {
			t.Parallel()
			seed := rand.Uint64()
			t.Logf("seed %d", seed)
			random := rand.New(rand.NewPCG(seed, 0))
			quick, slow := standing(t), standing(t)
			slow.Miniredis()
			script := func() []string {
				call := directCall(random)
				key := call[min(1, len(call)-1)]
				if random.IntN(4) == 0 {
					return []string{"watcher: WATCH " + key, "MULTI", inline(call), inline(directCall(random)), "EXEC", "watcher: MULTI", "watcher: EXEC"}
				}
				return []string{"watcher: WATCH " + key, inline(call), "watcher: MULTI", "watcher: EXEC"}
			}
			quickly, slowly := twoClients(t, quick, protocol), twoClients(t, slow, protocol)
			for range 3000 {
				for _, line := range script() {
					require.Equal(t, slowly(line), quickly(line), line)
				}
			}
		})
	}
}

// twoClients is a conversation with a client, and with another one that is the watcher.
func twoClients(t *testing.T, e *Engine, protocol string) func(line string) string {
	t.Helper()
	worker, watcher := converse(t, e), converse(t, e)
	worker("HELLO " + protocol)
	watcher("HELLO " + protocol)
	return func(line string) string {
		if rest, ok := strings.CutPrefix(line, "watcher: "); ok {
			return watcher(rest)
		}
		return worker(line)
	}
}

// converse sends lines and reads the answers, which are there as soon as a line is sent.
func converse(t *testing.T, e *Engine) func(line string) string {
	t.Helper()
	c, err := e.Dial()
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, c.Close()) })
	return func(line string) string {
		_, err := c.Write([]byte(line + "\r\n"))
		require.NoError(t, err)
		reply := make([]byte, 64<<10)
		n, err := c.Read(reply)
		require.NoError(t, err)
		return string(reply[:n])
	}
}

// inline is a call on one line.
func inline(call []string) string {
	quoted := make([]string, len(call))
	for i, word := range call {
		quoted[i] = words.Quote(word)
	}
	return strings.Join(quoted, " ")
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

// readScores reads scores, which may be written in more than one way, and lists, of which there are several kinds.
func readScores(reply any) any {
	var list []any
	switch reply := reply.(type) {
	case []any:
		list = reply
	case []string:
		for _, word := range reply {
			list = append(list, word)
		}
	case []int:
		for _, n := range reply {
			list = append(list, n)
		}
	default:
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
		{"EXISTS", key},
		{"EXISTS", key, key},
		{"DEL", key, pick("a", "b")},
		{"GET", key},
		{"GET"},
		{"INCR", key},
		{"DECR", key},
		{"HGET", key, value()},
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
		{"LPUSH", key, value()},
		{"LPUSH", key, value(), value()},
		{"LPOP", key},
		{"RPOP", key},
		{pick("LPOP", "RPOP"), key, pick("0", "2", "-1")},
		{"SADD", key, value(), value()},
		{"SREM", key, value(), value()},
		{"SISMEMBER", key, value()},
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
