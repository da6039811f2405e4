package engine

import "github.com/compozy/rediskit/internal/command"

// transaction is what a client has queued since MULTI. The engine keeps the queue itself and runs it under its lock, so
// that commands of its own and miniredis' are queued, refused and run alike.
type transaction struct {
	queue   []queued
	aborted bool // a command could not be queued: EXEC refuses
}

type queued struct {
	command *entry
	args    []string
}

// enqueue adds a command to the transaction.
func (s *session) enqueue(c *entry, args []string) {
	refusal := c.flaw(args)
	switch {
	case !s.engine.has(c):
		refusal = unknownCommand(args)
	case refusal == "" && c.spec != nil && c.spec.Has(command.NoMulti):
		refusal = "ERR Command not allowed inside a transaction"
	}
	if refusal != "" {
		s.tx.aborted = true
		s.peer.WriteError(refusal)
		return
	}
	s.tx.queue = append(s.tx.queue, queued{c, args})
	s.peer.WriteInline("QUEUED")
}

func (s *session) multi([]string) {
	if s.tx != nil {
		s.peer.WriteError("ERR MULTI calls can not be nested")
		return
	}
	s.tx = &transaction{}
	s.peer.WriteOK()
}

func (s *session) exec([]string) {
	tx := s.tx
	if tx == nil {
		s.peer.WriteError("ERR EXEC without MULTI")
		return
	}
	s.tx = nil
	untouched := s.endWatch()
	switch {
	case tx.aborted:
		s.peer.WriteError("EXECABORT Transaction discarded because of previous errors.")
	case !untouched:
		writeNilArray(s.peer)
	default:
		s.peer.WriteLen(len(tx.queue))
		s.inExec = true
		for _, q := range tx.queue {
			s.invoke(q.command, q.args)
		}
		s.inExec = false
	}
}

func (s *session) discard([]string) {
	if s.tx == nil {
		s.peer.WriteError("ERR DISCARD without MULTI")
		return
	}
	s.tx = nil
	s.endWatch()
	s.peer.WriteOK()
}

func (s *session) watch(args []string) {
	if s.tx != nil {
		s.peer.WriteError("ERR WATCH inside MULTI is not allowed")
		return
	}
	s.watching = true
	s.engine.native.Dispatch(s.peer, args)
}

func (s *session) unwatch([]string) {
	s.endWatch()
	s.peer.WriteOK()
}

// endWatch stops watching, and tells whether all watched keys are as they were. miniredis answers that to an empty
// transaction.
func (s *session) endWatch() bool {
	if !s.watching {
		return true
	}
	s.watching = false
	s.call("MULTI")
	return !isNil(s.call("EXEC"))
}
