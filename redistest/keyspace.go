package redistest

import (
	"context"

	"github.com/compozy/rediskit/snapshot"
)

// Capture takes a snapshot of the whole keyspace, all databases at one moment, which is what makes a server a
// [snapshot.Source]. See [snapshot.Capture].
func (s *Server) Capture(ctx context.Context, opts ...snapshot.CaptureOption) (*snapshot.Snapshot, error) {
	return s.on.Keyspace().Capture(ctx, opts...)
}

// Restore puts a snapshot into the server, all of it or nothing, which is what makes a server a [snapshot.Target]. See
// [snapshot.Restore].
func (s *Server) Restore(ctx context.Context, snap *snapshot.Snapshot, opts ...snapshot.RestoreOption) error {
	return s.on.Keyspace().Restore(ctx, snap, opts...)
}

var _ snapshot.Target = (*Server)(nil)
