package snapshot_test

import (
	"math/rand/v2"
	"os/exec"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/internal/config"
	"github.com/compozy/rediskit/internal/keyspacetest"
	"github.com/compozy/rediskit/internal/process/processtest"
	"github.com/compozy/rediskit/snapshot"
)

// redisCLI finds redis-cli, which comes with redis-server.
func redisCLI(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("redis-cli")
	if err == nil {
		return path
	}
	if config.ReadEnv().Require {
		t.Fatalf("%v: %s=1 demands it", err, config.EnvRequire)
	}
	t.Skip(`
    *** no redis-cli: that it reads what Encode writes was NOT tested ***
    install redis-tools, or redis (with ` + config.EnvRequire + `=1 this is a failure instead of a skip)`)
	return ""
}

// The text is a program: redis-cli < file makes the same keyspace.
func TestRedisCLIRunsTheText(t *testing.T) {
	t.Parallel()
	cli := redisCLI(t)
	for name, s := range map[string]*snapshot.Snapshot{
		"of the embedded server": keyspacetest.Generate(rand.New(rand.NewPCG(5, 6)), 400, keyspacetest.Options{Databases: 16}),
		"of a real one":          keyspacetest.Generate(rand.New(rand.NewPCG(7, 8)), 400, keyspacetest.Options{Databases: 16, Counters: true}),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			socket := processtest.Start(t).Socket()
			client := redis.NewClient(&redis.Options{Network: "unix", Addr: socket})
			t.Cleanup(func() { require.NoError(t, client.Close()) })

			run := exec.CommandContext(t.Context(), cli, "-s", socket)
			run.Stdin = strings.NewReader(encode(t, s))
			output, err := run.CombinedOutput()
			require.NoError(t, err, "%s", output)
			require.NotRegexp(t, `(?m)^\(?(ERR|WRONGTYPE|error|Invalid)`, string(output))
			requireSame(t, s, capture(t, snapshot.Of(client)))
		})
	}
}
