package engine

import (
	"errors"
	"strings"
	"time"
)

// Disk is where SAVE and its kin put what the server holds. Save and SaveInBackground are called in the middle of a command,
// with the server to themselves, and must not wait for anybody who may wait for the server.
type Disk interface {
	// Save returns when what x holds would outlive a crash. It is ErrBusy while something else is being saved.
	Save(x *Section) error
	// SaveInBackground begins to save what x holds, and returns. It is ErrBusy while something else is being saved.
	SaveInBackground(x *Section) error
	// LastSave is when something was saved last, by the server's clock; false if nothing was since the server's start.
	LastSave() (time.Time, bool)
	// Shutdown ends the server by [Engine.Shutdown], having saved what it holds if that is wanted. Where that fails the
	// server goes on. It may wait.
	Shutdown(how ShutdownMode) error
}

// ErrBusy is why a [Disk] does not save.
var ErrBusy = errors.New("something else is being saved")

// ShutdownMode says what is to be saved before the server ends.
type ShutdownMode int

// The modes of SHUTDOWN.
const (
	ShutdownDefault ShutdownMode = iota // what the server's settings say
	ShutdownSave
	ShutdownNoSave
)

// The words of a Redis that cannot save. What is wrong is for its log.
const (
	notSaved      = "ERR"
	saveIsRunning = "ERR Background save already in progress"
	notShutDown   = "ERR Errors trying to SHUTDOWN. Check logs."
)

// UseDisk lets clients save. Without it saving fails as it does on a Redis that cannot write to its folder.
func (e *Engine) UseDisk(d Disk) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.disk = d
}

// save answers SAVE.
func (s *session) save([]string) {
	if s.engine.disk == nil {
		s.peer.WriteError(notSaved)
		return
	}
	s.writeSaved("OK", s.engine.exclusive(s.engine.disk.Save))
}

// saveInBackground answers BGSAVE [SCHEDULE].
func (s *session) saveInBackground(args []string) {
	e := s.engine
	switch {
	case len(args) > 1 && (len(args) > 2 || !strings.EqualFold(args[1], "SCHEDULE")):
		s.peer.WriteError(errSyntax.Error())
	case e.disk == nil:
		s.peer.WriteError(notSaved)
	case s.inExec: // the transaction is not to be saved by halves
		e.saveDue = true
		s.peer.WriteInline("Background saving scheduled")
	default:
		s.writeSaved("Background saving started", e.exclusive(e.disk.SaveInBackground))
	}
}

func (s *session) writeSaved(done string, err error) {
	switch {
	case err == nil:
		s.peer.WriteInline(done)
	case errors.Is(err, ErrBusy):
		s.peer.WriteError(saveIsRunning)
	default:
		s.peer.WriteError(notSaved)
	}
}

// saveIfDue begins the save that a transaction has scheduled. If another one runs, that is tried again after the next
// command. The caller holds the engine's lock.
func (e *Engine) saveIfDue() {
	if e.saveDue {
		e.saveDue = errors.Is(e.exclusive(e.disk.SaveInBackground), ErrBusy)
	}
}

// lastSave answers LASTSAVE.
func (s *session) lastSave([]string) { s.peer.WriteInt(int(s.engine.lastSaved().Unix())) }

// lastSaveInScript is LASTSAVE, the only one of its kin that a script may call.
func lastSaveInScript(k keyspace, _ []string) []byte {
	return integerReply(k.engine.lastSaved().Unix())
}

func (e *Engine) lastSaved() time.Time {
	if e.disk != nil {
		if at, ok := e.disk.LastSave(); ok {
			return at
		}
	}
	return e.started
}

// refuseInScript answers what no script may call.
func refuseInScript(keyspace, []string) []byte {
	return []byte("-ERR This Redis command is not allowed from script\r\n")
}

// diskCommands are those of the server itself and what it keeps.
func diskCommands() map[string]func(s *session, args []string) {
	return map[string]func(s *session, args []string){
		"SAVE":     (*session).save,
		"BGSAVE":   (*session).saveInBackground,
		"LASTSAVE": (*session).lastSave,
		"SHUTDOWN": (*session).shutdown,
	}
}
