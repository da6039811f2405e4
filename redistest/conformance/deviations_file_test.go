package conformance_test

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/redistest/conformance"
)

// deviationsFile holds what the embedded server fails, made by make drift: a line for each spec, and an indented one
// for what came in its place.
const deviationsFile = "testdata/deviations.txt"

const deviationsHead = `# Made by make drift: do not edit.
#
# The specs that the embedded server fails, redis-server passing them all: the name of each, the reason where one is known, and
# what failed.
`

// deviation is an entry of the file.
type deviation struct{ spec, outcome string }

// readDeviations reads the file.
func readDeviations(t *testing.T) []deviation {
	t.Helper()
	text, err := os.ReadFile(deviationsFile)
	require.NoError(t, err)
	var found []deviation
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSuffix(line, "\n")
		outcome, indented := strings.CutPrefix(line, "\tfailed: ")
		switch {
		case indented:
			require.NotEmpty(t, found, line)
			found[len(found)-1].outcome = outcome
		case line == "", strings.HasPrefix(line, "#"), strings.HasPrefix(line, "\t"):
		default:
			found = append(found, deviation{spec: line})
		}
	}
	return found
}

// knownDeviations are what the suite enforces both ways: by name, why.
func knownDeviations(t *testing.T) map[string]string {
	t.Helper()
	table := map[string]string{}
	for _, d := range readDeviations(t) {
		table[d.spec] = d.because()
	}
	return table
}

// because is the reason, and where nobody has given one what can be seen.
func (d deviation) because() string {
	if reason := reasonFor(d); reason != "" {
		return reason
	}
	return d.outcome
}

// writeDeviations makes the file, and the table in the README.
func writeDeviations(t *testing.T, outcomes map[string]error) {
	t.Helper()
	var b bytes.Buffer
	b.WriteString(deviationsHead)
	for _, spec := range slices.Sorted(maps.Keys(outcomes)) {
		if outcomes[spec] == nil {
			continue
		}
		d := deviation{spec, inOneLine(outcomes[spec].Error())}
		fmt.Fprintf(&b, "\n%s\n", d.spec)
		if reason := reasonFor(d); reason != "" {
			fmt.Fprintf(&b, "\treason: %s\n", reason)
		}
		fmt.Fprintf(&b, "\tfailed: %s\n", d.outcome)
	}
	require.NoError(t, os.WriteFile(deviationsFile, b.Bytes(), 0o644))
	writeReadme(t)
}

// inOneLine is what an assertion says, without what differs from run to run.
func inOneLine(message string) string {
	const most = 240
	message, _, _ = strings.Cut(message, "\nUnexpected error:\n") // which says the same once more
	for pattern, replacement := range map[string]string{
		`conformance:\{[A-Z2-7]{26}\}:`: "", // what the keys of a spec begin with
		`<[^<>\n]+>:? ?`:                "", // Go types
		`0x[0-9a-f]{6,}`:                "0x…",
	} {
		message = regexp.MustCompile(pattern).ReplaceAllString(message, replacement)
	}
	message = strings.Join(strings.Fields(message), " ")
	if len(message) > most {
		message = strings.ToValidUTF8(message[:most], "") + "…"
	}
	return message
}

// Each reason explains something, and each deviation is one of a spec.
func TestDeviationsAndReasonsBelongTogether(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	names := conformance.SpecNames()
	for _, d := range readDeviations(t) {
		assert.Contains(t, names, d.spec)
		assert.NotEmpty(t, d.outcome, d.spec)
		used[reasonFor(d)] = true
	}
	for _, r := range reasons() {
		assert.True(t, used[r.why], "nothing deviates any more because %s: remove the reason", r.why)
	}
}
