package interop_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/redistest"
)

// client is what the tests ask of a library, each in the library's own idiom. Its methods are safe for concurrent use.
type client interface {
	set(ctx context.Context, key, value string) error
	get(ctx context.Context, key string) (string, error)
	// increments sends INCR n times in one pipeline.
	increments(ctx context.Context, key string, n int) ([]int64, error)
	// addWatched adds one to a number with WATCH, GET, MULTI, SET, EXEC, over and over until nobody interferes.
	addWatched(ctx context.Context, key string) error
	// run runs a script of one key and one argument by its hash, or by its source where the server does not know it.
	run(ctx context.Context, source, key, arg string) (string, error)

	// subscribe returns when the server has confirmed.
	subscribe(ctx context.Context, channel string) (subscription, error)
	publish(ctx context.Context, channel, message string) error

	push(ctx context.Context, list, value string) error
	// pop waits; found is false where it did so in vain.
	pop(ctx context.Context, list string, timeout time.Duration) (value string, found bool, err error)

	// createGroup makes a stream and a group that reads it from its beginning.
	createGroup(ctx context.Context, stream, group string) error
	addEntry(ctx context.Context, stream string, fields map[string]string) (id string, err error)
	// readGroup waits for one entry that no consumer of the group has got.
	readGroup(ctx context.Context, stream, group, consumer string) (entry, error)
	acknowledge(ctx context.Context, stream, group, id string) error

	close() error
}

type subscription interface {
	receive(ctx context.Context) (string, error)
	close(ctx context.Context) error
}

type entry struct {
	id     string
	fields map[string]string
}

// library makes clients of one library and protocol.
type library struct {
	name    string
	connect func(ctx context.Context, srv *redistest.Server) (client, error)
}

func libraries() []library {
	return []library{
		{"go-redis with RESP2", connectGoRedis(2)},
		{"go-redis with RESP3", connectGoRedis(3)},
		{"redigo", connectRedigo}, // has no RESP3
		{"rueidis with RESP2", connectRueidis(true)},
		{"rueidis with RESP3", connectRueidis(false)},
	}
}

// variant is a way to reach a server.
type variant struct {
	name    string
	options []redistest.Option
}

func transports() []variant {
	return []variant{
		{"TCP", nil},
		{"TLS", []redistest.Option{redistest.WithTLS(nil)}},
		{"unix socket", []redistest.Option{redistest.WithUnixSocket("")}},
	}
}

// variants are all transports with all ways to log in.
func variants() []variant {
	var all []variant
	for _, transport := range transports() {
		for _, login := range []variant{
			{"", nil},
			{" and a password", []redistest.Option{redistest.WithPassword("se/cr:et")}},
			{" and a user", []redistest.Option{redistest.WithUser("ada", "lovelace")}},
		} {
			all = append(all, variant{
				name:    transport.name + login.name,
				options: append(transport.options[:len(transport.options):len(transport.options)], login.options...),
			})
		}
	}
	return all
}

// pair is a library and a kind of server.
type pair struct {
	name    string
	library library
	server  variant
}

// pairs are all libraries with all of the given kinds of servers.
func pairs(servers []variant) []pair {
	var all []pair
	for _, library := range libraries() {
		for _, server := range servers {
			all = append(all, pair{library.name + "/" + server.name, library, server})
		}
	}
	return all
}

// start gives a test a server of its own and a client of it.
func (p pair) start(t *testing.T) (*redistest.Server, client) {
	t.Helper()
	srv := redistest.New(t, p.server.options...)
	c, err := p.library.connect(t.Context(), srv)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, c.close()) })
	return srv, c
}
