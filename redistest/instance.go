package redistest

import (
	"context"
	"time"

	"github.com/compozy/rediskit/internal/standalone"
	"github.com/compozy/rediskit/snapshot"
)

// instance is a backend that runs: all that a Server needs of it beyond clients.
type instance interface {
	standalone.Backend
	timeline

	// name is what the backend is called in the environment and in errors.
	name() string
	// checkpoint is what it holds, and when.
	checkpoint(ctx context.Context) (state *snapshot.Snapshot, at time.Time, err error)
	// rewind makes it hold that again, and sets the clock if that stands still.
	rewind(ctx context.Context, state *snapshot.Snapshot, at time.Time) error
	// run runs a fixture's commands, all of them or none.
	run(ctx context.Context, f fixture) error
}

// timeline is the server's time.
type timeline interface {
	Now() time.Time
	// Live tells whether it goes by itself.
	Live() bool
	MoveTo(at time.Time) error
}
