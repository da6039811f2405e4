package bench_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/internal/process"
	"github.com/compozy/rediskit/redistest"
)

const (
	suiteEnv      = "REDISKIT_BENCH_SUITE"
	suiteTests    = 500
	suiteCommands = 200
)

// suiteServer is a way to give a test its Redis, as users write it.
type suiteServer struct {
	name  string
	start func(*testing.T) *redis.Client
}

func suiteServers() []suiteServer {
	return []suiteServer{
		{"redistest", suiteRedistest},
		{"miniredis", suiteMiniredis},
		{"redis-server-each", suiteRedisServer},
		{"redis-server-pooled", suitePool},
	}
}

func suiteRedistest(t *testing.T) *redis.Client {
	t.Helper()
	return redistest.New(t).Client()
}

func suiteMiniredis(t *testing.T) *redis.Client {
	t.Helper()
	return suiteClient(t, &redis.Options{Addr: miniredis.RunT(t).Addr()})
}

func suiteRedisServer(t *testing.T) *redis.Client {
	t.Helper()
	server, err := process.Start(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Close()) })
	return suiteClient(t, &redis.Options{Network: "unix", Addr: server.Socket()})
}

func suitePool(t *testing.T) *redis.Client {
	t.Helper()
	return redistest.New(t, redistest.WithBackend(redistest.RedisServer())).Client()
}

func suiteClient(t *testing.T, o *redis.Options) *redis.Client {
	t.Helper()
	client := redis.NewClient(o)
	t.Cleanup(func() { require.NoError(t, client.Close()) })
	return client
}

// TestSuite is what BenchmarkSuite runs in a process of its own: many small tests, all of them parallel.
func TestSuite(t *testing.T) {
	t.Parallel()
	i := slices.IndexFunc(suiteServers(), func(s suiteServer) bool { return s.name == os.Getenv(suiteEnv) })
	if i < 0 {
		return // it is not for this process
	}
	t.Cleanup(func() { // when all of them are done
		status, err := os.ReadFile("/proc/self/status")
		require.NoError(t, err)
		fmt.Println(peak.FindString(string(status))) // of this process alone, which getrusage does not tell
	})
	for number := range suiteTests {
		t.Run(strconv.Itoa(number), func(t *testing.T) {
			t.Parallel()
			client := suiteServers()[i].start(t)
			for n := range suiteCommands / 4 {
				key := "user:" + strconv.Itoa(n%10)
				require.NoError(t, client.HSet(t.Context(), key, "visits", n).Err())
				require.NoError(t, client.Incr(t.Context(), "visits").Err())
				require.NoError(t, client.RPush(t.Context(), "log", key).Err())
				require.Equal(t, strconv.Itoa(n), client.HGet(t.Context(), key, "visits").Val())
			}
		})
	}
}

// peak is the line about the most memory that a process has had.
var peak = regexp.MustCompile(`VmHWM:\s+(\d+) kB`)

func peakIn(b *testing.B, output string) float64 {
	b.Helper()
	found := peak.FindStringSubmatch(output)
	require.NotNil(b, found, output)
	kilobytes, err := strconv.ParseFloat(found[1], 64)
	require.NoError(b, err)
	return kilobytes / 1024
}

// BenchmarkSuite is what a user would notice: 500 parallel tests of 200 commands each, in seconds, and the memory of the test
// binary, without that of redis-server processes. The binaries take turns.
func BenchmarkSuite(b *testing.B) {
	const turns = 11
	servers := suiteServers()
	seconds, megabytes := make([][]float64, len(servers)), make([][]float64, len(servers))
	for range turns {
		for _, i := range rand.Perm(len(servers)) {
			took, peak := runSuite(b, servers[i].name)
			seconds[i], megabytes[i] = append(seconds[i], took), append(megabytes[i], peak)
		}
	}
	for i, server := range servers {
		b.Run(server.name, func(b *testing.B) {
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(median(seconds[i]), "s")
			b.ReportMetric(median(megabytes[i]), "MiB")
			b.Logf("%s s, %s MiB", spread(seconds[i]), spread(megabytes[i]))
		})
	}
}

// runSuite runs the suite in a process of its own.
func runSuite(b *testing.B, server string) (seconds, megabytes float64) {
	b.Helper()
	command := exec.CommandContext(b.Context(), os.Args[0], "-test.run=^TestSuite$", "-test.count=1") //nolint:gosec // itself
	command.Env = append(os.Environ(), suiteEnv+"="+server)
	var output bytes.Buffer
	command.Stdout, command.Stderr = &output, &output
	began := time.Now()
	require.NoError(b, command.Run(), &output)
	return time.Since(began).Seconds(), peakIn(b, output.String())
}
