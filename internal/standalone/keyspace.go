package standalone

import (
	"context"
	"time"

	"github.com/compozy/rediskit/internal/engine"
	"github.com/compozy/rediskit/snapshot"
)

// keyspace is what an engine holds, by one of the ways to have it for oneself. It has the engine's clock.
type keyspace func(fn func(*engine.Section) error) error

var _ snapshot.Clocked = keyspace(nil)

// Capture implements snapshot.Source.
func (k keyspace) Capture(ctx context.Context, opts ...snapshot.CaptureOption) (*snapshot.Snapshot, error) {
	return k.exclusive().Capture(ctx, opts...)
}

// Restore implements snapshot.Target.
func (k keyspace) Restore(ctx context.Context, s *snapshot.Snapshot, opts ...snapshot.RestoreOption) error {
	return k.exclusive().Restore(ctx, s, opts...)
}

// Alone implements snapshot.Clocked.
func (k keyspace) Alone(_ context.Context, fn func(held snapshot.Target, now time.Time) error) error {
	return k(func(x *engine.Section) error { return fn(held(x).exclusive(), x.Now()) })
}

func (k keyspace) exclusive() snapshot.Exclusive {
	return func(fn func(snapshot.Do) error) error {
		return k(func(x *engine.Section) error { return fn(x.Do) })
	}
}

// held is the keyspace to who has it for himself already.
func held(x *engine.Section) keyspace {
	return func(fn func(*engine.Section) error) error { return fn(x) }
}
