package engine_test

import (
	"fmt"
	"io"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMessagesReachSubscribersBeforePublishAnswers(t *testing.T) {
	t.Parallel()
	e := start(t)
	c, publisher := dial(t, e), dial(t, e)
	c.ask("SUBSCRIBE news", "*3\r\n$9\r\nsubscribe\r\n$4\r\nnews\r\n:1\r\n")
	c.ask("PSUBSCRIBE n*", "*3\r\n$10\r\npsubscribe\r\n$2\r\nn*\r\n:2\r\n")
	publisher.ask("PUBLISH news hello", ":2\r\n")
	c.expect("*3\r\n$7\r\nmessage\r\n$4\r\nnews\r\n$5\r\nhello\r\n")
	c.expect("*4\r\n$8\r\npmessage\r\n$2\r\nn*\r\n$4\r\nnews\r\n$5\r\nhello\r\n")
	publisher.ask("PUBLISH other hello", ":0\r\n")
	publisher.ask("MULTI\r\nPUBLISH news 1\r\nEVAL \"return redis.call('PUBLISH', 'news', '2')\" 0\r\nEXEC", "+OK\r\n+QUEUED\r\n+QUEUED\r\n*2\r\n:2\r\n:2\r\n")
	for i := range 2 {
		c.expect(fmt.Sprintf("*3\r\n$7\r\nmessage\r\n$4\r\nnews\r\n$1\r\n%d\r\n", i+1))
		c.expect(fmt.Sprintf("*4\r\n$8\r\npmessage\r\n$2\r\nn*\r\n$4\r\nnews\r\n$1\r\n%d\r\n", i+1))
	}
	c.ask("UNSUBSCRIBE", "*3\r\n$11\r\nunsubscribe\r\n$4\r\nnews\r\n:1\r\n")
	c.ask("GET k", "-ERR Can't execute 'get': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context\r\n")
	c.ask("PUNSUBSCRIBE", "*3\r\n$12\r\npunsubscribe\r\n$2\r\nn*\r\n:0\r\n")
	c.ask("GET k", "$-1\r\n")
}

func TestARESP3ClientMayGoOnWhileSubscribed(t *testing.T) {
	t.Parallel()
	e := start(t)
	c, publisher := dial(t, e), dial(t, e)
	c.send("HELLO 3\r\n")
	_, err := io.ReadFull(c.r, make([]byte, len("%7\r\n$6\r\nserver\r\n$5\r\nredis\r\n$7\r\nversion\r\n$6\r\n7.0.15\r\n$5\r\nproto\r\n:3\r\n$2\r\nid\r\n:1\r\n$4\r\nmode\r\n$10\r\nstandalone\r\n$4\r\nrole\r\n$6\r\nmaster\r\n$7\r\nmodules\r\n*0\r\n")))
	require.NoError(t, err)
	c.ask("SSUBSCRIBE s", ">3\r\n$10\r\nssubscribe\r\n$1\r\ns\r\n:1\r\n")
	c.ask("SET k v", "+OK\r\n")
	publisher.ask("SPUBLISH s hello", ":1\r\n")
	c.expect(">3\r\n$8\r\nsmessage\r\n$1\r\ns\r\n$5\r\nhello\r\n")
	c.ask("SPUBLISH s me", ">3\r\n$8\r\nsmessage\r\n$1\r\ns\r\n$2\r\nme\r\n:1\r\n")
	c.ask("PING", "+PONG\r\n")
}

func TestASubscriberThatDoesNotReadHoldsUpNobody(t *testing.T) {
	t.Parallel()
	e := start(t)
	c, publisher := dial(t, e), dial(t, e)
	c.ask("SUBSCRIBE s", "*3\r\n$9\r\nsubscribe\r\n$1\r\ns\r\n:1\r\n")
	for range 1000 {
		publisher.ask("PUBLISH s x", ":1\r\n")
	}
	for range 1000 {
		c.expect("*3\r\n$7\r\nmessage\r\n$1\r\ns\r\n$1\r\nx\r\n")
	}
}

func TestSubscriptionsEndWithTheirClient(t *testing.T) {
	t.Parallel()
	e := start(t)
	c, other := dial(t, e), dial(t, e)
	c.send("SUBSCRIBE a b\r\nPSUBSCRIBE p*\r\nSSUBSCRIBE s\r\n")
	other.ask("PUBSUB CHANNELS", "*2\r\n$1\r\na\r\n$1\r\nb\r\n")
	other.ask("PUBSUB CHANNELS b*", "*1\r\n$1\r\nb\r\n")
	other.ask("PUBSUB SHARDCHANNELS", "*1\r\n$1\r\ns\r\n")
	other.ask("PUBSUB NUMSUB a none", "*4\r\n$1\r\na\r\n:1\r\n$4\r\nnone\r\n:0\r\n")
	other.ask("PUBSUB NUMPAT", ":1\r\n")
	require.NoError(t, c.Close())
	other.ask("PUBSUB CHANNELS", "*0\r\n")
	other.ask("PUBSUB SHARDCHANNELS", "*0\r\n")
	other.ask("PUBSUB NUMPAT", ":0\r\n")
	other.ask("PUBLISH a x", ":0\r\n")
}
