package engine

import "github.com/compozy/rediskit/internal/command"

// Command is one request of one client on its way through the engine. It is valid until its handler returns.
type Command struct {
	// Args are the words of the request, the command's name first. An interceptor may replace the slice, but must not
	// change its elements.
	Args []string

	session *session
	entry   *entry
}

// Name is the command's name in upper case.
func (c *Command) Name() string { return c.entry.name }

// ClientID is the number of the connection, as CLIENT ID tells it.
func (c *Command) ClientID() int64 { return c.session.id }

// WriteError answers with a Redis error, "ERR no such thing", in place of the command's own reply.
func (c *Command) WriteError(message string) {
	c.session.engine.mu.Lock()
	defer c.session.engine.mu.Unlock()
	c.session.peer.WriteError(message)
}

// Handler runs one command and writes its reply.
type Handler func(*Command)

// Intercept puts a handler around the running of every command that a client sends, those in a transaction when they
// are queued. What was added last runs first. The engine's lock is not held, so an interceptor may itself use the
// server through another connection. Intercept is to be called before the first client connects.
func (e *Engine) Intercept(around func(next Handler) Handler) { e.handle = around(e.handle) }

// execute runs a command, and what it has left to be done without the engine's lock. It is the innermost handler.
func (e *Engine) execute(c *Command) {
	if after := e.carryOut(c); after != nil {
		after()
	}
}

// carryOut runs a command, and then serves the clients that it has unblocked.
func (e *Engine) carryOut(c *Command) (after func()) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if c.session.gone.Load() {
		return nil
	}
	if e.frozen {
		c.session.disconnect()
		return nil
	}
	e.tick()
	c.session.dispatch(c.entry, c.Args)
	if c.session.leaving {
		c.session.disconnect()
	}
	if len(e.blocked) > 0 && !c.entry.onlyReads() {
		e.serveBlocked()
	}
	e.sweep()
	e.saveIfDue()
	after, c.session.after = c.session.after, nil
	return after
}

// dispatch decides what becomes of a command: refused, queued, or run. The caller holds the engine's lock.
func (s *session) dispatch(c *entry, args []string) {
	s.lastName = c.name
	if refusal := s.refusal(c, args); refusal != "" {
		s.refuse(c, refusal)
		return
	}
	if s.tx != nil && !c.endsQueueing {
		s.enqueue(c, args)
		return
	}
	s.invoke(c, args)
}

// invoke runs a command that is known to be well-formed.
func (s *session) invoke(command *entry, args []string) {
	if refusal := s.engine.cluster.forbids(command.name, args); refusal != "" {
		s.peer.WriteError(refusal)
		return
	}
	if command.direct != nil && !s.engine.time.shared {
		if reply, ok := command.direct(s.engine.mini.DB(s.db), args); ok {
			reply.write(s.replies, s.peer.Resp3)
			s.answered = true
			return
		}
	}
	if command.run != nil {
		command.run(s, args)
		return
	}
	args[0] = command.name // spares miniredis the conversion
	s.engine.native.Dispatch(s.peer, args)
}

// refusal tells why a command must neither run nor be queued, as the text of a Redis error; "" if nothing speaks against
// it. The questions are in Redis' order.
func (s *session) refusal(c *entry, args []string) string {
	if !s.engine.has(c) {
		return unknownCommand(args)
	}
	if flaw := c.flaw(args); flaw != "" {
		return flaw
	}
	switch {
	case !c.openToStrangers && !s.admit():
		return "NOAUTH Authentication required."
	case s.tx != nil && c.spec != nil && c.spec.Has(command.NoMulti):
		return "ERR Command not allowed inside a transaction"
	case s.engine.cluster.parts(c, args):
		return crossSlot
	case s.subs.count() > 0 && !s.peer.Resp3 && !c.whileSubscribed:
		return "ERR Can't execute '" + c.fullName(args) + "': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / " +
			"PING / QUIT / RESET are allowed in this context"
	}
	return ""
}

// has tells whether the command exists. Those that are in no table can be later than Redis 7.0, or somebody's own.
func (e *Engine) has(command *entry) bool {
	return command.run != nil || command.native || e.native.IsRegisteredCommand(command.name)
}

// admit tells whether the client may run commands. miniredis knows.
func (s *session) admit() bool {
	if !s.admitted {
		s.admitted = !isError(s.call("ECHO", ""), "NOAUTH")
	}
	return s.admitted
}
