package redistest_test

import (
	"errors"
	"time"

	"github.com/compozy/rediskit/redistest"
)

// A session of half an hour is tested in no time.
func ExampleServer_Advance() {
	runTest("TestSession", func(t redistest.TB) {
		srv := redistest.New(t)
		srv.Client().Set(t.Context(), "session:ada", "token", 30*time.Minute)
		srv.Advance(10 * time.Minute)
		t.Logf("%v", srv.Client().TTL(t.Context(), "session:ada").Val())
		srv.Advance(20 * time.Minute)
		t.Logf("%v", srv.Client().Exists(t.Context(), "session:ada").Val())
	})
	// Output:
	// 20m0s
	// 0
}

// At New Year's Eve, and back.
func ExampleServer_TravelTo() {
	runTest("TestOffer", func(t redistest.TB) {
		eve := time.Date(2026, time.December, 31, 23, 59, 59, 0, time.UTC)
		srv := redistest.New(t, redistest.WithTime(eve))
		srv.Client().Set(t.Context(), "offer", "champagne", 0)
		srv.Client().ExpireAt(t.Context(), "offer", eve.Add(time.Second))
		srv.TravelTo(eve.Add(999 * time.Millisecond))
		t.Logf("%v", srv.Client().PTTL(t.Context(), "offer").Val())
		srv.TravelTo(eve)
		t.Logf("%v %s", srv.Client().PTTL(t.Context(), "offer").Val(), srv.Now().Format(time.TimeOnly))
	})
	// Output:
	// 1ms
	// 1s 23:59:59
}

// Code that is written for a real clock, and cannot be given another one, agrees with a server whose clock is live.
func ExampleWithLiveClock() {
	runTest("TestRealTime", func(t redistest.TB) {
		srv := redistest.New(t, redistest.WithLiveClock())
		srv.Client().Set(t.Context(), "session", "ada", time.Hour)
		t.Logf("ahead by %v", time.Until(srv.Now()).Round(time.Minute))
		srv.Advance(time.Hour)
		t.Logf("ahead by %v", time.Until(srv.Now()).Round(time.Minute))
		t.Logf("sessions: %d", srv.Client().DBSize(t.Context()).Val())
		err := srv.Clock().BlockUntilContext(t.Context(), 1)
		t.Logf("%v: %t", err, errors.Is(err, redistest.ErrUnsupported))
	})
	// Output:
	// ahead by 0s
	// ahead by 1h0m0s
	// sessions: 0
	// to wait for the timers of a live clock: unsupported: true
}

// Timers of the application fire when Advance passes their moment, and see the keyspace as it was then.
func ExampleServer_Clock() {
	runTest("TestLock", func(t redistest.TB) {
		srv := redistest.New(t)
		srv.Client().Set(t.Context(), "lock", "mine", 10*time.Second)
		refresh := func() { t.Logf("refreshed: %t", srv.Client().Expire(t.Context(), "lock", 10*time.Second).Val()) }
		srv.Clock().AfterFunc(9*time.Second, refresh)
		srv.Clock().AfterFunc(20*time.Second, refresh)
		srv.Advance(time.Minute)
	})
	// Output:
	// refreshed: true
	// refreshed: false
}

// An application that asks this clock lives in the time of its Redis.
func ExampleClock() {
	runTest("TestSession", func(t redistest.TB) {
		srv := redistest.New(t)
		clock := srv.Clock() // for the application
		login := clock.Now()
		logout := login.Add(30 * time.Minute)
		srv.Client().Set(t.Context(), "session:ada", "token", clock.Until(logout))
		srv.Advance(10 * time.Minute)
		t.Logf("%v old, %v to go", clock.Since(login), clock.Until(logout))
		t.Logf("%v to go for Redis", srv.Client().TTL(t.Context(), "session:ada").Val())
	})
	// Output:
	// 10m0s old, 20m0s to go
	// 20m0s to go for Redis
}

// A job that runs every minute. BlockUntilContext tells when it has begun to wait: to move the clock before would be too early.
func ExampleClock_NewTicker() {
	runTest("TestFlusher", func(t redistest.TB) {
		srv := redistest.New(t)
		flushed := make(chan int64)
		go func() { // the application
			ticker := srv.Clock().NewTicker(time.Minute)
			defer ticker.Stop()
			for range 2 {
				<-ticker.Chan()
				flushed <- srv.Client().Incr(t.Context(), "flushes").Val()
			}
		}()
		if err := srv.Clock().BlockUntilContext(t.Context(), 1); err != nil {
			t.Fatalf("%v", err)
		}
		for range 2 {
			srv.Advance(time.Minute)
			t.Logf("flush %d", <-flushed)
		}
	})
	// Output:
	// flush 1
	// flush 2
}

// A worker that waits a second for work, then two, then four.
func ExampleClock_Sleep() {
	runTest("TestWorker", func(t redistest.TB) {
		srv := redistest.New(t)
		clock := srv.Clock()
		began, done := clock.Now(), make(chan time.Duration)
		go func() { // the application
			for wait := time.Second; srv.Client().LPop(t.Context(), "jobs").Err() != nil; wait *= 2 {
				clock.Sleep(wait)
			}
			done <- clock.Since(began)
		}()
		for step := time.Second; step <= 4*time.Second; step *= 2 {
			if err := clock.BlockUntilContext(t.Context(), 1); err != nil { // it sleeps
				t.Fatalf("%v", err)
			}
			if step == 4*time.Second {
				srv.Client().RPush(t.Context(), "jobs", "mail")
			}
			srv.Advance(step)
		}
		t.Logf("it has got its job after %v", <-done)
	})
	// Output: it has got its job after 7s
}

// A request that nobody answers ends after five seconds, which take none.
func ExampleClock_After() {
	runTest("TestNoAnswer", func(t redistest.TB) {
		srv := redistest.New(t)
		request := func(answer <-chan string) string { // the application
			select {
			case text := <-answer:
				return text
			case <-srv.Clock().After(5 * time.Second):
				return "nobody has answered"
			}
		}
		outcome := make(chan string)
		go func() { outcome <- request(nil) }()
		if err := srv.Clock().BlockUntilContext(t.Context(), 1); err != nil {
			t.Fatalf("%v", err)
		}
		srv.Advance(5 * time.Second)
		t.Logf("%s", <-outcome)
	})
	// Output: nobody has answered
}

// A connection that is closed when nobody has used it for a minute.
func ExampleClock_NewTimer() {
	runTest("TestIdle", func(t redistest.TB) {
		srv := redistest.New(t)
		idle := srv.Clock().NewTimer(time.Minute)
		defer idle.Stop()
		srv.Advance(45 * time.Second)
		idle.Reset(time.Minute) // somebody has used it
		srv.Advance(45 * time.Second)
		select {
		case <-idle.Chan():
			t.Errorf("it is closed too early")
		default:
			t.Logf("it is open")
		}
		srv.Advance(15 * time.Second)
		<-idle.Chan()
		t.Logf("it is closed")
	})
	// Output:
	// it is open
	// it is closed
}
