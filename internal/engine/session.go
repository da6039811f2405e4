package engine

import (
	"bufio"
	"net"
	"sync"
	"sync/atomic"

	"github.com/alicebob/miniredis/v2/server"
)

// session is the server's side of one client: what it has sent, what it is to read, and what the server knows of it.
type session struct {
	engine *Engine
	id     int64
	remote net.Addr
	out    outbox

	// feeding is held while input is read and run, which keeps the commands of one client in their order.
	feeding  sync.Mutex
	requests requestReader
	command  Command // the one being run; a field so that running it costs no allocation
	answered bool    // it was answered directly, and its words are nobody's
	gone     atomic.Bool
	waiting  atomic.Bool // inside a blocking command: input is kept until it is through
	held     atomic.Bool // there is such input

	// The following are guarded by the engine's lock.
	peer     *server.Peer // speaks to the client; its context is miniredis' view of the session
	replies  *bufio.Writer
	admitted bool // has logged in, or need not
	db       int
	name     string
	lastName string // the command that it sent last, for CLIENT LIST
	tx       *transaction
	inExec   bool
	watched  []watchedKey
	touched  bool // a flush has taken one of them
	blocked  *waiter
	leaving  bool   // is to be disconnected when its command is done
	after    func() // to be run without the engine's lock when the command is done
	subs     subscriptions
}

func makeSession(e *Engine, id int64, remote net.Addr) *session {
	s := &session{engine: e, id: id, remote: remote, requests: newRequestReader(e.table)}
	s.out.init()
	s.replies = bufio.NewWriterSize(&s.out, 1<<10)
	s.peer = server.NewPeer(s.replies)
	s.requests.stranger = e.protected
	s.command.session = s
	return s
}

// receive takes input from the client and runs every command that it completes.
func (s *session) receive(p []byte) {
	s.feeding.Lock()
	defer s.feeding.Unlock()
	s.requests.feed(p)
	for {
		blocked := s.drain()
		s.requests.keep()
		if !blocked || !s.requests.pending() {
			return
		}
		s.held.Store(true)
		if s.waiting.Load() {
			return // whoever ends the blocking command sees that input is held
		}
		s.requests.feed(nil) // it has ended just now, perhaps unseen
	}
}

// release lets a session go on that was inside a blocking command.
func (s *session) release() {
	s.waiting.Store(false)
	if s.held.Swap(false) {
		// Not on this goroutine: it may be feeding another session, and two of those could wait for each other.
		go s.receive(nil)
	}
}

// drain runs the complete requests and hands out their replies. It is true where it stopped inside a blocking command.
func (s *session) drain() (blocked bool) {
	for !s.gone.Load() {
		if blocked = s.waiting.Load(); blocked {
			break
		}
		command, args, err := s.requests.next()
		if err != nil {
			s.reject(err)
			return false
		}
		if command == nil {
			break
		}
		s.run(command, args)
	}
	s.engine.mu.Lock()
	s.flush()
	s.engine.mu.Unlock()
	return blocked
}

// run sends one command through the interceptors.
func (s *session) run(command *entry, args []string) {
	s.command.entry, s.command.Args = command, args
	s.answered = false
	s.engine.handle(&s.command)
	s.command.Args = nil
	if s.answered {
		s.requests.words.takeBack(args)
	}
}

// reject reports input that is no RESP and ends the session.
func (s *session) reject(err error) {
	s.engine.mu.Lock()
	defer s.engine.mu.Unlock()
	writeError(s.peer, "ERR "+err.Error())
	s.disconnect()
}

// flush hands the replies so far to the client. The caller holds the engine's lock.
func (s *session) flush() { s.peer.Flush() }

// disconnect ends the session from the server's side: the client reads what was written, and then the end.
// The caller holds the engine's lock.
func (s *session) disconnect() {
	s.flush()
	s.forget()
	s.out.end()
}

// leave ends the session from the client's side.
func (s *session) leave() {
	s.engine.mu.Lock()
	defer s.engine.mu.Unlock()
	s.forget()
	s.out.end()
}

// forget drops all that the server knows of the client. The caller holds the engine's lock.
func (s *session) forget() {
	if s.gone.Swap(true) {
		return
	}
	s.cancelBlocked()
	s.subs.dropAll(s)
	s.tx = nil
	delete(s.engine.sessions, s)
}
