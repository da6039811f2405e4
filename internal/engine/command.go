package engine

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

// execute runs a command, and then serves the clients that it has unblocked. It is the innermost handler.
func (e *Engine) execute(c *Command) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if c.session.gone.Load() {
		return
	}
	c.session.dispatch(c.entry, c.Args)
	if c.session.leaving {
		c.session.disconnect()
	}
	if len(e.blocked) > 0 && !c.entry.onlyReads() {
		e.serveBlocked()
	}
}

// dispatch decides what becomes of a command: refused, queued, or run. The caller holds the engine's lock.
func (s *session) dispatch(command *entry, args []string) {
	s.lastName = command.name
	switch {
	case s.tx != nil && !command.endsQueueing:
		s.enqueue(command, args)
	case s.refuses(command, args):
	case s.subs.count() > 0 && !s.peer.Resp3 && !command.whileSubscribed:
		s.peer.WriteError("ERR Can't execute '" + command.lowerName() + "': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / " +
			"PING / QUIT / RESET are allowed in this context")
	default:
		s.invoke(command, args)
	}
}

// invoke runs a command that is known to be well-formed.
func (s *session) invoke(command *entry, args []string) {
	if command.run != nil {
		command.run(s, args)
		return
	}
	args[0] = command.name // spares miniredis the conversion
	s.engine.native.Dispatch(s.peer, args)
}

// refuses answers commands that do not exist or have the wrong number of arguments, and clients that have not logged in.
// miniredis checks its own commands for the last.
func (s *session) refuses(command *entry, args []string) bool {
	if !s.engine.has(command) {
		s.peer.WriteError(unknownCommand(args))
		return true
	}
	if flaw := command.flaw(args); flaw != "" {
		s.peer.WriteError(flaw)
		return true
	}
	if command.run != nil && !command.openToStrangers && !s.admit() {
		s.peer.WriteError("NOAUTH Authentication required.")
		return true
	}
	return false
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
