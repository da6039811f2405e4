package engine

import "sync"

// outbox holds the replies and pushes of one session that its client has not read yet. It grows as needed: a client may
// send a pipeline of any size before it reads, and a slow subscriber holds up nobody.
//
// The server's side appends, from any goroutine; the client's side takes. An in-memory connection waits on readable,
// a socket is told through notify.
type outbox struct {
	mu       sync.Mutex
	readable sync.Cond
	notify   func() // called without the lock after something was added; nil for in-memory connections

	buf   []byte
	taken int  // how much of buf the client has read
	ended bool // the server will add no more
}

func (o *outbox) init() { o.readable.L = &o.mu }

// Write adds p; it never fails. What comes after the end is dropped, as it would be on a closed socket.
func (o *outbox) Write(p []byte) (int, error) {
	o.mu.Lock()
	if !o.ended {
		o.buf = append(o.buf, p...)
	}
	o.mu.Unlock()
	o.wake()
	return len(p), nil
}

// end lets the client read what is there, and then io.EOF.
func (o *outbox) end() {
	o.mu.Lock()
	o.ended = true
	o.mu.Unlock()
	o.wake()
}

func (o *outbox) wake() {
	o.readable.Broadcast()
	if o.notify != nil {
		o.notify()
	}
}

// unread is what the client has yet to take. The caller holds the lock and must not keep the slice after releasing it.
func (o *outbox) unread() []byte { return o.buf[o.taken:] }

// take marks n bytes as read. The caller holds the lock.
func (o *outbox) take(n int) {
	const worthHolding = 64 << 10
	o.taken += n
	if o.taken < len(o.buf) {
		return
	}
	o.taken = 0
	if cap(o.buf) > worthHolding {
		o.buf = nil
	}
	o.buf = o.buf[:0]
}
