package snapshot

import (
	"context"
	"fmt"
)

// Restore puts the latest snapshot of the store into the source, which must be a [Target], all of it or nothing. The
// options are those of the function [Restore]: without them the target must be empty. It is [ErrNoSnapshot] if nothing was
// ever saved.
//
// The time that has passed since the capture counts: times to live are shorter by it, and keys and hash fields that it has
// outlived are left out; see [FreezeTTL].
//
// After any other error the manager takes no snapshots, lest they replace what could not be restored, until a Restore
// succeeds or StartOver is called.
func (m *Manager) Restore(ctx context.Context, opts ...RestoreOption) (g Generation, err error) {
	if err := m.wait(ctx); err != nil {
		return Generation{}, fmt.Errorf("restore: %w", err)
	}
	defer m.end()
	target, _ := m.source.(Target)
	return Turn{m}.Restore(ctx, target, opts...)
}

// restore restores into a target, which is nil where the source is none. The caller has the turn.
func (m *Manager) restore(ctx context.Context, target Target, opts []RestoreOption) (Generation, error) {
	if target == nil {
		return Generation{}, fmt.Errorf("restore: a %T can be captured only", m.source)
	}
	s, g, err := m.store.Latest(ctx)
	if err != nil {
		return Generation{}, fmt.Errorf("restore: %w", err)
	}
	if err := m.putBack(ctx, target, s, g.Captured, opts); err != nil {
		return Generation{}, fmt.Errorf("restore generation %s: %w", g.Name, err)
	}
	m.remember(s, g.Captured, g)
	return g, nil
}

// StartOver lets snapshots be taken of what is there now, after Restore has failed. What could not be restored does not
// give way to them: a store that has a method SetAside(context.Context) error, as [FileStore] has, is asked to set its
// generations aside. If Restore has not failed nothing happens.
func (m *Manager) StartOver(ctx context.Context) error {
	if err := m.wait(ctx); err != nil {
		return fmt.Errorf("start over: %w", err)
	}
	defer m.end()
	return Turn{m}.StartOver(ctx)
}
