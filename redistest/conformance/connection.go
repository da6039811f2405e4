package conformance

import (
	"context"
	"io"

	"github.com/onsi/gomega"
	"github.com/redis/go-redis/v9"
)

// connector is a client that gives out single connections.
type connector interface {
	io.Closer
	Conn() *redis.Conn
}

// node returns the client, and of a cluster's client that of the node which holds the keys of the spec.
func (t *trial) node(ctx context.Context) redis.UniversalClient {
	return t.nodeOf(ctx, t.UniversalClient)
}

func (t *trial) nodeOf(ctx context.Context, client redis.UniversalClient) redis.UniversalClient {
	cluster, ok := client.(interface {
		MasterForKey(ctx context.Context, key string) (*redis.Client, error)
	})
	if !ok {
		return client
	}
	node, err := cluster.MasterForKey(ctx, t.prefix)
	t.ExpectWithOffset(2, err).NotTo(gomega.HaveOccurred())
	return node
}

// singleClient returns another client, one that gives out single connections, in a cluster to the node that holds the keys of
// the spec.
func (t *trial) singleClient(ctx context.Context) connector {
	client, ok := t.nodeOf(ctx, t.anotherClient()).(connector)
	if !ok {
		t.skip("needs a client that gives out a connection, as *redis.Client does")
	}
	return client
}

// connection returns one connection of a client of its own, for what is bound to a connection. It ends with that
// client: closing a *redis.Conn itself is not safe while another goroutine uses it.
func (t *trial) connection(ctx context.Context) *redis.Conn {
	return t.singleClient(ctx).Conn()
}

// options returns a copy of the settings of a client of one server, in a cluster the one that holds the keys of the spec.
func (t *trial) options(ctx context.Context) redis.Options {
	client, ok := t.node(ctx).(interface{ Options() *redis.Options })
	if !ok {
		t.skip("needs a client that tells its options, as *redis.Client does")
	}
	return *client.Options()
}

// speaking returns a client of the given RESP version.
func (t *trial) speaking(ctx context.Context, version int) *redis.Client {
	opts := t.options(ctx)
	opts.Protocol = version
	// A client writes its processor into its options, and two clients cannot register handlers with one.
	opts.PushNotificationProcessor = nil
	client := redis.NewClient(&opts)
	t.closeLater(client)
	return client
}
