package engine

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/alicebob/miniredis/v2/server"
)

// Section is exclusive access to every database: no command of any client and no method of Miniredis runs beside it.
// It is valid inside the function that it is given to, on that goroutine.
type Section struct {
	engine *Engine
	native *server.Server
	peer   *server.Peer
	reply  bytes.Buffer
	alone  bool // nobody has miniredis in hands, whose lock is not held then

	keyspace keyspace // the one that is selected
}

// Do runs a command and returns its reply: nil, int, string, or a list: []int, []string or []any of all of those. It fails
// with the text of a Redis error. The section begins in database 0; SELECT changes that, and can go beyond the databases
// that clients have. Commands are in upper case. Those that belong to a client are not for a section.
func (x *Section) Do(args ...string) (any, error) {
	c := x.engine.table[args[0]]
	if x.alone && c != nil && len(args) > 1 {
		if reply, ok := x.direct(c, args); ok {
			return reply, nil
		}
	}
	reply, err := parseReply(x.raw(c, args))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", args[0], err)
	}
	if args[0] == "SELECT" {
		x.keyspace.db, err = strconv.Atoi(args[1])
	}
	return reply, err
}

// Now is the time of the server.
func (x *Section) Now() time.Time { return x.engine.time.now }

// direct answers a command without writing a reply and reading it again, which takes most of the time of a command.
func (x *Section) direct(c *entry, args []string) (reply any, ok bool) {
	switch db := x.keyspace.db; {
	case c.direct != nil:
		reply, ok := c.direct(x.engine.mini.DB(db), args)
		return reply.value(), ok
	case c.whole != nil:
		return c.whole(x, x.engine.mini.DB(db), args)
	default:
		return nil, false
	}
}

func (x *Section) raw(c *entry, args []string) []byte {
	if c != nil && c.inScript != nil && args[0] != "SELECT" {
		return c.inScript(x.keyspace, args)
	}
	return x.call(args...)
}

// call runs a command of miniredis.
func (x *Section) call(args ...string) []byte {
	x.reply.Reset()
	x.native.Dispatch(x.peer, args)
	x.peer.Flush()
	return x.reply.Bytes()
}

// Exclusive runs fn with exclusive access. Clients that fn has unblocked are served when it is done. It fails with what
// fn fails with; what fn has done until then stays done.
func (e *Engine) Exclusive(fn func(*Section) error) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.exclusive(fn)
}

// ExclusiveAt is Exclusive with the clock set to a moment, unless that is live. What expires by then stays as it is, for
// fn to deal with. Where fn fails the clock is put back.
func (e *Engine) ExclusiveAt(at time.Time, fn func(*Section) error) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	before := e.time.now
	if e.time.live {
		return e.exclusive(fn)
	}
	e.setTime(at)
	err := e.exclusive(fn)
	if err != nil {
		e.setTime(before)
	}
	return err
}

// exclusive does it. The caller holds the engine's lock.
func (e *Engine) exclusive(fn func(*Section) error) error {
	if err := e.prepareExclusive(); err != nil {
		return err
	}
	e.tick()
	x := &Section{engine: e, native: e.native}
	x.peer = server.NewPeer(bufio.NewWriter(&x.reply))
	x.peer.Ctx = e.nested
	x.keyspace = keyspace{engine: e, call: x.call}

	err := e.locked(x, fn)
	e.serveBlocked()
	return err
}

// locked keeps out those who have miniredis itself in hands, if there are any.
func (e *Engine) locked(x *Section, fn func(*Section) error) error {
	if x.alone = !e.time.shared; !x.alone {
		e.mini.Lock()
		defer e.mini.Unlock()
	}
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
