package conformance_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/redistest/conformance"
)

const (
	readmeFile  = "../../README.md"
	tableBegins = "<!-- drift: made by make drift -->\n"
	tableEnds   = "<!-- /drift -->"
)

// readmeTable counts, for each family, the specs and how many of them the embedded server fails.
func readmeTable(t *testing.T) string {
	t.Helper()
	var families []string
	specs, deviating := map[string]int{}, map[string]int{}
	for _, spec := range conformance.SpecNames() {
		family, _, _ := strings.Cut(spec, " ")
		if specs[family] == 0 {
			families = append(families, family)
		}
		specs[family]++
	}
	total := 0
	for _, d := range readDeviations(t) {
		family, _, _ := strings.Cut(d.spec, " ")
		deviating[family]++
		total++
	}
	var b strings.Builder
	b.WriteString("| family | specs | embedded deviates | | family | specs | embedded deviates |\n| --- | --: | --: | --- | --- | --: | --: |\n")
	half := (len(families) + 1) / 2
	cells := func(i int) string {
		if i >= len(families) {
			return "| | |"
		}
		return fmt.Sprintf("| %s | %d | %d", families[i], specs[families[i]], deviating[families[i]])
	}
	for i := range half {
		fmt.Fprintf(&b, "%s | %s |\n", cells(i), cells(i+half))
	}
	fmt.Fprintf(&b, "\nIn all %d of %d specs, each with its reason in [deviations.txt](redistest/conformance/%s); redis-server passes every one.\n",
		total, len(conformance.SpecNames()), deviationsFile)
	return b.String()
}

// splitReadme returns what stands before, in and after the table.
func splitReadme(t *testing.T) (before, table, after string) {
	t.Helper()
	text, err := os.ReadFile(readmeFile)
	require.NoError(t, err)
	before, rest, found := strings.Cut(string(text), tableBegins)
	require.True(t, found, "%s has no line %s", readmeFile, tableBegins)
	table, after, found = strings.Cut(rest, tableEnds)
	require.True(t, found, "%s has no line %s", readmeFile, tableEnds)
	return before + tableBegins, table, tableEnds + after
}

func writeReadme(t *testing.T) {
	t.Helper()
	before, _, after := splitReadme(t)
	require.NoError(t, os.WriteFile(readmeFile, []byte(before+readmeTable(t)+after), 0o644))
}

func TestTheReadmesTableIsTheTable(t *testing.T) {
	t.Parallel()
	_, table, _ := splitReadme(t)
	require.Equal(t, readmeTable(t), table, "run make drift")
}
