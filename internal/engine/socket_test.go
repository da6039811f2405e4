package engine_test

import (
	"crypto/tls"
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/internal/engine"
)

// listen makes an engine reachable over TCP.
func listen(t testing.TB, e *engine.Engine) net.Addr {
	t.Helper()
	addr, err := e.Listen("tcp", "127.0.0.1:0", nil)
	require.NoError(t, err)
	return addr
}

func dialSocket(t testing.TB, addr net.Addr) *wire {
	t.Helper()
	c, err := net.Dial(addr.Network(), addr.String())
	require.NoError(t, err)
	return speak(t, c)
}

func TestSocketsAreServed(t *testing.T) {
	t.Parallel()
	e := start(t)
	socket := dialSocket(t, listen(t, e))
	socket.ask("SET k v", "+OK\r\n")
	dial(t, e).ask("GET k", "$1\r\nv\r\n")
	socket.ask("QUIT", "+OK\r\n")
	socket.expectEnd()
}

func TestUnixSocketsAreServed(t *testing.T) {
	t.Parallel()
	e := start(t)
	addr, err := e.Listen("unix", filepath.Join(t.TempDir(), "s"), nil)
	require.NoError(t, err)
	dialSocket(t, addr).ask("PING", "+PONG\r\n")
}

// What one client has sent is applied before what another sends next, although nobody has waited for the reply.
func TestSocketsAreServedInTheOrderOfArrival(t *testing.T) {
	t.Parallel()
	e := start(t)
	addr := listen(t, e)
	clients := make([]*wire, 8)
	for i := range clients {
		clients[i] = dialSocket(t, addr)
		clients[i].ask("PING", "+PONG\r\n")
	}
	const rounds = 1000
	for round := range rounds {
		for i, c := range clients {
			c.send(fmt.Sprintf("RPUSH order %d\r\n", i))
		}
		for i, c := range clients {
			c.expect(fmt.Sprintf(":%d\r\n", round*len(clients)+i+1))
		}
	}
	order, err := connect(t, e).LRange(t.Context(), "order", 0, -1).Result()
	require.NoError(t, err)
	require.Equal(t, strings.Repeat("01234567", rounds), strings.Join(order, ""))
}

// A client that does not read its replies is not read from the kernel's buffers alone: the engine keeps the rest.
func TestASocketThatDoesNotReadHoldsUpNobody(t *testing.T) {
	t.Parallel()
	e := start(t)
	addr := listen(t, e)
	lazy, other := dialSocket(t, addr), dialSocket(t, addr)
	value := strings.Repeat("x", 1<<20)
	other.send(fmt.Sprintf("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$%d\r\n%s\r\n", len(value), value))
	other.expect("+OK\r\n")
	const n = 32
	lazy.send(strings.Repeat("GET k\r\n", n))
	other.ask("PING", "+PONG\r\n")
	for range n {
		lazy.expect(fmt.Sprintf("$%d\r\n%s\r\n", len(value), value))
	}
	lazy.ask("PING", "+PONG\r\n")
}

func TestPushesReachSockets(t *testing.T) {
	t.Parallel()
	e := start(t)
	subscriber, blocked := dialSocket(t, listen(t, e)), dialSocket(t, listen(t, e))
	subscriber.ask("SUBSCRIBE s", "*3\r\n$9\r\nsubscribe\r\n$1\r\ns\r\n:1\r\n")
	blocked.send("ECHO x\r\nBLPOP q 0\r\n")
	blocked.expect("$1\r\nx\r\n")
	memory := dial(t, e)
	memory.ask("PUBLISH s hello", ":1\r\n")
	subscriber.expect("*3\r\n$7\r\nmessage\r\n$1\r\ns\r\n$5\r\nhello\r\n")
	memory.ask("RPUSH q x", ":1\r\n")
	blocked.expect("*2\r\n$1\r\nq\r\n$1\r\nx\r\n")
}

func TestABlockedSocketThatLeavesTakesNothing(t *testing.T) {
	t.Parallel()
	e := start(t)
	socket, memory := dialSocket(t, listen(t, e)), dial(t, e)
	socket.send("ECHO x\r\nBLPOP q 0\r\n")
	socket.expect("$1\r\nx\r\n")
	require.NoError(t, socket.Close())
	client := connect(t, e)
	require.Eventually(t, func() bool {
		list, err := client.ClientList(t.Context()).Result()
		return err == nil && !strings.Contains(list, "flags=b")
	}, waitLimit, waitTick)
	memory.ask("RPUSH q x", ":1\r\n")
	memory.ask("LLEN q", ":1\r\n")
}

func TestListeningFails(t *testing.T) {
	t.Parallel()
	e := start(t)
	addr := listen(t, e)
	_, err := start(t).Listen("tcp", addr.String(), nil)
	require.ErrorContains(t, err, "listen: ")
	require.ErrorContains(t, err, "address already in use")
	_, err = e.Listen("tcp", "nowhere", nil)
	require.ErrorContains(t, err, "missing port in address")
	require.NoError(t, e.Close())
	_, err = e.Listen("tcp", "127.0.0.1:0", nil)
	require.ErrorIs(t, err, net.ErrClosed)
}

func TestSocketsEndWithTheEngine(t *testing.T) {
	t.Parallel()
	e := start(t)
	addr, err := e.Listen("unix", filepath.Join(t.TempDir(), "s"), nil) // whose address nobody else takes
	require.NoError(t, err)
	c := dialSocket(t, addr)
	c.ask("PING", "+PONG\r\n")
	require.NoError(t, e.Close())
	c.expectEnd()
	_, err = net.Dial(addr.Network(), addr.String())
	require.Error(t, err)
}

func TestManySocketsComeAndGo(t *testing.T) {
	t.Parallel()
	e := start(t)
	addr := listen(t, e)
	var group sync.WaitGroup
	for range 16 {
		group.Go(func() {
			for range 25 {
				client := redis.NewClient(&redis.Options{Addr: addr.String(), DisableIdentity: true, PoolSize: 1})
				assert.NoError(t, client.Incr(t.Context(), "n").Err())
				assert.NoError(t, client.Close())
			}
		})
	}
	group.Wait()
	n, err := connect(t, e).Get(t.Context(), "n").Int()
	require.NoError(t, err)
	require.Equal(t, 16*25, n)
}

func TestTLSWithoutACertificateFailsTheClientNotTheServer(t *testing.T) {
	t.Parallel()
	e := start(t)
	addr, err := e.Listen("tcp", "127.0.0.1:0", &tls.Config{MinVersion: tls.VersionTLS12})
	require.NoError(t, err)
	_, err = tls.Dial("tcp", addr.String(), &tls.Config{InsecureSkipVerify: true}) //nolint:gosec // the handshake is to fail
	require.Error(t, err)
	dial(t, e).ask("PING", "+PONG\r\n")
}
