package redistest

import (
	"crypto/tls"
	"log/slog"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/compozy/rediskit/internal/config"
)

// Option changes one thing about a server that [New] or [Start] makes. Where two options contradict each other, the
// later one holds.
type Option func(*settings)

// settings are what the options add up to.
type settings struct {
	config    config.Config
	logger    *slog.Logger
	backend   Backend
	fixtures  []func(*Server) error
	hooks     []redis.Hook
	ownTLS    bool // make a certificate
	ownSocket bool // make a folder for the socket
	ownTime   bool // an option has said what the clock is like
}

// WithLogger sends the server's log to log. By default a server made by [New] writes what is at least of level Info to
// the test's output, and one made by [Start] logs to [slog.Default].
func WithLogger(log *slog.Logger) Option { return func(s *settings) { s.logger = log } }

// WithPassword makes clients log in as the user "default", with AUTH password or HELLO, as requirepass does. The
// server's own clients do so by themselves.
func WithPassword(password string) Option { return WithUser(config.DefaultUser, password) }

// WithUser adds a user that clients can log in as, with AUTH name password or HELLO; without logging in they can do
// nothing. It can be given several times: the server's own clients use the first. There are no access lists: every
// user may do everything.
func WithUser(name, password string) Option {
	return func(s *settings) {
		for i, user := range s.config.Users {
			if user.Name == name {
				s.config.Users[i].Password = password
				return
			}
		}
		s.config.Users = append(s.config.Users, config.User{Name: name, Password: password})
	}
}

// WithTime makes the server's clock begin at a moment between the years 1970 and 2200, and stand still there until
// [Server.Advance] or [Server.TravelTo] moves it. By default it begins at the moment of the server's start.
func WithTime(at time.Time) Option {
	return func(s *settings) { s.config.Clock, s.ownTime = config.Clock{Start: at}, true }
}

// WithLiveClock makes the server's clock follow [time.Now], as that of a real server does. That is the default inside a
// [testing/synctest] bubble, where time.Sleep then expires keys and ends the waits of blocked commands.
func WithLiveClock() Option {
	return func(s *settings) { s.config.Clock, s.ownTime = config.Clock{Live: true}, true }
}

// WithAddr listens on a TCP address from the start, "127.0.0.1:6379" for example; a port that is in use is an error.
// By default a server listens on a random port of the loopback interface, and only once [Server.Addr] was called.
func WithAddr(addr string) Option { return func(s *settings) { s.config.Addr = addr } }

// WithUnixSocket listens on a unix socket at path, and connects the server's own clients through it. With the path ""
// the socket is put into a folder of its own, which is removed with the server.
func WithUnixSocket(path string) Option {
	return func(s *settings) { s.config.UnixSocket, s.ownSocket = path, path == "" }
}

// WithTLS makes the server speak TLS over TCP, and connects the server's own clients that way. The config's certificates
// are the server's; clients trust its RootCAs or, where it has none, the first certificate. With nil the server makes a
// certificate for itself. [Server.Options] has what a client needs.
func WithTLS(config *tls.Config) Option {
	return func(s *settings) { s.config.TLS, s.ownTLS = config, config == nil }
}

// withHook lets a hook see what the server's own clients do, once the server is handed out.
func withHook(hook redis.Hook) Option {
	return func(s *settings) { s.hooks = append(s.hooks, hook) }
}
