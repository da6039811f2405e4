package snapshot_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/internal/logger"
	"github.com/compozy/rediskit/snapshot"
)

// passes lets time go by in a bubble, and everything that it brings about.
func passes(d time.Duration) {
	time.Sleep(d) //nolint:forbidigo // in a bubble time is not real
	synctest.Wait()
}

func TestPeriodicSnapshots(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		source, store := holding(t, "SET a 1\n"), &memory{}
		m := manage(t, source, store, snapshot.Every(time.Minute))
		require.NoError(t, m.StartPeriodicSnapshots(t.Context()))
		passes(59 * time.Second)
		require.Zero(t, store.count(), "none before the first interval is over")
		passes(time.Second)
		require.Equal(t, 1, store.count())
		passes(5 * time.Minute)
		require.Equal(t, 1, store.count(), "nothing has changed")
		require.Equal(t, 5, m.Stats().Unchanged)
		source.set(decode(t, "SET a 2\n"))
		passes(2 * time.Minute)
		require.Equal(t, 2, store.count())
		require.Equal(t, 6, m.Stats().Unchanged)
		require.NoError(t, m.Stop(t.Context()))
		source.set(decode(t, "SET a 3\n"))
		passes(time.Hour)
		require.Equal(t, 2, store.count())
		require.ErrorIs(t, m.StartPeriodicSnapshots(t.Context()), snapshot.ErrStopped)
	})
}

// Times to live that run down are no change; everything else about them is.
func TestWhatIsAChange(t *testing.T) {
	t.Parallel()
	const before = "SET k x\nPEXPIRE k 600000\nHSET h f 1 g 2\nHPEXPIRE h 600000 FIELDS 1 f\nSET short x\nPEXPIRE short 1000\nXADD s 1-1 f v\n"
	const runDown = "SET k x\nPEXPIRE k 540000\nHSET h f 1 g 2\nHPEXPIRE h 540000 FIELDS 1 f\nXADD s 1-1 f v\n"
	for name, test := range map[string]struct {
		after   string
		opts    []snapshot.ManagerOption
		changed bool
	}{
		"a minute has passed":     {runDown, nil, false},
		"not quite":               {strings.ReplaceAll(runDown, "540000", "540099"), nil, false},
		"the time to live is new": {strings.Replace(runDown, "540000", "600000", 1), nil, true},
		"that of a field":         {strings.Replace(runDown, "HPEXPIRE h 540000", "HPEXPIRE h 600000", 1), nil, true},
		"none any more":           {strings.Replace(runDown, "PEXPIRE k 540000\n", "", 1), nil, true},
		"a value":                 {strings.Replace(runDown, "SET k x", "SET k y", 1), nil, true},
		"a field":                 {strings.Replace(runDown, "g 2", "g 3", 1), nil, true},
		"a stream":                {runDown + "XGROUP CREATE s g 0\n", nil, true},
		"a type":                  {strings.Replace(runDown, "SET k x", "SADD k x", 1), nil, true},
		"a key":                   {runDown + "SADD new x\n", nil, true},
		"a database":              {runDown + "SELECT 1\nRPUSH new x\n", nil, true},
		"frozen, a minute":        {runDown, []snapshot.ManagerOption{snapshot.FreezeTTL()}, true},
		"frozen, none has passed": {before, []snapshot.ManagerOption{snapshot.FreezeTTL()}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				source, store := holding(t, before), &memory{}
				m := manage(t, source, store, append(test.opts, snapshot.Every(time.Minute))...)
				_, err := m.Snapshot(t.Context())
				require.NoError(t, err)
				require.NoError(t, m.StartPeriodicSnapshots(t.Context()))
				source.set(decode(t, test.after))
				passes(time.Minute)
				require.Equal(t, test.changed, store.count() == 2)
				require.NoError(t, m.Stop(t.Context()))
			})
		})
	}
}

// What was restored need not be saved again, unless it is no longer there.
func TestWhatWasRestoredIsNoChange(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		source, store := holding(t, "SET a 1\n"), &memory{}
		_, err := manage(t, source, store).Snapshot(t.Context())
		require.NoError(t, err)
		m := manage(t, source, store, snapshot.Every(time.Minute))
		_, err = m.Restore(t.Context())
		require.NoError(t, err)
		require.NoError(t, m.StartPeriodicSnapshots(t.Context()))
		passes(time.Minute)
		require.Equal(t, 1, store.count())
		store.forget()
		passes(time.Minute)
		require.Equal(t, 1, store.count())
		require.Equal(t, 1, m.Stats().Taken)
		require.NoError(t, m.Stop(t.Context()))
	})
}

func TestADiskThatFailsForAWhile(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var text bytes.Buffer
		ctx := logger.NewContext(t.Context(), slog.New(slog.NewTextHandler(&text, nil)))
		store := &memory{}
		m := manage(t, holding(t, "SET a 1\n"), store, snapshot.Every(time.Minute))
		require.NoError(t, m.StartPeriodicSnapshots(ctx))
		store.failing(errDisk)
		passes(3 * time.Minute)
		require.Equal(t, 3, m.Stats().Failed)
		require.ErrorIs(t, m.Stats().LastError, errDisk)
		require.Equal(t, 3, strings.Count(text.String(), `level=WARN msg="snapshot failed" error="snapshot: the disk is full"`))
		store.failing(nil)
		passes(time.Minute)
		require.Equal(t, 1, store.count())
		require.NoError(t, m.Stats().LastError)
		require.NoError(t, m.Stop(ctx))
	})
}

// Captures that take longer than the interval come one after the other.
func TestPeriodicSnapshotsDoNotOverlap(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var running, most atomic.Int32
		source := holding(t, "SET a 1\n")
		source.before = func(context.Context) error {
			most.Store(max(most.Load(), running.Add(1)))
			time.Sleep(2500 * time.Millisecond) //nolint:forbidigo // in a bubble time is not real
			running.Add(-1)
			return nil
		}
		m := manage(t, source, &memory{}, snapshot.Every(time.Second))
		require.NoError(t, m.StartPeriodicSnapshots(t.Context()))
		time.Sleep(time.Minute) //nolint:forbidigo // in a bubble time is not real
		require.NoError(t, m.Stop(t.Context()))
		require.Equal(t, int32(1), most.Load())
		stats := m.Stats()
		require.InDelta(t, 24, stats.Taken+stats.Unchanged, 2)
	})
}

func TestPeriodicSnapshotsEndWithTheirContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		source, store := holding(t, "SET a 1\n"), &memory{}
		source.before = func(ctx context.Context) error {
			<-ctx.Done() // in the midst of a capture
			return ctx.Err()
		}
		m := manage(t, source, store, snapshot.Every(time.Minute))
		require.NoError(t, m.StartPeriodicSnapshots(ctx))
		require.EqualError(t, m.StartPeriodicSnapshots(ctx), "start periodic snapshots: they were started already")
		passes(time.Minute)
		cancel()
		synctest.Wait()
		require.Zero(t, m.Stats(), "which is no failure")
		require.ErrorIs(t, m.StartPeriodicSnapshots(ctx), context.Canceled)

		source.before = nil
		require.NoError(t, m.StartPeriodicSnapshots(t.Context()), "they can be started again")
		passes(time.Minute)
		require.Equal(t, 1, store.count())
		require.NoError(t, m.Stop(t.Context()))
	})
}

func TestWithoutAnIntervalThereAreNoPeriodicSnapshots(t *testing.T) {
	t.Parallel()
	m := manage(t, holding(t, ""), &memory{})
	require.EqualError(t, m.StartPeriodicSnapshots(t.Context()), "start periodic snapshots: no interval was given; see Every")
	require.NoError(t, m.Stop(t.Context()))
}

func TestStopTakesAFinalSnapshotThoughItsContextHasEnded(t *testing.T) {
	t.Parallel()
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for name, test := range map[string]struct {
		opts []snapshot.ManagerOption
		want int
	}{"asked for": {[]snapshot.ManagerOption{snapshot.FinalSnapshot(time.Minute)}, 1}, "not asked for": {nil, 0}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store := &memory{}
			m := manage(t, holding(t, "SET a 1\n"), store, test.opts...)
			var group sync.WaitGroup
			for range 20 {
				group.Go(func() { assert.NoError(t, m.Stop(t.Context())) })
			}
			group.Wait()
			require.Equal(t, test.want, store.count())
			_, err := m.Snapshot(t.Context())
			require.ErrorIs(t, err, snapshot.ErrStopped)
			_, err = m.Restore(t.Context())
			require.ErrorIs(t, err, snapshot.ErrStopped)
			require.ErrorIs(t, m.TryAlone(nil), snapshot.ErrStopped)
			require.ErrorIs(t, m.StartOver(t.Context()), snapshot.ErrStopped)

			again := manage(t, holding(t, "SET a 1\n"), store, test.opts...)
			require.NoError(t, again.Stop(ended))
			require.Equal(t, 2*test.want, store.count())
		})
	}
}

func TestStopReturnsTheErrorOfTheFinalSnapshot(t *testing.T) {
	t.Parallel()
	store := &memory{fail: errDisk}
	m := manage(t, holding(t, "SET a 1\n"), store, snapshot.FinalSnapshot(time.Minute))
	err := m.Stop(t.Context())
	require.EqualError(t, err, "stop snapshots: snapshot: the disk is full")
	require.Equal(t, err, m.Stop(t.Context()), "the same for everybody")
}

// Stop waits for what somebody has asked for, but not for ever.
func TestStopWaits(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		takes, deadline time.Duration
		want            string
	}{
		"long enough":     {9 * time.Second, 0, ""},
		"not longer":      {11 * time.Second, 0, "stop snapshots: wait for the one that is being taken: context deadline exceeded"},
		"for its context": {6 * time.Second, 5 * time.Second, "stop snapshots: wait for the one that is being taken: context deadline exceeded"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				source, store := holding(t, "SET a 1\n"), &memory{}
				source.before = func(context.Context) error {
					time.Sleep(test.takes) //nolint:forbidigo // in a bubble time is not real
					return nil
				}
				m := manage(t, source, store, snapshot.FinalSnapshot(10*time.Second))
				go func() {
					_, err := m.Snapshot(t.Context())
					assert.NoError(t, err)
				}()
				synctest.Wait()
				source.before = nil
				ctx := t.Context()
				if test.deadline > 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, test.deadline)
					defer cancel()
				}
				began := time.Now()
				err := m.Stop(ctx)
				if test.want == "" {
					require.NoError(t, err)
					require.Equal(t, test.takes, time.Since(began))
					require.Equal(t, 2, store.count())
					return
				}
				require.EqualError(t, err, test.want)
				passes(time.Minute) // it goes on until it is done
			})
		})
	}
}

// No periodic snapshot has a part of a step only.
func TestPeriodicSnapshotsUnderWritersAreWhole(t *testing.T) {
	t.Parallel()
	for name, start := range sharedServers() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := start(t)
			client := srv.connect(t)
			opened(t, client)
			done := make(chan struct{})
			var working sync.WaitGroup
			for writer := range writers {
				client := srv.connect(t)
				working.Go(func() {
					for step := 0; ; step++ {
						select {
						case <-done:
							return
						default:
						}
						if !assert.NoError(t, write(t.Context(), client, writer, step)) {
							return
						}
					}
				})
			}
			defer working.Wait()
			defer close(done)

			enough := make(chan struct{})
			var checked []*snapshot.Snapshot
			store := &memory{check: func(s *snapshot.Snapshot) {
				if checked = append(checked, s); len(checked) == *captures {
					close(enough)
				}
			}}
			m := manage(t, srv.target, store, snapshot.Every(time.Millisecond))
			require.NoError(t, m.StartPeriodicSnapshots(t.Context()))
			<-enough
			require.NoError(t, m.Stop(t.Context()))
			for _, s := range checked {
				requireWhole(t, s)
			}
			require.Zero(t, m.Stats().Failed)
			t.Logf("%d periodic snapshots under %d writers, 0 torn", len(checked), writers)
		})
	}
}
