package engine_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/internal/engine"
)

// lifetimes is what keys live for, by a model that is simple enough to be right.
type lifetimes struct {
	now       int64
	databases [2]map[string]int64 // the deadline of a key, 0 for none
}

func (m *lifetimes) expire() {
	for _, keys := range m.databases {
		for key, at := range keys {
			if at != 0 && at <= m.now {
				delete(keys, key)
			}
		}
	}
}

// TestTheClockAgreesWithAModel compares the keys that there are, and for how long, after random commands and moves.
func TestTheClockAgreesWithAModel(t *testing.T) {
	t.Parallel()
	for seed := range uint64(40) {
		t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
			t.Parallel()
			random := rand.New(rand.NewPCG(seed, 2)) //nolint:gosec // reproducible on purpose
			began := time.UnixMilli(1_700_000_000_000)
			e := startAt(t, engine.Clock{Start: began})
			if seed%4 == 0 {
				e.Miniredis() // from now on it counts in another way
			}
			c := dial(t, e)
			m := &lifetimes{now: began.UnixMilli(), databases: [2]map[string]int64{{}, {}}}
			selected := 0
			for range 400 {
				keys := m.databases[selected]
				key, other := "k"+strconv.Itoa(random.IntN(6)), "k"+strconv.Itoa(random.IntN(6))
				span := int64(random.IntN(5000)) - 500
				switch at, exists := keys[key]; random.IntN(14) {
				case 0, 1, 2:
					c.answers(fmt.Sprintf("SET %s v PX %d", key, max(span, 1)), "+OK\r\n")
					keys[key] = m.now + max(span, 1)
				case 3:
					c.answers("SET "+key+" v", "+OK\r\n")
					keys[key] = 0
				case 4, 5:
					c.answers(fmt.Sprintf("PEXPIREAT %s %d", key, m.now+span), one(exists))
					if exists {
						keys[key] = m.now + span
					}
				case 6:
					c.answers("PERSIST "+key, one(at != 0))
					if exists {
						keys[key] = 0
					}
				case 7:
					if exists && key != other {
						c.answers("RENAME "+key+" "+other, "+OK\r\n")
						keys[other] = at
						delete(keys, key)
					}
				case 8:
					if exists && key != other {
						c.answers("COPY "+key+" "+other+" DB 1 REPLACE", ":1\r\n")
						m.databases[1][other] = at
					}
				case 9:
					c.answers("SWAPDB 0 1", "+OK\r\n")
					m.databases[0], m.databases[1] = m.databases[1], m.databases[0]
				case 10:
					if random.IntN(8) == 0 {
						c.answers("FLUSHDB", "+OK\r\n")
						clear(keys)
					}
				case 11:
					selected = random.IntN(2)
					c.answers("SELECT "+strconv.Itoa(selected), "+OK\r\n")
				default:
					m.now += int64(random.IntN(2000))
					if random.IntN(6) == 0 {
						m.now -= 4000
					}
					e.MoveTo(time.UnixMilli(m.now))
				}
				m.expire()
				keys = m.databases[selected]
				c.answers("DBSIZE", fmt.Sprintf(":%d\r\n", len(keys)))
				for _, key := range slices.Collect(keysOf(keys)) {
					left := keys[key] - m.now
					if keys[key] == 0 {
						left = -1
					}
					c.answers("PTTL "+key, fmt.Sprintf(":%d\r\n", left))
				}
			}
		})
	}
}

// answers sends a line and reads one line, whatever its length.
func (w *wire) answers(line, want string) {
	w.t.Helper()
	w.send(line + "\r\n")
	got, err := w.r.ReadString('\n')
	require.NoError(w.t, err)
	require.Equal(w.t, want, got, line)
}

func keysOf(keys map[string]int64) func(func(string) bool) {
	return func(yield func(string) bool) {
		for key := range keys {
			if !yield(key) {
				return
			}
		}
	}
}

func one(yes bool) string {
	if yes {
		return ":1\r\n"
	}
	return ":0\r\n"
}

// startAt gives a test an engine with a clock.
func startAt(t *testing.T, clock engine.Clock) *engine.Engine {
	t.Helper()
	e, err := engine.New(clock)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, e.Close()) })
	return e
}

func TestFieldsExpireByTheClock(t *testing.T) {
	t.Parallel()
	e := startAt(t, engine.Clock{Start: time.UnixMilli(1_000_000)})
	c := dial(t, e)
	c.ask("HSET h a 1 b 2 c 3", ":3\r\n")
	c.ask("HPEXPIRE h 1000 FIELDS 2 a b", "*2\r\n:1\r\n:1\r\n")
	c.ask("HPEXPIRE h 500 NX FIELDS 2 a missing", "*2\r\n:0\r\n:-2\r\n")
	c.ask("HPEXPIRE h 500 GT FIELDS 2 a c", "*2\r\n:0\r\n:0\r\n")
	c.ask("HPEXPIRE h 2000 LT FIELDS 2 a c", "*2\r\n:0\r\n:1\r\n")
	c.ask("HPEXPIREAT h 1 XX FIELDS 1 c", "*1\r\n:2\r\n")
	c.ask("HLEN h", ":2\r\n")
	c.ask("HSET h b 3", ":0\r\n")
	c.ask("HPTTL h FIELDS 3 a b c", "*3\r\n:1000\r\n:-1\r\n:-2\r\n")
	c.ask("HPEXPIRETIME h FIELDS 1 a", "*1\r\n:1001000\r\n")
	c.ask("HEXPIRETIME h FIELDS 1 a", "*1\r\n:1001\r\n")
	c.ask("RENAME h g", "+OK\r\n")
	e.MoveTo(time.UnixMilli(1_001_000))
	c.ask("HGETALL g", "*2\r\n$1\r\nb\r\n$1\r\n3\r\n")
	c.ask("HSET g a 9", ":1\r\n")
	c.ask("HTTL g FIELDS 1 a", "*1\r\n:-1\r\n")
	c.ask("HDEL g b", ":1\r\n")
	c.ask("HEXPIRE g 1 FIELDS 1 a", "*1\r\n:1\r\n")
	e.MoveTo(time.UnixMilli(1_002_000))
	c.ask("EXISTS g", ":0\r\n")
	c.ask("SET s v", "+OK\r\n")
	c.ask("HEXPIRE s 1 FIELDS 1 a", "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n")
	c.ask("HTTL s FIELDS 1 a", "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n")
	c.ask("HEXPIRE g 1", "-ERR wrong number of arguments for 'hexpire' command\r\n")
	c.ask("HEXPIRE g 1 FIELDS 2 a", "-ERR The `numfields` parameter must match the number of arguments\r\n")
	c.ask("HEXPIRE g x FIELDS 1 a", "-ERR value is not an integer or out of range\r\n")
}

func TestAScriptStaysInTheDatabaseItHasSelected(t *testing.T) {
	t.Parallel()
	e := startAt(t, engine.Clock{Start: time.UnixMilli(1_000_000)})
	c := dial(t, e)
	c.ask(`EVAL "redis.call('SELECT', 3); redis.pcall('SET', 'k', 'v', 'PX', 1000); return redis.pcall('SELECT', 16).err" 0`,
		"$28\r\nERR DB index is out of range\r\n")
	c.ask("EXISTS k", ":0\r\n")
	c.ask("SELECT 3", "+OK\r\n")
	c.ask("PTTL k", ":1000\r\n")
	e.MoveTo(time.UnixMilli(1_001_000))
	c.ask("EXISTS k", ":0\r\n")
}

func TestAConditionThatIsNotMetLeavesTheDeadline(t *testing.T) {
	t.Parallel()
	e := startAt(t, engine.Clock{Start: time.UnixMilli(1_000_000)})
	c := dial(t, e)
	c.ask("SET k v PX 5000", "+OK\r\n")
	c.ask("SET k w NX PX 1", "$-1\r\n")
	c.ask("SET k w NX PXAT 1", "$-1\r\n")
	c.ask("SET k w XX GET KEEPTTL", "$1\r\nv\r\n")
	c.ask("PTTL k", ":5000\r\n")
	c.ask("SET k w PXAT 1", "+OK\r\n")
	c.ask("EXISTS k", ":0\r\n")
	c.ask("SET k v EX 9223372036854775", "-ERR invalid expire time in 'set' command\r\n")
	c.ask("SETEX k 0 v", "-ERR invalid expire time in 'setex' command\r\n")
	c.ask("PEXPIRE k 9223372036854775807", "-ERR invalid expire time in 'pexpire' command\r\n")
}

func TestAMoveKeepsTheDestinationsDeadline(t *testing.T) {
	t.Parallel()
	c := dial(t, startAt(t, engine.Clock{}))
	c.ask("RPUSH a 1 2 3", ":3\r\n")
	c.ask("PEXPIRE a 1000", ":1\r\n")
	c.ask("RPOPLPUSH a b", "$1\r\n3\r\n")
	c.ask("PTTL b", ":-1\r\n")
	c.ask("PEXPIRE b 500", ":1\r\n")
	c.ask("BLMOVE a b LEFT LEFT 0", "$1\r\n1\r\n")
	c.ask("PTTL b", ":500\r\n")
	c.ask("PTTL a", ":1000\r\n")
}

// TestManyShortLivesDoNotAddUp writes keys that are gone long before their time.
func TestManyShortLivesDoNotAddUp(t *testing.T) {
	t.Parallel()
	e := startAt(t, engine.Clock{})
	c := dial(t, e)
	for i := range 20_000 {
		key := strconv.Itoa(i)
		c.ask("SET "+key+" v EX 1000", "+OK\r\n")
		c.ask("DEL "+key, ":1\r\n")
	}
	require.LessOrEqual(t, e.DeadlinesKept(), 2048)
}
