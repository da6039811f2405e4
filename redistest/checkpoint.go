package redistest

import (
	"context"

	"github.com/compozy/rediskit/snapshot"
)

// Checkpoint is a state that [Server.Rewind] returns to. It may be used any number of times, by several goroutines, and on
// any server.
type Checkpoint struct{ state *snapshot.Snapshot }

// Checkpoint remembers the whole keyspace as it is now, times to live included:
//
//	cp := srv.Checkpoint()
//	for _, c := range cases {
//		t.Run(c.name, func(t *testing.T) {
//			defer srv.Rewind(cp)
//			...
//		})
//	}
func (s *Server) Checkpoint() *Checkpoint {
	state, err := s.Capture(context.WithoutCancel(s.ctx))
	if err != nil {
		s.fail("redistest: checkpoint: %v", err)
	}
	return &Checkpoint{state}
}

// Rewind makes the keyspace again what it was at the checkpoint, in one step that no client sees a part of. A client that is
// blocked meanwhile is served from what there is then.
func (s *Server) Rewind(cp *Checkpoint) {
	if cp == nil || cp.state == nil {
		s.fail("redistest: rewind: there is no checkpoint to return to")
		return
	}
	if err := s.Restore(context.WithoutCancel(s.ctx), cp.state, snapshot.Replace()); err != nil {
		s.fail("redistest: rewind: %v", err)
	}
}
