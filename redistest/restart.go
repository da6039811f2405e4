package redistest

import "context"

// Restart is to the application what a deploy of its Redis is. The server stops in good order and begins again at the same
// addresses: connections are cut, so that a client inside BLPOP or SUBSCRIBE reads the end of its own, transactions,
// watched keys, names and scripts are forgotten, and whoever connects finds what there was. Clients of go-redis connect
// again by themselves. The clock goes on.
//
// With [WithPersistence] that is by way of a snapshot, which is taken and restored whatever the options say about the
// server's own beginning and end. Without it the keyspace is empty afterwards, as that of a Redis without a disk is.
//
// Where it fails, the disk being full for example, it fails the test, and nothing else has happened. So it does on other
// backends than the embedded one, with an [UnsupportedError].
func (s *Server) Restart() { s.again("restart", s.inner.Restart) }

// Crash is [Server.Restart] of a server that had no time for a last snapshot: whoever connects finds what the last one holds that
// was complete, taken at an interval or because of SAVE or BGSAVE, and nothing if there was none. What was written since is
// lost.
func (s *Server) Crash() { s.again("crash", s.inner.Crash) }

func (s *Server) again(title string, do func(context.Context) error) {
	if _, ok := s.on.(embedded); !ok {
		s.fail("redistest: %v", &UnsupportedError{Feature: title, Backend: s.on.name()})
		return
	}
	if err := do(context.WithoutCancel(s.ctx)); err != nil {
		s.fail("redistest: %s: %v", title, err)
	}
}
