package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
)

// results are what a run of the benchmarks has printed.
type results struct {
	cpu  string
	rows []row
}

// row is one benchmark, or one of its parts.
type row struct {
	benchmark, part string // "LiveClock", "GET"
	metrics         []metric
}

// metric is a number with its unit. Those of races are "ns/redistest", and "x:peer" for how many times as long a peer takes.
type metric struct {
	value     float64
	unit      string
	low, high float64 // of all rounds, where they are known
}

// peer is the name in "x:peer".
func (m metric) peer() (string, bool) { return strings.CutPrefix(m.unit, "x:") }

func (m metric) isTime() bool { return strings.HasPrefix(m.unit, "ns/") }

func (m metric) isRatio() bool { return strings.HasPrefix(m.unit, "x:") }

func (m metric) hasSpread() bool { return m.high > 0 }

var (
	resultLine = regexp.MustCompile(`^Benchmark(\S+?)(?:-\d+)?\s+\d+\s+(.+)$`)
	// Either who was raced, "miniredis-tcp  15.27 (10.1 to 26.79)", or in units, "7.1 (6.8 to 9.1) s, 40.9 (40.5 to 42) MiB".
	loggedLine = regexp.MustCompile(`^\s+\S+\.go:\d+: (.*)$`)
	peerSpread = regexp.MustCompile(`^(\S.*?)\s+\S+ \((\S+) to (\S+)\)$`)
	unitSpread = regexp.MustCompile(`\S+ \((\S+) to (\S+)\) (\w+)`)
)

// parse reads the output of go test -bench, and what the races have logged of their spread.
func parse(output io.Reader) (results, error) {
	var found results
	lines := bufio.NewScanner(output)
	for lines.Scan() {
		line := lines.Text()
		if cpu, ok := strings.CutPrefix(line, "cpu: "); ok {
			found.cpu = cpu
		}
		if strings.HasPrefix(line, "FAIL") || strings.HasPrefix(line, "--- FAIL") {
			return results{}, fmt.Errorf("parse benchmarks: they have failed: %s", line)
		}
		if match := resultLine.FindStringSubmatch(line); match != nil {
			metrics, err := parseMetrics(match[2])
			if err != nil {
				return results{}, fmt.Errorf("parse benchmark %s: %w", match[1], err)
			}
			benchmark, part, _ := strings.Cut(match[1], "/")
			found.rows = append(found.rows, row{benchmark, part, metrics})
		}
		if match := loggedLine.FindStringSubmatch(line); match != nil && len(found.rows) > 0 {
			if err := found.rows[len(found.rows)-1].spreads(match[1]); err != nil {
				return results{}, err
			}
		}
	}
	if err := lines.Err(); err != nil {
		return results{}, fmt.Errorf("parse benchmarks: %w", err)
	}
	if len(found.rows) == 0 {
		return results{}, errors.New("parse benchmarks: there are none")
	}
	return found, nil
}

// parseMetrics reads "2025 ns/redistest  2.926 x:miniredis-dial".
func parseMetrics(text string) ([]metric, error) {
	words := strings.Fields(text)
	if len(words)%2 != 0 {
		return nil, fmt.Errorf("a number has no unit in %q", text)
	}
	var metrics []metric
	for i := 0; i < len(words); i += 2 {
		value, err := strconv.ParseFloat(words[i], 64)
		if err != nil {
			return nil, fmt.Errorf("read metric: %w", err)
		}
		metrics = append(metrics, metric{value: value, unit: words[i+1]})
	}
	return metrics, nil
}

// spreads notes what a line that was logged says of the lowest and the highest of numbers.
func (r *row) spreads(logged string) error {
	if match := peerSpread.FindStringSubmatch(logged); match != nil {
		return r.spread(strings.ReplaceAll(match[1], " ", "-"), match[2], match[3])
	}
	for _, match := range unitSpread.FindAllStringSubmatch(logged, -1) {
		if err := r.spread(match[3], match[1], match[2]); err != nil {
			return err
		}
	}
	return nil
}

// spread notes the lowest and the highest number of a peer or a unit.
func (r *row) spread(of, low, high string) error {
	for i := range r.metrics {
		m := &r.metrics[i]
		if m.unit != of && m.unit != "x:"+of {
			continue
		}
		var lowErr, highErr error
		m.low, lowErr = strconv.ParseFloat(low, 64)
		m.high, highErr = strconv.ParseFloat(high, 64)
		if err := errors.Join(lowErr, highErr); err != nil {
			return fmt.Errorf("read spread of %s: %w", of, err)
		}
	}
	return nil
}
