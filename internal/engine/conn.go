package engine

import (
	"io"
	"math"
	"net"
	"os"
	"sync/atomic"
	"time"
)

// conn is the client's end of an in-memory connection. Write runs the commands that it completes before it returns;
// Read hands out replies. There is no goroutine behind it and no limit on what may be in flight, so a client can send
// any pipeline before it reads. It is safe for concurrent use, as every net.Conn.
//
// Clients set deadlines for each command, so that these are atomic numbers and no business of a lock.
type conn struct {
	session *session
	opened  time.Time // what deadlines are counted from

	closed        atomic.Bool
	readDeadline  atomic.Int64 // in nanoseconds; 0 where there is none
	writeDeadline atomic.Int64
	seen          atomic.Int64 // when somebody last looked at the clock
	waiting       atomic.Int32 // Reads that wait
}

// Dial opens an in-memory connection. It fails with net.ErrClosed once the engine is closed.
func (e *Engine) Dial() (net.Conn, error) {
	s, err := e.newSession(memoryAddr{}, nil)
	if err != nil {
		return nil, err
	}
	return &conn{session: s, opened: time.Now()}, nil
}

// Read takes replies. One that is there is delivered although the deadline may have passed a moment ago: that spares a
// look at the clock for each command, which costs as much as a tenth of the command.
func (c *conn) Read(p []byte) (int, error) {
	out := &c.session.out
	out.mu.Lock()
	defer out.mu.Unlock()
	for {
		deadline := c.readDeadline.Load()
		switch {
		case c.closed.Load():
			return 0, net.ErrClosed
		case c.past(deadline):
			return 0, os.ErrDeadlineExceeded
		case len(p) == 0:
			return 0, nil
		case len(out.unread()) > 0:
			n := copy(p, out.unread())
			out.take(n)
			return n, nil
		case out.ended:
			return 0, io.EOF
		case c.left(deadline) <= 0:
			return 0, os.ErrDeadlineExceeded
		}
		c.waitReadable(out)
	}
}

// waitReadable waits for a change: of the replies, of the deadline, or of the time. A timer is made here and not in
// SetReadDeadline because nearly always the reply is there already.
func (c *conn) waitReadable(out *outbox) {
	c.waiting.Add(1) // who sets a deadline from now on wakes this up
	defer c.waiting.Add(-1)
	if deadline := c.readDeadline.Load(); deadline != 0 {
		alarm := time.AfterFunc(c.left(deadline), func() { c.wakeReaders() })
		defer alarm.Stop()
	}
	out.readable.Wait()
}

func (c *conn) wakeReaders() {
	out := &c.session.out
	out.mu.Lock()
	defer out.mu.Unlock()
	out.readable.Broadcast()
}

// left looks at the clock and tells how long it is to a deadline.
func (c *conn) left(deadline int64) time.Duration {
	if deadline == 0 {
		return math.MaxInt64
	}
	now := int64(time.Since(c.opened))
	c.seen.Store(now)
	return time.Duration(deadline - now)
}

// past tells whether a deadline had passed when somebody last looked at the clock.
func (c *conn) past(deadline int64) bool { return deadline != 0 && deadline <= c.seen.Load() }

// Write runs what p completes. It waits for nothing, and so its deadline need not be known to have passed just now. What
// comes when the server has ended the connection gets lost, as it does on a socket: the end is for Read to tell.
func (c *conn) Write(p []byte) (int, error) {
	switch {
	case c.closed.Load():
		return 0, net.ErrClosed
	case c.past(c.writeDeadline.Load()):
		return 0, os.ErrDeadlineExceeded
	}
	if !c.session.gone.Load() {
		c.session.receive(p)
	}
	return len(p), nil
}

// Close ends the session. Replies that were not read are gone, and a command that blocks is taken back at once.
func (c *conn) Close() error {
	c.closed.Store(true)
	c.session.leave()
	c.wakeReaders()
	return nil
}

func (c *conn) SetDeadline(t time.Time) error {
	if err := c.SetWriteDeadline(t); err != nil {
		return err
	}
	return c.SetReadDeadline(t)
}

func (c *conn) SetReadDeadline(t time.Time) error {
	if c.closed.Load() {
		return net.ErrClosed
	}
	c.readDeadline.Store(c.deadline(t))
	if c.waiting.Load() > 0 {
		c.wakeReaders()
	}
	return nil
}

func (c *conn) SetWriteDeadline(t time.Time) error {
	if c.closed.Load() {
		return net.ErrClosed
	}
	c.writeDeadline.Store(c.deadline(t))
	return nil
}

// deadline is a moment as a connection counts them. One from before the connection is past, whichever it is.
func (c *conn) deadline(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	if since := int64(t.Sub(c.opened)); since > 0 {
		return since
	}
	return -1
}

func (c *conn) LocalAddr() net.Addr  { return memoryAddr{} }
func (c *conn) RemoteAddr() net.Addr { return memoryAddr{} }

// memoryAddr is the address of both ends of an in-memory connection.
type memoryAddr struct{}

func (memoryAddr) Network() string { return "memory" }
func (memoryAddr) String() string  { return "memory" }
