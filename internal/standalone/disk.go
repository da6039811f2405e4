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
	return d.told("SAVE", d.manager.TryAlone(func(turn snapshot.Turn) error {
		return take(d.ctx, turn, held(x))
	}))
}

// SaveInBackground implements engine.Disk. The goroutine captures while the command waits for it, and saves afterwards. It
// has the manager's turn until it is done, so whoever stops the manager waits for it.
func (d disk) SaveInBackground(x *engine.Section) error {
	begun, answer := false, make(chan error)
	source := keyspace(func(capture func(*engine.Section) error) error {
		err := capture(x)
		if err == nil {
			begun = true
			close(answer) // from here on the section is its owner's alone
		}
		return err
	})
	go func() {
		err := d.manager.TryAlone(func(turn snapshot.Turn) error {
			err := take(d.ctx, turn, source)
			if begun {
				return d.logged("BGSAVE", err)
			}
			return err
		})
		if !begun {
			answer <- err
		}
	}()
	return d.told("BGSAVE", <-answer)
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
		var last func(*engine.Section) error
		if save {
			last = func(x *engine.Section) error { return take(d.ctx, turn, held(x)) }
		}
		if err := d.engine.Shutdown(last); err != nil {
			return err
		}
		d.endPeriodic()
		d.shut = true
		return nil
	})
	if err == nil {
		err = d.abandon(d.ctx)
	}
	return d.told("SHUTDOWN", err)
}

// told logs why a command has failed, as its reply does not say it.
func (d disk) told(command string, err error) error {
	if errors.Is(err, snapshot.ErrBusy) {
		return engine.ErrBusy
	}
	return d.logged(command, err)
}

func (d disk) logged(command string, err error) error {
	if err != nil {
		logger.FromContext(d.ctx).WarnContext(d.ctx, command+" failed", "error", err)
	}
	return err
}
