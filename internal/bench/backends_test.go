package bench_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/redistest"
)

// BenchmarkStartOfBackends is the start of each kind of Redis until it has answered PING, and its end.
func BenchmarkStartOfBackends(b *testing.B) {
	requireRedisServer(b)
	server := func(backend redistest.Backend) func(context.Context) error {
		return func(ctx context.Context) error {
			srv, err := redistest.Start(ctx, redistest.WithBackend(backend))
			if err != nil {
				return err
			}
			return srv.Close(ctx)
		}
	}
	each := func(name string, start func(context.Context) error) contestant {
		return contestant{name, func(n int) {
			for range n {
				if err := start(b.Context()); err != nil {
					b.Errorf("%s: %v", name, err)
					return
				}
			}
		}}
	}
	race(
		b,
		each("embedded", server(redistest.Embedded())),
		each("redis-server-pooled", server(redistest.RedisServer())),
		each("redis-server-fresh", server(redistest.RedisServer(redistest.Fresh()))),
		each("cluster-of-3", func(ctx context.Context) error {
			cluster, err := redistest.StartCluster(ctx)
			if err != nil {
				return err
			}
			return cluster.Close(ctx)
		}),
	)
}

// requireRedisServer skips what cannot be without redis-server, or lets it fail, as redistest does.
func requireRedisServer(b *testing.B) {
	b.Helper()
	srv := redistest.New(b, redistest.WithBackend(redistest.RedisServer()))
	require.NoError(b, srv.Client().Ping(b.Context()).Err())
	require.NoError(b, srv.Close(b.Context()))
}
