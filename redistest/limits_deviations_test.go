package redistest_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/internal/command"
)

const deviationsFile = "conformance/testdata/deviations.txt"

// reported is a spec that the embedded server fails.
type reported struct{ family, text, reason, failed string }

func readReported(t *testing.T) []reported {
	t.Helper()
	text, err := os.ReadFile(deviationsFile)
	require.NoError(t, err)
	var found []reported
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSuffix(line, "\n")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if spec, indented := strings.CutPrefix(line, "\t"); !indented {
			family, rest, _ := strings.Cut(spec, " ")
			found = append(found, reported{family: family, text: rest})
			continue
		}
		last := &found[len(found)-1]
		kind, rest, _ := strings.Cut(line[1:], ": ")
		switch kind {
		case "reason":
			last.reason = rest
		case "failed":
			last.failed = rest
		default:
			require.Fail(t, "a line of another kind", line)
		}
	}
	require.NotEmpty(t, found)
	return found
}

// about are the names of the commands that a spec is about: those that its text begins with, or else the one that failed.
// What is said of scripts is about all commands that run them.
func (r reported) about() []string {
	if r.family == "scripting" || strings.Contains(r.text, "script") {
		return []string{"eval", "eval_ro", "evalsha", "evalsha_ro"}
	}
	if names := leading(r.text); len(names) > 0 {
		return names
	}
	if names := leading(strings.ToUpper(r.failed)); len(names) > 0 {
		return names[:1]
	}
	return nil
}

// leading are the commands that a text begins with, such as "ZUNIONSTORE and ZINTERSTORE replace the destination".
func leading(text string) []string {
	var names []string
	words := strings.Fields(text)
	for len(words) > 0 {
		word := strings.Trim(words[0], ",:")
		if spec, ok := command.Lookup(word); ok && word == strings.ToUpper(word) {
			words = words[1:]
			name := spec.Name
			if len(words) > 0 {
				if sub, ok := spec.Subcommand(words[0]); ok && words[0] == strings.ToUpper(words[0]) {
					name, words = sub.Name, words[1:]
				}
			}
			if spec.ArityOK(1) || len(spec.Subcommands) == 0 || name != spec.Name {
				names = append(names, name)
			}
			continue
		}
		if !slices.Contains([]string{"and", "AND"}, word) || len(names) == 0 {
			break
		}
		words = words[1:]
	}
	return names
}

// deviating are the specs that fail, by the commands that they are about.
func deviating(t *testing.T) map[string][]reported {
	t.Helper()
	found := map[string][]reported{}
	for _, r := range readReported(t) {
		names := r.about()
		if len(names) == 0 { // it is of subcommands in general, where there are none
			require.Contains(t, r.failed, "unknown command", "which command is it about? %s %s", r.family, r.text)
		}
		for _, name := range names {
			found[name] = append(found[name], r)
		}
	}
	return found
}

// whys tells every reason once, with the specs that fail for it.
func whys(failing []reported) []string {
	var reasons []string
	texts := map[string][]string{}
	for _, r := range failing {
		if !slices.Contains(reasons, r.reason) {
			reasons = append(reasons, r.reason)
		}
		texts[r.reason] = append(texts[r.reason], r.text)
	}
	for i, reason := range reasons {
		specs := strings.Join(texts[reason], "; ")
		if reason == "" {
			reasons[i] = specs
		} else {
			reasons[i] = fmt.Sprintf("%s (%s)", reason, specs)
		}
	}
	return reasons
}
