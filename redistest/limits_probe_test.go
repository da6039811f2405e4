package redistest_test

import (
	"iter"
	"regexp"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/compozy/rediskit/internal/command"
	"github.com/compozy/rediskit/redistest"
)

// verdict is how far the embedded server has a command.
type verdict string

const (
	yes    verdict = "yes"
	partly verdict = "partly"
	no     verdict = "no"
)

// limit is what is known of one command.
type limit struct {
	name string // as one writes it: "OBJECT ENCODING"
	verdict
	why []string
}

var (
	missing    = regexp.MustCompile(`unknown (sub)?command|not supported`)
	miscounted = regexp.MustCompile(`wrong number of arguments`)
	ofCluster  = regexp.MustCompile(`cluster support disabled`)
)

// seen is what nobody can tell from one call and no spec is about.
func seen() map[string]string {
	return map[string]string{
		"command|docs": "the reply is always empty",
		"lmove":        "LEFT and RIGHT are not checked where the source is missing",
	}
}

// callable are the commands and subcommands that can be sent: CLIENT alone cannot, COMMAND can.
func callable() iter.Seq[*command.Spec] {
	return func(yield func(*command.Spec) bool) {
		for spec := range command.All() {
			if (len(spec.Subcommands) == 0 || spec.ArityOK(1)) && !yield(spec) {
				return
			}
			for _, sub := range spec.Subcommands {
				if !yield(sub) {
					return
				}
			}
		}
	}
}

// probe sends a command with as few words as redis-server takes, and judges the answer. It wants to be in a bubble, where
// commands that block take no time.
func probe(t *testing.T, spec *command.Spec) verdict {
	t.Helper()
	answer := answerTo(t, spec)
	if ofCluster.MatchString(answer) {
		answer = answerTo(t, spec, redistest.WithClusterRules())
	}
	switch {
	case missing.MatchString(answer):
		return no
	case miscounted.MatchString(answer):
		return partly
	default:
		return yes
	}
}

// answerTo returns the error of a server of the command's own, as some commands end it.
func answerTo(t *testing.T, spec *command.Spec, opts ...redistest.Option) string {
	t.Helper()
	srv := redistest.New(t, append(opts, redistest.WithBackend(redistest.Embedded()))...)
	client := srv.NewClient(func(o *redis.Options) { o.MaxRetries = -1 })
	var words []any
	for _, word := range strings.Split(spec.Name, "|") {
		words = append(words, word)
	}
	for !spec.ArityOK(len(words)) {
		words = append(words, "1") // a key, a number, a name: whatever is wanted
	}
	if err := client.Do(t.Context(), words...).Err(); err != nil {
		return err.Error()
	}
	return ""
}
