package redistest_test

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/redistest"
	"github.com/compozy/rediskit/snapshot"
)

// keeping makes a server that restores, and takes a snapshot at its end.
func keeping(folder string) redistest.Option {
	return redistest.WithPersistence(redistest.Persistence{DataDir: folder, SnapshotOnShutdown: true, RestoreOnStartup: true})
}

func TestEveryTypeOutlivesTheServer(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "data")
	srv, err := redistest.Start(t.Context(), keeping(folder), redistest.WithTime(noon), redistest.WithFixture("testdata/every-type.redis"))
	require.NoError(t, err)
	before, err := srv.Capture(t.Context())
	require.NoError(t, err)
	require.NoError(t, srv.Close(t.Context()))
	redistest.AssertPersisted(t, folder, "kept")

	again := redistest.New(t, keeping(folder), redistest.WithTime(noon))
	after, err := again.Capture(t.Context())
	require.NoError(t, err)
	require.Empty(t, snapshot.Diff(before, after))
}

func TestTimeGoesOnWhileTheServerIsDown(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	folder := t.TempDir()
	srv, err := redistest.Start(ctx, keeping(folder), redistest.WithTime(noon))
	require.NoError(t, err)
	require.NoError(t, srv.Client().Set(ctx, "short", "v", time.Minute).Err())
	require.NoError(t, srv.Client().Set(ctx, "long", "v", time.Hour).Err())
	srv.Advance(30 * time.Second)
	require.NoError(t, srv.Close(ctx))

	again := redistest.New(t, keeping(folder), redistest.WithTime(noon.Add(time.Minute)))
	require.Equal(t, []string{"long"}, again.Client().Keys(ctx, "*").Val())
	require.Equal(t, 59*time.Minute, again.Client().PTTL(ctx, "long").Val())
}

func TestNothingIsKeptUnlessItIsWanted(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "data")
	for name, test := range map[string]struct {
		options  []redistest.Option
		snapshot bool
	}{
		"without the option": {nil, false},
		"without a snapshot": {[]redistest.Option{redistest.WithPersistence(redistest.Persistence{DataDir: folder + "-1"})}, false},
		"with a last one":    {[]redistest.Option{redistest.WithPersistence(redistest.Persistence{DataDir: folder + "-2", SnapshotOnShutdown: true})}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv, err := redistest.Start(t.Context(), test.options...)
			require.NoError(t, err)
			require.NoError(t, srv.Client().Set(t.Context(), "k", "v", 0).Err())
			require.NoError(t, srv.Close(t.Context()))
			require.Equal(t, test.snapshot, srv.PersistenceStats().Taken == 1)
		})
	}
}

func TestWhatIsKeptIsNotRestoredUnlessItIsWanted(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	folder := t.TempDir()
	srv, err := redistest.Start(ctx, keeping(folder))
	require.NoError(t, err)
	require.NoError(t, srv.Client().Set(ctx, "k", "v", 0).Err())
	require.NoError(t, srv.Close(ctx))
	empty, err := redistest.Start(ctx, redistest.WithPersistence(redistest.Persistence{DataDir: folder}))
	require.NoError(t, err)
	require.Zero(t, empty.Client().DBSize(ctx).Val())
	require.NoError(t, empty.Close(ctx))
	redistest.AssertPersisted(t, folder, "kept")
}

func TestSnapshotsAreKeptForAWhile(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	for keep, want := range map[int]int{0: 3, 1: 1, 5: 5} {
		folder := t.TempDir()
		srv := redistest.New(t, redistest.WithPersistence(redistest.Persistence{DataDir: folder, Keep: keep}))
		for range 7 {
			require.NoError(t, srv.Client().Save(ctx).Err())
		}
		files, err := filepath.Glob(filepath.Join(folder, "*.redis"))
		require.NoError(t, err)
		require.Len(t, files, want)
	}
}

func TestANewerSnapshotThatIsCorruptIsPassedOver(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	folder := t.TempDir()
	srv, err := redistest.Start(ctx, keeping(folder))
	require.NoError(t, err)
	require.NoError(t, srv.Client().Set(ctx, "k", "good", 0).Err())
	require.NoError(t, srv.Client().Save(ctx).Err())
	require.NoError(t, srv.Client().Set(ctx, "k", "newer", 0).Err())
	require.NoError(t, srv.Close(ctx))
	newest := filepath.Join(folder, "00000002.redis")
	text, err := os.ReadFile(newest)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(newest, bytes.Replace(text, []byte("newer"), []byte("never"), 1), 0o600))

	redistest.AssertPersisted(t, folder, "older")
	require.FileExists(t, newest, "an assertion changes nothing")
	var log bytes.Buffer
	srv = redistest.New(t, keeping(folder), redistest.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
	require.Equal(t, "good", srv.Client().Get(ctx, "k").Val())
	require.Contains(t, log.String(), `msg="snapshot is corrupt" file=`+newest)
	require.FileExists(t, newest+".corrupt")
}

func TestAServerThatCannotKeepItsDataFailsTheTest(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	failures := runFake(t, func(tb *fakeTB) {
		redistest.New(tb, redistest.WithPersistence(redistest.Persistence{}))
	})
	require.Equal(t, []string{"redistest: start redis: persistence: DataDir is empty; it is to be the folder of the snapshots"}, failures)

	srv := redistest.New(t, keeping(folder))
	failures = runFake(t, func(tb *fakeTB) { redistest.New(tb, keeping(folder)) })
	require.Len(t, failures, 1)
	require.Contains(t, failures[0], "redistest: start redis: persistence: open snapshot store "+folder+": "+folder+" is in use by process ")
	require.NoError(t, srv.Close(t.Context()))

	require.NoError(t, os.WriteFile(filepath.Join(folder, "00000001.redis"), []byte("SET k ruin\n"), 0o600))
	failures = runFake(t, func(tb *fakeTB) { redistest.New(tb, keeping(folder)) })
	require.Equal(t, []string{"redistest: start redis: restore: latest snapshot in " + folder + ": no snapshot is left that can be read (see 00000001.redis)"}, failures)
	redistest.New(t, redistest.WithPersistence(redistest.Persistence{
		DataDir: folder, SnapshotOnShutdown: true, RestoreOnStartup: true, OnRestoreError: redistest.StartEmpty,
	}))

	lost := filepath.Join(t.TempDir(), "lost")
	failures = runFake(t, func(tb *fakeTB) {
		redistest.New(tb, keeping(lost))
		require.NoError(t, os.RemoveAll(lost))
	})
	require.Len(t, failures, 1)
	require.Contains(t, failures[0], "redistest: close redis: stop snapshots: snapshot: save snapshot in "+lost)
}

func TestAFixtureThatFailsIsNotKept(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	fixtures := t.TempDir()
	_, err := redistest.Start(t.Context(), keeping(folder),
		redistest.WithFixture(write(t, filepath.Join(fixtures, "good.redis"), "SET k v\n")),
		redistest.WithFixture(write(t, filepath.Join(fixtures, "bad.redis"), "SET k\n")))
	require.Error(t, err)
	files, err := filepath.Glob(filepath.Join(folder, "*.redis"))
	require.NoError(t, err)
	require.Empty(t, files)
}

func TestPersistenceOnEveryBackend(t *testing.T) {
	t.Parallel()
	for name, backend := range backends(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx := t.Context()
			folder := t.TempDir()
			srv, err := redistest.Start(ctx, redistest.WithBackend(backend), keeping(folder))
			require.NoError(t, err)
			require.NoError(t, srv.Client().RPush(ctx, "q", "a", "b").Err())
			require.NoError(t, srv.Close(ctx))
			redistest.AssertPersisted(t, folder, "kept")
			again := redistest.New(t, redistest.WithBackend(backend), keeping(folder))
			require.Equal(t, []string{"a", "b"}, again.Client().LRange(ctx, "q", 0, -1).Val())
		})
	}
}

func TestShutdownClosesTheServer(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	srv := redistest.New(t, keeping(t.TempDir()))
	require.NoError(t, srv.Client().Set(ctx, "k", "v", 0).Err())
	blocked := make(chan error, 1)
	worker := srv.NewClient(func(o *redis.Options) { o.MaxRetries = -1 })
	go func() { blocked <- worker.BLPop(ctx, 0, "q").Err() }()
	untilBlocked(t, srv, 1)
	srv.Client().ShutdownNoSave(ctx)
	require.ErrorContains(t, <-blocked, "EOF")
	require.Error(t, srv.Client().Ping(ctx).Err())
	require.NoError(t, srv.Close(context.WithoutCancel(ctx)))
	require.Zero(t, srv.PersistenceStats().Taken)
}
