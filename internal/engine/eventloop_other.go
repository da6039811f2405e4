//go:build !linux

package engine

import "net"

const haveEventLoop = false

// eventLoop does not exist here; every socket is served by goroutines of its own.
type eventLoop struct{}

func startEventLoop(*Engine) (*eventLoop, error) { return &eventLoop{}, nil }
func (*eventLoop) listen(net.Listener) error     { return nil }
func (*eventLoop) close() error                  { return nil }
