package snapshot_test

import (
	"math/rand/v2"
	"testing"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/internal/keyspacetest"
	"github.com/compozy/rediskit/redistest"
	"github.com/compozy/rediskit/snapshot"
)

// exclusively is a server that is reached by nothing but single commands.
func exclusively(t *testing.T, server *redis.Client) snapshot.Exclusive {
	t.Helper()
	options := *server.Options()
	options.Protocol = 2
	client := redis.NewClient(&options)
	t.Cleanup(func() { require.NoError(t, client.Close()) })
	return func(fn func(snapshot.Do) error) error {
		conn := client.Conn()
		defer conn.Close() //nolint:errcheck // it goes back to its client
		return fn(commandsOf(t.Context(), conn))
	}
}

func TestAServerIsReachedByCommandsAlone(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		client *redis.Client
		limits keyspacetest.Options
	}{
		"embedded":     {redistest.New(t).Client(), keyspacetest.Options{Databases: 16, FieldTTLs: true}},
		"redis-server": {realServer(t), keyspacetest.Options{Databases: 16}},
	} {
		server := exclusively(t, c.client)
		made := keyspacetest.Generate(rand.New(rand.NewPCG(3, 4)), 300, c.limits)
		require.NoError(t, snapshot.Restore(t.Context(), server, made), name)
		requireSame(t, made, capture(t, server))
		require.Empty(t, snapshot.Diff(capture(t, snapshot.Of(c.client)), capture(t, server), snapshot.TTLTolerance(waitLimit)), name)
		require.ErrorIs(t, snapshot.Restore(t.Context(), server, made), snapshot.ErrNotEmpty, name)
	}
}

func TestWhatCannotBeSetAsideIsLeftAlone(t *testing.T) {
	t.Parallel()
	client := realServer(t)
	require.NoError(t, client.Set(t.Context(), "a", "1", 0).Err())
	server := exclusively(t, client)
	for _, how := range []snapshot.RestoreOption{snapshot.Replace(), snapshot.Merge()} {
		require.ErrorContains(t, snapshot.Restore(t.Context(), server, decode(t, "SET a 2\nSET b 2\n"), how), "DB index is out of range")
		require.Equal(t, "SELECT 0\nSET a 1\n", encode(t, capture(t, server)))
	}
}
