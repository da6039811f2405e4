package standalone

import (
	"context"
	"errors"
	"time"

	"github.com/compozy/rediskit/internal/config"
	"github.com/compozy/rediskit/internal/engine"
	"github.com/compozy/rediskit/internal/logger"
	"github.com/compozy/rediskit/snapshot"
)

// disk is a persistence to the server's own clients, who can ask for snapshots.
type disk struct {
	*persistence

	ctx context.Context // of the server, for commands have none
}

var _ engine.Disk = disk{}

// Save implements engine.Disk.
func (d disk) Save(x *engine.Section) error {
	_, err := d.manager.Snapshot(d.ctx, snapshot.From(held(x)), snapshot.UnlessBusy())
	return d.told("SAVE", saved(d.ctx, err))
}

// SaveInBackground implements engine.Disk.
func (d disk) SaveInBackground(x *engine.Section) error {
	if d.manager.Stats().Busy { // it is not for nothing, then, to capture everything
		return engine.ErrBusy
	}
	s, err := snapshot.Capture(d.ctx, held(x))
	if err == nil {
		err = d.manager.SnapshotInBackground(d.ctx, snapshot.From(s), snapshot.CapturedAt(x.Now()))
	}
	return d.told("BGSAVE", err)
}

// LastSave implements engine.Disk.
func (d disk) LastSave() (time.Time, bool) {
	stats := d.manager.Stats()
	return stats.Last.Captured, int64(stats.Taken) > d.before.Load()
}

// Shutdown implements engine.Disk.
func (d disk) Shutdown(how engine.ShutdownMode) error {
	settings := config.FromContext(d.ctx).Persistence
	save := how == engine.ShutdownSave ||
		how == engine.ShutdownDefault && (settings.SnapshotOnShutdown || settings.SnapshotInterval > 0)
	err := d.manager.Alone(d.ctx, func(turn snapshot.Turn) error {
		if !save {
			return d.engine.Shutdown(nil)
		}
		return d.engine.Shutdown(func(x *engine.Section) error {
			_, err := turn.Snapshot(d.ctx, held(x))
			return saved(d.ctx, err)
		})
	})
	if err == nil {
		err = d.abandon(d.ctx)
	}
	return d.told("SHUTDOWN", err)
}

// told logs why a command has failed, as its reply does not say it.
func (d disk) told(command string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, snapshot.ErrBusy):
		return engine.ErrBusy
	}
	logger.FromContext(d.ctx).WarnContext(d.ctx, command+" failed", "error", err)
	return err
}
