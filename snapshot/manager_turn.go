package snapshot

import (
	"context"
	"errors"
	"fmt"
)

// Turn is a [Manager] that somebody has for himself. It is valid inside the function that it is given to; see
// [Manager.Alone].
type Turn struct{ manager *Manager }

// Alone runs fn when no snapshot is being taken or restored, and nothing else is until fn returns: for what takes several
// steps that belong together, such as a snapshot, a migration, and the way back if that fails. Whoever holds a lock that a
// capture needs must not wait for the manager, but can take it inside fn, or call TryAlone. fn uses the Turn and not the
// manager, which would wait for itself.
func (m *Manager) Alone(ctx context.Context, fn func(Turn) error) error {
	if err := m.wait(ctx); err != nil {
		return err
	}
	defer m.end()
	return fn(Turn{m})
}

// TryAlone is Alone that never waits: while a snapshot is being taken or restored it fails with [ErrBusy].
func (m *Manager) TryAlone(fn func(Turn) error) error {
	if m.stopped() {
		return ErrStopped
	}
	select {
	case m.turn <- struct{}{}:
	default:
		return ErrBusy
	}
	defer m.end()
	if m.stopped() { // it may have ended meanwhile
		return ErrStopped
	}
	return fn(Turn{m})
}

// Snapshot is [Manager.Snapshot] of a source, which is the keyspace by whichever way the caller has to it.
func (t Turn) Snapshot(ctx context.Context, source Source) (Generation, error) {
	return t.snapshot(ctx, taking{source: source})
}

func (t Turn) snapshot(ctx context.Context, how taking) (Generation, error) {
	if err := t.manager.allowed(); err != nil {
		return Generation{}, fmt.Errorf("snapshot: %w", err)
	}
	return t.manager.snapshot(ctx, how)
}

// Restore is [Manager.Restore] into a target, which is the keyspace by whichever way the caller has to it.
func (t Turn) Restore(ctx context.Context, target Target, opts ...RestoreOption) (Generation, error) {
	m := t.manager
	g, err := m.restore(ctx, target, opts)
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case err == nil:
		m.unrestored = nil
		m.stats.Restored++
		m.stats.Last, m.stats.LastError = g, nil
	case errors.Is(err, ErrNoSnapshot):
		m.unrestored = nil
	default:
		m.unrestored, m.stats.LastError = err, err
	}
	return g, err
}

// StartOver is [Manager.StartOver].
func (t Turn) StartOver(ctx context.Context) error {
	m := t.manager
	m.mu.Lock()
	unrestored := m.unrestored
	m.mu.Unlock()
	if unrestored == nil {
		return nil
	}
	if store, ok := m.store.(interface{ SetAside(context.Context) error }); ok {
		if err := store.SetAside(ctx); err != nil {
			return fmt.Errorf("start over: %w", err)
		}
	}
	m.saved = saved{}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.unrestored = nil
	return nil
}

// allowed tells why no snapshot may be taken.
func (m *Manager) allowed() error {
	m.mu.Lock()
	unrestored := m.unrestored
	m.mu.Unlock()
	if unrestored == nil {
		return nil
	}
	return m.failed(fmt.Errorf("%w: %w", ErrUnrestored, unrestored))
}
