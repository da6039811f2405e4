package engine

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"

	"github.com/alicebob/miniredis/v2/server"
)

// Section is exclusive access to every database: no command of any client and no method of Miniredis runs beside it.
// It is valid inside the function that it is given to, on that goroutine.
type Section struct {
	engine *Engine
	native *server.Server
	peer   *server.Peer
	reply  bytes.Buffer
}

// Do runs a command of miniredis and returns its reply: nil, int, string or []any of those. It
// fails with the text of a Redis error. The section begins in database 0; SELECT changes that. Commands are in upper case.
func (x *Section) Do(args ...string) (any, error) {
	if args[0] == "FLUSHALL" || args[0] == "FLUSHDB" || args[0] == "SWAPDB" {
		x.engine.touchWatchers()
	}
	x.reply.Reset()
	x.native.Dispatch(x.peer, args)
	x.peer.Flush()
	reply, err := parseReply(x.reply.Bytes())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", args[0], err)
	}
	return reply, nil
}

// Exclusive runs fn with exclusive access. Clients that fn has unblocked are served when it is done. It fails with what
// fn fails with; what fn has done until then stays done.
func (e *Engine) Exclusive(fn func(*Section) error) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if err := e.prepareExclusive(); err != nil {
		return err
	}
	x := &Section{engine: e, native: e.native}
	x.peer = server.NewPeer(bufio.NewWriter(&x.reply))
	x.peer.Ctx = e.nested

	err := e.locked(x, fn)
	e.serveBlocked()
	return err
}

// touchWatchers makes the transactions fail of all who watch any key: miniredis does not notice that whole databases
// come and go. The caller holds the engine's lock.
func (e *Engine) touchWatchers() {
	for s := range e.sessions {
		s.touched = s.touched || len(s.watched) > 0
	}
}

func (e *Engine) locked(x *Section, fn func(*Section) error) error {
	e.mini.Lock()
	defer e.mini.Unlock()
	if _, err := x.Do("SELECT", "0"); err != nil {
		return err
	}
	return fn(x)
}

// prepareExclusive gets hold of the context that miniredis gives to calls from a script. A command that runs in it does
// not take miniredis' lock, as the script holds it already, which is what makes a section possible. That takes a script,
// which costs as much as starting the engine, so it is done at the first need. The caller holds the engine's lock.
func (e *Engine) prepareExclusive() error {
	if e.nested != nil {
		return nil
	}
	const probe = "REDISKIT.NESTED"
	err := e.native.Register(probe, func(peer *server.Peer, _ string, _ []string) {
		e.nested = peer.Ctx
		peer.WriteOK()
	})
	if err != nil {
		return fmt.Errorf("exclusive access: %w", err)
	}
	var k scratch
	reply := k.call(e.native, server.NewPeer(nil), []string{"EVAL", "return redis.call('" + probe + "')", "0"})
	if e.nested == nil {
		return errors.New("exclusive access: " + string(bytes.TrimSpace(reply)))
	}
	return nil
}
