package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const output = `goos: linux
cpu: A Processor
BenchmarkGet-2                	       1	      2025 ns/redistest	        15.27 x:miniredis-tcp	         0.5122 x:null-connection
--- BENCH: BenchmarkGet-2
    bench_test.go:46: miniredis-tcp            15.27 (10.1 to 26.79)
    bench_test.go:46: null-connection          0.5122 (0.3107 to 0.8341)
BenchmarkPipeline100-2        	       1	     46246 ns/redistest	         5.41 x:miniredis-dial
BenchmarkTxPipeline10-2       	       1	     10246 ns/redistest	         3.3 x:miniredis-dial
BenchmarkPubSub-2             	       1	      6246 ns/redistest	         1.9 x:miniredis-dial
BenchmarkBlockingPop-2        	       1	     23246 ns/redistest	         1.8 x:miniredis-dial
BenchmarkEval-2               	       1	    145246 ns/redistest	         1.3 x:miniredis-dial
BenchmarkStart-2              	       1	    148246 ns/redistest	         4.7 x:miniredis-tcp
BenchmarkIdle-2               	       1	        32.41 KiB/server	         0 goroutines/server
BenchmarkLiveClock/SET-EX-2         	       1	     18548 ns/without	         0.9929 x:with
BenchmarkLiveClock/GET-2         	       1	     18548 ns/without	         123.4 x:with
BenchmarkSuite/redistest-2    	       1	        46.85 MiB	         0.2182 s
BenchmarkSuite/miniredis-2    	       1	        45.98 MiB	         2.056 s
BenchmarkSuite/redis-server-each-2         	       1	        40.98 MiB	         7.163 s
--- BENCH: BenchmarkSuite/redis-server-each-2
    suite_test.go:124: 7.163 (6.857 to 9.165) s, 40.98 (40.52 to 42.03) MiB
BenchmarkSave-2               	       1	        4.5 times-redis-server
--- BENCH: BenchmarkSave-2
    persistence_test.go:99: times redis-server       4.5 (3.7 to 5.8)
BenchmarkGrowth/capture-2     	       1	         1.02 exponent	   1200000 ns/1,000-keys	         10.5 x:10,000-keys	         110 x:100,000-keys
--- BENCH: BenchmarkGrowth/capture-2
    race_test.go:66: 10,000-keys              10.5 (9.1 to 12)
    race_test.go:66: 100,000-keys             110 (95 to 130)
    growth_test.go:60: exponent                 1.02 (0.99 to 1.06)
PASS
ok  	github.com/compozy/rediskit/internal/bench	22.874s
`

func TestParse(t *testing.T) {
	t.Parallel()
	found, err := parse(strings.NewReader(output))
	require.NoError(t, err)
	assert.Equal(t, "A Processor", found.cpu)
	require.Len(t, found.rows, 15)
	assert.Equal(t, row{"Get", "", []metric{
		{value: 2025, unit: "ns/redistest"},
		{15.27, "x:miniredis-tcp", 10.1, 26.79},
		{0.5122, "x:null-connection", 0.3107, 0.8341},
	}}, found.rows[0])
	each, ok := found.row("Suite", "redis-server-each")
	require.True(t, ok)
	assert.Equal(t, []metric{{40.98, "MiB", 40.52, 42.03}, {7.163, "s", 6.857, 9.165}}, each.metrics)
	save, ok := found.row("Save", "")
	require.True(t, ok)
	assert.Equal(t, []metric{{4.5, "times-redis-server", 3.7, 5.8}}, save.metrics)
	_, ok = found.row("LiveClock", "SET-EX")
	assert.True(t, ok)
}

func TestParseRefusesRunsThatFailed(t *testing.T) {
	t.Parallel()
	_, err := parse(strings.NewReader(output + "--- FAIL: BenchmarkRestore\n"))
	require.ErrorContains(t, err, "they have failed: --- FAIL: BenchmarkRestore")
	_, err = parse(strings.NewReader("PASS\n"))
	require.ErrorContains(t, err, "there are none")
}

func TestPageAndChart(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	readme := filepath.Join(folder, "README.md")
	require.NoError(t, os.WriteFile(readme, []byte("before\n"+summaryBegins+"old\n"+summaryEnds+"after\n"), 0o600))
	require.NoError(t, write(strings.NewReader(output), "..", folder, readme))
	page, err := os.ReadFile(filepath.Join(folder, "benchmarks.md"))
	require.NoError(t, err)
	assert.Contains(t, string(page), "\nOn A Processor, ")
	assert.Contains(t, string(page), "| | redistest | miniredis-tcp | null-connection |\n| --- | --: | --: | --: |\n"+
		"| | 2.03µs | 15x (10x to 27x) | 0.51x (0.31x to 0.83x) |\n")
	assert.Contains(t, string(page), "## Idle\n\nIdle keeps a thousand servers alive at once.\n")
	assert.Contains(t, string(page), "| SET-EX | 18.5µs | 0.99x |\n| GET | 18.5µs | 123x |\n")
	assert.Contains(t, string(page), "| | 1,000-keys | 10,000-keys | 100,000-keys | exponent |\n| --- | --: | --: | --: | --: |\n"+
		"| capture | 1.2ms | 10x (9.1x to 12x) | 110x (95x to 130x) | 1.02 (0.99 to 1.06) |\n")
	chart, err := os.ReadFile(filepath.Join(folder, "benchmarks.svg"))
	require.NoError(t, err)
	assert.Contains(t, string(chart), ">miniredis over TCP<")
	assert.NotContains(t, string(chart), "LiveClock")
	text, err := os.ReadFile(readme)
	require.NoError(t, err)
	assert.Contains(t, string(text), "| `GET` | 2.03µs | 15x |  |  |  | 0.51x |\n| pipeline of 100 | 46.2µs |  | 5.4x |  |  |  |\n")
	assert.Contains(t, string(text), "500 parallel tests of 200 commands take 0.2 s with redistest, 2.1 s with miniredis, "+
		"7.2 s with a redis-server for each.\n"+summaryEnds+"after\n")
	assert.NotContains(t, string(text), "old")
}

func TestSummaryNeedsItsPlace(t *testing.T) {
	t.Parallel()
	found, err := parse(strings.NewReader(output))
	require.NoError(t, err)
	readme := filepath.Join(t.TempDir(), "README.md")
	require.NoError(t, os.WriteFile(readme, []byte("# without\n"), 0o600))
	require.ErrorContains(t, writeSummary(found, machine{}, readme), "README.md has not the lines")
	require.ErrorContains(t, writeSummary(found, machine{}, readme+".not"), "no such file")
	_, err = summary(results{}, machine{})
	require.ErrorContains(t, err, "there is no benchmark Get")
}
