package conformance_test

import (
	"context"
	"errors"
	"testing"

	"github.com/onsi/ginkgo/v2"
	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/internal/config"
	"github.com/compozy/rediskit/internal/process"
	"github.com/compozy/rediskit/internal/specs"
	"github.com/compozy/rediskit/redistest"
	"github.com/compozy/rediskit/redistest/conformance"
)

// The same specs run on every server. A real one passes them all, which is how we know that they are true; the embedded
// one fails those in its table, and no others. With REDISTEST_UPDATE=1, as make drift runs it, the table is made anew.
func TestConformance(t *testing.T) {
	t.Parallel()
	if env := config.ReadEnv(); env.Update && !env.CI {
		survey(t)
		return
	}
	known := conformance.Deviations(knownDeviations(t))
	flush := conformance.AllowFlush()
	specs.Run(t, "conformance", func() {
		conformance.Describe("embedded, in memory", embedded(t, inMemory), flush, known)
		conformance.Describe("embedded, over TCP", embedded(t, overTCP), flush, known)
		conformance.Describe("redis-server", realServer(t), flush)
		conformance.Describe("external", externalServer(t))
		conformance.Describe("cluster of redis-server", realCluster(t), conformance.Cluster())
		conformance.Describe("embedded, with cluster rules", clusterRules(t), conformance.Cluster(), known)
	})
}

// survey makes the table of deviations, once it is sure that what it calls so is none of redis-server.
func survey(t *testing.T) {
	t.Helper()
	found := map[string]error{}
	specs.Run(t, "conformance", func() {
		flush := conformance.AllowFlush()
		conformance.Describe("embedded, in memory", embedded(t, inMemory), flush,
			conformance.Survey(func(spec string, outcome error) { found[spec] = outcome }))
		conformance.Describe("redis-server", realServer(t), flush)
	})
	require.Len(t, found, len(conformance.SpecNames()))
	writeDeviations(t, found)
}

// embedded starts an embedded server whose clock runs, as that of redis-server does.
func embedded(t *testing.T, options func(*redistest.Server) *redis.Options) func() redis.UniversalClient {
	t.Helper()
	srv := redistest.New(t, redistest.WithBackend(redistest.Embedded()), redistest.WithLiveClock())
	return func() redis.UniversalClient { return redis.NewClient(options(srv)) }
}

func inMemory(srv *redistest.Server) *redis.Options { return srv.Options() }

func overTCP(srv *redistest.Server) *redis.Options { return &redis.Options{Addr: srv.Addr()} }

// realServer starts the redis-server on PATH.
func realServer(t *testing.T) func() redis.UniversalClient {
	t.Helper()
	return clientsOf(t, redistest.RedisServer())
}

// externalServer starts one, too, and uses it as one that has been there before and that others use as well: in one of its
// databases, which are not flushed.
func externalServer(t *testing.T) func() redis.UniversalClient {
	t.Helper()
	server, err := process.Start(t.Context())
	if errors.Is(err, process.ErrNotFound) {
		return skipping(t, err)
	}
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Close()) })
	return clientsOf(t, redistest.External("unix://"+server.Socket()))
}

// realCluster starts several, which share the slots.
func realCluster(t *testing.T) func() redis.UniversalClient {
	t.Helper()
	cluster, err := redistest.StartCluster(t.Context())
	if errors.Is(err, process.ErrNotFound) {
		return skipping(t, err)
	}
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, cluster.Close(context.WithoutCancel(t.Context()))) })
	return func() redis.UniversalClient { return redis.NewClusterClient(cluster.Options()) }
}

// clusterRules starts an embedded server that takes itself for a cluster. What it fails it fails without that, too.
func clusterRules(t *testing.T) func() redis.UniversalClient {
	t.Helper()
	srv := redistest.New(t, redistest.WithBackend(redistest.Embedded()), redistest.WithLiveClock(), redistest.WithClusterRules())
	return func() redis.UniversalClient { return srv.ClusterClient() }
}

// clientsOf starts a server. Where that is not installed, its specs are skipped one by one, in the report of every run, or
// the test fails with REDISTEST_REQUIRE=1.
func clientsOf(t *testing.T, backend redistest.Backend) func() redis.UniversalClient {
	t.Helper()
	srv, err := redistest.Start(t.Context(), redistest.WithBackend(backend))
	if errors.Is(err, process.ErrNotFound) {
		return skipping(t, err)
	}
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, srv.Close(context.WithoutCancel(t.Context()))) })
	return func() redis.UniversalClient { return redis.NewClient(srv.Options()) }
}

func skipping(t *testing.T, reason error) func() redis.UniversalClient {
	t.Helper()
	require.False(t, config.ReadEnv().Require, "%v: REDISTEST_REQUIRE=1 demands it", reason)
	return func() redis.UniversalClient {
		ginkgo.Skip(reason.Error() + "; REDISTEST_REQUIRE=1 makes this a failure")
		return nil
	}
}
