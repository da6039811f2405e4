package standalone

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/internal/config"
	"github.com/compozy/rediskit/internal/engine"
	"github.com/compozy/rediskit/internal/logger"
	"github.com/compozy/rediskit/snapshot"
)

// manual keeps what clients ask for, and nothing else.
func manual(folder string) config.Config {
	return config.Config{Persistence: config.Persistence{Enabled: true, DataDir: folder, RestoreOnStartup: true}}
}

func TestSave(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	ctx := with(t, manual(folder))
	s := up(t, ctx, nil)
	started := s.backend.Now()
	require.Equal(t, started.Unix(), s.Client().LastSave(ctx).Val())
	require.NoError(t, s.Client().Set(ctx, "k", "v", 0).Err())
	require.Equal(t, "OK", s.Client().Save(ctx).Val())
	kept, err := onDisk(t, folder)
	require.NoError(t, err)
	require.Equal(t, 1, kept.Len())
	require.NoError(t, os.RemoveAll(folder))
	require.EqualError(t, s.Client().Save(ctx).Err(), "ERR")
	require.NoError(t, s.Client().Ping(ctx).Err())
}

func TestLastSaveIsByTheServersClock(t *testing.T) {
	t.Parallel()
	ctx := with(t, manual(t.TempDir()))
	s := up(t, ctx, nil)
	embedded, ok := s.backend.(*Embedded)
	require.True(t, ok)
	noon := time.Date(2030, 1, 1, 12, 0, 0, 0, time.UTC)
	embedded.Engine().MoveTo(noon)
	require.NoError(t, s.Client().Save(ctx).Err())
	embedded.Engine().MoveTo(noon.Add(time.Hour))
	require.Equal(t, noon.Unix(), s.Client().LastSave(ctx).Val())
	require.Equal(t, noon.Unix(), s.Client().Eval(ctx, "return redis.call('LASTSAVE')", nil).Val())
	require.NoError(t, s.Restart(ctx))
	require.Equal(t, noon.Add(time.Hour).Unix(), s.Client().LastSave(ctx).Val(), "since the server's start there was none")
}

func TestSavingWhileSomethingElseIs(t *testing.T) {
	t.Parallel()
	ctx := with(t, manual(t.TempDir()))
	s := up(t, ctx, nil)
	client := s.Client()
	const busy = "ERR Background save already in progress"
	shut := make(chan error, 1)
	err := s.persistence.manager.Alone(ctx, func(snapshot.Turn) error {
		require.EqualError(t, client.Save(ctx).Err(), busy)
		require.EqualError(t, client.BgSave(ctx).Err(), busy)
		replies, err := client.TxPipelined(ctx, func(p redis.Pipeliner) error {
			p.Set(ctx, "k", "before", 0)
			p.BgSave(ctx)
			p.Set(ctx, "k", "after", 0)
			return nil
		})
		require.NoError(t, err)
		require.Contains(t, replies[1].String(), "Background saving scheduled")
		return nil
	})
	require.NoError(t, err)
	require.Zero(t, s.Stats().Taken)
	require.NoError(t, client.Ping(ctx).Err(), "at the next command the turn has come")
	require.Eventually(t, func() bool { return s.Stats().Taken == 1 }, time.Minute, time.Millisecond)
	kept, _, err := s.persistence.store.Latest(ctx)
	require.NoError(t, err)
	key, _ := kept.Key(0, "k")
	require.Equal(t, snapshot.String("after"), key.Value, "a transaction is not saved by halves")

	err = s.persistence.manager.Alone(ctx, func(snapshot.Turn) error {
		go func() { shut <- client.ShutdownSave(ctx).Err() }()
		return client.Set(ctx, "k", "last", 0).Err() // whichever comes first
	})
	require.NoError(t, err)
	require.Error(t, <-shut, "the connection has ended")
	require.Equal(t, 2, s.Stats().Taken, "SHUTDOWN waits")
}

func TestBackgroundSave(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	ctx := with(t, manual(folder))
	s := up(t, ctx, nil)
	require.NoError(t, s.Client().Set(ctx, "k", "v", 0).Err())
	require.Equal(t, "Background saving started", s.Client().BgSave(ctx).Val())
	require.Eventually(t, func() bool { return s.Stats().Taken == 1 && !s.Stats().Busy }, time.Minute, time.Millisecond)
	require.Equal(t, "Background saving started", s.Client().Do(ctx, "bgsave", "schedule").Val())
	require.EqualError(t, s.Client().Do(ctx, "bgsave", "now").Err(), "ERR syntax error")
	require.NoError(t, s.Close(ctx))
	require.Equal(t, 2, s.Stats().Taken, "Close waits for it")
}

// slow is a store that has somebody wait.
type slow struct {
	snapshot.Store

	proceed chan struct{}
}

func (s slow) Save(ctx context.Context, snap *snapshot.Snapshot, captured time.Time) (snapshot.Generation, error) {
	<-s.proceed
	return s.Store.Save(ctx, snap, captured)
}

func TestBackgroundSaveIsOfTheMomentOfItsCommand(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	ctx := with(t, keeping(folder))
	s := up(t, ctx, nil)
	p, client := s.persistence, s.Client()
	store := slow{p.store, make(chan struct{})}
	var err error
	p.manager, err = snapshot.NewManager(ctx, s.backend.Keyspace(), store)
	require.NoError(t, err)
	noon := time.Date(2030, 1, 1, 12, 0, 0, 0, time.UTC)
	p.engine.MoveTo(noon)
	require.NoError(t, client.Set(ctx, "k", "before", 0).Err())
	require.NoError(t, client.BgSave(ctx).Err())

	p.engine.MoveTo(noon.Add(time.Hour))
	require.NoError(t, client.Set(ctx, "k", "after", 0).Err(), "nobody waits for the disk")
	require.True(t, s.Stats().Busy)
	const busy = "ERR Background save already in progress"
	require.EqualError(t, client.BgSave(ctx).Err(), busy)
	require.EqualError(t, client.Save(ctx).Err(), busy)

	closed := make(chan error)
	go func() { closed <- s.Close(ctx) }()
	store.proceed <- struct{}{}
	store.proceed <- struct{}{} // of the last one
	require.NoError(t, <-closed)
	require.ErrorIs(t, disk{p, ctx}.SaveInBackground(nil), snapshot.ErrStopped)
	store.Store, err = snapshot.OpenFileStore(folder, snapshot.ReadOnly())
	require.NoError(t, err)
	for number, want := range map[int]string{1: "before", 2: "after"} {
		kept, g, err := store.Open(ctx, number)
		require.NoError(t, err)
		key, _ := kept.Key(0, "k")
		require.Equal(t, snapshot.String(want), key.Value)
		require.Equal(t, noon.Add(time.Duration(number-1)*time.Hour), g.Captured)
	}
}

func TestBackgroundSaveThatFails(t *testing.T) {
	t.Parallel()
	var text bytes.Buffer
	folder := t.TempDir()
	ctx := logger.NewContext(with(t, manual(folder)), slog.New(slog.NewTextHandler(&text, nil)))
	s := up(t, ctx, nil)
	require.NoError(t, os.RemoveAll(folder))
	require.NoError(t, s.Client().BgSave(ctx).Err(), "it has begun")
	require.NoError(t, s.Close(ctx))
	require.Equal(t, 1, s.Stats().Failed)
	require.Equal(t, 1, strings.Count(text.String(), `level=WARN msg="BGSAVE failed" error="snapshot: save snapshot in `+folder))
}

func TestShutdown(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		command []any
		final   bool
		every   time.Duration
		want    string
	}{
		"plainly, with a last snapshot":      {[]any{"shutdown"}, true, 0, "new"},
		"plainly, with snapshots meanwhile":  {[]any{"shutdown"}, false, time.Hour, "new"},
		"plainly, with those asked for only": {[]any{"shutdown"}, false, 0, "old"},
		"with a snapshot":                    {[]any{"SHUTDOWN", "save"}, false, 0, "new"},
		"without":                            {[]any{"SHUTDOWN", "nosave", "now"}, true, time.Hour, "old"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			settings := manual(folder)
			settings.Persistence.SnapshotOnShutdown, settings.Persistence.SnapshotInterval = test.final, test.every
			settings.Addr = "127.0.0.1:0"
			ctx := with(t, settings)
			s := up(t, ctx, nil)
			addr, err := s.Listen(ctx)
			require.NoError(t, err)
			outside := redis.NewClient(&redis.Options{Addr: addr, DisableIdentity: true, MaxRetries: -1})
			require.NoError(t, outside.Set(ctx, "k", "old", 0).Err())
			require.NoError(t, outside.Save(ctx).Err())
			require.NoError(t, outside.Set(ctx, "k", "new", 0).Err())

			require.ErrorContains(t, outside.Do(ctx, test.command...).Err(), "EOF")
			require.Error(t, outside.Ping(ctx).Err())
			require.Error(t, s.Client().Ping(ctx).Err())
			require.NoError(t, outside.Close())
			kept, err := onDisk(t, folder)
			require.NoError(t, err)
			key, _ := kept.Key(0, "k")
			require.Equal(t, snapshot.String(test.want), key.Value)
			require.NoError(t, s.Close(ctx))
			kept, err = onDisk(t, folder)
			require.NoError(t, err)
			key, _ = kept.Key(0, "k")
			require.Equal(t, snapshot.String(test.want), key.Value, "Close adds nothing to it")
		})
	}
}

func TestShutdownAndCloseAtOnce(t *testing.T) {
	t.Parallel()
	ctx := with(t, keeping(t.TempDir()))
	s := up(t, ctx, nil)
	ended := make(chan error, 2)
	err := s.persistence.manager.Alone(ctx, func(snapshot.Turn) error {
		go func() {
			_ = s.Client().Shutdown(ctx).Err() // of a connection that has ended, by the one or the other
			ended <- nil
		}()
		go func() { ended <- s.Close(ctx) }()
		return nil
	})
	require.NoError(t, err)
	require.NoError(t, errors.Join(<-ended, <-ended))
	require.Equal(t, 1, s.Stats().Taken)
}

func TestShutdownThatCannotSave(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	ctx := with(t, manual(folder))
	s := up(t, ctx, nil)
	require.NoError(t, os.RemoveAll(folder))
	require.EqualError(t, s.Client().Do(ctx, "shutdown", "save").Err(), "ERR Errors trying to SHUTDOWN. Check logs.")
	require.NoError(t, s.Client().Set(ctx, "k", "v", 0).Err(), "it goes on")
	require.Error(t, s.Client().Do(ctx, "shutdown", "save", "force").Err())
	require.Error(t, s.Client().Ping(ctx).Err())
	require.NoError(t, s.Close(ctx))
}

func TestARestartThatCannotSaveChangesNothing(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	ctx := with(t, manual(folder))
	s := up(t, ctx, nil)
	conn := s.Client().Conn()
	require.NoError(t, conn.ClientSetName(ctx, "me").Err())
	require.NoError(t, conn.Set(ctx, "k", "v", 0).Err())
	require.NoError(t, os.RemoveAll(folder))
	require.ErrorContains(t, s.Restart(ctx), "save snapshot in "+folder)
	require.Equal(t, "me", conn.ClientGetName(ctx).Val(), "it is still connected")
	require.Equal(t, "v", conn.Get(ctx, "k").Val())
	require.NoError(t, conn.Close())
}

func TestRestartIsForEngines(t *testing.T) {
	t.Parallel()
	s := up(t, t.Context(), nil)
	s.backend = struct{ Backend }{s.backend}
	require.ErrorContains(t, s.Restart(t.Context()), "restart redis: unsupported operation")
	require.NoError(t, s.Close(t.Context()))
	s = up(t, t.Context(), nil)
	require.NoError(t, s.Close(t.Context()))
	require.ErrorIs(t, s.Crash(t.Context()), ErrClosed)
}

func TestShutdownWithoutADisk(t *testing.T) {
	t.Parallel()
	s, err := start(t.Context(), func(*engine.Engine) {})
	require.NoError(t, err)
	ctx := t.Context()
	client := s.Client()
	require.EqualError(t, client.Save(ctx).Err(), "ERR")
	require.EqualError(t, client.BgSave(ctx).Err(), "ERR")
	require.Equal(t, s.backend.Now().Unix(), client.LastSave(ctx).Val())
	require.EqualError(t, client.Do(ctx, "shutdown", "save").Err(), "ERR Errors trying to SHUTDOWN. Check logs.")
	require.Error(t, client.Do(ctx, "shutdown").Err())
	require.Error(t, client.Ping(ctx).Err())
	require.NoError(t, s.Close(context.WithoutCancel(ctx)))
}
