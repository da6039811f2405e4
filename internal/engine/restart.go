package engine

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"net"

	"github.com/alicebob/miniredis/v2/server"
)

// Restart is, to clients, the end of the server and the beginning of another one at the same addresses: connections are
// cut with all that belongs to them, scripts are forgotten, and the keyspace is what begin makes of it, which has exclusive
// access to what there was. The clock goes on. Where begin fails nothing else happens.
func (e *Engine) Restart(begin func(*Section) error) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed || e.frozen {
		return fmt.Errorf("restart the embedded server: %w", net.ErrClosed)
	}
	err := e.exclusive(func(x *Section) error {
		if err := begin(x); err != nil {
			return err
		}
		e.disconnectAll() // before anybody who is blocked could be served from what there is now
		return nil
	})
	if err != nil {
		return err
	}
	e.saveDue = false
	e.started = e.time.now
	return e.forgetScripts()
}

// forgetScripts runs SCRIPT FLUSH, which is not possible in an exclusive section.
func (e *Engine) forgetScripts() error {
	insider := cmp.Or(e.insider, server.NewPeer(nil))
	if reply := e.scratch.call(e.native, insider, []string{"SCRIPT", "FLUSH"}); isError(reply, "") {
		return errors.New("forget scripts: " + string(bytes.TrimSpace(reply)))
	}
	return nil
}

// Clear removes everything from every database.
func (x *Section) Clear() error {
	_, err := x.Do("FLUSHALL")
	return err
}
