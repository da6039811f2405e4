package engine

import (
	"bufio"
	"bytes"
	"fmt"
	"strings"
	"sync/atomic"

	"github.com/alicebob/miniredis/v2"
	"github.com/alicebob/miniredis/v2/server"
)

// startMiniredis starts a server without a listener. The only way to do so is to open one of its own connections.
func startMiniredis() (*miniredis.Miniredis, error) {
	mini := miniredis.NewMiniRedis()
	unused, err := mini.Dial()
	if err != nil {
		return nil, fmt.Errorf("start miniredis: %w", err)
	}
	if err := unused.Close(); err != nil {
		mini.Close()
		return nil, fmt.Errorf("start miniredis: %w", err)
	}
	return mini, nil
}

// caller runs a command of miniredis in somebody's context, and returns the raw reply. It is valid until the next call.
type caller func(args ...string) []byte

// call runs a command of miniredis for the client without answering the client. The caller holds the engine's lock.
func (s *session) call(args ...string) []byte {
	return s.engine.scratch.call(s.engine.native, s.peer, args)
}

// scratch takes the replies of internal calls.
type scratch struct {
	reply bytes.Buffer
	w     *bufio.Writer
}

// call runs a command in the context of peer: its database, its login, its protocol.
func (k *scratch) call(native *server.Server, peer *server.Peer, args []string) []byte {
	if k.w == nil {
		k.w = bufio.NewWriterSize(&k.reply, 512)
	}
	k.reply.Reset()
	aside := server.NewPeer(k.w)
	aside.Ctx, aside.Resp3 = peer.Ctx, peer.Resp3
	native.Dispatch(aside, args)
	aside.Flush()
	peer.Ctx = aside.Ctx // miniredis makes one at the first need
	return k.reply.Bytes()
}

// scriptFlag is up while a script runs, whose own calls come through fromScript. It is atomic because a connection that
// somebody made with Miniredis' own Dial comes through there as well, without the engine's lock.
type scriptFlag struct{ up atomic.Bool }

// script runs EVAL and its kin.
func (s *session) script(args []string) {
	if strings.HasPrefix(strings.ToUpper(args[0]), "EVALSHA") {
		args[1] = strings.ToLower(args[1])
	}
	s.engine.scripting.up.Store(true)
	defer s.engine.scripting.up.Store(false)
	s.engine.native.Dispatch(s.peer, args)
}

// fromScript sees every command that reaches miniredis, and replaces those of a script's that the engine has itself.
func (e *Engine) fromScript(peer *server.Peer, name string, args ...string) bool {
	if !e.scripting.up.Load() {
		return false
	}
	c := e.table.lookup(name)
	if c.inScript == nil {
		return false
	}
	words := append([]string{c.lowerName()}, args...)
	if flaw := c.flaw(words); flaw != "" {
		peer.WriteError(flaw)
		return true
	}
	var inner scratch // the outer one may be in use further up
	call := func(args ...string) []byte {
		e.scripting.up.Store(false)
		defer e.scripting.up.Store(true)
		return inner.call(e.native, peer, args)
	}
	peer.WriteRaw(string(c.inScript(e, call, words)))
	return true
}
