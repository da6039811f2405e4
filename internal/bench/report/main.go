// Command report turns the output of the benchmarks into a page with a table for each of them, a chart, and the table of the
// README. It reads the output from its standard input:
//
//	go test -run '^$' -bench . -benchtime 1x . | go run ./report -docs ../../docs
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"time"
)

func main() {
	docs := flag.String("docs", "../../docs", "the folder that benchmarks.md and benchmarks.svg are written to")
	readme := flag.String("readme", "../../README.md", "the page that gets the most wanted figures")
	sources := flag.String("sources", ".", "the folder of the benchmarks, whose comments say what they measure")
	flag.Parse()
	if err := write(os.Stdin, *sources, *docs, *readme); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// write reads the output of benchmarks and writes the page, its chart, and what the readme says of them.
func write(output io.Reader, sources, docs, readme string) error {
	results, err := parse(output)
	if err != nil {
		return err
	}
	comments, err := readComments(sources)
	if err != nil {
		return err
	}
	if err := chart(results, filepath.Join(docs, "benchmarks.svg")); err != nil {
		return err
	}
	on := machine{
		cpu: results.cpu, cores: runtime.NumCPU(), system: runtime.GOOS + "/" + runtime.GOARCH,
		language: runtime.Version(), date: time.Now(),
	}
	path := filepath.Join(docs, "benchmarks.md")
	if err := os.WriteFile(path, []byte(page(results, comments, on)), 0o644); err != nil { //nolint:gosec // to be read by all
		return fmt.Errorf("write page: %w", err)
	}
	return writeSummary(results, on, readme)
}
