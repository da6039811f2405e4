package engine_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/internal/config"
	"github.com/compozy/rediskit/internal/engine"
	"github.com/compozy/rediskit/internal/process"
	"github.com/compozy/rediskit/internal/process/processtest"
)

// exchange is what clients send to a server. The replies of the engine must be those of redis-server, byte by byte.
type exchange struct {
	name string
	// lines are inline commands, sent one after the other. One that begins with "b> " is sent by a second client, and
	// so on; the others are client a's. "{a}" stands for that client's id.
	lines []string
	// raw is sent as it is, before the lines.
	raw string
	// until is what client a's replies have to contain before the connections are closed: for replies that take time.
	until string
	// anyNode lets the names and addresses of nodes differ.
	anyNode bool
	// deviates is why the engine is allowed to answer in another way, "" for not at all. It must do so, then.
	deviates string
}

func (x exchange) clients() []string {
	names := []string{"a"}
	for _, line := range x.lines {
		if name, _ := sender(line); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

func sender(line string) (name, command string) {
	if name, command, ok := strings.Cut(line, "> "); ok && len(name) == 1 {
		return name, command
	}
	return "a", line
}

// wireServer is either of the servers that are compared.
type wireServer struct{ socket string }

func (s wireServer) dial(t *testing.T) *net.UnixConn {
	t.Helper()
	conn, err := net.DialUnix("unix", nil, &net.UnixAddr{Name: s.socket, Net: "unix"})
	require.NoError(t, err)
	require.NoError(t, conn.SetDeadline(time.Now().Add(5*time.Second)))
	t.Cleanup(func() { _ = conn.Close() }) // mostly done already
	return conn
}

// hold has the exchange with the server, and returns all that it answered to each client.
func (s wireServer) hold(t *testing.T, x exchange) map[string]string {
	t.Helper()
	conns, ids, replies := map[string]*net.UnixConn{}, []string{}, map[string]string{}
	for _, name := range x.clients() {
		conns[name] = s.dial(t)
		if slices.ContainsFunc(x.lines, func(line string) bool { return strings.Contains(line, "{"+name+"}") }) {
			ids = append(ids, "{"+name+"}", clientID(t, conns[name]))
		}
	}
	// A server reads as much of one client as there is before it looks at the next. So a client must not send more before
	// what another has sent was run; the answer to a bystander tells that.
	bystander, last := s.dial(t), "a"
	settle := func() {
		send(t, bystander, "PING\r\n")
		readUntil(t, bystander, "\r\n")
	}
	send(t, conns["a"], x.raw)
	for _, line := range x.lines {
		name, command := sender(line)
		if name != last {
			settle()
			last = name
		}
		send(t, conns[name], strings.NewReplacer(ids...).Replace(command)+"\r\n")
	}
	if x.until != "" {
		replies["a"] = readUntil(t, conns["a"], x.until)
	}
	settle()
	// What a half-closed client has sent is still answered, and then the server closes its half: so nobody waits for a
	// reply that does not come.
	for _, name := range x.clients() {
		if err := conns[name].CloseWrite(); !hungUp(err) {
			require.NoError(t, err)
		}
	}
	for _, name := range x.clients() {
		rest, err := io.ReadAll(conns[name])
		if !hungUp(err) {
			require.NoError(t, err, "client %s has got %q", name, replies[name]+string(rest))
		}
		replies[name] += string(rest)
	}
	return replies
}

func send(t *testing.T, conn net.Conn, raw string) {
	t.Helper()
	if _, err := io.WriteString(conn, raw); !hungUp(err) {
		require.NoError(t, err)
	}
}

// hungUp tells whether the server has closed the connection before it had read everything.
func hungUp(err error) bool {
	return errors.Is(err, syscall.EPIPE) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.ENOTCONN)
}

func readUntil(t *testing.T, conn net.Conn, end string) string {
	t.Helper()
	var got bytes.Buffer
	for !strings.Contains(got.String(), end) {
		_, err := io.CopyN(&got, conn, 1)
		require.NoError(t, err, "got %q", got.String())
	}
	return got.String()
}

func clientID(t *testing.T, conn net.Conn) string {
	t.Helper()
	send(t, conn, "CLIENT ID\r\n")
	return strings.Trim(readUntil(t, conn, "\r\n"), ":\r\n")
}

// serveEngine has an engine listen on a unix socket.
func serveEngine(t *testing.T, e *engine.Engine) wireServer {
	t.Helper()
	folder, err := os.MkdirTemp("", "wire") //nolint:usetesting // the test's own folder can be too long a name for a socket
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(folder)) })
	socket := filepath.Join(folder, "s")
	_, err = e.Listen("unix", socket, nil)
	require.NoError(t, err)
	return wireServer{socket}
}

// serveReal gives a redis-server of the version that the engine emulates.
func serveReal(t *testing.T, opts ...process.Option) wireServer {
	t.Helper()
	return wireServer{processtest.Start(t, opts...).Socket()}
}

// clear empties a server between two exchanges.
func (s wireServer) clear(t *testing.T, login string) {
	t.Helper()
	replies := s.hold(t, exchange{lines: []string{login, "FLUSHALL", "SCRIPT FLUSH", "INFO server"}})["a"]
	const emulated = "redis_version:7.0."
	if !strings.Contains(replies, emulated) {
		require.False(t, config.ReadEnv().Require, "%s=1 demands a Redis 7.0:\n%s", config.EnvRequire, replies)
		t.Skipf("\n    *** the engine is compared with Redis 7.0, and this redis-server is another one ***\n%s", replies)
	}
}

// difference shows the lines of two streams of replies from the first that differs to the last.
func difference(want, got string) string {
	w, g := strings.SplitAfter(want, "\n"), strings.SplitAfter(got, "\n")
	same := 0
	for same < min(len(w), len(g)) && w[same] == g[same] {
		same++
	}
	w, g = w[same:], g[same:]
	for len(w) > 0 && len(g) > 0 && w[len(w)-1] == g[len(g)-1] {
		w, g = w[:len(w)-1], g[:len(g)-1]
	}
	return fmt.Sprintf(", after %d equal lines:\n  redis-server %q\n  engine       %q", same, strings.Join(w, ""), strings.Join(g, ""))
}

// ownFacts are what may differ from server to server.
var ownFacts = regexp.MustCompile(`(\$2\r\nid\r\n):\d+`)

// nodes are the names of a cluster's nodes, and their addresses in CLUSTER NODES.
var nodes = regexp.MustCompile(`[0-9a-f]{40}|[0-9.]*:\d+@\d+`)

func (x exchange) comparable(replies string) string {
	if x.anyNode {
		replies = nodes.ReplaceAllStringFunc(replies, func(found string) string {
			if strings.Contains(found, "@") {
				return "(address)"
			}
			return "(node)"
		})
	}
	return ownFacts.ReplaceAllString(replies, "$1:*")
}

func compareExchanges(t *testing.T, exchanges []exchange, password string) {
	t.Helper()
	var opts []process.Option
	login := ""
	if password != "" {
		opts = append(opts, process.WithPassword(password))
		login = "AUTH " + password
	}
	compareWith(t, serveReal(t, opts...), login, exchanges, func(t *testing.T) *engine.Engine {
		t.Helper()
		e := start(t)
		if password != "" {
			require.NoError(t, e.Protect("default", password))
		}
		return e
	})
}

// compareWith compares new engines with a server.
func compareWith(t *testing.T, genuine wireServer, login string, exchanges []exchange, fresh func(*testing.T) *engine.Engine) {
	t.Helper()
	var turn sync.Mutex // the exchanges share redis-server
	seen := map[string]bool{}
	for _, x := range exchanges {
		require.False(t, seen[x.name], "two exchanges are named %q", x.name)
		seen[x.name] = true
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			turn.Lock()
			defer turn.Unlock()
			genuine.clear(t, login)
			want, got := genuine.hold(t, x), serveEngine(t, fresh(t)).hold(t, x)
			var differences []string
			for _, name := range x.clients() {
				w, g := x.comparable(want[name]), x.comparable(got[name])
				if w != g {
					differences = append(differences, "client "+name+difference(w, g))
				}
			}
			switch {
			case x.deviates != "" && len(differences) == 0:
				t.Errorf("the engine answers as Redis does now: this is no deviation any more (%s)", x.deviates)
			case x.deviates == "" && len(differences) > 0:
				t.Error(strings.Join(differences, "\n"))
			}
		})
	}
}
