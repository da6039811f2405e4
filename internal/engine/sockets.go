package engine

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
)

// sockets are the listeners of one engine and what serves their connections.
type sockets struct {
	mu        sync.Mutex
	closed    bool
	listeners []net.Listener
	conns     map[net.Conn]struct{}
	loop      *eventLoop // nil until a plain socket listens, and where the platform has none
	serving   sync.WaitGroup
}

// Listen serves clients that connect to address, "127.0.0.1:0" or the path of a unix socket, with TLS where config is
// not nil, and returns the address it listens on. Several addresses can be served at once.
//
// Where the platform has an event loop (Linux), commands that arrive over plain sockets are run in the order in which
// they arrive, whoever sent them, as Redis does. Elsewhere, and over TLS, each connection has goroutines of its own:
// the commands of one client keep their order, those of different ones do not.
func (e *Engine) Listen(network, address string, config *tls.Config) (net.Addr, error) {
	listener, err := net.Listen(network, address)
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	if err := e.serve(listener, config); err != nil {
		return nil, errors.Join(fmt.Errorf("listen on %s: %w", address, err), listener.Close())
	}
	return listener.Addr(), nil
}

func (e *Engine) serve(listener net.Listener, config *tls.Config) error {
	k := &e.sockets
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.closed {
		return net.ErrClosed
	}
	if config == nil && haveEventLoop {
		if k.loop == nil {
			loop, err := startEventLoop(e)
			if err != nil {
				return err
			}
			k.loop = loop
		}
		if err := k.loop.listen(listener); err != nil {
			return err
		}
		k.listeners = append(k.listeners, listener)
		return nil
	}
	if config != nil {
		listener = tls.NewListener(listener, config)
	}
	k.listeners = append(k.listeners, listener)
	k.serving.Go(func() { e.accept(listener) })
	return nil
}

func (e *Engine) accept(listener net.Listener) {
	for {
		socket, err := listener.Accept()
		if err != nil {
			return // closed
		}
		e.sockets.mu.Lock()
		if e.sockets.closed {
			e.sockets.mu.Unlock()
			_ = socket.Close() // nobody is left to tell
			return
		}
		if e.sockets.conns == nil {
			e.sockets.conns = map[net.Conn]struct{}{}
		}
		e.sockets.conns[socket] = struct{}{}
		e.sockets.serving.Go(func() { e.converse(socket) })
		e.sockets.mu.Unlock()
	}
}

// converse carries bytes between a socket and its session until either of them ends.
func (e *Engine) converse(socket net.Conn) {
	defer func() {
		e.sockets.mu.Lock()
		delete(e.sockets.conns, socket)
		e.sockets.mu.Unlock()
		_ = socket.Close() // it may have been closed by the client
	}()
	s, err := e.newSession(socket.RemoteAddr(), nil)
	if err != nil {
		return
	}
	inner := &conn{session: s}
	var sending sync.WaitGroup
	sending.Go(func() {
		_, _ = io.Copy(socket, inner) // ends with the session or with the socket; there is nobody to tell
		_ = socket.Close()
	})
	_, _ = io.Copy(inner, socket)
	s.leave() // what it has answered is still sent: the client may have closed its sending half only
	sending.Wait()
}

// stopListening lets nobody connect any more.
func (k *sockets) stopListening() error {
	k.mu.Lock()
	listeners := k.listeners
	k.listeners = nil
	k.mu.Unlock()
	var errs []error
	for _, listener := range listeners {
		errs = append(errs, listener.Close())
	}
	return errors.Join(errs...)
}

// close stops listening, cuts the connections and waits for the goroutines that served them.
func (k *sockets) close() error {
	k.mu.Lock()
	k.closed = true
	listeners, loop := k.listeners, k.loop
	k.listeners, k.loop = nil, nil
	var errs []error
	if loop != nil {
		errs = append(errs, loop.close())
	}
	for _, listener := range listeners {
		errs = append(errs, listener.Close())
	}
	for socket := range k.conns {
		_ = socket.Close() // it may have been closed by the client
	}
	k.mu.Unlock()
	k.serving.Wait()
	return errors.Join(errs...)
}
