package standalone

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/compozy/rediskit/internal/config"
	"github.com/compozy/rediskit/internal/engine"
	"github.com/compozy/rediskit/internal/logger"
	"github.com/compozy/rediskit/snapshot"
)

const (
	// keep is how many snapshots are kept where the config does not say.
	keep = 3
	// lastWord is how much time there is for the snapshot at the end.
	lastWord = 30 * time.Second
	// lastBreath is how much more there is for the end itself.
	lastBreath = 100 * time.Millisecond
)

// persistence keeps what a backend holds in a folder.
type persistence struct {
	engine  *engine.Engine // nil where the backend is another process
	store   *snapshot.FileStore
	manager *snapshot.Manager
	last    snapshot.Source // what the last snapshot is taken of; nil if there is to be none
	before  atomic.Int64    // how many snapshots had been taken when the server started again
	shut    bool            // whether a client has ended the server; is only for who has the manager's turn

	periodic    context.Context // of the snapshots meanwhile
	endPeriodic context.CancelFunc
}

// openPersistence takes hold of the folder that the context's config names. It returns nil where that asks for none.
func openPersistence(ctx context.Context, backend Backend) (*persistence, error) {
	settings := config.FromContext(ctx).Persistence
	if !settings.Enabled {
		return nil, nil //nolint:nilnil // there is none, and that is no error
	}
	if err := settings.Validate(); err != nil {
		return nil, fmt.Errorf("persistence: %w", err)
	}
	store, err := snapshot.OpenFileStore(settings.DataDir, snapshot.Keep(cmp.Or(settings.Keep, keep)))
	if err != nil {
		return nil, fmt.Errorf("persistence: %w", err)
	}
	options := []snapshot.ManagerOption{snapshot.Now(backend.Now)}
	if settings.SnapshotInterval > 0 {
		options = append(options, snapshot.Every(settings.SnapshotInterval))
	}
	manager, err := snapshot.NewManager(ctx, backend.Keyspace(), store, options...)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("persistence: %w", err), store.Close())
	}
	p := &persistence{store: store, manager: manager}
	p.periodic, p.endPeriodic = context.WithCancel(context.WithoutCancel(ctx)) // they end with the server
	if settings.SnapshotOnShutdown {
		p.last = backend.Keyspace()
	}
	if inside, ok := backend.(interface{ Engine() *engine.Engine }); ok {
		p.engine = inside.Engine()
		if p.last != nil {
			p.last = keyspace(p.engine.Freeze)
		}
		p.engine.UseDisk(disk{ctx: context.WithoutCancel(ctx), persistence: p})
	}
	return p, nil
}

// restore brings back what was kept, if that is wanted.
func (p *persistence) restore(ctx context.Context) error {
	if !config.FromContext(ctx).Persistence.RestoreOnStartup {
		return nil
	}
	_, err := p.manager.Restore(ctx)
	switch {
	case err == nil, errors.Is(err, snapshot.ErrNoSnapshot):
		return nil
	case !p.mayStartEmpty(ctx, err):
		return err
	}
	p.logStartEmpty(ctx, err)
	return p.manager.StartOver(ctx)
}

// mayStartEmpty tells whether the server is to go on although nothing could be restored. That it is full, or that nobody
// waits for it any more, is another matter.
func (*persistence) mayStartEmpty(ctx context.Context, err error) bool {
	return config.FromContext(ctx).Persistence.OnRestoreError == config.StartEmpty &&
		ctx.Err() == nil && !errors.Is(err, snapshot.ErrNotEmpty)
}

func (*persistence) logStartEmpty(ctx context.Context, err error) {
	logger.FromContext(ctx).WarnContext(ctx, "redis starts empty: what was kept cannot be restored, and is set aside", "error", err)
}

// takeSnapshots begins to keep what there is.
func (p *persistence) takeSnapshots(ctx context.Context) error {
	if config.FromContext(ctx).Persistence.SnapshotInterval == 0 {
		return nil
	}
	return p.manager.StartPeriodicSnapshots(p.periodic)
}

// stop takes the last snapshot, if there is to be one, and lets go of the folder. A client that sends a command after that
// snapshot gets no answer any more: what was answered is kept.
func (p *persistence) stop(ctx context.Context) error {
	p.endPeriodic() // none is to be saved over the last one
	deadline := lastMoment(ctx)
	ctx = context.WithoutCancel(ctx)
	last, cancel := context.WithDeadline(ctx, deadline)
	defer cancel()
	err := p.takeLast(last)
	// A deadline that is over would be none to the manager, which would wait once more.
	ctx, cancel = context.WithDeadline(ctx, deadline.Add(lastBreath))
	defer cancel()
	return errors.Join(err, p.abandon(ctx))
}

// takeLast takes the last snapshot.
func (p *persistence) takeLast(ctx context.Context) error {
	if p.last == nil {
		return nil
	}
	err := p.manager.Alone(ctx, func(turn snapshot.Turn) error {
		if p.shut {
			return nil
		}
		return take(ctx, turn, p.last)
	})
	switch {
	case err == nil, errors.Is(err, snapshot.ErrStopped): // a client has ended the server
		return nil
	case errors.Is(err, snapshot.ErrUnrestored): // whoever wanted the restart knows why
		return nil
	}
	return fmt.Errorf("stop snapshots: %w", err)
}

// lastMoment is when the last snapshot is to be done. That ctx has ended, as that of a test has in a cleanup, does not
// matter.
func lastMoment(ctx context.Context) time.Time {
	now := time.Now()
	deadline, ok := ctx.Deadline()
	if latest := now.Add(lastWord); !ok || deadline.Before(now) || deadline.After(latest) {
		return latest
	}
	return deadline
}

// abandon lets go of the folder as it is.
func (p *persistence) abandon(ctx context.Context) error {
	p.endPeriodic()
	return errors.Join(p.manager.Stop(ctx), p.store.Close())
}

// restart makes the engine begin again with what is kept, and that is what it holds now if final is set.
func (p *persistence) restart(ctx context.Context, final bool) error {
	return p.manager.Alone(ctx, func(turn snapshot.Turn) error {
		return p.engine.Restart(func(x *engine.Section) error {
			if final {
				if err := take(ctx, turn, held(x)); err != nil {
					return err
				}
			}
			if err := p.reload(ctx, turn, x); err != nil {
				return err
			}
			p.before.Store(int64(p.manager.Stats().Taken))
			return nil
		})
	})
}

func (p *persistence) reload(ctx context.Context, turn snapshot.Turn, x *engine.Section) error {
	_, err := turn.Restore(ctx, held(x), snapshot.Replace())
	switch {
	case err == nil:
		return nil
	case errors.Is(err, snapshot.ErrNoSnapshot):
		return x.Clear()
	case !p.mayStartEmpty(ctx, err):
		return err
	}
	p.logStartEmpty(ctx, err)
	if err := turn.StartOver(ctx); err != nil {
		return err
	}
	return x.Clear()
}

// take takes a snapshot. It is a success, and is logged, if older ones could not be removed.
func take(ctx context.Context, turn snapshot.Turn, source snapshot.Source) error {
	_, err := turn.Snapshot(ctx, source)
	var remains *snapshot.PruneError
	if !errors.As(err, &remains) {
		return err
	}
	logger.FromContext(ctx).WarnContext(ctx, "old snapshots remain", "error", remains)
	return nil
}
