package conformance_test

import (
	"github.com/redis/go-redis/v9"

	"github.com/compozy/rediskit/redistest/conformance"
)

// In a test package that runs Ginkgo: the suite against a proxy that is known to lack a command.
func ExampleDescribe() {
	_ = conformance.Describe("my proxy",
		func() redis.UniversalClient { return redis.NewClient(&redis.Options{Addr: "localhost:6380"}) },
		conformance.Deviations(map[string]string{
			"keys MOVE to the same database is refused": "the proxy has one database",
		}),
	)
}

// The suite against a cluster.
func ExampleCluster() {
	_ = conformance.Describe("my cluster", func() redis.UniversalClient {
		return redis.NewClusterClient(&redis.ClusterOptions{Addrs: []string{"localhost:7000", "localhost:7001"}})
	}, conformance.Cluster())
}
