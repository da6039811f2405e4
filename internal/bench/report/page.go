package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// machine is where and when the benchmarks ran.
type machine struct {
	cpu, system, language string
	cores                 int
	date                  time.Time
}

const head = `<!-- Made by make bench-report: do not edit. -->
# Benchmarks

For whoever asks what a Redis of its own costs each test, and what the alternatives cost.

![How many times as long as redistest each alternative takes](benchmarks.svg)

The contestants of a row take turns in short heats of one run, so that whatever else the machine does slows all of them alike. The
first one's time is absolute and says little of another machine. The others are ratios: **15x** takes fifteen times as long as the
first one, **0.5x** half as long. Each is the median of the ratios within each round, and in brackets are the lowest and the highest.

The titles are the names of the benchmarks in internal/bench, where ` + "`go test -run '^$' -bench '^BenchmarkGet$' -benchtime 1x .`" + ` runs one of
them alone.
`

// page is the page about all of them.
func page(found results, comments map[string]string, on machine) string {
	var b strings.Builder
	b.WriteString(head)
	fmt.Fprintf(&b, "\nOn %s, %d cores, %s, %s, %s.\n", on.cpu, on.cores, on.system, on.language, on.date.Format("2 January 2006"))
	var benchmarks []string
	rows := map[string][]row{}
	for _, r := range found.rows {
		if rows[r.benchmark] == nil {
			benchmarks = append(benchmarks, r.benchmark)
		}
		rows[r.benchmark] = append(rows[r.benchmark], r)
	}
	for _, benchmark := range benchmarks {
		fmt.Fprintf(&b, "\n## %s\n\n", benchmark)
		if comment := comments[benchmark]; comment != "" {
			fmt.Fprintf(&b, "%s\n\n", comment)
		}
		b.WriteString(table(rows[benchmark]))
	}
	return b.String()
}

// table has a line for each part of a benchmark, and a column for each unit.
func table(rows []row) string {
	units := columns(rows)
	var b strings.Builder
	b.WriteString("| |")
	for _, unit := range units {
		fmt.Fprintf(&b, " %s |", title(unit))
	}
	b.WriteString("\n| --- |" + strings.Repeat(" --: |", len(units)) + "\n")
	for _, r := range rows {
		b.WriteString("|" + strings.TrimSuffix(" "+r.part, " ") + " |")
		for _, unit := range units {
			cell := ""
			if i := slices.IndexFunc(r.metrics, func(m metric) bool { return m.unit == unit }); i >= 0 {
				cell = r.metrics[i].String()
			}
			fmt.Fprintf(&b, " %s |", cell)
		}
		b.WriteString("\n")
	}
	return b.String()
}

// columns are the units of rows: the first contestant's time, then the others as ratios to it, then what else there is.
func columns(rows []row) []string {
	var units []string
	for _, belongs := range []func(metric) bool{metric.isTime, metric.isRatio, func(metric) bool { return true }} {
		for _, r := range rows {
			for _, m := range r.metrics {
				if belongs(m) && !slices.Contains(units, m.unit) {
					units = append(units, m.unit)
				}
			}
		}
	}
	return units
}

// title is a unit at the top of a column: "x:peer" and "ns/redistest" are who took the time.
func title(unit string) string {
	return strings.TrimPrefix(strings.TrimPrefix(unit, "x:"), "ns/")
}

// String is the number as one reads it.
func (m metric) String() string {
	if m.isTime() {
		return rounded(time.Duration(m.value)).String()
	}
	format := func(value float64) string { return fmt.Sprintf("%.4g", value) }
	if m.isRatio() {
		format = times
	}
	if !m.hasSpread() {
		return format(m.value)
	}
	return fmt.Sprintf("%s (%s to %s)", format(m.value), format(m.low), format(m.high))
}

func times(ratio float64) string {
	decimals := 2
	switch {
	case ratio < 0.1:
		decimals = 3
	case ratio >= 10:
		decimals = 0
	case ratio >= 1:
		decimals = 1
	}
	return strconv.FormatFloat(ratio, 'f', decimals, 64) + "x"
}

// rounded keeps three digits.
func rounded(d time.Duration) time.Duration {
	unit := time.Duration(1)
	for d/unit >= 1000 {
		unit *= 10
	}
	return d.Round(unit)
}
