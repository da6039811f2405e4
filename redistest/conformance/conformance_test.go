package conformance_test

import (
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

func TestConformance(t *testing.T) {
	t.Parallel()
	specs.Run(t, "conformance", func() {
		deviations := conformance.Deviations(embeddedDeviations())
		conformance.Describe("embedded, in memory", embedded(t, inMemory), conformance.AllowFlush(), deviations)
		conformance.Describe("embedded, over TCP", embedded(t, overTCP), conformance.AllowFlush(), deviations)
		conformance.Describe("redis-server", realServer(t), conformance.AllowFlush())
	})
}

// embedded starts an embedded server whose clock runs, as that of redis-server does.
func embedded(t *testing.T, options func(*redistest.Server) *redis.Options) func() redis.UniversalClient {
	t.Helper()
	srv := redistest.New(t, redistest.WithLiveClock())
	return func() redis.UniversalClient { return redis.NewClient(options(srv)) }
}

func inMemory(srv *redistest.Server) *redis.Options { return srv.Options() }

func overTCP(srv *redistest.Server) *redis.Options { return &redis.Options{Addr: srv.Addr()} }

// realServer starts the redis-server on PATH. Without one, its specs are skipped one by one, in the report of every
// run, or the test fails with REDISTEST_REQUIRE=1.
func realServer(t *testing.T) func() redis.UniversalClient {
	t.Helper()
	server, err := process.Start(t.Context())
	if errors.Is(err, process.ErrNotFound) && !config.ReadEnv().Require {
		return func() redis.UniversalClient {
			ginkgo.Skip(err.Error() + "; REDISTEST_REQUIRE=1 makes this a failure")
			return nil
		}
	}
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Close()) })
	return func() redis.UniversalClient {
		return redis.NewClient(&redis.Options{Network: "unix", Addr: server.Socket()})
	}
}
