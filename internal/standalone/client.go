package standalone

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/redis/go-redis/v9"
)

// ErrClosed is what asking a closed server for something new fails with.
var ErrClosed = errors.New("redis is closed")

// NewClient makes a client that is closed with the server. Each option may change what Options returns.
func (s *Server) NewClient(ctx context.Context, options ...func(*redis.Options)) (*redis.Client, error) {
	o := s.backend.Options(ctx)
	for _, option := range options {
		option(o)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing.Load() {
		return nil, fmt.Errorf("new client: %w", ErrClosed)
	}
	client := redis.NewClient(o)
	s.clients = append(s.clients, client)
	return client, nil
}

// Adopt makes a client one of the server's, to be closed with it.
func (s *Server) Adopt(client io.Closer) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing.Load() {
		return errors.Join(fmt.Errorf("new client: %w", ErrClosed), client.Close())
	}
	s.clients = append(s.clients, client)
	return nil
}

// Listen makes the server reachable over TCP, at its first call, and returns the address.
func (s *Server) Listen(ctx context.Context) (string, error) {
	if s.closing.Load() {
		return "", fmt.Errorf("listen: %w", ErrClosed)
	}
	return s.backend.Listen(ctx)
}
