package standalone

import (
	"bytes"
	"context"
	"crypto/tls"
	"log/slog"
	"net"
	"path/filepath"
	"sync"
	"testing"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/compozy/rediskit/internal/config"
	"github.com/compozy/rediskit/internal/engine"
	"github.com/compozy/rediskit/internal/logger"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// with returns the test's context with these settings.
func with(t *testing.T, c config.Config) context.Context {
	t.Helper()
	return config.NewContext(t.Context(), c)
}

// start starts a server on the embedded backend. prepare may be nil.
func start(ctx context.Context, prepare func(*engine.Engine)) (*Server, error) {
	backend, err := StartEmbedded(ctx, prepare)
	if err != nil {
		return nil, err
	}
	return Start(ctx, backend)
}

// dial connects to the server's engine.
func dial(s *Server) error {
	embedded, _ := s.backend.(*Embedded)
	_, err := embedded.Engine().Dial()
	return err
}

// up starts a server and closes it with the test.
func up(t *testing.T, ctx context.Context, prepare func(*engine.Engine)) *Server { //nolint:revive // the test's context is not the server's
	t.Helper()
	s, err := start(ctx, prepare)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close(context.WithoutCancel(ctx))) })
	return s
}

func TestStartHandsOutAServerThatAnswers(t *testing.T) {
	t.Parallel()
	pings := 0
	s := up(t, t.Context(), func(e *engine.Engine) {
		e.Intercept(func(next engine.Handler) engine.Handler {
			return func(c *engine.Command) {
				if c.Name() == "PING" {
					pings++
				}
				next(c)
			}
		})
	})
	require.Equal(t, 1, pings, "it was pinged before it was handed out")
	require.NoError(t, s.Client().Set(t.Context(), "k", "v", 0).Err())
	require.Equal(t, "v", s.Client().Get(t.Context(), "k").Val())
}

func TestTheContextsEndDoesNotEndTheServer(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	s := up(t, ctx, nil)
	cancel()
	require.NoError(t, s.Client().Ping(t.Context()).Err())
}

func TestStartFailsWithTheStepThatFailed(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, taken.Close()) })
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	refusing := func(e *engine.Engine) {
		e.Intercept(func(next engine.Handler) engine.Handler {
			return func(c *engine.Command) {
				if c.Name() == "PING" {
					c.WriteError("ERR not in the mood")
					return
				}
				next(c)
			}
		})
	}
	for name, test := range map[string]struct {
		ctx     context.Context
		prepare func(*engine.Engine)
		want    string
	}{
		"bad address":         {with(t, config.Config{Addr: "nowhere"}), nil, "start redis: listen: listen tcp: address nowhere: missing port in address"},
		"port in use":         {with(t, config.Config{Addr: taken.Addr().String()}), nil, "start redis: listen: listen tcp " + taken.Addr().String() + ": bind: address already in use"},
		"bad socket path":     {with(t, config.Config{UnixSocket: filepath.Join(t.TempDir(), "none", "s")}), nil, "bind: no such file or directory"},
		"canceled context":    {ended, nil, "start redis: ping: context canceled"},
		"failed ping":         {t.Context(), refusing, "start redis: ping: ERR not in the mood"},
		"unusable TLS config": {with(t, config.Config{TLS: &tls.Config{MinVersion: tls.VersionTLS12}}), nil, "start redis: ping: remote error: tls: unrecognized name"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, err := start(test.ctx, test.prepare)
			require.Nil(t, s)
			require.ErrorContains(t, err, test.want)
		})
	}
}

func TestCloseIsForManyGoroutines(t *testing.T) {
	t.Parallel()
	s, err := start(t.Context(), nil)
	require.NoError(t, err)
	var group sync.WaitGroup
	for range 50 {
		group.Go(func() {
			assert.NoError(t, s.Close(t.Context()))
			err := dial(s)
			assert.ErrorIs(t, err, net.ErrClosed, "whoever returns from Close finds it closed")
		})
	}
	group.Wait()
}

func TestCloseWaitsForItsContextOnly(t *testing.T) {
	t.Parallel()
	s, err := start(t.Context(), nil)
	require.NoError(t, err)
	s.closing.Store(true) // as if another goroutine were at it
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, s.Close(ended), context.Canceled)
	s.closing.Store(false)
	require.NoError(t, s.Close(t.Context()))
}

func TestClientsAreClosedWithTheServer(t *testing.T) {
	t.Parallel()
	s, err := start(t.Context(), nil)
	require.NoError(t, err)
	client, err := s.NewClient(t.Context(), func(o *redis.Options) { o.DB = 3 })
	require.NoError(t, err)
	require.NoError(t, client.Set(t.Context(), "k", "three", 0).Err())
	require.Zero(t, s.Client().Exists(t.Context(), "k").Val())
	early, err := s.NewClient(t.Context())
	require.NoError(t, err)
	require.NoError(t, early.Close(), "a user may close it first")
	require.NoError(t, s.Close(t.Context()))
	require.ErrorIs(t, client.Ping(t.Context()).Err(), redis.ErrClosed)
	_, err = s.NewClient(t.Context())
	require.ErrorIs(t, err, ErrClosed)
	_, err = s.Listen(t.Context())
	require.ErrorIs(t, err, ErrClosed)
}

func TestListenKeepsItsAddress(t *testing.T) {
	t.Parallel()
	s := up(t, t.Context(), nil)
	addr, err := s.Listen(t.Context())
	require.NoError(t, err)
	again, err := s.Listen(t.Context())
	require.NoError(t, err)
	require.Equal(t, addr, again)
	client := redis.NewClient(&redis.Options{Addr: addr, DisableIdentity: true})
	t.Cleanup(func() { require.NoError(t, client.Close()) })
	require.NoError(t, client.Ping(t.Context()).Err())
}

func TestClientsLogIn(t *testing.T) {
	t.Parallel()
	for name, users := range map[string][]config.User{
		"default user": {{Name: config.DefaultUser, Password: "secret"}},
		"named user":   {{Name: "ada", Password: "secret"}, {Name: "bob", Password: "other"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := up(t, with(t, config.Config{Users: users}), nil)
			stranger, err := s.NewClient(t.Context()) // without the settings, and so without a password
			require.NoError(t, err)
			require.ErrorContains(t, stranger.Ping(t.Context()).Err(), "NOAUTH")
			require.NoError(t, s.Client().Ping(t.Context()).Err())
		})
	}
}

func TestTheLogIsTheContexts(t *testing.T) {
	t.Parallel()
	var text bytes.Buffer
	log := slog.New(slog.NewTextHandler(&text, &slog.HandlerOptions{Level: slog.LevelDebug}))
	ctx := logger.NewContext(t.Context(), log)
	s, err := start(ctx, nil)
	require.NoError(t, err)
	addr, err := s.Listen(ctx)
	require.NoError(t, err)
	require.NoError(t, s.Close(ctx))
	require.Contains(t, text.String(), `msg="redis started"`)
	require.Contains(t, text.String(), `msg="redis listens" addr=`+addr)
	require.Contains(t, text.String(), `msg="redis closed"`)
}
