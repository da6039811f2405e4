package engine

import "strings"

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

// refuse answers a command that is neither run nor queued. That is the end of the transaction for EXEC, and spoils it for
// any other command.
func (s *session) refuse(c *entry, refusal string) {
	switch {
	case c.name == "EXEC":
		s.tx = nil
		s.endWatch()
		refusal = "EXECABORT Transaction discarded because of: " + strings.TrimPrefix(refusal, "ERR ")
	case s.tx != nil:
		s.tx.aborted = true
	}
	writeError(s.peer, refusal)
}

// enqueue adds a command, which nothing speaks against, to the transaction.
func (s *session) enqueue(c *entry, args []string) {
	if !s.tx.aborted {
		s.tx.queue = append(s.tx.queue, queued{c, args})
	}
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
	case s.engine.cluster.partsTransaction(tx):
		s.peer.WriteError(crossSlot)
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
	for _, name := range args[1:] {
		s.watched = append(s.watched, watchedKey{s.db, name})
	}
	s.engine.native.Dispatch(s.peer, args)
}

func (s *session) unwatch([]string) {
	s.endWatch()
	s.peer.WriteOK()
}

// endWatch stops watching, and tells whether all watched keys are as they were. miniredis answers that to an empty
// transaction.
func (s *session) endWatch() bool {
	if len(s.watched) == 0 {
		return true
	}
	untouched := !s.touched
	s.watched, s.touched = nil, false
	s.call("MULTI")
	return !isNil(s.call("EXEC")) && untouched
}
