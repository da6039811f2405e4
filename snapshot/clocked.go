package snapshot

import (
	"context"
	"time"
)

// Clocked is a [Target] that has a clock of its own and that one can have for oneself. A [Manager] of one reckons times to
// live by that clock, as it stands at the very moment of a capture or a restore, and not by [Now].
type Clocked interface {
	Target
	// Alone runs fn while nobody else's command runs and the clock stands still. held is the same target to fn, until that
	// returns.
	Alone(ctx context.Context, fn func(held Target, now time.Time) error) error
}

// capture captures a source, and tells when that was.
func (m *Manager) capture(ctx context.Context, source Source) (s *Snapshot, captured time.Time, err error) {
	clocked, ok := source.(Clocked)
	if !ok {
		captured = m.how.now()
		s, err = Capture(ctx, source)
		return s, captured, err
	}
	err = clocked.Alone(ctx, func(held Target, now time.Time) (err error) {
		captured = now
		s, err = Capture(ctx, held)
		return err
	})
	return s, captured, err
}

// putBack restores what was captured at some moment, as it would be by now.
func (m *Manager) putBack(ctx context.Context, target Target, s *Snapshot, captured time.Time, opts []RestoreOption) error {
	restore := func(target Target, now time.Time) error {
		if !m.how.freeze {
			s = Aged(s, now.Sub(captured))
		}
		return Restore(ctx, target, s, opts...)
	}
	if clocked, ok := target.(Clocked); ok {
		return clocked.Alone(ctx, restore)
	}
	return restore(target, m.how.now())
}
