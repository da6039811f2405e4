package standalone

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
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

// parts are what a server is put together from.
type parts struct {
	prepare     func(*engine.Engine)
	persistence Persistence
}

// start starts a server on the embedded backend.
func start(ctx context.Context, p parts) (*Server, error) {
	backend, err := StartEmbedded(ctx, p.prepare)
	if err != nil {
		return nil, err
	}
	return Start(ctx, backend, p.persistence)
}

// dial connects to the server's engine.
func dial(s *Server) error {
	embedded, _ := s.backend.(*Embedded)
	_, err := embedded.Engine().Dial()
	return err
}

// up starts a server and closes it with the test.
func up(t *testing.T, ctx context.Context, p parts) *Server { //nolint:revive // the test's context is not the server's
	t.Helper()
	s, err := start(ctx, p)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close(context.WithoutCancel(ctx))) })
	return s
}

func TestStartHandsOutAServerThatAnswers(t *testing.T) {
	t.Parallel()
	pings := 0
	s := up(t, t.Context(), parts{prepare: func(e *engine.Engine) {
		e.Intercept(func(next engine.Handler) engine.Handler {
			return func(c *engine.Command) {
				if c.Name() == "PING" {
					pings++
				}
				next(c)
			}
		})
	}})
	require.Equal(t, 1, pings, "it was pinged before it was handed out")
	require.NoError(t, s.Client().Set(t.Context(), "k", "v", 0).Err())
	require.Equal(t, "v", s.Client().Get(t.Context(), "k").Val())
}

func TestTheContextsEndDoesNotEndTheServer(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	s := up(t, ctx, parts{})
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
	refusing := parts{prepare: func(e *engine.Engine) {
		e.Intercept(func(next engine.Handler) engine.Handler {
			return func(c *engine.Command) {
				if c.Name() == "PING" {
					c.WriteError("ERR not in the mood")
					return
				}
				next(c)
			}
		})
	}}
	for name, test := range map[string]struct {
		ctx   context.Context
		parts parts
		want  string
	}{
		"bad address":         {with(t, config.Config{Addr: "nowhere"}), parts{}, "start redis: listen: listen tcp: address nowhere: missing port in address"},
		"port in use":         {with(t, config.Config{Addr: taken.Addr().String()}), parts{}, "start redis: listen: listen tcp " + taken.Addr().String() + ": bind: address already in use"},
		"bad socket path":     {with(t, config.Config{UnixSocket: filepath.Join(t.TempDir(), "none", "s")}), parts{}, "bind: no such file or directory"},
		"canceled context":    {ended, parts{}, "start redis: ping: context canceled"},
		"failed ping":         {t.Context(), refusing, "start redis: ping: ERR not in the mood"},
		"failed restore":      {t.Context(), parts{persistence: &memory{failRestore: errors.New("no disk")}}, "start redis: restore: no disk"},
		"unusable TLS config": {with(t, config.Config{TLS: &tls.Config{MinVersion: tls.VersionTLS12}}), parts{}, "start redis: ping: remote error: tls: unrecognized name"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, err := start(test.ctx, test.parts)
			require.Nil(t, s)
			require.ErrorContains(t, err, test.want)
		})
	}
}

// memory is a Persistence that notes what is asked of it.
type memory struct {
	failRestore, failStop error
	calls                 []string
	seen                  string // what the key held when Stop was called
	server                func() *Server
}

func (m *memory) Restore(ctx context.Context, client *redis.Client) error {
	m.calls = append(m.calls, "restore")
	return errors.Join(m.failRestore, client.Set(ctx, "k", "restored", 0).Err())
}

func (m *memory) Stop(ctx context.Context) error {
	m.calls = append(m.calls, "stop")
	if m.server != nil {
		m.seen = m.server().Client().Get(ctx, "k").Val()
	}
	return m.failStop
}

func TestPersistenceIsRestoredFirstAndStoppedWhileTheServerStillWorks(t *testing.T) {
	t.Parallel()
	var s *Server
	m := &memory{server: func() *Server { return s }}
	s = up(t, t.Context(), parts{persistence: m})
	require.Equal(t, "restored", s.Client().Get(t.Context(), "k").Val())
	require.NoError(t, s.Client().Set(t.Context(), "k", "last", 0).Err())
	require.NoError(t, s.Close(t.Context()))
	require.Equal(t, []string{"restore", "stop"}, m.calls)
	require.Equal(t, "last", m.seen)
}

func TestCloseClosesEverythingWhateverFails(t *testing.T) {
	t.Parallel()
	failure := errors.New("disk full")
	s, err := start(t.Context(), parts{persistence: &memory{failStop: failure}})
	require.NoError(t, err)
	err = s.Close(t.Context())
	require.ErrorIs(t, err, failure)
	require.EqualError(t, err, "close redis: disk full")
	require.Equal(t, err, s.Close(t.Context()), "the same error for everybody")
	require.ErrorIs(t, s.Client().Ping(t.Context()).Err(), redis.ErrClosed)
	err = dial(s)
	require.ErrorIs(t, err, net.ErrClosed)
}

func TestAServerThatFailedToStartIsNotKept(t *testing.T) {
	t.Parallel()
	m := &memory{failRestore: errors.New("no disk")}
	_, err := start(t.Context(), parts{persistence: m})
	require.Error(t, err)
	require.Equal(t, []string{"restore"}, m.calls, "what could not be restored must not be overwritten")
}

func TestCloseIsForManyGoroutines(t *testing.T) {
	t.Parallel()
	m := &memory{}
	s, err := start(t.Context(), parts{persistence: m})
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
	require.Equal(t, []string{"restore", "stop"}, m.calls)
}

func TestCloseWaitsForItsContextOnly(t *testing.T) {
	t.Parallel()
	s, err := start(t.Context(), parts{})
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
	s, err := start(t.Context(), parts{})
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
	s := up(t, t.Context(), parts{})
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
			s := up(t, with(t, config.Config{Users: users}), parts{})
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
	s, err := start(ctx, parts{})
	require.NoError(t, err)
	addr, err := s.Listen(ctx)
	require.NoError(t, err)
	require.NoError(t, s.Close(ctx))
	require.Contains(t, text.String(), `msg="redis started"`)
	require.Contains(t, text.String(), `msg="redis listens" addr=`+addr)
	require.Contains(t, text.String(), `msg="redis closed"`)
}
