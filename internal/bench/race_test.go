// Package bench measures the embedded server beside what else a test could use. It has no code but tests: run it with
// `make bench`.
//
// Every row is a race: its contestants take turns in short heats, so that whatever else the machine does slows all of them
// alike, and what is reported is the median of the ratios within each round. Absolute times are of little use on a shared
// machine.
package bench_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

const (
	rounds = 21
	heat   = 20 * time.Millisecond
)

// contestant is one way to do what a row measures. The first one of a row is ours.
type contestant struct {
	name string
	run  func(n int) // does it n times
}

// race lets the contestants take turns, and reports the first one's time, and how many times as long each of the others
// takes.
func race(b *testing.B, contestants ...contestant) {
	b.Helper()
	report(b, contestants, compete(contestants))
}

// compete lets the contestants take turns. It returns what a run took in nanoseconds, by contestant and round.
func compete(contestants []contestant) [][]float64 {
	sizes := make([]int, len(contestants))
	for i, c := range contestants {
		sizes[i] = calibrate(c.run)
	}
	times := make([][]float64, len(contestants))
	for range rounds {
		for _, i := range rand.Perm(len(contestants)) { // or the garbage collector would always come to the same one
			times[i] = append(times[i], measure(contestants[i].run, sizes[i]))
		}
	}
	return times
}

func report(b *testing.B, contestants []contestant, times [][]float64) {
	b.Helper()
	b.ReportMetric(0, "ns/op") // of the whole race, which says nothing
	b.ReportMetric(median(times[0]), "ns/"+contestants[0].name)
	for i, c := range contestants[1:] {
		ratios := make([]float64, rounds)
		for round := range rounds {
			ratios[round] = times[i+1][round] / times[0][round]
		}
		b.ReportMetric(median(ratios), "x:"+c.name)
		b.Logf("%-24s %s", c.name, spread(ratios))
	}
}

// calibrate finds how many runs fill a heat.
func calibrate(run func(int)) int {
	for n := 1; ; n *= 2 {
		if took := measure(run, n) * float64(n); took > float64(heat)/2 || n > 1<<24 {
			return n
		}
	}
}

func measure(run func(int), n int) float64 {
	began := time.Now()
	run(n)
	return float64(time.Since(began)) / float64(n)
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}

// spread is the lowest, the middle and the highest value.
func spread(values []float64) string {
	sorted := slices.Sorted(slices.Values(values))
	return fmt.Sprintf("%.4g (%.4g to %.4g)", sorted[len(sorted)/2], sorted[0], sorted[len(sorted)-1])
}
