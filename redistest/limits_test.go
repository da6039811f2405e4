package redistest_test

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/internal/command"
	"github.com/compozy/rediskit/internal/config"
)

const (
	limitsPage = "../docs/limits.md"
	limitsHead = `<!-- Made by make drift: do not edit. -->
# Limits

For whoever asks whether the embedded server has the commands that their code sends.

Here is every command and subcommand in the COMMAND table of redis-server 7.0, and how far the embedded server has it. The page is
made by a test, which sends each command to an embedded server with as few words as redis-server takes, and then looks up what the
[conformance suite](../redistest/conformance) has found:

- **no**: the server answers that it has no such command or subcommand, or that it does not support it.
- **partly**: there is at least one spec about the command that redis-server passes and the embedded server fails (the table gives
  its reason, and its text in brackets), or the command wants more words than redis-server does, or the table says what was seen.
- **yes**: the command is there, and no spec about it fails. It does not say that every option of it works: the specs are many but
  not endless, and some commands that nobody tests with have none. A command that has to agree with redis-server in every detail
  should be tested with [both](choosing-a-backend.md).

What happens by the clock is another matter: see [time](time.md). On the other [backends](choosing-a-backend.md) all commands are
those of the server.
`
)

// group is a section of the page.
type group struct{ title, category, remark string }

func groups() []group {
	return []group{
		{"strings", "@string", ""},
		{"bits", "@bitmap", ""},
		{"hashes", "@hash", ""},
		{"lists", "@list", ""},
		{"sets", "@set", ""},
		{"sorted sets", "@sortedset", ""},
		{"streams", "@stream", ""},
		{"geo", "@geo", ""},
		{"hyperloglog", "@hyperloglog", ""},
		{"scripting", "@scripting", ""},
		{"transactions", "@transaction", ""},
		{"pub/sub", "@pubsub", ""},
		{"cluster", "", "These are tried with `WithClusterRules()`; without, they answer as redis-server does that is not in cluster mode."},
		{"keys", "@keyspace", ""},
		{"connections", "@connection", ""},
		{theServer, "", "`SAVE` and `BGSAVE` succeed with `WithPersistence(…)` alone: see [persistence](persistence.md)."},
	}
}

const theServer = "the server"

// groupOf returns the title of the section that a command belongs to.
func groupOf(spec *command.Spec) string {
	clusters := []string{"asking", "readonly", "readwrite", "restore-asking"}
	if strings.HasPrefix(spec.Name, "cluster|") || slices.Contains(clusters, spec.Name) {
		return "cluster"
	}
	switch container, _, _ := strings.Cut(spec.Name, "|"); container {
	case "pubsub":
		return "pub/sub"
	case "command":
		return theServer
	}
	for _, g := range groups() {
		if g.category != "" && slices.Contains(spec.Categories, g.category) {
			return g.title
		}
	}
	return theServer
}

// The page is as the server is. REDISTEST_UPDATE=1 writes it anew.
func TestTheLimitsAreAsWritten(t *testing.T) {
	t.Parallel()
	var page string
	synctest.Test(t, func(t *testing.T) { page = limitsHead + sections(limits(t)) })
	if env := config.ReadEnv(); env.Update && !env.CI {
		require.NoError(t, os.WriteFile(limitsPage, []byte(page), 0o644))
	}
	written, err := os.ReadFile(limitsPage)
	require.NoError(t, err)
	require.Equal(t, string(written), page, "to accept it: REDISTEST_UPDATE=1 go test -run '^TestTheLimitsAreAsWritten$' ./redistest")
}

// limits judges every command, by section.
func limits(t *testing.T) map[string][]limit {
	t.Helper()
	found := map[string][]limit{}
	reasons, remarks := deviating(t), seen()
	for spec := range callable() {
		l := limit{strings.ToUpper(strings.ReplaceAll(spec.Name, "|", " ")), probe(t, spec), whys(reasons[spec.Name])}
		if remark, ok := remarks[spec.Name]; ok {
			l.why = append(l.why, remark)
		}
		switch {
		case l.verdict == no:
			l.why = nil // which says it all
		case l.verdict == partly:
			l.why = append(l.why, "it wants more words than it has to")
		case len(l.why) > 0:
			l.verdict = partly
		}
		found[groupOf(spec)] = append(found[groupOf(spec)], l)
		delete(reasons, spec.Name)
		delete(remarks, spec.Name)
	}
	require.Empty(t, slices.Collect(maps.Keys(reasons)), "there are specs about what is no command")
	require.Empty(t, slices.Collect(maps.Keys(remarks)), "there are remarks about what is no command")
	return found
}

// sections writes a summary, and a section for each group.
func sections(found map[string][]limit) string {
	var summary, rest strings.Builder
	summary.WriteString("\n| | yes | partly | no |\n| --- | --: | --: | --: |\n")
	total := map[verdict]int{}
	for _, g := range groups() {
		names := map[verdict][]string{}
		var table table
		for _, l := range found[g.title] {
			total[l.verdict]++
			names[l.verdict] = append(names[l.verdict], "`"+l.name+"`")
			if l.verdict == partly {
				table.add(l)
			}
		}
		anchor := strings.NewReplacer(" ", "-", "/", "").Replace(g.title)
		fmt.Fprintf(&summary, "| [%s](#%s) | %d | %d | %d |\n", g.title, anchor, len(names[yes]), len(names[partly]), len(names[no]))
		fmt.Fprintf(&rest, "\n## %s%s\n", strings.ToUpper(g.title[:1]), g.title[1:])
		if g.remark != "" {
			fmt.Fprintf(&rest, "\n%s\n", g.remark)
		}
		for _, v := range []verdict{yes, no} {
			if len(names[v]) > 0 {
				fmt.Fprintf(&rest, "\n**%s**: %s\n", v, strings.Join(names[v], ", "))
			}
		}
		rest.WriteString(table.String())
	}
	fmt.Fprintf(&summary, "| in all | %d | %d | %d |\n", total[yes], total[partly], total[no])
	return summary.String() + rest.String()
}

// table has a row for each reason, with all the commands that it is true of.
type table struct {
	whys  []string
	names map[string][]string
}

func (r *table) add(l limit) {
	why := strings.ReplaceAll(strings.Join(l.why, "; "), "|", `\|`)
	if r.names == nil {
		r.names = map[string][]string{}
	}
	if !slices.Contains(r.whys, why) {
		r.whys = append(r.whys, why)
	}
	r.names[why] = append(r.names[why], "`"+l.name+"`")
}

func (r *table) String() string {
	if len(r.whys) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("\n| partly | why |\n| --- | --- |\n")
	for _, why := range r.whys {
		fmt.Fprintf(&b, "| %s | %s |\n", strings.Join(r.names[why], ", "), why)
	}
	return b.String()
}
