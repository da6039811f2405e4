package redistest

import "context"

// Backend is the kind of Redis that a server's commands are run by. Make one with [Embedded], [RedisServer] or [External].
type Backend struct {
	title string
	start func(ctx context.Context, s *settings) (instance, error)
}

// WithBackend chooses the backend. Without it the environment does: REDISTEST_URL=redis://... or
// REDISTEST_BACKEND=embedded, redis-server or a URL; and without that either, it is [Embedded].
func WithBackend(b Backend) Option { return func(s *settings) { s.backend = b } }

// Embedded is the Redis in this process: the default, and by far the fastest.
func Embedded() Backend {
	return Backend{"embedded", func(ctx context.Context, _ *settings) (instance, error) { return startEmbedded(ctx) }}
}
