package bench_test

import (
	"math"
	"strconv"
	"testing"

	"github.com/compozy/rediskit/redistest"
	"github.com/compozy/rediskit/snapshot"
)

// BenchmarkGrowth is how the time grows that redistest takes for 1,000, 10,000 and 100,000 keys of all types. Time grows with
// the keys to the power of the exponent, which is measured from the least to the most keys: 1.0 is in proportion to them, 1.1 what
// sorting them takes, and 2.0 with their square. restore replaces as many keys, and golden is AssertGolden.
func BenchmarkGrowth(b *testing.B) {
	keyspaces := []keyspace{
		keyspaceOf(b, "1,000-keys", 1000), keyspaceOf(b, "10,000-keys", 10_000), keyspaceOf(b, "100,000-keys", 100_000),
	}
	b.Run("capture", func(b *testing.B) {
		grow(b, keyspaces, func(k keyspace) func(int) { return capture(b, k.srv) })
	})
	b.Run("restore", func(b *testing.B) {
		grow(b, keyspaces, func(k keyspace) func(int) { return restore(b, k.srv, k.Snapshot) })
	})
	b.Run("checkpoint-and-rewind", func(b *testing.B) {
		grow(b, keyspaces, func(k keyspace) func(int) { return checkpointAndRewind(k.srv) })
	})
	b.Run("golden", func(b *testing.B) {
		b.Chdir(b.TempDir())
		grow(b, keyspaces, func(k keyspace) func(int) {
			name := strconv.Itoa(k.keys)
			writeGolden(b, name, textOf(b, k.srv))
			return assertGolden(b, k.srv, name)
		})
	})
}

// keyspace is one of several sizes, and a server that holds it.
type keyspace struct {
	name string
	keys int
	*snapshot.Snapshot
	srv *redistest.Server
}

func keyspaceOf(b *testing.B, name string, keys int) keyspace {
	b.Helper()
	s := mixedKeys(keys)
	return keyspace{name, keys, s, filled(b, s)}
}

// grow races keyspaces, the smallest one first, and reports with which power of their keys the time grows.
func grow(b *testing.B, keyspaces []keyspace, prepare func(keyspace) func(n int)) {
	b.Helper()
	contestants := make([]contestant, len(keyspaces))
	for i, k := range keyspaces {
		contestants[i] = contestant{k.name, prepare(k)}
	}
	times := compete(contestants)
	report(b, contestants, times)
	last := len(keyspaces) - 1
	exponents := make([]float64, rounds)
	for i := range exponents {
		exponents[i] = math.Log(times[last][i]/times[0][i]) / math.Log(float64(keyspaces[last].keys)/float64(keyspaces[0].keys))
	}
	b.ReportMetric(median(exponents), "exponent")
	b.Logf("%-24s %s", "exponent", spread(exponents))
}
