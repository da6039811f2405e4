package redistest

import (
	"context"
	_ "embed" // for the script
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/compozy/rediskit/snapshot"
)

// remote is what a Redis outside of this process can do for a Server, through a client of our own.
type remote struct {
	title string
	ctx   context.Context // for what happens without one of the caller's
	admin *redis.Client
	// confined means that only the database that the client selects is ours.
	confined bool

	ahead atomic.Int64 // by how many nanoseconds times to live have been moved
}

// allDatabases is more than any server has; to select one that there is not ends the search.
const allDatabases = 1 << 16

func (r *remote) name() string { return r.title }

// Keyspace implements standalone.Backend.
func (r *remote) Keyspace() snapshot.Target {
	all := snapshot.Of(r.admin)
	if r.confined {
		return all.Database(r.admin.Options().DB)
	}
	return all
}

// Now is the server's own time and what was added to it; where the server does not answer, this machine's.
func (r *remote) Now() time.Time {
	now, err := r.admin.Time(r.ctx).Result()
	if err != nil {
		now = time.Now()
	}
	return now.UTC().Add(time.Duration(r.ahead.Load()))
}

// Live implements timeline.
func (*remote) Live() bool { return true }

//go:embed lua/travel.lua
var travelScript string

// MoveTo moves every time to live, all in one step.
func (r *remote) MoveTo(at time.Time) error {
	span := at.Sub(r.Now()).Round(time.Millisecond)
	first, last, extent := 0, allDatabases, "whole"
	if r.confined {
		first, extent = r.admin.Options().DB, "part"
		last = first
	}
	resisting, err := r.admin.Eval(r.ctx, travelScript, nil, first, last, span.Milliseconds(), extent).StringSlice()
	if err != nil {
		return err
	}
	if len(resisting) > 0 {
		return &UnsupportedError{Feature: "to move " + strings.Join(resisting, ", "), Backend: r.title}
	}
	r.ahead.Add(int64(span))
	return nil
}

func (r *remote) checkpoint(ctx context.Context) (state *snapshot.Snapshot, at time.Time, err error) {
	state, err = r.Keyspace().Capture(ctx)
	return state, r.Now(), err
}

func (r *remote) rewind(ctx context.Context, state *snapshot.Snapshot, _ time.Time) error {
	return r.Keyspace().Restore(ctx, state, snapshot.Replace())
}

// run runs a fixture's commands on the server itself, and puts back what was there if one of them fails.
func (r *remote) run(ctx context.Context, f fixture) error {
	before, err := r.Keyspace().Capture(ctx)
	if err != nil {
		return err
	}
	if r.confined {
		err = f.checkConfined()
	}
	if err == nil {
		err = f.runOn(ctx, r.admin)
	}
	if err == nil {
		return nil
	}
	if undo := r.Keyspace().Restore(ctx, before, snapshot.Replace()); undo != nil {
		err = errors.Join(err, fmt.Errorf("undo what was run before: %w", undo))
	}
	return err
}
