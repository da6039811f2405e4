package engine

import (
	"slices"
	"strings"
	"time"

	"github.com/compozy/rediskit/internal/command"
)

// Blocking commands wait here and not in miniredis: a waiter costs no goroutine, is served in the order of arrival as
// soon as a command has made that possible and before any other client's, and is gone the moment its client is.

// attempt is a blocking command that was read.
type attempt struct {
	timeout time.Duration // 0: for ever
	once    bool          // must not wait, as XREAD without BLOCK
	nilBulk bool          // says "nothing" with a nil bulk string where it may not wait
	pairs   bool          // answers an array of pairs, which is a map of RESP3

	// try returns the raw reply, or nil where there is nothing to be had. What has the wrong type is an error for the
	// first try; a command that waits already overlooks it.
	try func(k keyspace, first bool) []byte
}

// blockingParser reads a blocking command. It fails with the text of a Redis error.
type blockingParser func(k keyspace, args []string) (attempt, error)

// waiter is a client inside a blocking command.
type waiter struct {
	session *session
	try     func(k keyspace, first bool) []byte
	timer   *time.Timer // in real time; nil: waits for ever
	// deadline is the same on the server's clock, which may be moved.
	deadline time.Time
}

// block runs a blocking command.
func (s *session) block(parse blockingParser, args []string) {
	a, err := parse(s.keyspace(), args)
	if err != nil {
		s.peer.WriteError(err.Error())
		return
	}
	if a.pairs && s.peer.Resp3 {
		a.try = asMap(a.try)
	}
	if reply := a.try(s.keyspace(), true); reply != nil {
		s.peer.WriteRaw(string(reply))
		return
	}
	if a.once || s.inExec {
		s.peer.WriteRaw(nothing(a.nilBulk, s.peer.Resp3))
		return
	}
	w := &waiter{session: s, try: a.try}
	if a.timeout > 0 {
		w.deadline = s.engine.time.now.Add(a.timeout)
		w.timer = time.AfterFunc(a.timeout, func() { s.engine.timeOut(w) })
	}
	s.blocked = w
	s.waiting.Store(true)
	s.engine.blocked = append(s.engine.blocked, w)
}

// tryOnce runs a blocking command inside a script, where it must not wait, and returns the raw reply.
func tryOnce(parse blockingParser, k keyspace, args []string) []byte {
	if spec, ok := command.Lookup(args[0]); ok && spec.Has(command.NoScript) {
		return []byte("-ERR This Redis command is not allowed from script\r\n")
	}
	a, err := parse(k, args)
	switch {
	case err != nil:
		return errorReply(err)
	case !a.once && a.pairs:
		return []byte("-ERR " + strings.ToLower(args[0]) + " command is not allowed with BLOCK option from scripts\r\n")
	}
	if reply := a.try(k, true); reply != nil {
		return reply
	}
	return []byte(nothing(a.nilBulk, false))
}

func nothing(nilBulk, resp3 bool) string {
	switch {
	case resp3:
		return "_\r\n"
	case nilBulk:
		return "$-1\r\n"
	default:
		return "*-1\r\n"
	}
}

// serveBlocked gives waiting clients what a command has made available, the longest waiting first, until there is
// nothing left for any of them: what one moves on may be what another waits for. The caller holds the engine's lock.
func (e *Engine) serveBlocked() {
	for served := true; served; {
		served = false
		for i := 0; i < len(e.blocked); {
			w := e.blocked[i]
			reply := w.try(w.session.keyspace(), false)
			if reply == nil {
				i++
				continue
			}
			e.unblock(w, string(reply))
			served = true
		}
	}
}

// timeOut ends a wait in vain.
func (e *Engine) timeOut(w *waiter) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if w.session.blocked != w {
		return // served at the last moment
	}
	e.tick()
	e.giveUp(w)
}

// giveUp ends a wait in vain, or not quite. The caller holds the engine's lock.
func (e *Engine) giveUp(w *waiter) {
	if w.session.blocked != w {
		return // the tick has served it
	}
	if reply := w.try(w.session.keyspace(), false); reply != nil {
		e.unblock(w, string(reply))
		return
	}
	e.unblock(w, nothing(false, w.session.peer.Resp3))
}

// timeOutDue ends the waits whose time has come by the server's clock, the earliest first.
func (e *Engine) timeOutDue() {
	due := slices.Clone(e.blocked)
	due = slices.DeleteFunc(due, func(w *waiter) bool { return w.deadline.IsZero() || w.deadline.After(e.time.now) })
	slices.SortStableFunc(due, func(a, b *waiter) int { return a.deadline.Compare(b.deadline) })
	for _, w := range due {
		e.giveUp(w)
	}
}

// restartTimers sets the timers of those who wait by a live clock that has just been moved.
func (e *Engine) restartTimers() {
	for _, w := range e.blocked {
		if w.timer != nil {
			w.timer.Reset(w.deadline.Sub(e.time.now))
		}
	}
}

// unblock answers a waiting client and lets it go on. The caller holds the engine's lock.
func (e *Engine) unblock(w *waiter, reply string) {
	s := w.session
	s.cancelBlocked()
	s.peer.WriteRaw(reply)
	s.flush()
	s.release()
}

// cancelBlocked takes the client's blocking command back, if it is inside one. The caller holds the engine's lock.
func (s *session) cancelBlocked() {
	w := s.blocked
	if w == nil {
		return
	}
	if w.timer != nil {
		w.timer.Stop()
	}
	s.blocked = nil
	e := s.engine
	e.blocked = slices.DeleteFunc(e.blocked, func(other *waiter) bool { return other == w })
}
