package snapshot_test

import (
	"context"
	"errors"
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

	g, err = m.Snapshot(t.Context())
	require.NoError(t, err)
	require.Equal(t, noon.Add(2*time.Minute), g.Captured)
}

func TestAManagerForOneself(t *testing.T) {
	t.Parallel()
	clock := clockAt(noon)
	source := holding(t, "SET k v\n")
	m := manage(t, source, &memory{}, snapshot.Now(clock.now))
	err := m.Alone(t.Context(), func(turn snapshot.Turn) error {
		require.True(t, m.Stats().Busy)
		require.ErrorIs(t, m.TryAlone(nil), snapshot.ErrBusy)

		_, err := turn.Snapshot(t.Context(), source)
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

// A source can be the same keyspace by another way, or what was captured of it before.
func TestASnapshotFromAnotherSource(t *testing.T) {
	t.Parallel()
	m := manage(t, holding(t, ""), &memory{})
	err := m.TryAlone(func(turn snapshot.Turn) error {
		require.True(t, m.Stats().Busy)
		g, err := turn.Snapshot(t.Context(), decode(t, "SET a b\n"))
		require.Equal(t, 1, g.Keys)
		return errors.Join(err, errDisk)
	})
	require.ErrorIs(t, err, errDisk)
	require.False(t, m.Stats().Busy)
	require.Equal(t, 1, m.Stats().Taken)
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
