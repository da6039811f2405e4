package redistest_test

import (
	"bytes"
	"log/slog"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/internal/keyspacetest"
	"github.com/compozy/rediskit/redistest"
	"github.com/compozy/rediskit/snapshot"
)

func capture(t *testing.T, source snapshot.Source) *snapshot.Snapshot {
	t.Helper()
	s, err := snapshot.Capture(t.Context(), source)
	require.NoError(t, err)
	return s
}

func encoded(t *testing.T, s *snapshot.Snapshot) string {
	t.Helper()
	var text bytes.Buffer
	require.NoError(t, snapshot.Encode(&text, s))
	return text.String()
}

func TestRewindReturnsToTheExactState(t *testing.T) {
	t.Parallel()
	srv := redistest.New(t)
	random := rand.New(rand.NewPCG(1, 2))
	require.NoError(t, srv.Restore(t.Context(), keyspacetest.Generate(random, 300, keyspacetest.Options{Databases: 16, FieldTTLs: true})))
	require.NoError(t, srv.Load("testdata/every-type.redis"))
	before := encoded(t, capture(t, srv))
	cp := srv.Checkpoint()

	for _, change := range []func(){
		func() { require.NoError(t, srv.Client().FlushAll(t.Context()).Err()) },
		func() { srv.Miniredis().FastForward(10 * time.Second) }, // which shortens and ends times to live
		func() {
			client := srv.Client()
			require.NoError(t, client.Persist(t.Context(), "session:1").Err())
			require.NoError(t, client.XAck(t.Context(), "orders", "shippers", "5-0").Err())
			require.NoError(t, client.XGroupDelConsumer(t.Context(), "orders", "shippers", "idle").Err())
			require.NoError(t, client.HSet(t.Context(), "lease", "holder", "worker-2").Err())
			require.NoError(t, client.Set(t.Context(), "new", "key", 0).Err())
		},
	} {
		change()
		require.NotEqual(t, before, encoded(t, capture(t, srv)))
		srv.Rewind(cp)
		require.Equal(t, before, encoded(t, capture(t, srv)))
	}

	other := loaded(t, "SET k v")
	other.Rewind(cp)
	require.Equal(t, before, encoded(t, capture(t, other)), "a checkpoint is good for any server")
}

func TestABlockedClientIsServedFromTheRewoundState(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv := redistest.New(t)
		client := srv.Client()
		require.NoError(t, client.RPush(t.Context(), "queue", "first", "second").Err())
		cp := srv.Checkpoint()
		require.NoError(t, client.Del(t.Context(), "queue").Err())

		popped := make(chan []string, 1)
		go func() { popped <- srv.NewClient().BRPop(t.Context(), time.Hour, "queue").Val() }()
		synctest.Wait()
		srv.Rewind(cp)
		require.Equal(t, []string{"queue", "second"}, <-popped)
		require.Equal(t, []string{"first"}, client.LRange(t.Context(), "queue", 0, -1).Val())
	})
}

func TestRewindInACleanup(t *testing.T) {
	t.Parallel()
	require.Empty(t, runFake(t, func(f *fakeTB) {
		srv := redistest.New(f)
		require.NoError(t, srv.Client().Set(t.Context(), "k", "v", 0).Err())
		cp := srv.Checkpoint()
		require.NoError(t, srv.Client().FlushAll(t.Context()).Err())
		f.Cleanup(func() { // the test's context has ended by then
			srv.Rewind(cp)
			require.Equal(t, "v", srv.Client().Get(t.Context(), "k").Val())
			srv.Rewind(srv.Checkpoint())
		})
	}))
}

func TestRewindWithoutACheckpoint(t *testing.T) {
	t.Parallel()
	for _, cp := range []*redistest.Checkpoint{nil, {}} {
		require.Equal(t, []string{"redistest: rewind: there is no checkpoint to return to"}, runFake(t, func(f *fakeTB) {
			redistest.New(f).Rewind(cp)
			t.Error("Fatalf did not abort")
		}))
	}

	var log bytes.Buffer
	srv, err := redistest.Start(t.Context(), redistest.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
	require.NoError(t, err)
	require.NoError(t, srv.Client().Set(t.Context(), "k", "v", 0).Err())
	srv.Rewind(nil)
	require.Contains(t, log.String(), `level=ERROR msg="redistest: rewind: there is no checkpoint to return to"`)
	require.Equal(t, "v", srv.Client().Get(t.Context(), "k").Val())
	require.NoError(t, srv.Close(t.Context()))
}
