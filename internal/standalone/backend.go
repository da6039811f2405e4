package standalone

import (
	"context"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/compozy/rediskit/snapshot"
)

// Backend is the Redis that a server's clients talk to. Its methods may be called by many goroutines.
type Backend interface {
	// Options are those of a client, as the context's config wants it to connect. The caller owns the result.
	Options(ctx context.Context) *redis.Options
	// Listen makes it reachable over TCP, at its first call, and returns the address.
	Listen(ctx context.Context) (addr string, err error)
	// Keyspace is what it holds.
	Keyspace() snapshot.Target
	// Now is its time, by which times to live are counted.
	Now() time.Time
	// Close ends it. The clients have been closed by then.
	Close(ctx context.Context) error
}
