package redistest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/compozy/rediskit/internal/config"
	"github.com/compozy/rediskit/internal/logger"
	"github.com/compozy/rediskit/internal/standalone"
)

// closeTimeout is how long a test's cleanup waits for its server to stop.
const closeTimeout = 30 * time.Second

// New returns a server for the test t, empty and ready for use: it has answered PING. Where that fails the test ends with
// t.Fatalf. The server belongs to the test (or benchmark, or Ginkgo node) and is closed when that and its subtests are
// over; a failure to close it is an error of the test.
//
//	func TestGreeting(t *testing.T) {
//		t.Parallel()
//		client := redistest.New(t).Client()
//		...
//	}
func New(t TB, opts ...Option) *Server {
	t.Helper()
	s, err := start(t.Context(), testLogger(t), opts)
	if err != nil {
		giveUp(t, err)
		return nil // only a TB that does not abort comes here
	}
	s.fail = func(format string, args ...any) {
		t.Helper()
		t.Fatalf(format, args...)
	}
	t.Cleanup(func() {
		// The test's context has ended by now.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(s.ctx), closeTimeout)
		defer cancel()
		if err := s.Close(ctx); err != nil {
			t.Errorf("redistest: %v", err)
		}
	})
	return s
}

// giveUp ends a test that has no server: it is skipped where there is none to be had and nobody has required one.
func giveUp(t TB, err error) {
	t.Helper()
	var missing *missingError
	skipper, canSkip := t.(interface {
		Skipf(format string, args ...any)
	})
	if canSkip && errors.As(err, &missing) && !config.ReadEnv().Require {
		skipper.Skipf("redistest: %v; %s=1 makes this a failure", err, config.EnvRequire)
		return
	}
	t.Fatalf("redistest: %v", err)
}

// Start returns a server, empty and ready for use: it has answered PING. It is for TestMain, BeforeSuite and main; in a
// test use [New]. The error names the step that failed, and then nothing is left running. ctx may carry values for the
// server's context; its end does not stop the server: that is for the caller to do, with [Server.Close].
func Start(ctx context.Context, opts ...Option) (*Server, error) {
	s, err := start(ctx, nil, opts)
	if err != nil {
		return nil, fmt.Errorf("redistest: %w", err)
	}
	s.fail = func(format string, args ...any) {
		logger.FromContext(s.ctx).ErrorContext(s.ctx, fmt.Sprintf(format, args...))
	}
	return s, nil
}

// start applies the options and starts a server. log, if not nil, is used where the options name none.
func start(ctx context.Context, log *slog.Logger, opts []Option) (*Server, error) {
	chosen := settings{logger: log}
	for _, opt := range opts {
		opt(&chosen)
	}
	if chosen.backend.start == nil {
		var err error
		if chosen.backend, err = backendOf(config.ReadEnv()); err != nil {
			return nil, err
		}
	}
	folder, err := chosen.complete()
	if err != nil {
		return nil, err
	}
	ctx = config.NewContext(ctx, chosen.config)
	if chosen.logger != nil {
		ctx = logger.NewContext(ctx, chosen.logger)
	}
	tidy := removeAll(folder)
	on, err := chosen.backend.start(ctx, &chosen)
	if err != nil {
		return nil, errors.Join(err, tidy())
	}
	inner, err := standalone.Start(ctx, on)
	if err != nil {
		return nil, errors.Join(err, tidy())
	}
	s := &Server{inner: inner, on: on, ctx: ctx, tidy: tidy, clock: newClock(on), hooks: chosen.hooks}
	for _, load := range chosen.fixtures {
		if err := load(s); err != nil {
			return nil, errors.Join(err, s.inner.Abandon(ctx), tidy())
		}
	}
	s.observe(s.Client())
	return s, nil
}

// complete makes what the options have left to us, and returns the folder it has put on disk, "" for none.
func (s *settings) complete() (folder string, err error) {
	switch clock := &s.config.Clock; {
	case !s.ownTime:
		clock.Live = inBubble()
	case !clock.Live:
		if err := checkTime(clock.Start); err != nil {
			return "", fmt.Errorf("start the clock: %w", err)
		}
	}
	if s.ownTLS {
		if s.config.TLS, err = selfSigned(); err != nil {
			return "", fmt.Errorf("make a certificate: %w", err)
		}
	}
	if s.ownSocket {
		// Not the test's TempDir: the path of a socket must be shorter than those often are.
		if folder, err = os.MkdirTemp("", "redis"); err != nil {
			return "", fmt.Errorf("make a folder for the unix socket: %w", err)
		}
		s.config.UnixSocket = filepath.Join(folder, "redis.sock")
	}
	return folder, nil
}
