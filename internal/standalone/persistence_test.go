package standalone

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/internal/config"
	"github.com/compozy/rediskit/internal/engine"
	"github.com/compozy/rediskit/internal/logger"
	"github.com/compozy/rediskit/snapshot"
)

// keeping is a config that restores, and takes a snapshot at the end.
func keeping(folder string) config.Config {
	return config.Config{Persistence: config.Persistence{
		Enabled: true, DataDir: folder, SnapshotOnShutdown: true, RestoreOnStartup: true,
	}}
}

// onDisk is the latest snapshot in a folder.
func onDisk(t *testing.T, folder string) (*snapshot.Snapshot, error) {
	t.Helper()
	store, err := snapshot.OpenFileStore(folder, snapshot.ReadOnly())
	require.NoError(t, err)
	s, _, err := store.Latest(t.Context())
	require.NoError(t, store.Close())
	return s, err
}

// spoil makes all snapshots of a folder unreadable.
func spoil(t *testing.T, folder string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.redis"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		require.NoError(t, os.WriteFile(file, []byte("SET k ruin\n"), 0o600))
	}
}

func TestWhatAServerHeldIsThereInTheNext(t *testing.T) {
	t.Parallel()
	ctx := with(t, keeping(filepath.Join(t.TempDir(), "new", "data")))
	s := up(t, ctx, nil)
	require.NoError(t, s.Client().Set(ctx, "k", "v", time.Hour).Err())
	ended, cancel := context.WithCancel(ctx)
	cancel()
	require.NoError(t, s.Close(ended), "as in the cleanup of a test")
	require.Equal(t, 1, s.Stats().Taken)

	again := up(t, ctx, nil)
	require.Equal(t, "v", again.Client().Get(ctx, "k").Val())
	require.InDelta(t, time.Hour, again.Client().PTTL(ctx, "k").Val(), float64(time.Minute))
	require.Equal(t, 1, again.Stats().Restored)
}

// keptKey is a folder in which a server has kept the key k.
func keptKey(t *testing.T) (folder string) {
	t.Helper()
	folder = t.TempDir()
	ctx := with(t, keeping(folder))
	s := up(t, ctx, nil)
	require.NoError(t, s.Client().Set(ctx, "k", "v", 0).Err())
	require.NoError(t, s.Close(ctx))
	return folder
}

func TestNobodyConnectsBeforeEverythingIsRestored(t *testing.T) {
	t.Parallel()
	folder := keptKey(t)

	settings := keeping(folder)
	settings.Addr = "127.0.0.1:0"
	seen := []string{}
	ctx := with(t, settings)
	backend, err := StartEmbedded(ctx, func(e *engine.Engine) {
		e.Intercept(func(next engine.Handler) engine.Handler {
			return func(c *engine.Command) {
				seen = append(seen, c.Name())
				next(c)
			}
		})
	})
	require.NoError(t, err)
	persistence, err := openPersistence(ctx, backend)
	require.NoError(t, err)
	require.NoError(t, persistence.restore(ctx))
	require.Empty(t, backend.listening())
	require.Empty(t, seen)
	require.NoError(t, persistence.abandon(ctx))
	require.NoError(t, backend.Close(ctx))
}

func TestUnusableSettings(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	file := filepath.Join(folder, "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	unwritable := filepath.Join(folder, "unwritable")
	require.NoError(t, os.MkdirAll(filepath.Join(unwritable, "lock"), 0o700)) // for whom permissions mean nothing
	require.NoError(t, os.Chmod(unwritable, 0o500))                           //nolint:gosec // a folder
	t.Cleanup(func() { require.NoError(t, os.Chmod(unwritable, 0o700)) })     //nolint:gosec // a folder
	taken := up(t, with(t, keeping(filepath.Join(folder, "taken"))), nil)
	require.NotNil(t, taken)
	for name, test := range map[string]struct {
		persistence config.Persistence
		want        string
	}{
		"no folder":         {config.Persistence{}, "start redis: persistence: DataDir is empty; it is to be the folder of the snapshots"},
		"negative interval": {config.Persistence{DataDir: folder, SnapshotInterval: -time.Second}, "start redis: persistence: SnapshotInterval is -1s, and must not be negative"},
		"negative number":   {config.Persistence{DataDir: folder, Keep: -1}, "start redis: persistence: the setting Keep is -1, and must not be negative"},
		"unknown policy":    {config.Persistence{DataDir: folder, OnRestoreError: 7}, "start redis: persistence: OnRestoreError is 7, and must be FailStart or StartEmpty"},
		"a file":            {config.Persistence{DataDir: file}, "start redis: persistence: open snapshot store " + file + ": mkdir " + file + ": not a directory"},
		"unwritable":        {config.Persistence{DataDir: unwritable}, "start redis: persistence: open snapshot store " + unwritable + ": open " + filepath.Join(unwritable, "lock")},
		"in use":            {config.Persistence{DataDir: filepath.Join(folder, "taken")}, "taken is in use by process "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.persistence.Enabled = true
			s, err := start(with(t, config.Config{Persistence: test.persistence}), nil)
			require.Nil(t, s)
			require.ErrorContains(t, err, test.want)
		})
	}
}

func TestASettingThatIsNotEnabledDoesNothing(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "data")
	settings := keeping(folder)
	settings.Persistence.Enabled = false
	s := up(t, with(t, settings), nil)
	require.Nil(t, s.persistence)
	require.Zero(t, s.Stats())
	require.NoError(t, s.Close(t.Context()))
	require.NoDirExists(t, folder)
}

func TestPeriodicSnapshots(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	settings := config.Config{Persistence: config.Persistence{Enabled: true, DataDir: folder, SnapshotInterval: time.Millisecond}}
	ended, cancel := context.WithCancel(with(t, settings))
	s := up(t, ended, nil)
	cancel() // which does not end the server, nor what keeps its data
	require.NoError(t, s.Client().Set(t.Context(), "k", "v", 0).Err())
	require.Eventually(t, func() bool { return s.Stats().Last.Keys == 1 }, time.Minute, time.Millisecond)
	require.NoError(t, s.Client().Set(t.Context(), "late", "v", 0).Err())
	require.NoError(t, s.Close(t.Context()))
	kept, err := onDisk(t, folder)
	require.NoError(t, err)
	require.GreaterOrEqual(t, kept.Len(), 1)
}

func TestCloseTellsWhatCouldNotBeKept(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	ctx := with(t, keeping(folder))
	s, err := start(ctx, nil)
	require.NoError(t, err)
	require.NoError(t, os.RemoveAll(folder))
	err = s.Close(ctx)
	require.ErrorContains(t, err, "close redis: stop snapshots: snapshot: save snapshot in "+folder)
	require.Equal(t, err, s.Close(ctx), "the same error for everybody")
	require.ErrorIs(t, s.Client().Ping(ctx).Err(), redis.ErrClosed)
	require.ErrorIs(t, dial(s), net.ErrClosed, "everything is closed all the same")
}

func TestCloseDoesNotWaitForEver(t *testing.T) {
	t.Parallel()
	ctx := with(t, keeping(t.TempDir()))
	s, err := start(ctx, nil)
	require.NoError(t, err)
	impatient, cancel := context.WithTimeout(ctx, 10*time.Millisecond)
	defer cancel()
	began := time.Now()
	err = s.persistence.manager.Alone(ctx, func(snapshot.Turn) error { return s.Close(impatient) })
	require.ErrorContains(t, err, "close redis: stop snapshots: wait for another one: context deadline exceeded")
	require.Less(t, time.Since(began), lastWord/2)
	require.ErrorIs(t, dial(s), net.ErrClosed, "everything is closed all the same")
}

// What could not be restored is not replaced by what the server has gone on with.
func TestNothingIsSavedAfterAFailedRestart(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	ctx := with(t, keeping(folder))
	s := up(t, ctx, nil)
	require.NoError(t, s.Client().Set(ctx, "k", "v", 0).Err())
	require.NoError(t, s.Client().Save(ctx).Err())
	spoil(t, folder)
	require.ErrorIs(t, s.Crash(ctx), snapshot.ErrNoneGood)
	require.Equal(t, "v", s.Client().Get(ctx, "k").Val())
	require.EqualError(t, s.Client().Save(ctx).Err(), "ERR")
	require.EqualError(t, s.Client().BgSave(ctx).Err(), "ERR")
	require.NoError(t, s.Close(ctx), "which is no news")
	_, err := onDisk(t, folder)
	require.ErrorIs(t, err, snapshot.ErrNoneGood)
}

func TestWhatCannotBeRestored(t *testing.T) {
	t.Parallel()
	folder := keptKey(t)
	spoil(t, folder)

	ctx := with(t, keeping(folder))
	_, err := start(ctx, nil)
	require.ErrorIs(t, err, snapshot.ErrNoneGood)
	require.ErrorContains(t, err, "start redis: restore: latest snapshot in "+folder)
	_, err = start(ctx, nil)
	require.ErrorIs(t, err, snapshot.ErrNoneGood, "a failed start changes nothing")

	var text bytes.Buffer
	settings := keeping(folder)
	settings.Persistence.OnRestoreError = config.StartEmpty
	settings.Persistence.Keep = 1
	ctx = logger.NewContext(with(t, settings), slog.New(slog.NewTextHandler(&text, nil)))
	s := up(t, ctx, nil)
	require.Zero(t, s.Client().DBSize(ctx).Val())
	require.Contains(t, text.String(), "redis starts empty")
	for range 3 {
		require.NoError(t, s.Client().Set(ctx, "new", "v", 0).Err())
		require.NoError(t, s.Client().Save(ctx).Err())
	}
	require.NoError(t, s.Close(ctx))
	ruins, err := filepath.Glob(filepath.Join(folder, "*.corrupt"))
	require.NoError(t, err)
	require.Len(t, ruins, 1, "it is still there")
	kept, err := onDisk(t, folder)
	require.NoError(t, err)
	require.Equal(t, 1, kept.Len())
}

func TestAFullServerIsNotTakenForAnEmptyOne(t *testing.T) {
	t.Parallel()
	folder := keptKey(t)
	settings := keeping(folder)
	settings.Persistence.OnRestoreError = config.StartEmpty
	_, err := start(with(t, settings), func(e *engine.Engine) {
		require.NoError(t, e.Miniredis().Set("already", "here"))
	})
	require.ErrorIs(t, err, snapshot.ErrNotEmpty)
	kept, err := onDisk(t, folder)
	require.NoError(t, err)
	require.Equal(t, 1, kept.Len())
}

func TestWhatIsAnsweredIsKept(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	ctx := with(t, keeping(folder))
	s := up(t, ctx, nil)
	answered := make(chan int64)
	client, err := s.NewClient(ctx, func(o *redis.Options) { o.MaxRetries = -1 })
	require.NoError(t, err)
	begun := make(chan struct{})
	go func() {
		var last int64
		for {
			n, err := client.Incr(ctx, "n").Result()
			if err != nil {
				answered <- last
				return
			}
			if last = n; n == 1 {
				close(begun)
			}
		}
	}()
	<-begun
	require.NoError(t, s.Close(ctx))
	last := <-answered
	again := up(t, ctx, nil)
	kept, err := again.Client().Get(ctx, "n").Int64()
	require.NoError(t, err)
	require.Equal(t, last, kept)
}
