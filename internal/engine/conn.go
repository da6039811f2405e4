package engine

import (
	"io"
	"net"
	"os"
	"time"
)

// conn is the client's end of an in-memory connection. Write runs the commands that it completes before it returns;
// Read hands out replies. There is no goroutine behind it and no limit on what may be in flight, so a client can send
// any pipeline before it reads. It is safe for concurrent use, as every net.Conn.
type conn struct {
	session *session

	// The following are guarded by the session's outbox.
	closed        bool
	readDeadline  time.Time
	writeDeadline time.Time
	seen          time.Time // when somebody last looked at the clock
}

// Dial opens an in-memory connection. It fails with net.ErrClosed once the engine is closed.
func (e *Engine) Dial() (net.Conn, error) {
	s, err := e.newSession(memoryAddr{}, nil)
	if err != nil {
		return nil, err
	}
	return &conn{session: s, seen: time.Now()}, nil
}

// Read takes replies. One that is there is delivered although the deadline may have passed a moment ago: that spares a
// look at the clock for each command, which costs about as much as the command.
func (c *conn) Read(p []byte) (int, error) {
	out := &c.session.out
	out.mu.Lock()
	defer out.mu.Unlock()
	for {
		switch {
		case c.closed:
			return 0, net.ErrClosed
		case !c.readDeadline.IsZero() && c.readDeadline.Before(c.seen):
			return 0, os.ErrDeadlineExceeded
		case len(p) == 0:
			return 0, nil
		case len(out.unread()) > 0:
			n := copy(p, out.unread())
			out.take(n)
			return n, nil
		case out.ended:
			return 0, io.EOF
		case c.expired(c.readDeadline):
			return 0, os.ErrDeadlineExceeded
		}
		c.waitReadable(out)
	}
}

// waitReadable waits for a change: of the replies, of the deadline, or of the time. A timer is made here and not in
// SetReadDeadline because clients set a deadline for each command, and nearly always the reply is there already.
func (c *conn) waitReadable(out *outbox) {
	if !c.readDeadline.IsZero() {
		alarm := time.AfterFunc(c.readDeadline.Sub(c.seen), func() {
			out.mu.Lock()
			defer out.mu.Unlock()
			out.readable.Broadcast()
		})
		defer alarm.Stop()
	}
	out.readable.Wait()
}

// expired looks at the clock. The caller holds the outbox's lock.
func (c *conn) expired(deadline time.Time) bool {
	if deadline.IsZero() {
		return false
	}
	c.seen = time.Now()
	return !c.seen.Before(deadline)
}

// Write runs what p completes. What comes when the server has ended the connection gets lost, as it does on a socket: the
// end is for Read to tell.
func (c *conn) Write(p []byte) (int, error) {
	if err := c.writable(); err != nil {
		return 0, err
	}
	if !c.session.gone.Load() {
		c.session.receive(p)
	}
	return len(p), nil
}

func (c *conn) writable() error {
	out := &c.session.out
	out.mu.Lock()
	defer out.mu.Unlock()
	switch {
	case c.closed:
		return net.ErrClosed
	case c.expired(c.writeDeadline):
		return os.ErrDeadlineExceeded
	}
	return nil
}

// Close ends the session. Replies that were not read are gone, and a command that blocks is taken back at once.
func (c *conn) Close() error {
	out := &c.session.out
	out.mu.Lock()
	c.closed = true
	out.mu.Unlock()
	c.session.leave()
	out.readable.Broadcast()
	return nil
}

func (c *conn) SetDeadline(t time.Time) error      { return c.setDeadlines(t, true, true) }
func (c *conn) SetReadDeadline(t time.Time) error  { return c.setDeadlines(t, true, false) }
func (c *conn) SetWriteDeadline(t time.Time) error { return c.setDeadlines(t, false, true) }

func (c *conn) setDeadlines(t time.Time, read, write bool) error {
	out := &c.session.out
	out.mu.Lock()
	defer out.mu.Unlock()
	if c.closed {
		return net.ErrClosed
	}
	if read {
		c.readDeadline = t
		out.readable.Broadcast()
	}
	if write {
		c.writeDeadline = t
	}
	return nil
}

func (c *conn) LocalAddr() net.Addr  { return memoryAddr{} }
func (c *conn) RemoteAddr() net.Addr { return memoryAddr{} }

// memoryAddr is the address of both ends of an in-memory connection.
type memoryAddr struct{}

func (memoryAddr) Network() string { return "memory" }
func (memoryAddr) String() string  { return "memory" }
