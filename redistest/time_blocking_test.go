package redistest_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/internal/process"
	"github.com/compozy/rediskit/internal/process/processtest"
	"github.com/compozy/rediskit/redistest"
)

// wait is a command that blocks. SECONDS and MILLISECONDS in it stand for its timeout.
type wait struct {
	name    string
	setup   string
	command string
	push    string // what ends the wait
	served  string // the answer then
}

func waits() []wait {
	const group, entry = "XGROUP CREATE s g $ MKSTREAM", "XADD s 1-0 f v"
	return []wait{
		{"BLPOP", "", "BLPOP other q SECONDS", "RPUSH q a", "[q a]"},
		{"BRPOP", "", "BRPOP q SECONDS", "RPUSH q a", "[q a]"},
		{"BLMOVE", "", "BLMOVE q to LEFT RIGHT SECONDS", "RPUSH q a", "a"},
		{"BRPOPLPUSH", "", "BRPOPLPUSH q to SECONDS", "RPUSH q a", "a"},
		{"BLMPOP", "", "BLMPOP SECONDS 2 other q LEFT COUNT 2", "RPUSH q a", "[q [a]]"},
		{"BZPOPMIN", "", "BZPOPMIN z SECONDS", "ZADD z 1 a", "[z a 1]"},
		{"BZPOPMAX", "", "BZPOPMAX z SECONDS", "ZADD z 1 a", "[z a 1]"},
		{"BZMPOP", "", "BZMPOP SECONDS 1 z MIN", "ZADD z 1 a", "[z [[a 1]]]"},
		{"XREAD", "", "XREAD BLOCK MILLISECONDS STREAMS s $", entry, "[[s [[1-0 [f v]]]]]"},
		{"XREADGROUP", group, "XREADGROUP GROUP g ada BLOCK MILLISECONDS STREAMS s >", entry, "[[s [[1-0 [f v]]]]]"},
	}
}

// lasting is the command with a timeout.
func (w wait) lasting(timeout time.Duration) string {
	seconds := strconv.FormatFloat(timeout.Seconds(), 'f', -1, 64)
	return strings.NewReplacer("MILLISECONDS", strconv.FormatInt(timeout.Milliseconds(), 10), "SECONDS", seconds).Replace(w.command)
}

// waiting is a server on which somebody waits, for so long that it does not run out in real time as well.
type waiting struct {
	*redistest.Server
	asked  chan *redis.Cmd
	client *redis.Conn
}

func startWaiting(t *testing.T, setup, command string) waiting {
	t.Helper()
	plain := func(o *redis.Options) { o.Protocol = 2 }
	srv := redistest.New(t, redistest.WithTime(noon))
	w := waiting{srv, make(chan *redis.Cmd, 1), srv.NewClient(plain).Conn()}
	ask(t, w.client, noon, setup)
	srv.Advance(time.Hour) // waits are counted from when they begin
	args := argsOf(t, command)
	go func() { w.asked <- srv.NewClient(plain).Conn().Do(t.Context(), args...) }()
	untilBlocked(t, srv, 1)
	return w
}

func (w waiting) requireBlocked(t *testing.T) {
	t.Helper()
	require.Contains(t, w.Client().ClientList(t.Context()).Val(), "flags=b")
	require.Empty(t, w.asked)
}

func (w waiting) requireAnswer(t *testing.T, want string) {
	t.Helper()
	require.Equal(t, want, answer(t, <-w.asked))
}

func TestBlockedCommandsOnBothSidesOfTheirTimeout(t *testing.T) {
	t.Parallel()
	for _, wait := range waits() {
		t.Run(wait.name+" in vain", func(t *testing.T) {
			t.Parallel()
			w := startWaiting(t, wait.setup, wait.lasting(time.Hour))
			w.Advance(time.Hour - time.Millisecond)
			w.requireBlocked(t)
			w.Advance(time.Millisecond)
			w.requireAnswer(t, "nil")
			ask(t, w.client, noon, wait.push) // which is for nobody now
			require.Equal(t, int64(1), w.Client().DBSize(t.Context()).Val())
		})
		t.Run(wait.name+" at the last moment", func(t *testing.T) {
			t.Parallel()
			w := startWaiting(t, wait.setup, wait.lasting(time.Hour))
			w.Advance(time.Hour - time.Millisecond)
			w.requireBlocked(t)
			ask(t, w.client, noon, wait.push)
			w.requireAnswer(t, wait.served)
		})
		t.Run(wait.name+" for ever", func(t *testing.T) {
			t.Parallel()
			w := startWaiting(t, wait.setup, wait.lasting(0))
			w.Advance(100 * 365 * 24 * time.Hour)
			w.requireBlocked(t)
			ask(t, w.client, noon, wait.push)
			w.requireAnswer(t, wait.served)
		})
	}
}

func TestFractionsOfAMillisecondAreRoundedUp(t *testing.T) {
	t.Parallel()
	w := startWaiting(t, "", "BLPOP q 3599.9991")
	w.Advance(time.Hour - time.Millisecond)
	w.requireBlocked(t)
	w.Advance(time.Millisecond)
	w.requireAnswer(t, "nil")
	require.Equal(t, "nil", ask(t, w.client, noon, "BLPOP q 0.0001"), "a tiny timeout is not none")
}

// A stream that expires takes with it those who wait for it as consumers of a group.
const unblocked = "UNBLOCKED the stream key no longer exists"

func TestConsumersDoNotWaitForAStreamThatHasExpired(t *testing.T) {
	t.Parallel()
	w := startWaiting(t, "XGROUP CREATE s g $ MKSTREAM; EXPIRE s 7200", "XREADGROUP GROUP g ada BLOCK 9000000 STREAMS s >")
	w.Advance(time.Hour - time.Millisecond)
	w.requireBlocked(t)
	w.Advance(time.Millisecond)
	w.requireAnswer(t, unblocked)
}

// TestBlockedCommandsOfRedisServer holds all that to the original.
func TestBlockedCommandsOfRedisServer(t *testing.T) {
	t.Parallel()
	const timeout = 50 * time.Millisecond
	server := processtest.Start(t, process.WithArgs("--hz", promptly))
	for i, wait := range waits() {
		t.Run(wait.name, func(t *testing.T) {
			t.Parallel()
			conn := database(t, server, i+1)
			ask(t, conn, noon, wait.setup)
			start := timeOf(t, conn)
			require.Equal(t, "nil", ask(t, conn, noon, wait.lasting(timeout)))
			require.GreaterOrEqual(t, timeOf(t, conn).Sub(start), timeout)
		})
	}
	t.Run("fractions", func(t *testing.T) {
		t.Parallel()
		require.Equal(t, "nil", ask(t, database(t, server, 0), noon, "BLPOP nobody 0.0001"))
	})
	t.Run("a stream that expires", func(t *testing.T) {
		t.Parallel()
		answers := ask(t, database(t, server, 0), noon, "XGROUP CREATE s g $ MKSTREAM; PEXPIRE s 50; XREADGROUP GROUP g ada BLOCK 0 STREAMS s >")
		require.Equal(t, "OK, 1, "+unblocked, answers)
	})
}
