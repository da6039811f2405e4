package engine

import "time"

// Clock is what an engine takes its time from. The zero value stands still at the moment of the engine's start.
type Clock struct {
	// Start is where a clock begins that stands still; the zero value means now.
	Start time.Time
	// Live makes it follow time.Now, Start having no meaning then.
	Live bool
}

// timekeeper is the engine's clock. It belongs to whoever holds the engine's lock.
//
// miniredis tells the time that it is told and never takes anything off a time to live by itself. What it keeps as such
// is here the distance from a fixed moment, the base, to the deadline, so that moving the clock costs nothing for the
// keys that live on. Every command that sets or tells times to live is the engine's own, and converts.
type timekeeper struct {
	now    time.Time
	live   bool
	ahead  time.Duration // of time.Now, where the clock is live
	base   int64         // in Unix milliseconds
	shared bool          // the base follows the clock, as somebody has miniredis itself in hands
}

func (c Clock) keeper() timekeeper {
	now := c.Start
	if c.Live || now.IsZero() {
		now = time.Now().UTC().Truncate(time.Millisecond)
	}
	return timekeeper{now: now, live: c.Live, base: now.UnixMilli()}
}

// milliseconds is the clock as deadlines are counted.
func (t *timekeeper) milliseconds() int64 { return t.now.UnixMilli() }

// Live tells whether the clock follows time.Now.
func (e *Engine) Live() bool { return e.time.live }

// Now tells the time of the server.
func (e *Engine) Now() time.Time {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.tick()
	return e.time.now
}

// MoveTo moves the clock. On the way forward keys expire and blocked commands time out in the order of their deadlines,
// each while the clock shows that very moment. On the way back all that is left grows again; nothing returns.
func (e *Engine) MoveTo(at time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.time.live {
		e.time.ahead = time.Until(at)
	}
	for {
		next, ok := e.nextEvent()
		if !ok || at.Before(next) {
			break
		}
		if e.time.now.Before(next) {
			e.setTime(next)
		}
		e.expireDue()
		e.timeOutDue()
	}
	e.setTime(at)
	if e.time.live {
		e.restartTimers()
	}
}

// tick lets a live clock catch up. It is called before each command, with the engine's lock held.
func (e *Engine) tick() {
	if !e.time.live {
		return
	}
	e.setTime(time.Now().UTC().Add(e.time.ahead))
	e.expireDue()
}

// setTime sets the clock. It cannot be called inside of an exclusive section, as it waits for miniredis' lock.
func (e *Engine) setTime(at time.Time) {
	e.time.now = at
	e.mini.SetTime(at)
	if ms := at.UnixMilli(); ms < e.time.base || e.time.shared && ms != e.time.base {
		e.rebase()
	}
}

// rebase makes miniredis count from now, which takes a look at every key. Those that have no time left are gone then.
func (e *Engine) rebase() {
	now := e.time.milliseconds()
	e.mini.FastForward(time.Duration(now-e.time.base) * time.Millisecond)
	e.time.base = now
}

// share makes the times to live be what miniredis' own methods tell and expect.
func (e *Engine) share() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.time.shared {
		e.time.shared = true
		e.tick()
		e.rebase()
	}
}

// nextEvent is the earliest deadline of a key, a field or a blocked client.
func (e *Engine) nextEvent() (next time.Time, ok bool) {
	if first := e.deadlines.first(); first != nil {
		next, ok = time.UnixMilli(first.at).In(e.time.now.Location()), true
	}
	for _, w := range e.blocked {
		if !w.deadline.IsZero() && (!ok || w.deadline.Before(next)) {
			next, ok = w.deadline, true
		}
	}
	return next, ok
}
