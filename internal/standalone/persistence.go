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
)

// persistence keeps what a backend holds in a folder.
type persistence struct {
	engine  *engine.Engine // nil where the backend is another process
	store   *snapshot.FileStore
	manager *snapshot.Manager
	before  atomic.Int64 // how many snapshots had been taken when the server started again
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
	if settings.SnapshotOnShutdown {
		options = append(options, snapshot.FinalSnapshot(lastWord))
	}
	manager, err := snapshot.NewManager(ctx, backend.Keyspace(), store, options...)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("persistence: %w", err), store.Close())
	}
	p := &persistence{store: store, manager: manager}
	if inside, ok := backend.(interface{ Engine() *engine.Engine }); ok {
		p.engine = inside.Engine()
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
	return p.manager.StartPeriodicSnapshots(context.WithoutCancel(ctx)) // they end with the server
}

// stop takes the last snapshot, if there is to be one, and lets go of the folder. A client that sends a command after that
// snapshot gets no answer any more: what was answered is kept.
func (p *persistence) stop(ctx context.Context) error {
	var last []snapshot.StopOption
	if p.engine != nil {
		last = append(last, snapshot.FinalFrom(keyspace(p.engine.Freeze)))
	}
	return errors.Join(saved(ctx, p.manager.Stop(ctx, last...)), p.store.Close())
}

// abandon lets go of the folder as it is.
func (p *persistence) abandon(ctx context.Context) error {
	return errors.Join(p.manager.Stop(ctx, snapshot.NoFinalSnapshot()), p.store.Close())
}

// restart makes the engine begin again with what is kept, and that is what it holds now if final is set.
func (p *persistence) restart(ctx context.Context, final bool) error {
	return p.manager.Alone(ctx, func(turn snapshot.Turn) error {
		return p.engine.Restart(func(x *engine.Section) error {
			if final {
				_, err := turn.Snapshot(ctx, held(x))
				if err := saved(ctx, err); err != nil {
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

// saved takes it as a success, and logs it, if a snapshot was saved but older ones could not be removed.
func saved(ctx context.Context, err error) error {
	var remains *snapshot.PruneError
	if !errors.As(err, &remains) {
		return err
	}
	logger.FromContext(ctx).WarnContext(ctx, "old snapshots remain", "error", remains)
	return nil
}
