package bench_test

import (
	"bytes"
	"context"
	"io"
	"net"
	"slices"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/internal/process"
	"github.com/compozy/rediskit/internal/process/processtest"
	"github.com/compozy/rediskit/redistest"
)

// peer is a server, and the way that a client reaches it.
type peer struct {
	name    string
	connect func(*testing.B) *redis.Client
}

// peersBut are the servers that rows about commands compare, ours first, but for those that cannot do what a row does.
func peersBut(except ...string) []peer {
	return slices.DeleteFunc([]peer{
		{"redistest", ours},
		{"miniredis-tcp", miniredisTCP},
		{"miniredis-dial", miniredisDial},
		{"redis-server-tcp", redisServerTCP},
		{"redis-server-unix", redisServerUnix},
		{"null-connection", nullConnection},
	}, func(p peer) bool { return slices.Contains(except, p.name) })
}

// raceAmong lets peers race. Each gets a server, and a client of it to prepare what it runs.
func raceAmong(b *testing.B, among []peer, prepare func(*redis.Client) func(n int)) {
	b.Helper()
	contestants := make([]contestant, len(among))
	for i, p := range among {
		contestants[i] = contestant{p.name, prepare(p.connect(b))}
	}
	race(b, contestants...)
}

func ours(b *testing.B) *redis.Client {
	b.Helper()
	return redistest.New(b).Client()
}

func oursTCP(b *testing.B) *redis.Client {
	b.Helper()
	return overTCP(b, redistest.New(b))
}

func oursUnix(b *testing.B) *redis.Client {
	b.Helper()
	return redistest.New(b, redistest.WithUnixSocket("")).Client()
}

// miniredisTCP is what most tests use today: both with their defaults.
func miniredisTCP(b *testing.B) *redis.Client {
	b.Helper()
	return closed(b, redis.NewClient(&redis.Options{Addr: miniredis.RunT(b).Addr()}))
}

func miniredisDial(b *testing.B) *redis.Client {
	b.Helper()
	m := miniredis.NewMiniRedis()
	b.Cleanup(m.Close)
	return closed(b, redis.NewClient(&redis.Options{
		Dialer: func(context.Context, string, string) (net.Conn, error) { return m.Dial() },
	}))
}

func redisServerTCP(b *testing.B) *redis.Client {
	b.Helper()
	server := processtest.Start(b, process.WithTCP())
	return closed(b, redis.NewClient(&redis.Options{Addr: server.Addr()}))
}

func redisServerUnix(b *testing.B) *redis.Client {
	b.Helper()
	server := processtest.Start(b)
	return closed(b, redis.NewClient(&redis.Options{Network: "unix", Addr: server.Socket()}))
}

// nullConnection is go-redis against nothing, set up as our own client is: the limit.
func nullConnection(b *testing.B) *redis.Client {
	b.Helper()
	o := redistest.New(b).Options()
	o.Dialer = func(context.Context, string, string) (net.Conn, error) { return &null{}, nil }
	return closed(b, redis.NewClient(o))
}

func closed(b *testing.B, client *redis.Client) *redis.Client {
	b.Helper()
	b.Cleanup(func() { require.NoError(b, client.Close()) })
	require.NoError(b, client.Ping(b.Context()).Err())
	return client
}

// null answers every command with the same bulk string, but for the handshake.
type null struct{ unanswered, greetings int }

func (c *null) Write(p []byte) (int, error) {
	c.greetings += bytes.Count(p, []byte("\r\nhello\r\n"))
	c.unanswered += bytes.Count(p, []byte{'*'})
	return len(p), nil
}

func (c *null) Read(p []byte) (int, error) {
	const greeting, reply = "%1\r\n$5\r\nproto\r\n:3\r\n", "$1\r\nv\r\n"
	n := 0
	for ; c.greetings > 0; c.greetings-- {
		n += copy(p[n:], greeting)
		c.unanswered--
	}
	for ; c.unanswered > 0 && len(p)-n >= len(reply); c.unanswered-- {
		n += copy(p[n:], reply)
	}
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}

func (*null) Close() error                     { return nil }
func (*null) LocalAddr() net.Addr              { return &net.UnixAddr{} }
func (*null) RemoteAddr() net.Addr             { return &net.UnixAddr{} }
func (*null) SetDeadline(time.Time) error      { return nil }
func (*null) SetReadDeadline(time.Time) error  { return nil }
func (*null) SetWriteDeadline(time.Time) error { return nil }
