package redistest_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/internal/config"
	"github.com/compozy/rediskit/internal/logger"
	"github.com/compozy/rediskit/redistest"
)

func TestNewGivesEachTestItsOwnRedis(t *testing.T) {
	t.Parallel()
	for range 3 {
		t.Run("subtest", func(t *testing.T) {
			t.Parallel()
			client := redistest.New(t).Client()
			require.Equal(t, int64(1), client.Incr(t.Context(), "n").Val())
		})
	}
}

func TestNewClosesWithTheTest(t *testing.T) {
	t.Parallel()
	var srv *redistest.Server
	var other *redis.Client
	require.Empty(t, runFake(t, func(f *fakeTB) {
		srv = redistest.New(f)
		other = srv.NewClient()
		require.NoError(t, other.Ping(f.Context()).Err())
	}))
	require.ErrorIs(t, srv.Client().Ping(t.Context()).Err(), redis.ErrClosed)
	require.ErrorIs(t, other.Ping(t.Context()).Err(), redis.ErrClosed)
	require.ErrorIs(t, srv.Context().Err(), context.Canceled)
	require.NoError(t, srv.Close(t.Context()))
}

func TestNewFailsTheTest(t *testing.T) {
	t.Parallel()
	failures := runFake(t, func(f *fakeTB) {
		redistest.New(f, redistest.WithAddr("nowhere"))
		t.Error("Fatalf did not abort")
	})
	require.Equal(t, []string{"redistest: start redis: listen: listen tcp: address nowhere: missing port in address"}, failures)
}

func TestAClosedServerFailsTheTest(t *testing.T) {
	t.Parallel()
	for name, use := range map[string]func(*redistest.Server){
		"redistest: new client: redis is closed": func(s *redistest.Server) { s.NewClient() },
		"redistest: listen: redis is closed":     func(s *redistest.Server) { s.Addr() },
	} {
		failures := runFake(t, func(f *fakeTB) {
			srv := redistest.New(f)
			require.NoError(t, srv.Close(f.Context()))
			use(srv)
			t.Error("Fatalf did not abort")
		})
		require.Equal(t, []string{name}, failures)
	}
}

func TestStart(t *testing.T) {
	t.Parallel()
	srv, err := redistest.Start(t.Context())
	require.NoError(t, err)
	require.NoError(t, srv.Client().Ping(t.Context()).Err())
	require.NoError(t, srv.Close(t.Context()))
	require.NoError(t, srv.Close(t.Context()))

	_, err = redistest.Start(t.Context(), redistest.WithAddr("nowhere"))
	require.EqualError(t, err, "redistest: start redis: listen: listen tcp: address nowhere: missing port in address")
}

func TestAServerOfTestMainIsForAllTests(t *testing.T) {
	t.Parallel()
	require.NoError(t, forAll.Client().Set(t.Context(), t.Name(), "v", 0).Err())
	require.NoError(t, forAll.Context().Err())
}

func TestInABubble(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv := redistest.New(t)
		began := time.Now()
		for _, client := range []*redis.Client{srv.Client(), srv.NewClient()} {
			err := client.BLPop(t.Context(), time.Minute, "queue").Err()
			require.ErrorIs(t, err, redis.Nil)
		}
		require.Equal(t, 2*time.Minute, time.Since(began), "of the bubble's time")
	})
}

func TestOptionsBuildAClientOfOnesOwn(t *testing.T) {
	t.Parallel()
	srv := redistest.New(t, redistest.WithPassword("secret"))
	o := srv.Options()
	o.DB = 2
	require.Zero(t, srv.Options().DB, "the caller's copy is the caller's")
	client := redis.NewClient(o)
	require.NoError(t, client.Set(t.Context(), "k", "two", 0).Err())
	require.NoError(t, client.Close())
	require.Zero(t, srv.Client().Exists(t.Context(), "k").Val())
}

func TestAddrListensWhenAsked(t *testing.T) {
	t.Parallel()
	srv := redistest.New(t)
	addr := srv.Addr()
	require.Equal(t, addr, srv.Addr(), "it is listened on once")
	host, _, err := net.SplitHostPort(addr)
	require.NoError(t, err)
	require.Equal(t, "127.0.0.1", host)
	pingURL(t, srv.URL())
}

// pingURL connects as somebody who knows nothing but the URL.
func pingURL(t *testing.T, url string) {
	t.Helper()
	o, err := redis.ParseURL(url)
	require.NoError(t, err)
	client := redis.NewClient(o)
	require.NoError(t, client.Ping(t.Context()).Err())
	require.NoError(t, client.Close())
}

func TestWithAddr(t *testing.T) {
	t.Parallel()
	srv := redistest.New(t, redistest.WithAddr("localhost:0"))
	require.NotContains(t, srv.Addr(), ":0")
	failures := runFake(t, func(f *fakeTB) { redistest.New(f, redistest.WithAddr(srv.Addr())) })
	require.Len(t, failures, 1)
	require.Contains(t, failures[0], "address already in use")
}

func TestUsersLogIn(t *testing.T) {
	t.Parallel()
	srv := redistest.New(t, redistest.WithUser("ada", "first"), redistest.WithUser("ada", "secret"), redistest.WithUser("bob", "other"))
	require.Equal(t, "ada", srv.Options().Username)
	require.True(t, strings.HasPrefix(srv.URL(), "redis://ada:secret@127.0.0.1:"), srv.URL())
	pingURL(t, srv.URL())
	for user, want := range map[[2]string]string{
		{"", ""}:           "NOAUTH",
		{"ada", "first"}:   "WRONGPASS",
		{"eve", "secret"}:  "WRONGPASS",
		{"ada", "secret"}:  "",
		{"bob", "other"}:   "",
		{"", "secret"}:     "WRONGPASS",
		{"default", "any"}: "WRONGPASS",
	} {
		err := srv.NewClient(func(o *redis.Options) { o.Username, o.Password = user[0], user[1] }).Ping(t.Context()).Err()
		if want == "" {
			require.NoError(t, err, user)
			continue
		}
		require.ErrorContains(t, err, want, user)
	}
}

func TestWithUnixSocket(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "redis.sock")
	srv := redistest.New(t, redistest.WithUnixSocket(path))
	require.Equal(t, path, srv.Options().Addr)
	require.Equal(t, "unix://"+path, srv.URL())
	require.Contains(t, srv.Client().ClientList(t.Context()).Val(), "addr=unix")
	pingURL(t, srv.URL())
}

func TestWithUnixSocketOfItsOwn(t *testing.T) {
	t.Parallel()
	var path string
	require.Empty(t, runFake(t, func(f *fakeTB) {
		srv := redistest.New(f, redistest.WithUnixSocket(""))
		path = srv.Options().Addr
		_, err := os.Stat(path)
		require.NoError(t, err)
	}))
	_, err := os.Stat(filepath.Dir(path))
	require.ErrorIs(t, err, os.ErrNotExist)
}

func TestWithTLS(t *testing.T) {
	t.Parallel()
	own := redistest.New(t, redistest.WithTLS(nil))
	require.True(t, strings.HasPrefix(own.URL(), "rediss://127.0.0.1:"), own.URL())
	require.NoError(t, own.Client().Ping(t.Context()).Err())
	plain, err := net.Dial("tcp", own.Addr())
	require.NoError(t, err)
	_, err = io.WriteString(plain, "PING\r\n")
	require.NoError(t, err)
	answer, err := io.ReadAll(plain)
	require.NotContains(t, string(answer), "PONG", "it speaks TLS only")
	require.NoError(t, err)
	require.NoError(t, plain.Close())

	// A certificate of one's own need not name the address.
	given := redistest.New(t, redistest.WithTLS(&tls.Config{
		Certificates: []tls.Certificate{named(t, "redis.example.com")}, MinVersion: tls.VersionTLS13,
	}))
	require.NoError(t, given.Client().Ping(t.Context()).Err())
	require.Equal(t, "redis.example.com", given.Options().TLSConfig.ServerName)
}

func TestTheLogGoesToTheTest(t *testing.T) {
	t.Parallel()
	require.Empty(t, runFake(t, func(f *fakeTB) {
		srv := redistest.New(f)
		logger.FromContext(srv.Context()).Info("hello")
		require.Len(t, f.log, 1)
		require.Contains(t, f.log[0], "level=INFO msg=hello")
	}))
	require.NotPanics(t, func() { logger.FromContext(redistest.New(t).Context()).Info("to t.Output") })
	var text bytes.Buffer
	srv := redistest.New(t, redistest.WithLogger(slog.New(slog.NewTextHandler(&text, &slog.HandlerOptions{Level: slog.LevelDebug}))))
	require.Contains(t, text.String(), "redis started")
	require.Zero(t, config.FromContext(srv.Context()))
}

func TestMiniredisIsTheServerBehind(t *testing.T) {
	t.Parallel()
	srv := redistest.New(t)
	require.NoError(t, srv.Miniredis().Set("k", "v"))
	require.Equal(t, "v", srv.Client().Get(t.Context(), "k").Val())
}
