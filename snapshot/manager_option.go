package snapshot

import (
	"errors"
	"fmt"
	"time"
)

// ManagerOption changes what a [Manager] does.
type ManagerOption func(*managing)

// managing is what the options say.
type managing struct {
	now      func() time.Time
	interval time.Duration
	periodic bool
	freeze   bool
	final    bool
	patience time.Duration // of Stop
}

// Every sets the time between periodic snapshots. Without it there can be none.
func Every(interval time.Duration) ManagerOption {
	return func(m *managing) { m.interval, m.periodic = interval, true }
}

// Now sets the clock that tells when a snapshot was captured and when it is restored, time.Now without this option. Where
// the source has a clock of its own, it must be that one, or the source a [Clocked]: times to live are reckoned by it.
// Snapshots become due by the clock of the process, whatever this one says. It is called from several goroutines.
func Now(clock func() time.Time) ManagerOption { return func(m *managing) { m.now = clock } }

// FreezeTTL gives keys and hash fields, when they are restored, the time to live that they had when they were captured.
// Without it the time in between counts: their time to live is shorter by it, and what it has outlived is not restored.
func FreezeTTL() ManagerOption { return func(m *managing) { m.freeze = true } }

// FinalSnapshot makes [Manager.Stop] take a last snapshot, for which it has so much time.
func FinalSnapshot(within time.Duration) ManagerOption {
	return func(m *managing) { m.final, m.patience = true, within }
}

func managed(opts []ManagerOption) (managing, error) {
	const patience = 30 * time.Second
	m := managing{now: time.Now, patience: patience}
	for _, opt := range opts {
		opt(&m)
	}
	switch {
	case m.now == nil:
		return m, errors.New("the clock is nil")
	case m.periodic && m.interval <= 0:
		return m, fmt.Errorf("the interval is %s, and must be more than 0", m.interval)
	case m.patience <= 0:
		return m, fmt.Errorf("the time for the final snapshot is %s, and must be more than 0", m.patience)
	}
	return m, nil
}
