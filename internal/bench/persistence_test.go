package bench_test

import (
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/internal/process"
	"github.com/compozy/rediskit/internal/process/processtest"
	"github.com/compozy/rediskit/redistest"
	"github.com/compozy/rediskit/snapshot"
)

// persistent is a server that can save, and be started again with what it has saved.
type persistent interface {
	client() *redis.Client
	begin(b *testing.B)
	end(b *testing.B)
}

// persistentRedistest is ours.
type persistentRedistest struct {
	folder string
	*redistest.Server
}

func (p *persistentRedistest) client() *redis.Client { return p.Client() }

func (p *persistentRedistest) begin(b *testing.B) {
	b.Helper()
	var err error
	p.Server, err = redistest.Start(b.Context(), redistest.WithPersistence(redistest.Persistence{DataDir: p.folder, RestoreOnStartup: true}))
	require.NoError(b, err)
}

func (p *persistentRedistest) end(b *testing.B) {
	b.Helper()
	require.NoError(b, p.Close(b.Context()))
}

// persistentProcess is a redis-server.
type persistentProcess struct {
	folder  string
	process *process.Process
	only    *redis.Client
}

func (p *persistentProcess) client() *redis.Client { return p.only }

func (p *persistentProcess) begin(b *testing.B) {
	b.Helper()
	var err error
	p.process, err = process.Start(b.Context(), process.WithArgs("--dir", p.folder))
	require.NoError(b, err)
	p.only = redis.NewClient(&redis.Options{Network: "unix", Addr: p.process.Socket(), ReadTimeout: time.Minute})
}

func (p *persistentProcess) end(b *testing.B) {
	b.Helper()
	require.NoError(b, p.only.Close())
	require.NoError(b, p.process.Close())
}

// BenchmarkSaveAndRestart saves 100,000 keys of all types and starts again with them, and compares it with what redis-server
// takes to SAVE the same keys and to start with them. Ending the servers does not count.
func BenchmarkSaveAndRestart(b *testing.B) {
	processtest.Start(b) // or there is nothing to compare with
	const keys, turns = 100_000, 11
	s := mixedKeys(keys)
	contestants := []persistent{&persistentRedistest{folder: b.TempDir()}, &persistentProcess{folder: b.TempDir()}}
	var saving, starting [2][]float64
	for i, c := range contestants {
		c.begin(b)
		require.NoError(b, snapshot.Restore(b.Context(), snapshot.Of(c.client()), s), i)
	}
	for range turns {
		for i, c := range contestants {
			saving[i] = append(saving[i], float64(timed(func() { require.NoError(b, c.client().Save(b.Context()).Err()) })))
			c.end(b)
			starting[i] = append(starting[i], float64(timed(func() { c.begin(b) })))
			require.EqualValues(b, keys, c.client().DBSize(b.Context()).Val())
		}
	}
	for _, c := range contestants {
		c.end(b)
	}
	ratios := make([]float64, turns)
	for i := range ratios {
		ratios[i] = (saving[0][i] + starting[0][i]) / (saving[1][i] + starting[1][i])
	}
	b.ReportMetric(0, "ns/op") // of the whole race, which says nothing
	b.ReportMetric(median(saving[0])/1e6, "ms/save")
	b.ReportMetric(median(starting[0])/1e6, "ms/start")
	b.ReportMetric(median(saving[1])/1e6, "ms/redis-server-save")
	b.ReportMetric(median(starting[1])/1e6, "ms/redis-server-start")
	b.ReportMetric(median(ratios), "times-redis-server")
	b.Logf("%-24s %s", "times redis-server", spread(ratios))
}

func timed(run func()) time.Duration {
	began := time.Now()
	run()
	return time.Since(began)
}
