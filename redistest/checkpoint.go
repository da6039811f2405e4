package redistest

import (
	"context"
	"time"

	"github.com/compozy/rediskit/snapshot"
)

// Checkpoint is a state that [Server.Rewind] returns to. It may be used any number of times, by several goroutines, and on
// any server.
type Checkpoint struct {
	state *snapshot.Snapshot
	at    time.Time
}

// Checkpoint remembers the whole keyspace as it is now, times to live included, and the time:
//
//	cp := srv.Checkpoint()
//	for _, c := range cases {
//		t.Run(c.name, func(t *testing.T) {
//			defer srv.Rewind(cp)
//			...
//		})
//	}
func (s *Server) Checkpoint() *Checkpoint {
	state, at, err := s.on.checkpoint(context.WithoutCancel(s.ctx))
	if err != nil {
		s.fail("redistest: checkpoint: %v", err)
	}
	return &Checkpoint{state, at}
}

// Rewind makes the keyspace again what it was at the checkpoint, in one step that no client sees a part of. A client that is
// blocked meanwhile is served from what there is then. The clock shows the checkpoint's time again, unless it is live, and
// the timers of [Server.Clock] stay as they are.
func (s *Server) Rewind(cp *Checkpoint) {
	if cp == nil || cp.state == nil {
		s.fail("redistest: rewind: there is no checkpoint to return to")
		return
	}
	err := s.clock.rewind(cp.at, func() error { return s.on.rewind(context.WithoutCancel(s.ctx), cp.state, cp.at) })
	if err != nil {
		s.fail("redistest: rewind: %v", err)
	}
}
