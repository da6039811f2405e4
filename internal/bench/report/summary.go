package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
)

const (
	summaryBegins = "<!-- bench: made by make bench-report -->\n"
	summaryEnds   = "<!-- /bench -->\n"
)

// summarized are the races that a newcomer asks about, and what they are called there.
func summarized() [][2]string {
	return [][2]string{
		{"Get", "`GET`"},
		{"Pipeline100", "pipeline of 100"},
		{"TxPipeline10", "transaction of 10"},
		{"PubSub", "`PUBLISH` until it is received"},
		{"BlockingPop", "`BLPOP` there and back"},
		{"Eval", "`EVAL`"},
		{"Start", "start, `PING`, close"},
	}
}

// writeSummary puts the most wanted figures into a page, between its markers.
func writeSummary(found results, on machine, path string) error {
	page, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("write summary: %w", err)
	}
	before, rest, begins := strings.Cut(string(page), summaryBegins)
	_, after, ends := strings.Cut(rest, summaryEnds)
	if !begins || !ends {
		return fmt.Errorf("write summary: %s has not the lines %q and %q", path, summaryBegins, summaryEnds)
	}
	text, err := summary(found, on)
	if err != nil {
		return fmt.Errorf("write summary: %w", err)
	}
	text = before + summaryBegins + text + summaryEnds + after
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil { //nolint:gosec // to be read by all
		return fmt.Errorf("write summary: %w", err)
	}
	return nil
}

// summary is a table of races, a column for each contender, and a line about suites of tests.
func summary(found results, on machine) (string, error) {
	var b strings.Builder
	b.WriteString("| | redistest |")
	for _, c := range contenders() {
		fmt.Fprintf(&b, " %s |", c.label)
	}
	b.WriteString("\n| --- |" + strings.Repeat(" --: |", 1+len(contenders())) + "\n")
	for _, wanted := range summarized() {
		r, ok := found.row(wanted[0], "")
		if !ok {
			return "", fmt.Errorf("there is no benchmark %s", wanted[0])
		}
		fmt.Fprintf(&b, "| %s | %s |", wanted[1], r.value("ns/redistest"))
		for _, c := range contenders() {
			fmt.Fprintf(&b, " %s |", r.value("x:"+c.name))
		}
		b.WriteString("\n")
	}
	suites, err := suites(found)
	fmt.Fprintf(&b, "\nOn %s with %d cores, medians of rounds in which the contestants take turns. %s\n", on.cpu, on.cores, suites)
	return b.String(), err
}

// suites says what a suite of tests takes with each.
func suites(found results) (string, error) {
	var parts []string
	for _, with := range [][2]string{
		{"redistest", "redistest"}, {"miniredis", "miniredis"}, {"redis-server-each", "a redis-server for each"},
	} {
		r, _ := found.row("Suite", with[0])
		i := slices.IndexFunc(r.metrics, func(m metric) bool { return m.unit == "s" })
		if i < 0 {
			return "", errors.New("there is no benchmark Suite/" + with[0])
		}
		parts = append(parts, fmt.Sprintf("%.1f s with %s", r.metrics[i].value, with[1]))
	}
	return "500 parallel tests of 200 commands take " + strings.Join(parts, ", ") + ".", nil
}

// row finds a benchmark or one of its parts.
func (r results) row(benchmark, part string) (row, bool) {
	i := slices.IndexFunc(r.rows, func(r row) bool { return r.benchmark == benchmark && r.part == part })
	if i < 0 {
		return row{}, false
	}
	return r.rows[i], true
}

// value is a number without its spread, "" where there is none.
func (r row) value(unit string) string {
	i := slices.IndexFunc(r.metrics, func(m metric) bool { return m.unit == unit })
	if i < 0 {
		return ""
	}
	alone := r.metrics[i]
	alone.low, alone.high = 0, 0
	return alone.String()
}
