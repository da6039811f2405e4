package redistest

import (
	"context"
	"errors"
	"net/url"
	"os"

	"github.com/redis/go-redis/v9"

	"github.com/compozy/rediskit/internal/config"
	"github.com/compozy/rediskit/internal/engine"
	"github.com/compozy/rediskit/internal/logger"
	"github.com/compozy/rediskit/internal/standalone"
)

// Server is a Redis of one's own. It is safe for concurrent use.
type Server struct {
	inner *standalone.Server
	on    instance
	ctx   context.Context // what Context hands out: it carries config and logger
	fail  func(format string, args ...any)
	tidy  func() error // removes what New and Start have put on disk
	clock *Clock
	hooks []redis.Hook // of every client
}

// Context returns a context that carries the server's config and logger. For a server made by [New] it ends with the
// test's own.
func (s *Server) Context() context.Context { return s.ctx }

// Client returns the server's own client, connected to database 0. Every call returns the same one. It is closed with the
// server, and needs no closing by others.
func (s *Server) Client() *redis.Client { return s.inner.Client() }

// NewClient returns another client, which is closed with the server. Each option may change what [Server.Options]
// returns, the database for instance:
//
//	other := srv.NewClient(func(o *redis.Options) { o.DB = 1 })
func (s *Server) NewClient(options ...func(*redis.Options)) *redis.Client {
	client, err := s.inner.NewClient(s.ctx, options...)
	if err != nil {
		s.fail("redistest: %v", err)
		return nil // only a TB that does not abort comes here
	}
	s.observe(client)
	return client
}

// observe gives a client the server's hooks.
func (s *Server) observe(client *redis.Client) {
	for _, hook := range s.hooks {
		client.AddHook(hook)
	}
}

// Options returns what it takes to build a client of one's own. The caller may change the result. Such a client connects
// in memory unless [WithUnixSocket] or [WithTLS] was given, and is the caller's to close.
func (s *Server) Options() *redis.Options { return s.on.Options(s.ctx) }

// Addr returns the server's TCP address, host:port. The server starts to listen at the first call; most tests never need
// that. Inside a [testing/synctest] bubble do without it: a goroutine that waits for a socket keeps the bubble's clock
// from moving.
func (s *Server) Addr() string {
	addr, err := s.inner.Listen(s.ctx)
	if err != nil {
		s.fail("redistest: %v", err)
	}
	return addr
}

// URL returns the server's address in the form that [redis.ParseURL] and most clients take, with the credentials of the
// first user: redis://, rediss:// with TLS, or unix:// with [WithUnixSocket]. Like [Server.Addr] it may start listening.
func (s *Server) URL() string {
	if own, ok := s.on.(interface{ url() string }); ok {
		return own.url()
	}
	settings := config.FromContext(s.ctx)
	u := url.URL{Scheme: "redis", Path: "/0"}
	switch {
	case settings.UnixSocket != "":
		u.Scheme, u.Path = "unix", settings.UnixSocket
	case settings.TLS != nil:
		u.Scheme = "rediss"
		fallthrough
	default:
		u.Host = s.Addr()
	}
	if len(settings.Users) > 0 {
		u.User = url.UserPassword(settings.Users[0].Name, settings.Users[0].Password)
	}
	return u.String()
}

// Miniredis returns the server behind the embedded backend, for what has no other way yet. Its methods go past the wire:
// what they push wakes no blocked client before the next command, and what they publish reaches no client. To move the
// clock use [Server.Advance] and [Server.TravelTo] in place of its FastForward and SetTime, which know of no blocked
// client and no timer; after a call of Miniredis each move looks at every key.
//
// On any other backend it fails the test, as there is none.
func (s *Server) Miniredis() *engine.Miniredis {
	backend, ok := s.on.(embedded)
	if !ok {
		s.fail("redistest: %v", &UnsupportedError{Feature: "Miniredis", Backend: s.on.name()})
		return nil
	}
	return backend.Engine().Miniredis()
}

// Close stops the server and closes its clients. It may be called at any time, by several goroutines and more than once:
// the first call does the work, the others wait until it is done or ctx ends, and all return the same error. A server
// made by [New] is closed by the test's cleanup.
func (s *Server) Close(ctx context.Context) error {
	ctx = logger.NewContext(config.NewContext(ctx, config.FromContext(s.ctx)), logger.FromContext(s.ctx))
	return errors.Join(s.inner.Close(ctx), s.tidy())
}

// removeAll returns a function that removes a folder, if there is one.
func removeAll(dir string) func() error {
	return func() error {
		if dir == "" {
			return nil
		}
		return os.RemoveAll(dir)
	}
}
