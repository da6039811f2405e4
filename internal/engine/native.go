package engine

import (
	"bufio"
	"bytes"
	"fmt"

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

// written is what a function writes to a client.
func written(write func(*server.Peer)) []byte {
	var reply bytes.Buffer
	p := server.NewPeer(bufio.NewWriter(&reply))
	write(p)
	p.Flush()
	return reply.Bytes()
}

// keyspace is the client's database to its commands.
func (s *session) keyspace() keyspace { return keyspace{s.engine, s.db, s.call} }

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
