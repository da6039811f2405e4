// Package standalone is one embedded Redis from start to end: the engine, a go-redis client that has pinged it, and what
// keeps its data.
//
// Settings and logger come from the context, each time they are needed; see the packages config and logger.
package standalone

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/redis/go-redis/v9"

	"github.com/compozy/rediskit/internal/config"
	"github.com/compozy/rediskit/internal/engine"
	"github.com/compozy/rediskit/internal/logger"
)

// Server is a running server. It is safe for concurrent use.
type Server struct {
	engine      *engine.Engine
	client      *redis.Client
	persistence Persistence

	closing  atomic.Bool
	closed   chan struct{} // closed when Close is done
	closeErr error

	mu      sync.Mutex
	addr    string          // of the TCP listener, once there is one
	clients []*redis.Client // in the order in which they were made
}

// Persistence keeps a server's data beyond its end.
type Persistence interface {
	// Restore brings back what was kept. It is called before the server is handed out.
	Restore(ctx context.Context, client *redis.Client) error
	// Stop keeps what is there now and ends whatever runs in the background. It is called before the clients are closed.
	Stop(ctx context.Context) error
}

// parts are what Start puts together, and what a test may replace.
type parts struct {
	prepare     func(*engine.Engine) // before the first client connects
	persistence Persistence          // may be nil
}

// Start starts a server as the context's config says, and returns it once it has answered PING. The error names the step
// that failed, and then nothing is left running. The context's end does not end the server: Close does.
func Start(ctx context.Context) (*Server, error) { return start(ctx, parts{}) }

func start(ctx context.Context, p parts) (*Server, error) {
	e, err := engine.New(engine.Clock(config.FromContext(ctx).Clock))
	if err != nil {
		return nil, fmt.Errorf("start redis: %w", err)
	}
	s := &Server{engine: e, persistence: p.persistence, closed: make(chan struct{})}
	if err := s.bringUp(ctx, p); err != nil {
		return nil, errors.Join(fmt.Errorf("start redis: %w", err), s.abandon(ctx))
	}
	logger.FromContext(ctx).DebugContext(ctx, "redis started")
	return s, nil
}

func (s *Server) bringUp(ctx context.Context, p parts) error {
	settings := config.FromContext(ctx)
	for _, user := range settings.Users {
		if err := s.engine.Protect(user.Name, user.Password); err != nil {
			return fmt.Errorf("add user %s: %w", user.Name, err)
		}
	}
	if p.prepare != nil {
		p.prepare(s.engine)
	}
	if settings.UnixSocket != "" {
		if _, err := s.engine.Listen("unix", settings.UnixSocket, nil); err != nil {
			return err
		}
	}
	if settings.Addr != "" || settings.TLS != nil {
		if _, err := s.Listen(ctx); err != nil {
			return err
		}
	}
	client, err := s.NewClient(ctx)
	if err != nil {
		return err
	}
	s.client = client
	if err := client.Ping(ctx).Err(); err != nil {
		return fmt.Errorf("ping: %w", err)
	}
	if s.persistence != nil {
		if err := s.persistence.Restore(ctx, client); err != nil {
			return fmt.Errorf("restore: %w", err)
		}
	}
	return nil
}

// abandon closes what was started of a server that failed to start. There is nothing yet that would be worth keeping.
func (s *Server) abandon(ctx context.Context) error {
	s.persistence = nil
	return s.Close(context.WithoutCancel(ctx))
}

// Client is the server's own client.
func (s *Server) Client() *redis.Client { return s.client }

// Engine is the embedded server.
func (s *Server) Engine() *engine.Engine { return s.engine }

// Close stops the server: what keeps its data, then the clients, the last one first, then the engine. All of them are
// closed whatever fails; the error joins their errors. Close can be called by many goroutines: the first does the work,
// the others wait for it, or for their context, and get the same error.
func (s *Server) Close(ctx context.Context) error {
	if !s.closing.CompareAndSwap(false, true) {
		select {
		case <-s.closed:
			return s.closeErr
		case <-ctx.Done():
			return fmt.Errorf("close redis: wait for the goroutine that closes it: %w", ctx.Err())
		}
	}
	defer close(s.closed)
	var errs []error
	if s.persistence != nil {
		errs = append(errs, s.persistence.Stop(ctx))
	}
	s.mu.Lock()
	clients := slices.Clone(s.clients)
	s.mu.Unlock()
	for _, client := range slices.Backward(clients) {
		if err := client.Close(); !errors.Is(err, redis.ErrClosed) { // its user may have closed it
			errs = append(errs, err)
		}
	}
	errs = append(errs, s.engine.Close())
	if err := errors.Join(errs...); err != nil {
		s.closeErr = fmt.Errorf("close redis: %w", err)
	}
	logger.FromContext(ctx).DebugContext(ctx, "redis closed", "error", s.closeErr)
	return s.closeErr
}
