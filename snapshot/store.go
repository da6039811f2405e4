package snapshot

import (
	"context"
	"time"
)

// Store keeps snapshots beyond the end of the process, each one as a new generation. [OpenFileStore] keeps them in a
// folder. A store is safe for concurrent use.
type Store interface {
	// Save keeps s, which was captured at this moment. It returns when s would outlive a crash. After an error everything
	// is as before, unless that is a *[PruneError].
	Save(ctx context.Context, s *Snapshot, captured time.Time) (Generation, error)
	// Latest returns the newest generation that is as it was saved. What is not is set aside and reported, never removed.
	// The error is [ErrNoSnapshot] if nothing was ever saved, and [ErrNoneGood] if nothing of it can be read.
	Latest(ctx context.Context) (*Snapshot, Generation, error)
	// List returns what there is, the newest first.
	List(ctx context.Context) ([]Generation, error)
	// Open returns the generation of this number.
	Open(ctx context.Context, number int) (*Snapshot, Generation, error)
}
