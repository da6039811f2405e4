package engine

import (
	"errors"
	"fmt"
	"net"
	"strings"
)

// errNoDisk is why nothing can be saved.
var errNoDisk = errors.New("there is no disk")

// shutdown answers SHUTDOWN [NOSAVE|SAVE] [NOW] [FORCE] [ABORT]: not at all, but with the end of the connection, if it goes
// well. There are no replicas to wait for, so there is never one to be aborted.
func (s *session) shutdown(args []string) {
	mode, force, abort, ok := parseShutdown(args[1:])
	switch {
	case !ok:
		s.peer.WriteError(errSyntax.Error())
	case abort:
		s.peer.WriteError("ERR No shutdown in progress.")
	default:
		s.after = func() { s.shutDown(mode, force) }
	}
}

func parseShutdown(words []string) (mode ShutdownMode, force, abort, ok bool) {
	for _, word := range words {
		switch chosen := mode; strings.ToUpper(word) {
		case "SAVE", "NOSAVE":
			mode = ShutdownSave
			if strings.EqualFold(word, "NOSAVE") {
				mode = ShutdownNoSave
			}
			if chosen != ShutdownDefault && chosen != mode {
				return mode, force, abort, false
			}
		case "FORCE":
			force = true
		case "NOW":
		case "ABORT":
			abort = true
		default:
			return mode, force, abort, false
		}
	}
	return mode, force, abort, !abort || len(words) == 1
}

// shutDown does it. It may have to wait for what is being saved, so the caller does not hold the engine's lock.
func (s *session) shutDown(mode ShutdownMode, force bool) {
	e := s.engine
	e.mu.Lock()
	disk := e.disk
	e.mu.Unlock()
	var err error
	switch {
	case disk != nil:
		err = disk.Shutdown(mode)
		if err != nil && force {
			err = disk.Shutdown(ShutdownNoSave)
		}
	case mode == ShutdownSave && !force:
		err = errNoDisk
	default:
		err = e.Shutdown(nil)
	}
	if err == nil {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	s.peer.WriteError(notShutDown)
}

// Shutdown is the end for all clients: they are disconnected, and nobody can connect any more. What it takes to be rid of
// the engine is still Close. Before that, last, if not nil, has exclusive access, and after it no command is carried out;
// where it fails everything goes on.
func (e *Engine) Shutdown(last func(*Section) error) error {
	if err := e.Freeze(last); err != nil {
		return err
	}
	e.mu.Lock()
	e.closed = true
	e.disconnectAll()
	e.mu.Unlock()
	return e.sockets.stopListening()
}

// Freeze gives last, if not nil, exclusive access, and after that no command of a client is carried out: whoever sends one
// is disconnected. So nothing was answered that last has not seen. Where it fails everything goes on.
func (e *Engine) Freeze(last func(*Section) error) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed || e.frozen {
		return fmt.Errorf("shut the embedded server down: %w", net.ErrClosed)
	}
	if last != nil {
		if err := e.exclusive(last); err != nil {
			return err
		}
	}
	e.frozen = true
	return nil
}

// disconnectAll cuts all connections. The caller holds the engine's lock.
func (e *Engine) disconnectAll() {
	for s := range e.sessions {
		s.disconnect()
	}
}
