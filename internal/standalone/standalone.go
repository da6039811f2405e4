// Package standalone is one Redis from start to end: a backend, embedded or not, a go-redis client that has pinged it, and
// what keeps its data.
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

	"github.com/compozy/rediskit/internal/logger"
)

// Server is a running server. It is safe for concurrent use.
type Server struct {
	backend     Backend
	client      *redis.Client
	persistence Persistence // may be nil

	closing  atomic.Bool
	closed   chan struct{} // closed when Close is done
	closeErr error

	mu      sync.Mutex
	clients []*redis.Client // in the order in which they were made
}

// Persistence keeps a server's data beyond its end.
type Persistence interface {
	// Restore brings back what was kept. It is called before the server is handed out.
	Restore(ctx context.Context, client *redis.Client) error
	// Stop keeps what is there now and ends whatever runs in the background. It is called before the clients are closed.
	Stop(ctx context.Context) error
}

// Start puts a server together, and returns it once it has answered PING. The backend is the server's from now on. The
// error names the step that failed, and then nothing is left running. The context's end does not end the server: Close
// does.
func Start(ctx context.Context, backend Backend, persistence Persistence) (*Server, error) {
	s := &Server{backend: backend, persistence: persistence, closed: make(chan struct{})}
	if err := s.bringUp(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("start redis: %w", err), s.abandon(ctx))
	}
	logger.FromContext(ctx).DebugContext(ctx, "redis started")
	return s, nil
}

func (s *Server) bringUp(ctx context.Context) error {
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

// Close stops the server: what keeps its data, then the clients, the last one first, then the backend. All of them are
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
	errs = append(errs, s.backend.Close(ctx))
	if err := errors.Join(errs...); err != nil {
		s.closeErr = fmt.Errorf("close redis: %w", err)
	}
	logger.FromContext(ctx).DebugContext(ctx, "redis closed", "error", s.closeErr)
	return s.closeErr
}
