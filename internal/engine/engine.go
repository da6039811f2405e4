package engine

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/alicebob/miniredis/v2/server"
)

// Miniredis is the server behind the engine, named here so that nobody else needs to import it.
type Miniredis = miniredis.Miniredis

// EmulatedVersion is the Redis whose behavior the engine is held to.
const EmulatedVersion = "7.0.15"

// Engine is one embedded Redis. It is safe for concurrent use.
type Engine struct {
	mini   *miniredis.Miniredis
	native *server.Server // miniredis' commands
	table  commandTable
	handle Handler // the interceptors around execute

	// mu orders the commands of all clients; everything below belongs to whoever holds it. It is taken before
	// miniredis' own lock, never the other way round, and never held while an interceptor runs.
	mu        sync.Mutex
	closed    bool
	frozen    bool // carries out no command any more
	protected bool // clients have to log in
	lastID    int64
	sessions  map[*session]struct{}
	blocked   []*waiter // in the order in which they began to wait
	channels  topics
	patterns  topics
	shards    topics
	scratch   scratch
	time      timekeeper
	deadlines deadlines
	nested    any          // the context of miniredis that marks a call from a script; see Exclusive
	insider   *server.Peer // has logged in; nil where nobody need to
	started   time.Time
	disk      Disk // may be nil
	saveDue   bool // a transaction has scheduled a save

	scripting scripting
	sockets   sockets
	cluster   *cluster // nil unless it judges like one
}

// New starts an engine with its clock and without any connection or listener. It owns no goroutine until it listens.
func New(clock Clock) (*Engine, error) {
	table, err := commands()
	if err != nil {
		return nil, err
	}
	mini, err := startMiniredis()
	if err != nil {
		return nil, err
	}
	e := &Engine{
		mini:     mini,
		native:   mini.Server(),
		table:    table,
		sessions: map[*session]struct{}{},
		time:     clock.keeper(),
	}
	e.started = e.time.now
	mini.SetTime(e.time.now)
	e.handle = e.execute
	e.native.SetPreHook(e.fromScript)
	return e, nil
}

// Protect makes clients log in with AUTH or HELLO before anything else. The user "default" is the one that the
// one-argument form of AUTH means. It is to be called before the first client connects.
func (e *Engine) Protect(user, password string) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if err := e.prepareExclusive(); err != nil { // which is not possible later
		return err
	}
	e.mini.RequireUserAuth(user, password)
	e.protected = true
	e.insider = server.NewPeer(nil)
	if reply := e.scratch.call(e.native, e.insider, []string{"AUTH", user, password}); isError(reply, "") {
		return errors.New(string(bytes.TrimSpace(reply)))
	}
	return nil
}

// Miniredis is the server behind the engine. Its own Go methods bypass the wire: they are not ordered with the commands
// of clients, do not wake blocked ones, and publish to none of them. They tell and take times to live as they are;
// moving the clock costs a look at every key from then on.
func (e *Engine) Miniredis() *Miniredis {
	e.share()
	return e.mini
}

// Close disconnects every client, stops listening, and waits until no goroutine of the engine is left. It is idempotent.
func (e *Engine) Close() error {
	e.mu.Lock()
	e.closed = true
	e.disconnectAll()
	e.mu.Unlock()

	err := e.sockets.close()
	e.mini.Close()
	return err
}

// newSession admits a client. notify, if not nil, is called from any goroutine when there are replies to be sent.
func (e *Engine) newSession(remote net.Addr, notify func()) (*session, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return nil, fmt.Errorf("connect to the embedded server: %w", net.ErrClosed)
	}
	e.lastID++
	s := makeSession(e, e.lastID, remote)
	s.out.notify = notify
	e.sessions[s] = struct{}{}
	return s, nil
}
