package redistest

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// workloadPatience is how long a workload waits for its writes.
const workloadPatience = time.Minute

// Workload writes as an application does, from several goroutines, while the test does something to Redis: a failover, the
// loss of a node. It knows which writes were acknowledged, so that in the end it can tell how many of them were lost:
//
//	load := redistest.NewWorkload(t, 4, func(ctx context.Context, n int) error { return shop.PlaceOrder(ctx, n) })
//	load.Await(100)
//	err := cluster.Failover(0)
//	load.Await(100)
//	tally := load.Stop(func(ctx context.Context, n int) (bool, error) { return shop.HasOrder(ctx, n) })
//
// It is safe for concurrent use.
type Workload struct {
	ctx     context.Context // for the writes; it outlives the test's
	t       TB
	write   func(ctx context.Context, n int) error
	writers sync.WaitGroup
	stopped atomic.Bool
	next    atomic.Int64

	mu           sync.Mutex
	acknowledged []int
	failed       map[int]error
	progress     chan struct{} // closed at the next acknowledgment
}

// NewWorkload begins to write from so many goroutines, until [Workload.Stop] or the end of the test. Each write has a number of
// its own, from 0 on; it is acknowledged if it returns no error. Whether it tries again by itself is its own affair.
func NewWorkload(t TB, writers int, write func(ctx context.Context, n int) error) *Workload {
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	w := &Workload{ctx: ctx, t: t, write: write, failed: map[int]error{}, progress: make(chan struct{})}
	t.Cleanup(func() {
		w.stopped.Store(true)
		cancel()
		w.writers.Wait()
	})
	for range max(1, writers) {
		w.writers.Go(w.run)
	}
	return w
}

func (w *Workload) run() {
	for !w.stopped.Load() {
		n := int(w.next.Add(1) - 1)
		err := w.write(w.ctx, n)
		w.mu.Lock()
		if err == nil {
			w.acknowledged = append(w.acknowledged, n)
			close(w.progress)
			w.progress = make(chan struct{})
		} else {
			w.failed[n] = err
		}
		w.mu.Unlock()
	}
}

// Await returns when so many more writes have been acknowledged. Where that takes more than a minute the test fails, with the
// error of the last write that failed.
func (w *Workload) Await(more int) {
	w.t.Helper()
	limit := time.NewTimer(workloadPatience)
	defer limit.Stop()
	goal := -1
	for {
		w.mu.Lock()
		if goal < 0 {
			goal = len(w.acknowledged) + more
		}
		missing, progress := goal-len(w.acknowledged), w.progress
		w.mu.Unlock()
		if missing <= 0 {
			return
		}
		select {
		case <-progress:
		case <-limit.C:
			w.t.Fatalf("redistest: %d of %d writes have not been acknowledged within %v; the last one that failed: %v",
				missing, more, workloadPatience, w.lastFailure())
			return // only a TB that does not abort comes here
		}
	}
}

func (w *Workload) lastFailure() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	last := -1
	for n := range w.failed {
		last = max(last, n)
	}
	return w.failed[last]
}

// Tally is how the writes of a [Workload] have ended. Each of them is in one of the lists, which are sorted.
type Tally struct {
	// Kept were acknowledged, and are there.
	Kept []int
	// Lost were acknowledged, and are not there.
	Lost []int
	// Refused were not acknowledged, and are not there.
	Refused []int
	// Unconfirmed were not acknowledged, and are there nevertheless: it was the reply that was lost.
	Unconfirmed []int
	// Errors are why writes were not acknowledged.
	Errors map[int]error
}

// Acknowledged returns how many writes were.
func (y Tally) Acknowledged() int { return len(y.Kept) + len(y.Lost) }

// String gives the figures.
func (y Tally) String() string {
	return fmt.Sprintf("%d acknowledged, of which %d lost; %d failed, of which %d were applied all the same",
		y.Acknowledged(), len(y.Lost), len(y.Refused)+len(y.Unconfirmed), len(y.Unconfirmed))
}

// Stop ends the writing, when the writes that have begun are through, and looks for each of them: present tells whether it is
// there. Where present fails the test does, so it had better have a client of its own: that of the writers may still have to
// find out what has become of a node. After a Stop there is nothing to be stopped any more.
func (w *Workload) Stop(present func(ctx context.Context, n int) (bool, error)) Tally {
	w.t.Helper()
	w.stopped.Store(true)
	w.writers.Wait()
	w.mu.Lock()
	defer w.mu.Unlock()
	tally := Tally{Errors: w.failed}
	sort := func(n int, there, elsewhere *[]int) bool {
		found, err := present(w.ctx, n)
		switch {
		case err != nil:
			w.t.Fatalf("redistest: look for write %d: %v", n, err)
			return false // only a TB that does not abort comes here
		case found:
			*there = append(*there, n)
		default:
			*elsewhere = append(*elsewhere, n)
		}
		return true
	}
	for _, n := range slices.Sorted(slices.Values(w.acknowledged)) {
		if !sort(n, &tally.Kept, &tally.Lost) {
			return tally
		}
	}
	for n := range int(w.next.Load()) {
		if _, failed := w.failed[n]; failed && !sort(n, &tally.Unconfirmed, &tally.Refused) {
			return tally
		}
	}
	return tally
}
