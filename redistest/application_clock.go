package redistest

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jonboulle/clockwork"
)

// Clock gives an application the server's time. It is a clockwork.Clock. Where the server's clock stands still, the timers
// and tickers fire when [Server.Advance] or [Server.TravelTo] passes their moment; where that is live they are those of
// the package time. It is safe for concurrent use.
type Clock struct {
	server timeline
	timers clockwork.Clock
	fake   *clockwork.FakeClock // timers, unless the clock is live
	taken  atomic.Bool          // somebody has it

	moving sync.Mutex // held while the clock is moved

	mu    sync.Mutex
	funcs []*funcTimer // that are to be called, in the order in which they were set
}

var _ clockwork.Clock = (*Clock)(nil)

// Clock returns the clock for the application under test, the same one at every call:
//
//	flusher := NewFlusher(srv.Client(), srv.Clock())
//	srv.Clock().BlockUntilContext(ctx, 1) // it waits for its ticker
//	srv.Advance(time.Minute)
func (s *Server) Clock() *Clock {
	s.clock.taken.Store(true)
	return s.clock
}

func newClock(server timeline) *Clock {
	c := &Clock{server: server}
	if server.Live() {
		c.timers = clockwork.NewRealClock()
		return c
	}
	c.fake = clockwork.NewFakeClockAt(server.Now())
	c.timers = c.fake
	return c
}

// Now returns the server's time.
func (c *Clock) Now() time.Time { return c.server.Now() }

// Since returns how long ago t was.
func (c *Clock) Since(t time.Time) time.Duration { return c.Now().Sub(t) }

// Until returns how long it is until t.
func (c *Clock) Until(t time.Time) time.Duration { return t.Sub(c.Now()) }

// After returns a channel that receives the time once d has passed.
func (c *Clock) After(d time.Duration) <-chan time.Time { return c.timers.After(d) }

// Sleep returns once d has passed.
func (c *Clock) Sleep(d time.Duration) { c.timers.Sleep(d) }

// NewTimer returns a timer that fires once d has passed.
func (c *Clock) NewTimer(d time.Duration) clockwork.Timer { return c.timers.NewTimer(d) }

// NewTicker returns a ticker of the period d. As with [time.NewTicker] ticks are dropped that nobody takes in time, of
// which there are many where one Advance passes several. It panics if d is not positive.
func (c *Clock) NewTicker(d time.Duration) clockwork.Ticker { return c.timers.NewTicker(d) }

// AfterFunc calls f in a goroutine of its own once d has passed. [Server.Advance] waits for f to return before the clock
// goes on.
func (c *Clock) AfterFunc(d time.Duration, f func()) clockwork.Timer {
	if c.fake == nil {
		return c.timers.AfterFunc(d, f)
	}
	t := &funcTimer{clock: c, f: f}
	t.waiting = c.fake.NewTimer(max(d, 0))
	t.set(d)
	return t
}

// BlockUntilContext waits until n timers, tickers and sleepers wait for the clock, which is when it makes sense to move
// it. It fails when ctx ends first, or at once with [ErrUnsupported] where the clock is live.
func (c *Clock) BlockUntilContext(ctx context.Context, n int) error {
	if c.fake == nil {
		return &UnsupportedError{Feature: "to wait for the timers of a live clock"}
	}
	return c.fake.BlockUntilContext(ctx, n)
}

func (c *Clock) advance(d time.Duration) error {
	if c.fake == nil && inBubble() {
		if d < 0 {
			return errBackInBubble
		}
		time.Sleep(d) //nolint:forbidigo // in a bubble, whose clock that moves
		return nil
	}
	c.moving.Lock()
	defer c.moving.Unlock()
	return c.moveTo(c.server.Now().Add(d))
}

func (c *Clock) travelTo(at time.Time) error {
	if c.fake == nil && inBubble() {
		return c.advance(time.Until(at))
	}
	c.moving.Lock()
	defer c.moving.Unlock()
	return c.moveTo(at)
}

// moveTo stops at every function that is to be called on the way.
func (c *Clock) moveTo(at time.Time) error {
	if err := checkTime(at); err != nil {
		return err
	}
	if c.fake == nil {
		if c.taken.Load() {
			return &UnsupportedError{Feature: "to move a live clock whose timers an application may use"}
		}
		return c.server.MoveTo(at)
	}
	for next := c.nextFunc(at); next != nil; next = c.nextFunc(at) {
		if next.at.After(c.server.Now()) {
			if err := c.step(next.at); err != nil {
				return err
			}
		}
		next.call()
	}
	return c.step(at)
}

func (c *Clock) step(at time.Time) error {
	if err := c.server.MoveTo(at); err != nil {
		return err
	}
	c.fake.Advance(at.Sub(c.fake.Now()))
	return nil
}

// rewind follows the server back. No timer fires.
func (c *Clock) rewind(at time.Time, rewind func() error) error {
	c.moving.Lock()
	defer c.moving.Unlock()
	err := rewind()
	if err == nil && c.fake != nil && at.Before(c.fake.Now()) {
		c.fake.Advance(at.Sub(c.fake.Now()))
	}
	return err
}

// nextFunc takes the function that is to be called next, if that is not after at.
func (c *Clock) nextFunc(at time.Time) *funcTimer {
	c.mu.Lock()
	defer c.mu.Unlock()
	next := -1
	for i, t := range c.funcs {
		if !t.at.After(at) && (next < 0 || t.at.Before(c.funcs[next].at)) {
			next = i
		}
	}
	if next < 0 {
		return nil
	}
	t := c.funcs[next]
	c.remove(t)
	return t
}
