package snapshot_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/snapshot"
)

// clocked is a keyspace with a clock of its own, which is moved whenever nobody has it for himself.
type clocked struct {
	*keyspace

	clock *standing
}

func (c clocked) Alone(_ context.Context, fn func(snapshot.Target, time.Time) error) error {
	defer c.clock.advance(time.Minute)
	return fn(c.keyspace, c.clock.now())
}

func TestASourcesOwnClockCounts(t *testing.T) {
	t.Parallel()
	source := clocked{holding(t, "SET k v\nPEXPIRE k 600000\n"), clockAt(noon)}
	wrong := clockAt(noon.Add(-time.Hour))
	m := manage(t, source, openStore(t, t.TempDir()), snapshot.Now(wrong.now))
	g, err := m.Snapshot(t.Context())
	require.NoError(t, err)
	require.Equal(t, noon, g.Captured)
	_, err = m.Restore(t.Context())
	require.NoError(t, err)
	source.requireHolds(t, "SELECT 0\nSET k v\nPEXPIRE k 540000\n")

	require.NoError(t, m.SnapshotInBackground(t.Context()))
	require.NoError(t, m.Stop(t.Context()))
	require.Equal(t, noon.Add(2*time.Minute), m.Stats().Last.Captured)
}

func TestWhatWasCapturedBefore(t *testing.T) {
	t.Parallel()
	captured, err := snapshot.Capture(t.Context(), holding(t, "SET k v\n"))
	require.NoError(t, err)
	m := manage(t, clocked{holding(t, ""), clockAt(noon)}, &memory{})
	g, err := m.Snapshot(t.Context(), snapshot.From(captured), snapshot.CapturedAt(noon.Add(-time.Hour)))
	require.NoError(t, err)
	require.Equal(t, noon.Add(-time.Hour), g.Captured)
	require.Equal(t, 1, g.Keys)
}

func TestAManagerForOneself(t *testing.T) {
	t.Parallel()
	clock := clockAt(noon)
	source := holding(t, "SET k v\n")
	m := manage(t, source, &memory{}, snapshot.Now(clock.now))
	err := m.Alone(t.Context(), func(turn snapshot.Turn) error {
		require.True(t, m.Stats().Busy)
		_, err := m.Snapshot(t.Context(), snapshot.UnlessBusy())
		require.ErrorIs(t, err, snapshot.ErrBusy)
		require.ErrorIs(t, m.SnapshotInBackground(t.Context()), snapshot.ErrBusy)

		_, err = turn.Snapshot(t.Context(), source)
		require.NoError(t, err)
		source.set(new(snapshot.Snapshot))
		g, err := turn.Restore(t.Context(), source)
		require.NoError(t, err)
		require.Equal(t, 1, g.Number)
		return errDisk
	})
	require.ErrorIs(t, err, errDisk)
	source.requireHolds(t, "SELECT 0\nSET k v\n")
	require.False(t, m.Stats().Busy)
	require.Equal(t, 1, m.Stats().Taken)
	require.Equal(t, 1, m.Stats().Restored)
	require.NoError(t, m.Stop(t.Context()))
	require.ErrorIs(t, m.Alone(t.Context(), nil), snapshot.ErrStopped)
}

// refusing cannot be restored.
type refusing struct{ *keyspace }

func (refusing) Restore(context.Context, *snapshot.Snapshot, ...snapshot.RestoreOption) error {
	return errDisk
}

func TestAfterAFailedRestoreOfOnesOwn(t *testing.T) {
	t.Parallel()
	source := holding(t, "SET k v\n")
	m := manage(t, source, &memory{})
	_, err := m.Snapshot(t.Context())
	require.NoError(t, err)
	err = m.Alone(t.Context(), func(turn snapshot.Turn) error {
		_, err := turn.Restore(t.Context(), refusing{source})
		require.ErrorIs(t, err, errDisk)
		_, err = turn.Snapshot(t.Context(), source)
		require.ErrorIs(t, err, snapshot.ErrUnrestored)
		require.NoError(t, turn.StartOver(t.Context()))
		_, err = turn.Snapshot(t.Context(), source)
		return err
	})
	require.NoError(t, err)
}

func TestWaysToStop(t *testing.T) {
	t.Parallel()
	store := &memory{}
	m := manage(t, holding(t, "SET k v\n"), store, snapshot.FinalSnapshot(time.Minute))
	require.NoError(t, m.Stop(t.Context(), snapshot.NoFinalSnapshot()))
	require.Zero(t, store.count())

	m = manage(t, holding(t, "SET k v\n"), store, snapshot.FinalSnapshot(time.Minute))
	require.NoError(t, m.Stop(t.Context(), snapshot.FinalFrom(holding(t, "SET k v\nSET l v\n"))))
	require.Equal(t, 2, m.Stats().Last.Keys)

	m = manage(t, holding(t, "SET k v\n"), store)
	require.NoError(t, m.Stop(t.Context(), snapshot.FinalFrom(holding(t, "SET k v\nSET l v\n"))))
	require.Equal(t, 1, store.count(), "none was to be taken")
}
