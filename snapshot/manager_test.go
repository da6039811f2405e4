package snapshot_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/internal/keyspacetest"
	"github.com/compozy/rediskit/redistest"
	"github.com/compozy/rediskit/snapshot"
)

var (
	errDisk = errors.New("the disk is full")
	noon    = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)
)

// Everything that a server can hold goes into a file and comes out again.
func TestASnapshotOutlivesItsServer(t *testing.T) {
	t.Parallel()
	for name, opts := range map[string][]snapshot.FileStoreOption{"plain": nil, "compressed": {snapshot.Compressed()}} {
		for _, backend := range servers() {
			t.Run(name+" "+backend.name, func(t *testing.T) {
				t.Parallel()
				store := openStore(t, t.TempDir(), opts...)
				made := keyspacetest.Generate(rand.New(rand.NewPCG(3, 4)), 600, backend.limits)
				source, target := backend.start(t), backend.start(t)
				require.NoError(t, snapshot.Restore(t.Context(), source, made))
				before, err := snapshot.Capture(t.Context(), source)
				require.NoError(t, err)

				g, err := manage(t, source, store).Snapshot(t.Context())
				require.NoError(t, err)
				require.Equal(t, before.Len(), g.Keys)
				restored, err := manage(t, target, store).Restore(t.Context())
				require.NoError(t, err)
				require.Equal(t, g.Number, restored.Number)
				after, err := snapshot.Capture(t.Context(), target)
				require.NoError(t, err)
				requireSame(t, before, after)
			})
		}
	}
}

// What is captured comes back to the byte, whatever it is.
func TestAStoreKeepsASnapshotExactly(t *testing.T) {
	t.Parallel()
	made := keyspacetest.Generate(rand.New(rand.NewPCG(5, 6)), 500, keyspacetest.Options{Databases: 20, FieldTTLs: true, Counters: true})
	for name, opts := range map[string][]snapshot.FileStoreOption{"plain": nil, "compressed": {snapshot.Compressed()}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store := openStore(t, t.TempDir(), opts...)
			_, err := store.Save(t.Context(), made, noon)
			require.NoError(t, err)
			s, g, err := store.Latest(t.Context())
			require.NoError(t, err)
			require.Equal(t, encode(t, made), encode(t, s))
			require.Equal(t, noon, g.Captured)
		})
	}
}

const withTTLs = `SELECT 0
SET for-ever x
HSET hash a 1
HSET hash b 2
HPEXPIRE hash 60000 FIELDS 1 a
HSET hash-of-mortals a 1
HPEXPIRE hash-of-mortals 60000 FIELDS 1 a
SET hour x
PEXPIRE hour 3600000
SET minute x
PEXPIRE minute 60000
SELECT 2
RPUSH minute x
PEXPIRE minute 60000
`

func TestTimeThatPassesMeanwhileCounts(t *testing.T) {
	t.Parallel()
	const afterAMinute = `SELECT 0
SET for-ever x
HSET hash b 2
SET hour x
PEXPIRE hour 3540000
`
	for name, test := range map[string]struct {
		passes time.Duration
		opts   []snapshot.ManagerOption
		want   string
	}{
		"none":              {0, nil, withTTLs},
		"a minute":          {time.Minute, nil, afterAMinute},
		"frozen":            {time.Minute, []snapshot.ManagerOption{snapshot.FreezeTTL()}, withTTLs},
		"the clock is back": {-time.Hour, nil, withTTLs},
		"a year":            {365 * 24 * time.Hour, nil, "SELECT 0\nSET for-ever x\nHSET hash b 2\n"},
		"half a millisecond": {
			59*time.Minute + 59*time.Second + 999*time.Millisecond + 500*time.Microsecond, nil,
			"SELECT 0\nSET for-ever x\nHSET hash b 2\nSET hour x\nPEXPIRE hour 1\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clock := clockAt(noon)
			source := holding(t, withTTLs)
			m := manage(t, source, openStore(t, t.TempDir()), append(test.opts, snapshot.Now(clock.now))...)
			g, err := m.Snapshot(t.Context())
			require.NoError(t, err)
			require.Equal(t, noon, g.Captured)
			clock.advance(test.passes)
			source.set(&snapshot.Snapshot{})
			restored, err := m.Restore(t.Context())
			require.NoError(t, err)
			require.Equal(t, g, restored)
			source.requireHolds(t, test.want)
		})
	}
}

func TestRestoreWithOptions(t *testing.T) {
	t.Parallel()
	srv := redistest.New(t)
	m := manage(t, srv, &memory{})
	require.NoError(t, srv.Client().Set(t.Context(), "k", "old", 0).Err())
	_, err := m.Snapshot(t.Context())
	require.NoError(t, err)
	require.NoError(t, srv.Client().Set(t.Context(), "k", "new", 0).Err())
	_, err = m.Restore(t.Context())
	require.ErrorIs(t, err, snapshot.ErrNotEmpty)
	_, err = m.Restore(t.Context(), snapshot.Replace())
	require.NoError(t, err)
	require.Equal(t, "old", srv.Client().Get(t.Context(), "k").Val())
	require.Equal(t, 1, m.Stats().Restored)
}

func TestNothingToRestore(t *testing.T) {
	t.Parallel()
	m := manage(t, holding(t, ""), &memory{})
	_, err := m.Restore(t.Context())
	require.ErrorIs(t, err, snapshot.ErrNoSnapshot)
	require.NoError(t, m.Stats().LastError, "it is how everything begins")
	_, err = m.Snapshot(t.Context())
	require.NoError(t, err)

	m = manage(t, decode(t, "SET a b\n"), &memory{})
	_, err = m.Restore(t.Context())
	require.EqualError(t, err, "restore: a *snapshot.Snapshot can be captured only")
}

// What could not be restored is not replaced by the emptiness that is there instead.
func TestAfterAFailedRestore(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	store := openStore(t, folder)
	source := holding(t, "SET a b\n")
	_, err := manage(t, source, store).Snapshot(t.Context())
	require.NoError(t, err)

	broken := &keyspace{holds: &snapshot.Snapshot{}, before: func(context.Context) error { return errDisk }}
	m := manage(t, broken, store, snapshot.FinalSnapshot(time.Minute), snapshot.Every(time.Hour))
	_, err = m.Restore(t.Context())
	require.EqualError(t, err, "restore generation 00000001.redis: the disk is full")
	broken.before = nil
	_, err = m.Snapshot(t.Context())
	require.ErrorIs(t, err, snapshot.ErrUnrestored)
	require.ErrorIs(t, err, errDisk)
	require.NoError(t, m.Stop(t.Context()))
	require.Equal(t, snapshot.Stats{Failed: 1, LastError: m.Stats().LastError}, m.Stats())
	s, _, err := store.Latest(t.Context())
	require.NoError(t, err)
	require.Equal(t, 1, s.Len())

	// It can be tried again, or given up.
	broken.before = func(context.Context) error { return errDisk }
	m = manage(t, broken, store)
	require.NoError(t, m.StartOver(t.Context()), "nothing has failed yet")
	_, err = m.Restore(t.Context())
	require.ErrorIs(t, err, errDisk)
	broken.before = nil
	_, err = m.Restore(t.Context())
	require.NoError(t, err)
	_, err = m.Snapshot(t.Context())
	require.NoError(t, err)

	broken.before = func(context.Context) error { return errDisk }
	_, err = m.Restore(t.Context())
	require.Error(t, err)
	require.NoError(t, m.StartOver(t.Context()))
	broken.before = nil
	g, err := m.Snapshot(t.Context())
	require.NoError(t, err)
	require.Equal(t, 3, g.Number)
	for _, name := range []string{"00000001.redis.aside", "00000002.redis.aside", "00000003.redis"} {
		require.FileExists(t, filepath.Join(folder, name))
	}
}

func TestOnlyOneAtATime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		capturing, proceed := make(chan struct{}), make(chan struct{})
		source := holding(t, "SET a b\n")
		source.before = func(context.Context) error {
			capturing <- struct{}{}
			<-proceed
			return nil
		}
		m := manage(t, source, &memory{})
		var taking sync.WaitGroup
		take := func() {
			_, err := m.Snapshot(t.Context())
			assert.NoError(t, err)
		}
		taking.Go(take)
		<-capturing
		require.True(t, m.Stats().Busy)
		require.ErrorIs(t, m.TryAlone(nil), snapshot.ErrBusy)
		impatient, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := m.Snapshot(impatient)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		_, err = m.Restore(impatient)
		require.ErrorIs(t, err, context.DeadlineExceeded)

		taking.Go(take)
		synctest.Wait()
		require.Zero(t, m.Stats().Taken)
		proceed <- struct{}{}
		<-capturing
		require.Equal(t, 1, m.Stats().Taken)
		proceed <- struct{}{}
		taking.Wait()
		require.Equal(t, 2, m.Stats().Taken)
		require.False(t, m.Stats().Busy)
	})
}

func TestStats(t *testing.T) {
	t.Parallel()
	store := openStore(t, t.TempDir())
	source := holding(t, "SET a b\n")
	m := manage(t, source, store, snapshot.Now(clockAt(noon).now))
	require.Zero(t, m.Stats())
	g, err := m.Snapshot(t.Context())
	require.NoError(t, err)
	stats := m.Stats()
	require.Positive(t, stats.LastDuration)
	require.Equal(t, snapshot.Stats{Taken: 1, Last: g, LastDuration: stats.LastDuration}, stats)
	require.Equal(t, 1, stats.Last.Keys)
	require.Positive(t, stats.Last.Size)

	source.before = func(context.Context) error { return errDisk }
	_, err = m.Snapshot(t.Context())
	require.EqualError(t, err, "snapshot: the disk is full")
	require.Equal(t, snapshot.Stats{Taken: 1, Failed: 1, Last: g, LastDuration: stats.LastDuration, LastError: err}, m.Stats())
}

// An old file that cannot be removed does not make the new one a failure, but it is told.
func TestASnapshotIsSavedAlthoughOldOnesRemain(t *testing.T) {
	t.Parallel()
	remains := &snapshot.PruneError{Reason: errDisk}
	m := manage(t, holding(t, "SET a b\n"), cluttered{&memory{}, remains})
	g, err := m.Snapshot(t.Context())
	require.EqualError(t, err, "snapshot: saved, but older snapshots remain: the disk is full")
	require.Equal(t, 1, g.Number)
	require.Equal(t, 1, m.Stats().Taken)
	require.ErrorIs(t, m.Stats().LastError, errDisk)
}

type cluttered struct {
	*memory
	err error
}

func (c cluttered) Save(ctx context.Context, s *snapshot.Snapshot, captured time.Time) (snapshot.Generation, error) {
	g, err := c.memory.Save(ctx, s, captured)
	return g, errors.Join(err, c.err)
}

func TestNewManagerRefuses(t *testing.T) {
	t.Parallel()
	source, store := holding(t, ""), &memory{}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for name, test := range map[string]struct {
		ctx    context.Context
		source snapshot.Source
		store  snapshot.Store
		opts   []snapshot.ManagerOption
		want   string
	}{
		"no source":         {t.Context(), nil, store, nil, "the source is nil"},
		"no store":          {t.Context(), source, nil, nil, "the store is nil"},
		"no clock":          {t.Context(), source, store, []snapshot.ManagerOption{snapshot.Now(nil)}, "the clock is nil"},
		"no interval":       {t.Context(), source, store, []snapshot.ManagerOption{snapshot.Every(0)}, "the interval is 0s, and must be more than 0"},
		"negative interval": {t.Context(), source, store, []snapshot.ManagerOption{snapshot.Every(-time.Second)}, "the interval is -1s, and must be more than 0"},
		"no time at last":   {t.Context(), source, store, []snapshot.ManagerOption{snapshot.FinalSnapshot(0)}, "the time for the final snapshot is 0s, and must be more than 0"},
		"ended context":     {ended, source, store, nil, "context canceled"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, err := snapshot.NewManager(test.ctx, test.source, test.store, test.opts...)
			require.Nil(t, m)
			require.EqualError(t, err, "snapshot manager: "+test.want)
		})
	}
}

// Somebody has removed the folder meanwhile.
func TestAFolderThatIsGone(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "data")
	m := manage(t, holding(t, "SET a b\n"), openStore(t, folder))
	require.NoError(t, os.RemoveAll(folder))
	_, err := m.Snapshot(t.Context())
	require.ErrorIs(t, err, os.ErrNotExist)
	require.ErrorContains(t, err, "snapshot: save snapshot in "+folder)
}
