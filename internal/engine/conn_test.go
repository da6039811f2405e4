package engine_test

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/internal/engine"
)

// wire is a client that speaks bytes.
type wire struct {
	net.Conn
	t testing.TB
	r *bufio.Reader
}

func dial(t testing.TB, e *engine.Engine) *wire {
	t.Helper()
	c, err := e.Dial()
	require.NoError(t, err)
	return speak(t, c)
}

func speak(t testing.TB, c net.Conn) *wire {
	t.Helper()
	t.Cleanup(func() { _ = c.Close() }) // it may be closed already
	return &wire{Conn: c, t: t, r: bufio.NewReader(c)}
}

// send writes inline commands, or any other bytes.
func (w *wire) send(input string) {
	w.t.Helper()
	n, err := w.Write([]byte(input))
	require.NoError(w.t, err)
	require.Equal(w.t, len(input), n)
}

// expect reads exactly this.
func (w *wire) expect(want string) {
	w.t.Helper()
	got := make([]byte, len(want))
	n, err := io.ReadFull(w.r, got)
	require.NoError(w.t, err, "read %q", got[:n])
	require.Equal(w.t, want, string(got))
}

// ask sends a line and reads this answer.
func (w *wire) ask(line, want string) {
	w.t.Helper()
	w.send(line + "\r\n")
	w.expect(want)
}

// expectEnd reads the end of the connection.
func (w *wire) expectEnd() {
	w.t.Helper()
	rest, err := io.ReadAll(w.r)
	require.NoError(w.t, err)
	require.Empty(w.t, string(rest))
}

func TestConnAnswersBeforeItIsRead(t *testing.T) {
	t.Parallel()
	c := dial(t, start(t))
	c.send("SET k v\r\nGET k\r\nGET none\r\n")
	c.expect("+OK\r\n$1\r\nv\r\n$-1\r\n")
}

func TestConnTakesAPipelineOfAnySizeBeforeItIsRead(t *testing.T) {
	t.Parallel()
	c := dial(t, start(t))
	const n = 100_000
	c.send(strings.Repeat("*1\r\n$4\r\nPING\r\n", n))
	c.expect(strings.Repeat("+PONG\r\n", n))
}

func TestConnCarriesLargeBinaryValues(t *testing.T) {
	t.Parallel()
	c := dial(t, start(t))
	value := bytes.Repeat([]byte("\x00\xff\r\n$*"), (64<<20)/6+1)[:64<<20]
	c.send("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$67108864\r\n" + string(value) + "\r\n")
	c.expect("+OK\r\n")
	c.send("GET k\r\n")
	c.expect("$67108864\r\n")
	got := make([]byte, len(value))
	_, err := io.ReadFull(c.r, got)
	require.NoError(t, err)
	require.True(t, bytes.Equal(value, got))
	c.expect("\r\n")
}

func TestConnHonoursAPastDeadline(t *testing.T) {
	t.Parallel()
	c := dial(t, start(t))
	c.send("PING\r\n")
	for _, past := range []time.Time{time.Unix(1, 0), time.Unix(-1<<40, 0)} {
		require.NoError(t, c.SetDeadline(past))
		_, err := c.Read(make([]byte, 1))
		requireTimeout(t, err)
		_, err = c.Write([]byte("PING\r\n"))
		requireTimeout(t, err)
	}
	require.NoError(t, c.SetDeadline(time.Time{}))
	c.expect("+PONG\r\n")
}

func requireTimeout(t *testing.T, err error) {
	t.Helper()
	require.ErrorIs(t, err, os.ErrDeadlineExceeded)
	var netErr net.Error
	require.ErrorAs(t, err, &netErr)
	require.True(t, netErr.Timeout())
}

func TestConnHonoursAFutureDeadline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := dial(t, start(t))
		began := time.Now()
		require.NoError(t, c.SetDeadline(began.Add(time.Minute)))
		_, err := c.Read(make([]byte, 1))
		requireTimeout(t, err)
		require.Equal(t, time.Minute, time.Since(began))
		_, err = c.Write([]byte("PING\r\n"))
		requireTimeout(t, err)
	})
}

func TestConnNoticesADeadlineThatMovesWhileItWaits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := dial(t, start(t))
		began := time.Now()
		require.NoError(t, c.SetReadDeadline(began.Add(time.Hour)))
		go func() {
			time.Sleep(time.Second) //nolint:forbidigo // in a bubble
			assert.NoError(t, c.SetReadDeadline(began.Add(3*time.Second)))
			time.Sleep(time.Second) //nolint:forbidigo // in a bubble
			assert.NoError(t, c.SetReadDeadline(time.Time{}))
			time.Sleep(time.Hour) //nolint:forbidigo // in a bubble
			assert.NoError(t, c.SetReadDeadline(time.Now()))
		}()
		_, err := c.Read(make([]byte, 1))
		requireTimeout(t, err)
		require.Equal(t, time.Hour+2*time.Second, time.Since(began))
	})
}

func TestConnCloseEndsAWaitingRead(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := dial(t, start(t))
		result := make(chan error)
		go func() {
			_, err := c.Read(make([]byte, 1))
			result <- err
		}()
		synctest.Wait()
		require.NoError(t, c.Close())
		require.ErrorIs(t, <-result, net.ErrClosed)
		_, err := c.Write([]byte("PING\r\n"))
		require.ErrorIs(t, err, net.ErrClosed)
		require.ErrorIs(t, c.SetDeadline(time.Now()), net.ErrClosed)
		require.NoError(t, c.Close())
	})
}

func TestConnReadsTheEndAfterTheLastReply(t *testing.T) {
	t.Parallel()
	c := dial(t, start(t))
	c.send("PING\r\nQUIT\r\nPING\r\n")
	c.expect("+PONG\r\n+OK\r\n")
	c.expectEnd()
	_, err := c.Write([]byte("PING\r\n"))
	require.NoError(t, err, "as on a socket")
	c.expectEnd()
}

func TestConnEndsWithTheEngine(t *testing.T) {
	t.Parallel()
	e := start(t)
	c := dial(t, e)
	require.NoError(t, e.Close())
	c.expectEnd()
	_, err := e.Dial()
	require.ErrorIs(t, err, net.ErrClosed)
}

func TestConnReportsAProtocolErrorAndEnds(t *testing.T) {
	t.Parallel()
	c := dial(t, start(t))
	c.send("PING\r\n*1\r\n$nonsense\r\nPING\r\n")
	c.expect("+PONG\r\n-ERR Protocol error: invalid bulk length\r\n")
	c.expectEnd()
}

func TestConnHasAddresses(t *testing.T) {
	t.Parallel()
	c := dial(t, start(t))
	require.Equal(t, "memory", c.LocalAddr().Network())
	require.Equal(t, "memory", c.RemoteAddr().String())
}

func TestConnIsSafeForManyGoroutines(t *testing.T) {
	t.Parallel()
	c := dial(t, start(t))
	const writers, each = 8, 200
	var group sync.WaitGroup
	for range writers {
		group.Go(func() {
			for range each {
				_, err := c.Write([]byte("*1\r\n$4\r\nPING\r\n"))
				assert.NoError(t, err)
				assert.NoError(t, c.SetDeadline(time.Now().Add(time.Hour)))
				assert.NotNil(t, c.LocalAddr())
			}
		})
	}
	for range 4 {
		group.Go(func() {
			for range writers * each / 4 {
				_, err := io.ReadFull(c.Conn, make([]byte, len("+PONG\r\n")))
				if errors.Is(err, os.ErrDeadlineExceeded) {
					return
				}
				assert.NoError(t, err)
			}
		})
	}
	group.Wait()
}
