// Command suites runs the tests of published libraries, as they are in the module proxy, first on a redis-server and then
// on a redistest server with a live clock, both at 127.0.0.1:6379, where these tests look for one. It fails if a test that
// passes on redis-server does not pass on redistest.
//
//	go run . [-count n]
//
// The libraries are locks, rate limits and sessions: what they have in common is that they go by the time.
//
// It is a module of its own, so that the libraries never enter the module graph of those who use rediskit.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"text/tabwriter"
	"time"
)

func main() {
	count := flag.Int("count", 1, "how often each test is run")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, *count)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "suites:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, count int) error {
	results := make([]*result, len(servers))
	for i, server := range servers {
		fmt.Printf("running each test %d time(s) on %s ...\n", count, server.name)
		stop, err := server.start(ctx)
		if err != nil {
			return fmt.Errorf("start %s: %w", server.name, err)
		}
		results[i], err = runTests(ctx, count)
		if err := errors.Join(err, stop()); err != nil {
			return fmt.Errorf("test on %s: %w", server.name, err)
		}
	}
	fmt.Print(tabulate(results))
	return compare(results[0], results[1])
}

// tabulate tells how many tests of each package passed, failed and were skipped.
func tabulate(results []*result) string {
	var cells, table strings.Builder
	cells.WriteString("package")
	for _, server := range servers {
		fmt.Fprintf(&cells, "\t%s", server.name)
	}
	for _, name := range packages {
		fmt.Fprintf(&cells, "\n%s", name)
		for _, r := range results {
			fmt.Fprintf(&cells, "\t%d passed, %d failed, %d skipped (%v)",
				r.number(name, passed), r.number(name, failed), r.number(name, skipped), r.took[name].Round(10*time.Millisecond))
		}
	}
	aligned := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	_, _ = aligned.Write([]byte(cells.String() + "\n"))
	_ = aligned.Flush() // into memory
	return table.String()
}
