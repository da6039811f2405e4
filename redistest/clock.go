package redistest

import (
	"errors"
	"fmt"
	"time"
)

// Now returns the time of the server, which TIME tells, stream ids are made of, and times to live are counted by. It
// stands still until it is moved, unless the clock is live: see [WithTime] and [WithLiveClock].
func (s *Server) Now() time.Time { return s.on.Now() }

// Advance moves the clock by d, in one step for all that goes by it: keys and hash fields expire, TTL, PTTL and EXPIRETIME
// go on, clients inside BLPOP and its kin get their nil once their timeout has passed, entries of streams have been
// pending for longer, and the timers of [Server.Clock] fire. All that happens in the order of time, and whoever is called
// sees the clock at the very moment that was his.
//
//	srv.Client().Set(ctx, "session", "ada", 30*time.Minute)
//	srv.Advance(30 * time.Minute) // it is gone
//
// A key lives until its deadline and not in that millisecond. A negative d goes back, as [Server.TravelTo] does.
//
// Where the clock is live, Advance puts it ahead of time.Now; in a [testing/synctest] bubble it is the same as time.Sleep.
// Advance must not be called by what it calls itself, a function given to AfterFunc. Calls from several goroutines are
// carried out one after the other.
func (s *Server) Advance(d time.Duration) {
	if err := s.clock.advance(d); err != nil {
		s.fail("redistest: advance by %v: %v", d, err)
	}
}

// TravelTo moves the clock to a moment, as [Server.Advance] does. It may lie in the past: then what has a time to live has
// more of it again, and what has expired stays gone. The ids that XADD makes of the time grow all the same, as in Redis:
// after an entry of the future the next id is that entry's with the sequence number raised.
func (s *Server) TravelTo(at time.Time) {
	if err := s.clock.travelTo(at); err != nil {
		s.fail("redistest: travel to %v: %v", at, err)
	}
}

// checkTime refuses moments that the server cannot count to.
func checkTime(at time.Time) error {
	if year := at.UTC().Year(); year < 1970 || year > 2200 {
		return fmt.Errorf("%v is not between the years 1970 and 2200", at)
	}
	return nil
}

// inBubble tells whether the caller is inside a testing/synctest bubble. There, and nowhere else, time.Now has no
// monotonic reading: it is the one thing that Round(0) takes away.
func inBubble() bool {
	now := time.Now()
	return now == now.Round(0) //nolint:staticcheck // Equal does not compare it, which is the point
}

var errBackInBubble = errors.New("the time of a synctest bubble does not go back")
