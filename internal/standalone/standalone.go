// Package standalone is one Redis from start to end: a backend, embedded or not, a go-redis client that has pinged it, and
// what keeps its data.
//
// Settings and logger come from the context, each time they are needed; see the packages config and logger.
package standalone

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/redis/go-redis/v9"

	"github.com/compozy/rediskit/internal/logger"
	"github.com/compozy/rediskit/snapshot"
)

// Server is a running server. It is safe for concurrent use.
type Server struct {
	backend     Backend
	client      *redis.Client
	persistence *persistence // nil where nothing is kept

	closing  atomic.Bool
	closed   chan struct{} // closed when Close is done
	closeErr error

	mu      sync.Mutex
	clients []io.Closer // in the order in which they were made
}

// opener is a backend that nobody else reaches before it is opened.
type opener interface {
	Open(ctx context.Context) error
}

// Start puts a server together, and returns it once it has answered PING. The backend is the server's from now on. The
// error names the step that failed, and then nothing is left running. The context's end does not end the server: Close
// does.
func Start(ctx context.Context, backend Backend) (*Server, error) {
	s := &Server{backend: backend, closed: make(chan struct{})}
	if err := s.bringUp(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("start redis: %w", err), s.Abandon(ctx))
	}
	logger.FromContext(ctx).DebugContext(ctx, "redis started")
	return s, nil
}

func (s *Server) bringUp(ctx context.Context) error {
	if err := s.restore(ctx); err != nil {
		return err
	}
	if backend, ok := s.backend.(opener); ok {
		if err := backend.Open(ctx); err != nil {
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
		return s.persistence.takeSnapshots(ctx)
	}
	return nil
}

// restore brings back what was kept, before anybody can add to it.
func (s *Server) restore(ctx context.Context) (err error) {
	if s.persistence, err = openPersistence(ctx, s.backend); err != nil || s.persistence == nil {
		return err
	}
	return s.persistence.restore(ctx)
}

// Abandon closes a server that failed to start in the end. There is nothing yet that would be worth keeping.
func (s *Server) Abandon(ctx context.Context) error {
	ctx = context.WithoutCancel(ctx)
	var err error
	if s.persistence != nil {
		err = s.persistence.abandon(ctx)
		s.persistence = nil
	}
	return errors.Join(err, s.Close(ctx))
}

// Stats are what persistence has done so far; the zero value where nothing is kept.
func (s *Server) Stats() snapshot.Stats {
	if s.persistence == nil {
		return snapshot.Stats{}
	}
	return s.persistence.manager.Stats()
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
		errs = append(errs, s.persistence.stop(ctx))
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
