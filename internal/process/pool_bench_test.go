package process

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// BenchmarkLease is what a test pays for a server of the pool: its lease, with one write, and the wipe.
func BenchmarkLease(b *testing.B) {
	find(b)
	pool := NewPool(WithLimit(1))
	b.Cleanup(func() { require.NoError(b, pool.Close()) })
	first, err := pool.Lease(b.Context())
	require.NoError(b, err)
	require.NoError(b, first.Return())

	var took []time.Duration
	for b.Loop() {
		began := time.Now()
		lease, err := pool.Lease(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		leased := time.Since(began)
		if err := ask(b, "unix", lease.Socket(), "", "SET", "key", "value"); err != nil {
			b.Fatal(err)
		}
		began = time.Now()
		if err := lease.Return(); err != nil {
			b.Fatal(err)
		}
		took = append(took, leased+time.Since(began))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "median-us")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-us")
}

// BenchmarkStart is what a process of its own costs.
func BenchmarkStart(b *testing.B) {
	find(b)
	for b.Loop() {
		server, err := Start(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		if err := server.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
