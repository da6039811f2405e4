package conformance

import (
	"io"

	"github.com/redis/go-redis/v9"
)

// connector is a client that gives out single connections.
type connector interface {
	io.Closer
	Conn() *redis.Conn
}

// singleClient returns another client, one that gives out single connections.
func (t *trial) singleClient() connector {
	client, ok := t.anotherClient().(connector)
	if !ok {
		t.skip("needs a client that gives out a connection, as *redis.Client does")
	}
	return client
}

// connection returns one connection of a client of its own, for what is bound to a connection. It ends with that
// client: closing a *redis.Conn itself is not safe while another goroutine uses it.
func (t *trial) connection() *redis.Conn {
	return t.singleClient().Conn()
}

// options returns a copy of the settings of a single-server client.
func (t *trial) options() redis.Options {
	client, ok := t.UniversalClient.(interface{ Options() *redis.Options })
	if !ok {
		t.skip("needs a client that tells its options, as *redis.Client does")
	}
	return *client.Options()
}

// speaking returns a client of the given RESP version.
func (t *trial) speaking(version int) *redis.Client {
	opts := t.options()
	opts.Protocol = version
	// A client writes its processor into its options, and two clients cannot register handlers with one.
	opts.PushNotificationProcessor = nil
	client := redis.NewClient(&opts)
	t.closeLater(client)
	return client
}
