package redistest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"

	"github.com/compozy/rediskit/internal/config"
)

// ExternalOption changes how [External] uses a server.
type ExternalOption func(*externalOptions)

type externalOptions struct{ allowDirty bool }

// AllowDirty lets a test have a database that holds keys of somebody else. They are deleted.
func AllowDirty() ExternalOption { return func(o *externalOptions) { o.allowDirty = true } }

// External is a server that runs already, at a URL that [redis.ParseURL] understands: redis://, rediss:// or unix://, with
// user, password and options. Each test has one of its databases for itself, whatever its number, as long as it runs. The
// one that the URL names, 0 by default, is no test's: there it says which of the others are taken, under keys that begin
// with "rediskit:" and expire, so that many packages at a time do not meet, and crashed runs hold nothing up.
//
// A database that holds keys which no test has left behind is not used, unless [AllowDirty] is given. If no database is
// free New waits for a minute, and says so. No test ever runs FLUSHALL by itself.
func External(address string, opts ...ExternalOption) Backend {
	return Backend{address, func(ctx context.Context, s *settings) (instance, error) {
		var o externalOptions
		for _, opt := range opts {
			opt(&o)
		}
		return startExternal(ctx, s, address, o)
	}}
}

// external is one database of a server that is not ours.
type external struct {
	remote
	address *url.URL
	options redis.Options
	lease   *databaseLease
}

var _ instance = (*external)(nil)

func startExternal(ctx context.Context, s *settings, address string, o externalOptions) (instance, error) {
	const title = "external"
	if err := s.onlyEmbedded(title); err != nil {
		return nil, err
	}
	if len(config.FromContext(ctx).Users) > 0 {
		return nil, &UnsupportedError{Feature: "WithUser", Backend: title}
	}
	options, err := redis.ParseURL(address)
	if err != nil {
		return nil, fmt.Errorf("external server: %w", err) // which does not repeat the password
	}
	options.DisableIdentity = true
	options.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	parsed, err := url.Parse(address)
	if err != nil {
		return nil, errors.New("external server: the URL cannot be read")
	}
	lease, err := leaseDatabase(ctx, options, o.allowDirty)
	if err != nil {
		return nil, fmt.Errorf("external server %s: %w", parsed.Redacted(), err)
	}
	e := &external{address: parsed, options: *options, lease: lease}
	e.options.DB = lease.db
	e.title, e.ctx, e.confined = title, context.WithoutCancel(ctx), true
	own := e.options
	e.admin = redis.NewClient(&own)
	return e, nil
}

// Options implements standalone.Backend.
func (e *external) Options(context.Context) *redis.Options {
	o := e.options
	return &o
}

// Listen implements standalone.Backend.
func (e *external) Listen(context.Context) (string, error) {
	if e.options.Network == "unix" {
		return "", &UnsupportedError{Feature: "a TCP address of a server behind a unix socket", Backend: e.title}
	}
	return e.options.Addr, nil
}

// url is the server's, with the database of the test.
func (e *external) url() string {
	u := *e.address
	query := u.Query()
	if u.Scheme == "unix" {
		query.Set("db", strconv.Itoa(e.options.DB))
		u.RawQuery = query.Encode()
		return u.String()
	}
	query.Del("db")
	u.RawQuery, u.Path = query.Encode(), "/"+strconv.Itoa(e.options.DB)
	return u.String()
}

// Close implements standalone.Backend.
func (e *external) Close(ctx context.Context) error {
	return errors.Join(e.admin.Close(), e.lease.end(ctx))
}
