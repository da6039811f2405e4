package redistest

import (
	"slices"
	"time"

	"github.com/jonboulle/clockwork"
)

// funcTimer is what AfterFunc returns. The fake clock of clockwork calls functions without waiting for them, by which time
// it has gone on; so it only counts this one among those that wait.
type funcTimer struct {
	clock   *Clock
	f       func()
	waiting clockwork.Timer
	at      time.Time
}

// Chan returns nil, as a timer that calls a function has no channel.
func (t *funcTimer) Chan() <-chan time.Time { return nil }

// Stop keeps the function from being called. It is false where that has been done already, or was stopped.
func (t *funcTimer) Stop() bool {
	t.clock.mu.Lock()
	defer t.clock.mu.Unlock()
	t.waiting.Stop()
	return t.clock.remove(t)
}

// Reset makes the function be called once d has passed from now. It is false where it was called already, or stopped.
func (t *funcTimer) Reset(d time.Duration) bool {
	active := t.Stop()
	t.waiting.Reset(max(d, 0))
	t.set(d)
	return active
}

func (t *funcTimer) set(d time.Duration) {
	now := t.clock.Now()
	if d <= 0 {
		go t.f()
		return
	}
	t.clock.mu.Lock()
	defer t.clock.mu.Unlock()
	t.at = now.Add(d)
	t.clock.funcs = append(t.clock.funcs, t)
}

// call calls the function and waits for it. It has a goroutine of its own, as it may end that.
func (t *funcTimer) call() {
	done := make(chan struct{})
	go func() {
		defer close(done)
		t.f()
	}()
	<-done
}

// remove takes a timer out, if it is still to fire. The caller holds the lock.
func (c *Clock) remove(t *funcTimer) bool {
	i := slices.Index(c.funcs, t)
	if i < 0 {
		return false
	}
	c.funcs = slices.Delete(c.funcs, i, i+1)
	return true
}
