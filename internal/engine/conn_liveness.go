package engine

import (
	"errors"
	"io"
	"syscall"
)

var _ syscall.Conn = (*conn)(nil)

// SyscallConn tells whether the server has ended the connection. That is what clients ask of a socket before they use it
// again after a while: go-redis looks for its end without reading, and connects anew if it has come. There is no descriptor.
func (c *conn) SyscallConn() (syscall.RawConn, error) {
	if c.session.gone.Load() {
		return nil, io.EOF
	}
	return alive{}, nil
}

// alive is a connection that nothing is wrong with.
type alive struct{}

func (alive) Read(func(fd uintptr) bool) error  { return nil }
func (alive) Write(func(fd uintptr) bool) error { return nil }
func (alive) Control(func(fd uintptr)) error    { return errors.ErrUnsupported }
