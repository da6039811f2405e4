package conformance_test

import (
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/compozy/rediskit/redistest/conformance"
)

// proxied makes a client of the proxy that the examples are about.
func proxied() redis.UniversalClient { return redis.NewClient(&redis.Options{Addr: "localhost:6380"}) }

// In a test package that runs Ginkgo: the suite against a proxy that is known to lack a command.
func ExampleDescribe() {
	_ = conformance.Describe("my proxy", proxied, conformance.Deviations(map[string]string{
		"keys MOVE to the same database is refused": "the proxy has one database",
	}))
}

// The suite against a cluster.
func ExampleCluster() {
	_ = conformance.Describe("my cluster", func() redis.UniversalClient {
		return redis.NewClusterClient(&redis.ClusterOptions{Addrs: []string{"localhost:7000", "localhost:7001"}})
	}, conformance.Cluster())
}

// A server that is there for the specs alone may be emptied, and a slow one be given time.
func ExampleAllowFlush() {
	_ = conformance.Describe("my proxy", proxied, conformance.AllowFlush(), conformance.TimeLimit(2*time.Minute))
}

// The table of deviations is not typed but printed, reasons still to be found.
func ExampleSurvey() {
	_ = conformance.Describe("my proxy", proxied, conformance.Survey(func(spec string, outcome error) {
		if outcome != nil {
			fmt.Printf("%q: %q,\n", spec, outcome.Error())
		}
	}))
}
