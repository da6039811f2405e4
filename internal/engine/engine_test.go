package engine_test

import (
	"context"
	"net"
	"testing"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/compozy/rediskit/internal/engine"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// start gives a test an engine of its own.
func start(t testing.TB) *engine.Engine {
	t.Helper()
	e, err := engine.New(engine.Clock{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, e.Close()) })
	return e
}

// connect gives a go-redis client over in-memory connections.
func connect(t testing.TB, e *engine.Engine, options ...func(*redis.Options)) *redis.Client {
	t.Helper()
	o := &redis.Options{
		Dialer:                   func(context.Context, string, string) (net.Conn, error) { return e.Dial() },
		DisableIdentity:          true,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	}
	for _, option := range options {
		option(o)
	}
	client := redis.NewClient(o)
	t.Cleanup(func() { require.NoError(t, client.Close()) })
	return client
}

func TestAClientReadsWhatItWrote(t *testing.T) {
	t.Parallel()
	client := connect(t, start(t))
	require.NoError(t, client.Set(t.Context(), "key", "value", 0).Err())
	got, err := client.Get(t.Context(), "key").Result()
	require.NoError(t, err)
	require.Equal(t, "value", got)
}
