package redistest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/compozy/rediskit/internal/config"
	"github.com/compozy/rediskit/internal/engine"
	"github.com/compozy/rediskit/internal/standalone"
	"github.com/compozy/rediskit/snapshot"
)

// embedded is the Redis in this process.
type embedded struct{ *standalone.Embedded }

var _ instance = embedded{}

func startEmbedded(ctx context.Context) (instance, error) {
	inner, err := standalone.StartEmbedded(ctx, nil)
	if err != nil {
		return nil, err
	}
	return embedded{inner}, nil
}

func (embedded) name() string { return "embedded" }

func (e embedded) Now() time.Time { return e.Engine().Now() }

func (e embedded) Live() bool { return e.Engine().Live() }

func (e embedded) MoveTo(at time.Time) error {
	e.Engine().MoveTo(at)
	return nil
}

func (e embedded) checkpoint(ctx context.Context) (state *snapshot.Snapshot, at time.Time, err error) {
	err = e.alone(func(held snapshot.Exclusive, now time.Time) (err error) {
		at = now
		state, err = held.Capture(ctx)
		return err
	})
	return state, at, err
}

func (e embedded) rewind(ctx context.Context, state *snapshot.Snapshot, at time.Time) error {
	held := snapshot.Exclusive(func(fn func(snapshot.Do) error) error {
		return e.Engine().ExclusiveAt(at, func(x *engine.Section) error { return fn(x.Do) })
	})
	return held.Restore(ctx, state, snapshot.Replace())
}

// run runs a fixture's commands on a copy of the server, and makes the server like the copy if all of them went well. Where
// somebody has written to the server meanwhile, it starts again: each time that is somebody who got on.
func (e embedded) run(ctx context.Context, f fixture) error {
	const most = 100
	for range most {
		if done, err := e.tryRun(ctx, f); done || err != nil {
			return err
		}
	}
	return fmt.Errorf("somebody else has written to the server each of the %d times that its commands were run", most)
}

// tryRun is one attempt. It is false where somebody has come in between.
func (e embedded) tryRun(ctx context.Context, f fixture) (done bool, err error) {
	before, began, err := e.checkpoint(ctx)
	if err != nil {
		return false, err
	}
	stage, err := Start(ctx, WithBackend(Embedded()), WithTime(began), withCluster(config.FromContext(ctx).Cluster))
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, stage.Close(ctx)) }()
	if err := stage.Restore(ctx, before); err != nil {
		return false, err
	}
	if err := f.runOn(ctx, stage.Client()); err != nil {
		return false, err
	}
	err = e.alone(func(held snapshot.Exclusive, now time.Time) error {
		meanwhile, err := held.Capture(ctx)
		if err != nil || snapshot.Diff(before, meanwhile, snapshot.TTLTolerance(now.Sub(began))) != "" {
			return err
		}
		stage.TravelTo(now) // where the clock is live
		after, err := stage.Capture(ctx)
		if err != nil {
			return err
		}
		done = true
		return held.Restore(ctx, after, snapshot.Replace())
	})
	return done, err
}

// alone has the server for itself for more than one step.
func (e embedded) alone(fn func(held snapshot.Exclusive, now time.Time) error) error {
	return e.Engine().Exclusive(func(x *engine.Section) error {
		return fn(func(fn func(snapshot.Do) error) error { return fn(x.Do) }, x.Now())
	})
}
