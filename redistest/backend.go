package redistest

import (
	"context"
	"fmt"
	"strings"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"

	"github.com/compozy/rediskit/internal/config"
)

// Backend is the kind of Redis that a server's commands are run by. Make one with [Embedded], [RedisServer] or [External].
type Backend struct {
	title string
	start func(ctx context.Context, s *settings) (instance, error)
}

// String returns what the backend is called: embedded, redis-server, or the address of an external one.
func (b Backend) String() string { return b.title }

// WithBackend chooses the backend. Without it the environment does: REDISTEST_URL=redis://... or
// REDISTEST_BACKEND=embedded, redis-server or a URL; and without that either, it is [Embedded]. So one command runs a whole
// suite on a real server:
//
//	REDISTEST_BACKEND=redis-server go test ./...
//
// A test that moves a clock which a real server cannot follow, or runs in a [testing/synctest] bubble, says that it is for one
// backend: WithBackend(Embedded()).
//
// Where the backend is not installed the test is skipped, and says how to install it; with REDISTEST_REQUIRE=1 it fails.
func WithBackend(b Backend) Option { return func(s *settings) { s.backend = b } }

// Embedded is the Redis in this process: the default, and by far the fastest.
func Embedded() Backend {
	return Backend{"embedded", func(ctx context.Context, _ *settings) (instance, error) { return startEmbedded(ctx) }}
}

// backendOf is the backend that the environment chooses.
func backendOf(env config.Env) (Backend, error) {
	switch {
	case env.URL != "":
		return External(env.URL), nil
	case env.Backend == "" || env.Backend == "embedded":
		return Embedded(), nil
	case env.Backend == "redis-server":
		return RedisServer(), nil
	case strings.Contains(env.Backend, "://"):
		return External(env.Backend), nil
	default:
		return Backend{}, fmt.Errorf("%s=%s: want embedded, redis-server or a URL", config.EnvBackend, env.Backend)
	}
}

// missingError says that a backend is not installed here. It is a reason to skip a test.
type missingError struct{ reason error }

func (e *missingError) Error() string {
	return e.reason.Error() + "; install it with: apt-get install redis-server, or: brew install redis"
}

func (e *missingError) Unwrap() error { return e.reason }

// onlyEmbedded refuses options that another backend cannot follow.
func (s *settings) onlyEmbedded(title string) error {
	if inBubble() { // where a goroutine that waits for a socket keeps the clock from moving
		return &UnsupportedError{Feature: "a testing/synctest bubble", Backend: title}
	}
	for feature, asked := range map[string]bool{
		"WithTime":       s.ownTime && !s.config.Clock.Live,
		"WithAddr":       s.config.Addr != "",
		"WithUnixSocket": s.config.UnixSocket != "",
		"WithTLS":        s.config.TLS != nil,

		"WithClusterRules": s.config.Cluster.Enabled,
	} {
		if asked {
			return &UnsupportedError{Feature: feature, Backend: title}
		}
	}
	return nil
}

// realOptions are those of a client of a real server, logged in as the context's config says.
func realOptions(ctx context.Context) *redis.Options {
	o := &redis.Options{
		DisableIdentity:          true,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	}
	if users := config.FromContext(ctx).Users; len(users) > 0 {
		o.Password = users[0].Password
		if users[0].Name != config.DefaultUser {
			o.Username = users[0].Name
		}
	}
	return o
}
