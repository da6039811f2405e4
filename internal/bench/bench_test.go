package bench_test

import (
	"runtime"
	"strconv"
	"sync"
	"testing"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/redistest"
)

// compare races the peers, but for those that cannot do it, at one thing.
func compare(b *testing.B, do func(*redis.Client) error, except ...string) {
	b.Helper()
	compareInParallel(b, peersBut(except...), 1, do)
}

// compareInParallel lets so many goroutines do it with each peer's client.
func compareInParallel(b *testing.B, among []peer, goroutines int, do func(*redis.Client) error) {
	b.Helper()
	raceAmong(b, among, func(client *redis.Client) func(int) {
		require.NoError(b, client.Set(b.Context(), "key", "v", 0).Err())
		return func(n int) {
			var group sync.WaitGroup
			for i := range goroutines {
				group.Go(func() {
					for ; i < n; i += goroutines {
						if err := do(client); err != nil {
							b.Error(err)
							return
						}
					}
				})
			}
			group.Wait()
		}
	})
}

// BenchmarkGet is one round trip.
func BenchmarkGet(b *testing.B) {
	compare(b, func(client *redis.Client) error { return client.Get(b.Context(), "key").Err() })
}

// BenchmarkSockets is one round trip between sockets, of TCP and of unix, with ours over TCP as the first one.
func BenchmarkSockets(b *testing.B) {
	among := append([]peer{{"redistest-tcp", oursTCP}, {"redistest-unix", oursUnix}},
		peersBut("redistest", "miniredis-dial", "null-connection")...)
	compareInParallel(b, among, 1, func(client *redis.Client) error { return client.Get(b.Context(), "key").Err() })
}

// BenchmarkParallel is round trips of several goroutines with one client.
func BenchmarkParallel(b *testing.B) {
	for _, goroutines := range []int{8, 64} {
		b.Run(strconv.Itoa(goroutines), func(b *testing.B) {
			compareInParallel(b, peersBut(), goroutines, func(client *redis.Client) error { return client.Get(b.Context(), "key").Err() })
		})
	}
}

func gets(b *testing.B, pipeline redis.Pipeliner, n int) error {
	b.Helper()
	for range n {
		pipeline.Get(b.Context(), "key")
	}
	_, err := pipeline.Exec(b.Context())
	return err
}

// BenchmarkPipeline10 is ten commands in one round trip.
func BenchmarkPipeline10(b *testing.B) {
	compare(b, func(client *redis.Client) error { return gets(b, client.Pipeline(), 10) })
}

// BenchmarkPipeline100 is a hundred commands in one round trip.
func BenchmarkPipeline100(b *testing.B) {
	compare(b, func(client *redis.Client) error { return gets(b, client.Pipeline(), 100) })
}

// BenchmarkPipeline1000 is a thousand commands in one round trip, which miniredis' in-memory connection cannot take.
func BenchmarkPipeline1000(b *testing.B) {
	compare(b, func(client *redis.Client) error { return gets(b, client.Pipeline(), 1000) }, "miniredis-dial")
}

// BenchmarkTxPipeline10 is ten commands in a transaction.
func BenchmarkTxPipeline10(b *testing.B) {
	compare(b, func(client *redis.Client) error { return gets(b, client.TxPipeline(), 10) }, "null-connection")
}

// BenchmarkEval is a script that gets a key.
func BenchmarkEval(b *testing.B) {
	compare(b, func(client *redis.Client) error {
		return client.Eval(b.Context(), "return redis.call('GET', KEYS[1])", []string{"key"}).Err()
	})
}

// BenchmarkStart is New, PING and Close.
func BenchmarkStart(b *testing.B) {
	each := func(start func() error) func(int) {
		return func(n int) {
			for range n {
				if err := start(); err != nil {
					b.Error(err)
					return
				}
			}
		}
	}
	race(
		b,
		contestant{"redistest", each(func() error {
			srv, err := redistest.Start(b.Context())
			if err != nil {
				return err
			}
			if err := srv.Client().Ping(b.Context()).Err(); err != nil {
				return err
			}
			return srv.Close(b.Context())
		})},
		contestant{"miniredis-tcp", each(func() error {
			m, err := miniredis.Run()
			if err != nil {
				return err
			}
			defer m.Close()
			client := redis.NewClient(&redis.Options{Addr: m.Addr()})
			if err := client.Ping(b.Context()).Err(); err != nil {
				return err
			}
			return client.Close()
		})},
		contestant{"bare-engine-and-client", each(func() error {
			m := miniredis.NewMiniRedis()
			unused, err := m.Dial()
			if err != nil {
				return err
			}
			defer m.Close()
			if err := unused.Close(); err != nil {
				return err
			}
			return redis.NewClient(&redis.Options{}).Close()
		})},
	)
}

// BenchmarkIdle keeps a thousand servers alive at once.
func BenchmarkIdle(b *testing.B) {
	const n = 1000
	memory, goroutines := inUse()
	servers := make([]*redistest.Server, n)
	for i := range servers {
		srv, err := redistest.Start(b.Context())
		require.NoError(b, err)
		require.NoError(b, srv.Client().Set(b.Context(), "key", "value", 0).Err())
		servers[i] = srv
	}
	memoryAfter, goroutinesAfter := inUse()
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(memoryAfter-memory)/n/1024, "KiB/server")
	b.ReportMetric(float64(goroutinesAfter-goroutines)/n, "goroutines/server")
	for _, srv := range servers {
		require.NoError(b, srv.Close(b.Context()))
	}
}

func inUse() (memory uint64, goroutines int) {
	var stats runtime.MemStats
	runtime.GC()
	runtime.GC() // the first one leaves what has finalizers
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc + stats.StackInuse, runtime.NumGoroutine()
}
