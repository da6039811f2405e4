package snapshot

import "time"

// Stats are what a [Manager] has done so far.
type Stats struct {
	// Taken is how many snapshots were saved, on demand, periodically and at the end.
	Taken int
	// Failed is how many could not be captured or saved.
	Failed int
	// Unchanged is how many periodic ones were left out because they would have been like the last.
	Unchanged int
	// Restored is how many times a snapshot was restored.
	Restored int
	// Last is the last generation that was saved or restored, with its keys, its bytes and the moment of its capture; the
	// zero value if there was none.
	Last Generation
	// LastDuration is how long it took to capture and save the last one that was taken.
	LastDuration time.Duration
	// LastError is why the last attempt to take or restore a snapshot failed; nil if it succeeded.
	LastError error
	// Busy is whether a snapshot is being taken or restored right now.
	Busy bool
}

// Stats returns what was done so far. It never waits for a snapshot.
func (m *Manager) Stats() Stats {
	m.mu.Lock()
	defer m.mu.Unlock()
	stats := m.stats
	stats.Busy = len(m.turn) > 0
	return stats
}

func (m *Manager) count(change func(*Stats)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	change(&m.stats)
}
