package engine_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTransactionRunsWhatWasQueued(t *testing.T) {
	t.Parallel()
	c := dial(t, start(t))
	c.ask("MULTI", "+OK\r\n")
	c.ask("SET k 1", "+QUEUED\r\n")
	c.ask("INCR k", "+QUEUED\r\n")
	c.ask("LPUSH k x", "+QUEUED\r\n") // fails, and undoes nothing
	c.ask("EVAL \"return redis.call('INCR', KEYS[1])\" 1 k", "+QUEUED\r\n")
	c.ask("BLPOP list 0", "+QUEUED\r\n") // does not block
	c.ask("SELECT 3", "+QUEUED\r\n")
	c.ask("SET k three", "+QUEUED\r\n")
	c.ask("EXEC", "*7\r\n+OK\r\n:2\r\n-WRONGTYPE Operation against a key holding the wrong kind of value\r\n:3\r\n*-1\r\n+OK\r\n+OK\r\n")
	c.ask("GET k", "$5\r\nthree\r\n")
	c.ask("SELECT 0", "+OK\r\n")
	c.ask("GET k", "$1\r\n3\r\n")
}

func TestTransactionIsAbortedByWhatCannotBeQueued(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ line, refusal string }{
		"unknown command":    {"NOSUCH a b", "-ERR unknown command 'NOSUCH', with args beginning with: 'a' 'b' \r\n"},
		"arity":              {"GET", "-ERR wrong number of arguments for 'get' command\r\n"},
		"unknown subcommand": {"CLIENT NOSUCH", "-ERR unknown subcommand 'NOSUCH'. Try CLIENT HELP.\r\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := dial(t, start(t))
			c.ask("MULTI", "+OK\r\n")
			c.ask("SET k v", "+QUEUED\r\n")
			c.ask(test.line, test.refusal)
			c.ask("EXEC", "-EXECABORT Transaction discarded because of previous errors.\r\n")
			c.ask("EXISTS k", ":0\r\n")
		})
	}
}

func TestTransactionIsGivenUpWhenAWatchedKeyChanged(t *testing.T) {
	t.Parallel()
	e := start(t)
	c, other := dial(t, e), dial(t, e)
	c.ask("WATCH k", "+OK\r\n")
	c.ask("MULTI", "+OK\r\n")
	c.ask("SET k mine", "+QUEUED\r\n")
	other.ask("SET k theirs", "+OK\r\n")
	c.ask("EXEC", "*-1\r\n")
	c.ask("GET k", "$6\r\ntheirs\r\n")

	c.ask("MULTI", "+OK\r\n") // the watch is over
	other.ask("SET k again", "+OK\r\n")
	c.ask("SET k mine", "+QUEUED\r\n")
	c.ask("EXEC", "*1\r\n+OK\r\n")
}

func TestWatchIsEndedByDiscardUnwatchAndReset(t *testing.T) {
	t.Parallel()
	e := start(t)
	other := dial(t, e)
	for _, end := range [][2]string{
		{"MULTI\r\nDISCARD", "+OK\r\n+OK\r\n"}, {"UNWATCH", "+OK\r\n"}, {"RESET", "+RESET\r\n"},
	} {
		c := dial(t, e)
		c.ask("WATCH k", "+OK\r\n")
		c.ask(end[0], end[1])
		other.ask("SET k changed", "+OK\r\n")
		c.ask("MULTI", "+OK\r\n")
		c.ask("GET k", "+QUEUED\r\n")
		c.ask("EXEC", "*1\r\n$7\r\nchanged\r\n")
	}
}

func TestAFlushTouchesTheWatchedKeysThatThereWere(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ watch, flush, outcome string }{
		{"WATCH k", "FLUSHALL", "*-1\r\n"},
		{"WATCH k", "FLUSHDB", "*-1\r\n"},
		{"WATCH none", "FLUSHALL", "*1\r\n+PONG\r\n"},
		{"WATCH k", "SELECT 1\r\nFLUSHDB", "*1\r\n+PONG\r\n"},
	} {
		e := start(t)
		c, other := dial(t, e), dial(t, e)
		c.ask("SET k v", "+OK\r\n")
		c.ask(test.watch, "+OK\r\n")
		other.send(test.flush + "\r\n")
		c.ask("MULTI\r\nPING", "+OK\r\n+QUEUED\r\n")
		c.ask("EXEC", test.outcome)
	}
}

func TestQueueingDoesNotOutliveItsClient(t *testing.T) {
	t.Parallel()
	e := start(t)
	c := dial(t, e)
	c.ask("MULTI", "+OK\r\n")
	c.ask("SET k v", "+QUEUED\r\n")
	require.NoError(t, c.Close())
	dial(t, e).ask("EXISTS k", ":0\r\n")
}
