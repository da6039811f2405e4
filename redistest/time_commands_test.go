package redistest_test

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/internal/process"
	"github.com/compozy/rediskit/internal/process/processtest"
	"github.com/compozy/rediskit/internal/words"
	"github.com/compozy/rediskit/redistest"
)

// boundary is a moment that changes what a server answers. In commands and answers "ms:20" is the time 20 ms after the
// start as Unix milliseconds, and "s:1" the time a second after it as Unix seconds.
type boundary struct {
	name   string
	at     time.Duration // the moment, counted from the start
	setup  string        // commands at the start, separated by semicolons
	probe  string        // commands later
	before string        // their answers one millisecond before the boundary
	then   string        // and from it on
	// embedded says why a redis-server is not asked. Nor is it where that would take longer than longestWait.
	embedded string
}

// longestWait is how long a boundary may be away for a redis-server to be kept waiting for it.
const longestWait = 50 * time.Millisecond

// promptly is how many times a second a redis-server looks for clients that have waited long enough.
const promptly = "500"

// Why a redis-server cannot be asked.
const (
	exact = "it tells the time itself, which does not stand still there"
	newer = "Redis has it since 7.4 or later"
)

func TestTimeDependentCommandsOnBothSidesOfABoundary(t *testing.T) {
	t.Parallel()
	for _, b := range boundaries() {
		t.Run(b.name, func(t *testing.T) {
			t.Parallel()
			for _, side := range []struct {
				name string
				at   time.Duration
				want string
			}{
				{"a millisecond before", b.at - time.Millisecond, b.before},
				{"then", b.at, b.then},
			} {
				srv := redistest.New(t, redistest.WithTime(noon))
				conn := srv.NewClient(func(o *redis.Options) { o.Protocol = 2 }).Conn()
				ask(t, conn, noon, b.setup)
				srv.Advance(side.at)
				require.Equal(t, absolute(side.want, noon), ask(t, conn, noon, b.probe), side.name)
				require.NoError(t, conn.Close())
			}
		})
	}
}

// What was delivered in what is the future now has been idle for no time at all, and is pending all the same.
func TestEntriesStayPendingOnTheWayBack(t *testing.T) {
	t.Parallel()
	srv := redistest.New(t, redistest.WithTime(noon))
	conn := srv.NewClient(func(o *redis.Options) { o.Protocol = 2 }).Conn()
	ask(t, conn, noon, "XGROUP CREATE s g 0 MKSTREAM; XADD s 1-0 f v; XREADGROUP GROUP g ada STREAMS s >")
	srv.TravelTo(noon.Add(-time.Hour))
	require.Equal(t, "[[1-0 ada 0 1]]", ask(t, conn, noon, "XPENDING s g - + 10"))
	require.Equal(t, "[], []", ask(t, conn, noon, "XPENDING s g IDLE 1 - + 10; XCLAIM s g bob 1 1-0 JUSTID"))
	consumers := srv.Client().XInfoConsumers(t.Context(), "s", "g").Val()
	require.Len(t, consumers, 1)
	require.Zero(t, consumers[0].Idle)
	srv.TravelTo(noon.Add(20 * time.Millisecond))
	require.Equal(t, "[[1-0 ada 20 1]]", ask(t, conn, noon, "XPENDING s g - + 10"))
}

// TestTimeDependentCommandsOfRedisServer holds the table above to the original.
func TestTimeDependentCommandsOfRedisServer(t *testing.T) {
	t.Parallel()
	all := boundaries()
	server := processtest.Start(t, process.WithArgs("--hz", promptly, "--databases", strconv.Itoa(len(all))))
	for i, b := range all {
		if b.embedded != "" || b.at > longestWait {
			continue
		}
		t.Run(b.name, func(t *testing.T) {
			t.Parallel()
			conn := database(t, server, i)
			start, answers := askBetween(t, conn, b, "", 0, b.at)
			require.Equal(t, absolute(b.before, start), answers, "before")
			wait := fmt.Sprintf("; BLPOP nobody %v", (b.at + time.Millisecond).Seconds())
			start, answers = askBetween(t, conn, b, wait, b.at, b.at+slack)
			require.Equal(t, absolute(b.then, start), answers, "then")
		})
	}
}

// database is a connection to one database of a server.
func database(t *testing.T, server *process.Process, index int) *redis.Conn {
	t.Helper()
	client := redis.NewClient(&redis.Options{Network: "unix", Addr: server.Socket(), DB: index, Protocol: 2, ReadTimeout: -1})
	conn := client.Conn()
	t.Cleanup(func() {
		require.NoError(t, conn.Close())
		require.NoError(t, client.Close())
	})
	return conn
}

// slack is for how long after a boundary the answers are what they are then.
const slack = 400 * time.Millisecond

// askBetween asks so long after the start, which takes another try where the machine is busy.
func askBetween(t *testing.T, conn *redis.Conn, b boundary, wait string, least, most time.Duration) (start time.Time, answers string) {
	t.Helper()
	for range 1000 {
		start = timeOf(t, conn)
		ask(t, conn, start, "FLUSHDB; "+b.setup+wait)
		asked := timeOf(t, conn)
		answers = ask(t, conn, start, b.probe)
		if asked.Sub(start) >= least && timeOf(t, conn).Sub(start) < most {
			return start, answers
		}
	}
	require.FailNow(t, "the machine is too busy", "no answer between %v and %v", least, most)
	return start, answers
}

func timeOf(t *testing.T, conn *redis.Conn) time.Time {
	t.Helper()
	now, err := conn.Time(t.Context()).Result()
	require.NoError(t, err)
	return now
}

// ask runs commands, separated by semicolons, in one pipeline, and returns the answers, separated by commas.
func ask(t *testing.T, conn *redis.Conn, start time.Time, commands string) string {
	t.Helper()
	pipeline := conn.Pipeline()
	for line := range strings.SplitSeq(absolute(commands, start), "; ") {
		if args := argsOf(t, line); len(args) > 0 {
			pipeline.Do(t.Context(), args...)
		}
	}
	asked, _ := pipeline.Exec(t.Context()) // each command has its own error
	answers := make([]string, len(asked))
	for i, command := range asked {
		answers[i] = answer(t, command)
	}
	return strings.Join(answers, ", ")
}

func argsOf(t *testing.T, line string) []any {
	t.Helper()
	split, err := words.Split([]byte(line))
	require.NoError(t, err, line)
	args := make([]any, len(split))
	for i, word := range split {
		args[i] = word
	}
	return args
}

func answer(t *testing.T, command redis.Cmder) string {
	t.Helper()
	generic, ok := command.(*redis.Cmd)
	require.True(t, ok)
	var refused redis.Error
	switch value, err := generic.Result(); {
	case errors.Is(err, redis.Nil):
		return "nil"
	case errors.As(err, &refused):
		return refused.Error()
	default:
		require.NoError(t, err)
		return fmt.Sprint(value)
	}
}

var relative = regexp.MustCompile(`\b(ms|s):(-?\d+)`)

// absolute replaces the times that count from the start.
func absolute(text string, start time.Time) string {
	return relative.ReplaceAllStringFunc(text, func(match string) string {
		unit, number, _ := strings.Cut(match, ":")
		n, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return match
		}
		if unit == "s" {
			return strconv.FormatInt(start.Unix()+n, 10)
		}
		return strconv.FormatInt(start.UnixMilli()+n, 10)
	})
}
