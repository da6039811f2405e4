package redistest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"

	"github.com/redis/go-redis/v9"

	"github.com/compozy/rediskit/internal/config"
	"github.com/compozy/rediskit/internal/logger"
	"github.com/compozy/rediskit/internal/process"
)

// RedisServerOption changes which redis-server [RedisServer] runs.
type RedisServerOption func(*redisServerOptions)

type redisServerOptions struct {
	process []process.Option
	fresh   bool
	most    int
}

// Binary names the program, a path or a name on PATH. Without it that is redis-server, or else valkey-server.
func Binary(path string) RedisServerOption {
	return func(o *redisServerOptions) { o.process = append(o.process, process.WithPath(path)) }
}

// MinVersion makes an older server an error, "7.2" for example.
func MinVersion(version string) RedisServerOption {
	return func(o *redisServerOptions) { o.process = append(o.process, process.WithMinVersion(version)) }
}

// Fresh starts a new process for the test, which nobody had before and nobody gets later.
func Fresh() RedisServerOption { return func(o *redisServerOptions) { o.fresh = true } }

// MaxProcesses is how many processes there may be at a time in this test binary, GOMAXPROCS without it. It holds for all
// tests from then on; the last one to say something else is heard.
func MaxProcesses(n int) RedisServerOption { return func(o *redisServerOptions) { o.most = n } }

// RedisServer is a real redis-server or valkey-server, started from PATH, without a disk. The process is the test's own as
// long as that runs; then it is wiped for the next one, which takes less than a millisecond. There are never more of them at
// a time than [MaxProcesses]: a test waits until another one is done. They end with the test binary, however that ends.
//
// Its clock is real: [Server.Advance] moves the times to live, and fails where something goes by a time that cannot be
// moved. Options about the embedded server's sockets and clock do not apply and are errors.
//
// Two goroutines attend each process for as long as it lives, which a leak checker can be told to overlook:
//
//	goleak.IgnoreAnyFunction("github.com/compozy/rediskit/internal/process.(*Process).attend")
//	goleak.IgnoreAnyFunction("github.com/compozy/rediskit/internal/process.(*Process).collect")
func RedisServer(opts ...RedisServerOption) Backend {
	return Backend{"redis-server", func(ctx context.Context, s *settings) (instance, error) {
		var o redisServerOptions
		for _, opt := range opts {
			opt(&o)
		}
		return startRedisServer(ctx, s, o)
	}}
}

// redisServer is a process that was lent to us.
type redisServer struct {
	remote
	lease  *process.Lease
	closed bool // to those who have not logged in
}

var _ instance = (*redisServer)(nil)

func startRedisServer(ctx context.Context, s *settings, o redisServerOptions) (instance, error) {
	if err := s.onlyEmbedded("redis-server"); err != nil {
		return nil, err
	}
	opts := []process.LeaseOption{
		process.Of(o.process...),
		process.OnWait(func(message string) { logger.FromContext(ctx).InfoContext(ctx, message) }),
		process.OnReplace(func(reason error) {
			logger.FromContext(ctx).DebugContext(ctx, "a redis-server is not used again", "reason", reason)
		}),
	}
	if o.fresh {
		opts = append(opts, process.Fresh())
	}
	if o.most > 0 {
		process.Shared().SetLimit(o.most)
	}
	lease, err := process.Shared().Lease(ctx, opts...)
	if errors.Is(err, process.ErrNotFound) {
		return nil, &missingError{err}
	}
	if err != nil {
		return nil, err
	}
	r := &redisServer{lease: lease}
	r.title, r.ctx = "redis-server", context.WithoutCancel(ctx)
	own := r.Options(config.NewContext(ctx, config.Config{}))
	if r.closed = len(config.FromContext(ctx).Users) > 0; r.closed {
		own.Username, own.Password = "rediskit", rand.Text()
		if err := r.addUsers(ctx, own); err != nil {
			return nil, errors.Join(err, lease.Return())
		}
	}
	r.admin = redis.NewClient(own)
	return r, nil
}

// addUsers makes clients log in as the config says, and us as well, so that nobody is in our way.
func (r *redisServer) addUsers(ctx context.Context, own *redis.Options) error {
	open := redis.NewClient(r.Options(config.NewContext(ctx, config.Config{})))
	_, err := open.TxPipelined(ctx, func(p redis.Pipeliner) error {
		users := slices.Concat(config.FromContext(ctx).Users, []config.User{{Name: own.Username, Password: own.Password}})
		p.Do(ctx, "ACL", "SETUSER", config.DefaultUser, "off")
		for _, user := range users {
			p.Do(ctx, "ACL", "SETUSER", user.Name, "on", "resetpass", ">"+user.Password, "~*", "&*", "+@all")
		}
		return nil
	})
	if err = errors.Join(err, open.Close()); err != nil {
		return fmt.Errorf("add users: %w", err)
	}
	return nil
}

// Options implements standalone.Backend.
func (r *redisServer) Options(ctx context.Context) *redis.Options {
	o := realOptions(ctx)
	o.Network, o.Addr = "unix", r.lease.Socket()
	return o
}

// Listen implements standalone.Backend.
func (r *redisServer) Listen(ctx context.Context) (string, error) {
	if !r.closed {
		return r.lease.Listen(ctx)
	}
	own := r.admin.Options()
	return r.lease.Listen(ctx, own.Username, own.Password)
}

// Close implements standalone.Backend.
func (r *redisServer) Close(context.Context) error {
	var err error
	if r.closed { // the pool wipes as the default user
		err = r.admin.Do(r.ctx, "ACL", "SETUSER", config.DefaultUser, "reset", "on", "nopass", "~*", "&*", "+@all").Err()
	}
	err = errors.Join(err, r.admin.Close(), r.lease.Return())
	if err != nil {
		return fmt.Errorf("%w; it has printed:\n%s", err, r.lease.Output())
	}
	return nil
}
