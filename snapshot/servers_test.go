package snapshot_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/internal/keyspacetest"
	"github.com/compozy/rediskit/internal/process/processtest"
	"github.com/compozy/rediskit/redistest"
	"github.com/compozy/rediskit/snapshot"
)

// realServer is a redis-server of the test's own.
func realServer(t testing.TB) *redis.Client {
	t.Helper()
	client := redis.NewClient(&redis.Options{Network: "unix", Addr: processtest.Start(t).Socket()})
	t.Cleanup(func() { require.NoError(t, client.Close()) })
	return client
}

// server is one of the backends.
type server struct {
	name   string
	start  func(testing.TB) snapshot.Target
	limits keyspacetest.Options
}

func servers() []server {
	return []server{
		{"embedded", embedded, keyspacetest.Options{Databases: 16, FieldTTLs: true}},
		{"redis-server", genuine, keyspacetest.Options{Databases: 16, Counters: true}},
	}
}

func embedded(t testing.TB) snapshot.Target {
	t.Helper()
	return redistest.New(t)
}

func genuine(t testing.TB) snapshot.Target {
	t.Helper()
	return snapshot.Of(realServer(t))
}

// Whatever is put into a server comes out again, and can go on to any other.
func TestKeyspacesGoFromServerToServer(t *testing.T) {
	t.Parallel()
	for _, from := range servers() {
		for _, to := range servers() {
			t.Run(from.name+" to "+to.name, func(t *testing.T) {
				t.Parallel()
				limits := from.limits
				limits.FieldTTLs = from.limits.FieldTTLs && to.limits.FieldTTLs
				random := rand.New(rand.NewPCG(1, 2))
				made := keyspacetest.Generate(random, 2000, limits)

				source, target := from.start(t), to.start(t)
				require.NoError(t, snapshot.Restore(t.Context(), source, made))
				first, err := snapshot.Capture(t.Context(), source)
				require.NoError(t, err)
				requireSame(t, made, first)
				require.NoError(t, snapshot.Restore(t.Context(), target, first))
				second, err := snapshot.Capture(t.Context(), target)
				require.NoError(t, err)
				requireSame(t, first, second)
			})
		}
	}
}

// requireSame overlooks only what the clock of a real server changes.
func requireSame(t *testing.T, want, got *snapshot.Snapshot) {
	t.Helper()
	const test = 5 * time.Minute // that a test may take at the most
	require.Empty(t, snapshot.Diff(want, got, snapshot.TTLTolerance(test)))
	require.Equal(t, want.Len(), got.Len())
}
