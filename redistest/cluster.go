package redistest

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/redis/go-redis/v9"

	"github.com/compozy/rediskit/internal/config"
	"github.com/compozy/rediskit/internal/logger"
	"github.com/compozy/rediskit/snapshot"
)

// Cluster is a Redis Cluster of one's own: real redis-server processes, or one that runs already. It is safe for concurrent
// use, but changes of it ([Cluster.Failover], [Cluster.Stop], [Cluster.Start]) have to come one after the other to mean
// anything.
//
// It is a [snapshot.Source], so that [AssertGolden] compares the whole of it, each master at a moment of its own.
type Cluster struct {
	on     clusterBackend
	ctx    context.Context // for what happens without one of the caller's; it never ends
	client *redis.ClusterClient
	nodes  []*Node // none where they are not ours

	closing  sync.Once
	closeErr error

	mu      sync.Mutex
	clients []*redis.ClusterClient
}

var _ snapshot.Source = (*Cluster)(nil)

// clusterBackend is where a cluster runs.
type clusterBackend interface {
	// options are those of a client. The caller owns the result.
	options() *redis.ClusterOptions
	// address is the URL for clients, by which they find all nodes.
	address() string
	// own are patterns of keys that are there and not the test's.
	own() []string
	// outputs are what its nodes have printed, as far as that is known.
	outputs() []string
	// release gives it back, as long as there is a client, and stop ends it after that.
	release(ctx context.Context) error
	stop() error
}

// NewCluster returns a cluster for the test t: three masters, unless options say otherwise. It is ready for use: all its nodes
// agree that all slots are served. It is closed when the test and its subtests are over, and where the test has failed its log
// has then what the nodes have printed.
//
//	cluster := redistest.NewCluster(t, redistest.Replicas(1))
//	client := cluster.Client()
//	...
//	err := cluster.Failover(0)
//
// The nodes are processes of the redis-server or valkey-server on PATH, of Redis 7.0 or newer, and take a fifth of a second or
// more to start. Where there is none the test is skipped, and says how to install it; with REDISTEST_REQUIRE=1 it fails.
// Where REDISTEST_URL names a node of a cluster, that one is used: see [ExistingCluster].
func NewCluster(t TB, opts ...ClusterOption) *Cluster {
	t.Helper()
	c, err := startCluster(logger.NewContext(t.Context(), testLogger(t)), opts)
	if err != nil {
		giveUp(t, err)
		return nil // only a TB that does not abort comes here
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(c.ctx, closeTimeout)
		defer cancel()
		err := c.Close(ctx)
		if err != nil {
			t.Errorf("redistest: %v", err)
		}
		if watched, ok := t.(interface{ Failed() bool }); ok && watched.Failed() {
			for _, output := range c.on.outputs() {
				t.Logf("redistest: %s", output)
			}
		}
	})
	return c
}

// StartCluster is [NewCluster] for what has no test: TestMain, BeforeSuite, main. The context bounds the start; the cluster is
// the caller's to close.
func StartCluster(ctx context.Context, opts ...ClusterOption) (*Cluster, error) {
	c, err := startCluster(ctx, opts)
	if err != nil {
		return nil, fmt.Errorf("redistest: %w", err)
	}
	return c, nil
}

func startCluster(ctx context.Context, opts []ClusterOption) (*Cluster, error) {
	var chosen clusterSettings
	for _, opt := range opts {
		opt.configure(&chosen)
	}
	if chosen.url == "" {
		if err := chosen.follow(ctx, config.ReadEnv()); err != nil {
			return nil, err
		}
	}
	if chosen.url != "" {
		return joinCluster(ctx, chosen)
	}
	return runCluster(ctx, chosen)
}

// openCluster connects to a cluster that runs.
func openCluster(ctx context.Context, on clusterBackend) (*Cluster, error) {
	c := &Cluster{on: on, ctx: context.WithoutCancel(ctx)}
	c.client = c.newClient(nil)
	if err := c.client.Ping(ctx).Err(); err != nil {
		return nil, errors.Join(fmt.Errorf("ping the cluster: %w", err), c.Close(c.ctx))
	}
	return c, nil
}

// Client returns the cluster's own client. Every call returns the same one. It is closed with the cluster, and needs no
// closing by others.
func (c *Cluster) Client() *redis.ClusterClient { return c.client }

// NewClient returns another client, which is closed with the cluster. Each option may change what [Cluster.Options] returns.
func (c *Cluster) NewClient(options ...func(*redis.ClusterOptions)) *redis.ClusterClient {
	return c.newClient(options)
}

func (c *Cluster) newClient(options []func(*redis.ClusterOptions)) *redis.ClusterClient {
	o := c.Options()
	for _, option := range options {
		option(o)
	}
	client := redis.NewClusterClient(o)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.clients = append(c.clients, client)
	return client
}

// Options returns what it takes to build a client of one's own, which starts from all nodes, running or not; of a cluster that
// ran before, from those that its URL names. The caller may change the result.
func (c *Cluster) Options() *redis.ClusterOptions { return c.on.options() }

// URL returns the cluster's address in the form that [redis.ParseClusterURL] takes.
func (c *Cluster) URL() string { return c.on.address() }

// Capture takes a snapshot of the whole cluster, each master at a moment of its own. See [snapshot.Capture].
func (c *Cluster) Capture(ctx context.Context, opts ...snapshot.CaptureOption) (*snapshot.Snapshot, error) {
	for _, pattern := range c.on.own() {
		opts = append(opts, snapshot.Except(pattern))
	}
	return snapshot.Of(c.client).Capture(ctx, opts...)
}

// Close ends the cluster and closes its clients. It may be called at any time, by several goroutines and more than once. It
// reports nodes that have crashed. A cluster made by [NewCluster] is closed by the test's cleanup.
func (c *Cluster) Close(ctx context.Context) error {
	c.closing.Do(func() {
		if err := c.shut(ctx); err != nil {
			c.closeErr = fmt.Errorf("close the cluster: %w", err)
		}
	})
	return c.closeErr
}

func (c *Cluster) shut(ctx context.Context) error {
	c.mu.Lock()
	clients := c.clients
	c.mu.Unlock()
	errs := []error{c.on.release(ctx)}
	for _, client := range clients {
		if err := client.Close(); !errors.Is(err, redis.ErrClosed) { // its user may have closed it
			errs = append(errs, err)
		}
	}
	return errors.Join(append(errs, c.on.stop())...)
}
