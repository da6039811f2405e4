package snapshot

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// Manager saves the keyspace of a source in a store, on demand, periodically and at the end, and brings it back. It does
// one of these at a time, and is safe for concurrent use.
//
//	store, err := snapshot.OpenFileStore("data")
//	...
//	manager, err := snapshot.NewManager(ctx, snapshot.Of(client), store,
//		snapshot.Every(time.Minute), snapshot.FinalSnapshot(10*time.Second))
//	...
//	_, err = manager.Restore(ctx) // snapshot.ErrNoSnapshot the first time
//	...
//	err = manager.StartPeriodicSnapshots(ctx)
//	...
//	err = errors.Join(manager.Stop(ctx), store.Close())
type Manager struct {
	source Source
	store  Store
	how    managing

	turn  chan struct{} // has room for whoever is taking or restoring a snapshot
	saved saved         // is only for who has the turn

	working sync.WaitGroup // the goroutine of the periodic snapshots
	ending  chan struct{}  // closed when Stop begins
	ended   chan struct{}  // closed when Stop is done
	endErr  error          // of Stop; set before ended is closed

	mu          sync.Mutex
	stopping    bool
	endPeriodic context.CancelFunc // nil unless periodic snapshots are taken
	unrestored  error              // why the last Restore failed
	stats       Stats
}

// saved is what the store has of the source.
type saved struct {
	snapshot   *Snapshot // nil if that is not known
	captured   time.Time
	generation Generation
}

// NewManager makes a manager of a source and a store. Neither is closed with it, and nothing runs in the background unless
// it is asked for.
func NewManager(ctx context.Context, source Source, store Store, opts ...ManagerOption) (*Manager, error) {
	how, err := managed(opts)
	switch {
	case err != nil:
	case source == nil:
		err = errors.New("the source is nil")
	case store == nil:
		err = errors.New("the store is nil")
	default:
		err = ctx.Err()
	}
	if err != nil {
		return nil, fmt.Errorf("snapshot manager: %w", err)
	}
	return &Manager{
		source: source, store: store, how: how,
		turn: make(chan struct{}, 1), ending: make(chan struct{}), ended: make(chan struct{}),
	}, nil
}

// Snapshot captures the keyspace and saves it, whether it has changed or not. It waits while another snapshot is being
// taken or restored. The generation is valid, too, where the error is a *[PruneError].
func (m *Manager) Snapshot(ctx context.Context) (Generation, error) {
	if err := m.wait(ctx); err != nil {
		return Generation{}, fmt.Errorf("snapshot: %w", err)
	}
	defer m.end()
	return Turn{m}.Snapshot(ctx, m.source)
}

// wait waits for the turn.
func (m *Manager) wait(ctx context.Context) error {
	if err := m.alive(ctx); err != nil {
		return err
	}
	select {
	case m.turn <- struct{}{}:
	case <-m.ending:
		return ErrStopped
	case <-ctx.Done():
		return fmt.Errorf("wait for another one: %w", ctx.Err())
	}
	if err := m.alive(ctx); err != nil { // it may have ended meanwhile
		m.end()
		return err
	}
	return nil
}

// end gives the turn back.
func (m *Manager) end() { <-m.turn }

func (m *Manager) alive(ctx context.Context) error {
	if m.stopped() {
		return ErrStopped
	}
	return ctx.Err()
}

func (m *Manager) stopped() bool {
	select {
	case <-m.ending:
		return true
	default:
		return false
	}
}

// taking is how a snapshot is taken.
type taking struct {
	source    Source
	ifChanged bool // of the periodic ones
}

// snapshot takes a snapshot. The caller has the turn.
func (m *Manager) snapshot(ctx context.Context, how taking) (Generation, error) {
	began := time.Now()
	s, captured, err := m.capture(ctx, how.source)
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return Generation{}, m.failedUnlessOver(ctx, how, err)
	}
	if how.ifChanged && m.unchanged(ctx, s, captured) {
		m.count(func(stats *Stats) {
			stats.Unchanged++
			stats.LastError = nil
		})
		return m.saved.generation, nil
	}
	g, err := m.store.Save(ctx, s, captured)
	var remains *PruneError
	if err != nil && !errors.As(err, &remains) {
		return Generation{}, m.failedUnlessOver(ctx, how, err)
	}
	m.remember(s, captured, g)
	m.count(func(stats *Stats) {
		stats.Taken++
		stats.Last, stats.LastDuration, stats.LastError = g, time.Since(began), err
	})
	if err != nil {
		return g, fmt.Errorf("snapshot: %w", err)
	}
	return g, nil
}

// failedUnlessOver does not count a periodic one that ends with its context: nobody was waiting for it.
func (m *Manager) failedUnlessOver(ctx context.Context, how taking, err error) error {
	err = fmt.Errorf("snapshot: %w", err)
	if how.ifChanged && ctx.Err() != nil {
		return err
	}
	return m.failed(err)
}

// remember notes what the store has. The snapshot is of use to periodic ones only, and takes much memory.
func (m *Manager) remember(s *Snapshot, captured time.Time, g Generation) {
	m.saved = saved{s, captured, g}
	if !m.how.periodic {
		m.saved.snapshot = nil
	}
}

func (m *Manager) failed(err error) error {
	m.count(func(stats *Stats) {
		stats.Failed++
		stats.LastError = err
	})
	return err
}

// unchanged tells whether the store has the same already: whether what it saved last, had it been restored now, would be
// what is there. So times to live that only ran down are no change.
func (m *Manager) unchanged(ctx context.Context, s *Snapshot, captured time.Time) bool {
	// Between the look at the clock and the capture some time goes by, not always the same.
	const tolerance = 100 * time.Millisecond
	if m.saved.snapshot == nil {
		return false
	}
	if m.how.freeze {
		if !same(m.saved.snapshot, s, 0) {
			return false
		}
	} else if !same(Aged(m.saved.snapshot, captured.Sub(m.saved.captured)), s, tolerance) {
		return false
	}
	// It is of no use if somebody has removed it.
	list, err := m.store.List(ctx)
	return err == nil && len(list) > 0 && list[0].Number == m.saved.generation.Number
}
