package engine_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

func TestBlockedClientsAreServedInTheOrderOfArrival(t *testing.T) {
	t.Parallel()
	e := start(t)
	var clients []*wire
	for range 5 {
		c := dial(t, e)
		c.send("BLPOP other queue 0\r\n")
		clients = append(clients, c)
	}
	pusher := dial(t, e)
	pusher.ask("RPUSH queue 0 1 2 3", ":4\r\n")
	for i, c := range clients[:4] {
		c.expect(fmt.Sprintf("*2\r\n$5\r\nqueue\r\n$1\r\n%d\r\n", i))
	}
	pusher.ask("LLEN queue", ":0\r\n")
	pusher.ask("RPUSH other last", ":1\r\n")
	clients[4].expect("*2\r\n$5\r\nother\r\n$4\r\nlast\r\n")
}

// Every blocking command, what unblocks it, and its reply.
var blockingCases = []struct{ command, before, unblock, reply string }{
	{"BLPOP q 0", "", "RPUSH q a b", "*2\r\n$1\r\nq\r\n$1\r\na\r\n"},
	{"BRPOP q 0", "", "RPUSH q a b", "*2\r\n$1\r\nq\r\n$1\r\nb\r\n"},
	{"BLMOVE q d LEFT RIGHT 0", "", "RPUSH q a b", "$1\r\na\r\n"},
	{"BRPOPLPUSH q d 0", "", "RPUSH q a b", "$1\r\nb\r\n"},
	{"BLMPOP 0 2 p q LEFT COUNT 2", "", "RPUSH q a b c", "*2\r\n$1\r\nq\r\n*2\r\n$1\r\na\r\n$1\r\nb\r\n"},
	{"BZPOPMIN q 0", "", "ZADD q 1 a 2 b", "*3\r\n$1\r\nq\r\n$1\r\na\r\n$1\r\n1\r\n"},
	{"BZPOPMAX q 0", "", "ZADD q 1 a 2 b", "*3\r\n$1\r\nq\r\n$1\r\nb\r\n$1\r\n2\r\n"},
	{"BZMPOP 0 1 q MAX", "", "ZADD q 1 a 2 b", "*2\r\n$1\r\nq\r\n*1\r\n*2\r\n$1\r\nb\r\n$1\r\n2\r\n"},
	{"XREAD BLOCK 0 STREAMS q $", "XADD q 1-1 f old", "XADD q 2-1 f v", "*1\r\n*2\r\n$1\r\nq\r\n*1\r\n*2\r\n$3\r\n2-1\r\n*2\r\n$1\r\nf\r\n$1\r\nv\r\n"},
	{
		"XREADGROUP GROUP g c BLOCK 0 STREAMS q >", "XGROUP CREATE q g $ MKSTREAM", "XADD q 2-1 f v",
		"*1\r\n*2\r\n$1\r\nq\r\n*1\r\n*2\r\n$3\r\n2-1\r\n*2\r\n$1\r\nf\r\n$1\r\nv\r\n",
	},
}

func TestBlockingCommandsWaitAndAreServed(t *testing.T) {
	t.Parallel()
	for _, test := range blockingCases {
		for _, how := range []string{"%s", "MULTI\r\n%s\r\nEXEC", "EVAL \"return redis.call(unpack(ARGV))\" 0 %s"} {
			t.Run(fmt.Sprintf(how, test.command), func(t *testing.T) {
				t.Parallel()
				e := start(t)
				c, other := dial(t, e), dial(t, e)
				if test.before != "" {
					other.send(test.before + "\r\n")
				}
				c.send(test.command + "\r\nPING\r\n") // what follows waits too
				other.send(fmt.Sprintf(how, test.unblock) + "\r\n")
				c.expect(test.reply)
				c.expect("+PONG\r\n")
			})
		}
	}
}

func TestBlockingCommandsTimeOut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := start(t)
		c := dial(t, e)
		c.ask("XGROUP CREATE q g $ MKSTREAM", "+OK\r\n")
		for _, command := range []string{
			"BLPOP none 1.5", "BRPOP none 1.5", "BLMOVE none d LEFT LEFT 1.5", "BRPOPLPUSH none d 1.5", "BLMPOP 1.5 1 none LEFT",
			"BZPOPMIN none 1.5", "BZPOPMAX none 1.5", "BZMPOP 1.5 1 none MIN", "XREAD BLOCK 1500 STREAMS q $",
			"XREADGROUP GROUP g c BLOCK 1500 STREAMS q >",
		} {
			began := time.Now()
			c.ask(command, "*-1\r\n")
			require.Equal(t, 1500*time.Millisecond, time.Since(began), command)
		}
		c.ask("HELLO 3", "%7\r\n$6\r\nserver\r\n")
		c.send("BLPOP none 1\r\n")
		_, err := c.r.ReadString('_') // the rest of HELLO's answer, and a nil of RESP3
		require.NoError(t, err)
	})
}

func TestABlockedClientThatLeavesTakesNothing(t *testing.T) {
	t.Parallel()
	for _, test := range blockingCases {
		t.Run(test.command, func(t *testing.T) {
			t.Parallel()
			e := start(t)
			c, next, other := dial(t, e), dial(t, e), dial(t, e)
			if test.before != "" {
				other.send(test.before + "\r\n")
			}
			c.send(test.command + "\r\n")
			next.send(test.command + "\r\n")
			require.NoError(t, c.Close())
			other.send(test.unblock + "\r\n")
			next.expect(test.reply)
		})
	}
}

func TestServingOneClientCanServeTheNext(t *testing.T) {
	t.Parallel()
	e := start(t)
	last, first, pusher := dial(t, e), dial(t, e), dial(t, e)
	last.send("BLPOP b 0\r\n")
	first.send("BLMOVE a b LEFT RIGHT 0\r\n")
	pusher.ask("RPUSH a x", ":1\r\n")
	first.expect("$1\r\nx\r\n")
	last.expect("*2\r\n$1\r\nb\r\n$1\r\nx\r\n")
}

func TestAKeyOfAnotherTypeDoesNotEndAWait(t *testing.T) {
	t.Parallel()
	e := start(t)
	c, other := dial(t, e), dial(t, e)
	c.send("BLPOP k q 0\r\n")
	other.ask("SET k string", "+OK\r\n")
	other.ask("RPUSH q x", ":1\r\n")
	c.expect("*2\r\n$1\r\nq\r\n$1\r\nx\r\n")
	c.ask("BLPOP k 0", "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n")
}

func TestEngineClosesWithBlockedClients(t *testing.T) {
	t.Parallel()
	e := start(t)
	c := dial(t, e)
	c.send("BLPOP q 100\r\n")
	require.NoError(t, e.Close())
	c.expectEnd()
}

func TestClientUnblockEndsAWait(t *testing.T) {
	t.Parallel()
	e := start(t)
	c, other := dial(t, e), dial(t, e)
	c.ask("CLIENT ID", ":1\r\n")
	c.send("BLPOP q 0\r\n")
	other.ask("CLIENT UNBLOCK 1", ":1\r\n")
	c.expect("*-1\r\n")
	c.send("BLPOP q 0\r\n")
	other.ask("CLIENT UNBLOCK 1 ERROR", ":1\r\n")
	c.expect("-UNBLOCKED client unblocked via CLIENT UNBLOCK\r\n")
	other.ask("CLIENT UNBLOCK 1", ":0\r\n")
}
