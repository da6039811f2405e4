package conformance

import (
	"context"
	"fmt"
	"strings"
)

// refusal is a command that refuses a key of another type; among args, theKey stands for that key.
type refusal struct {
	name string
	args []any
}

// refuses registers one spec for each command: it answers WRONGTYPE for the key of holder.
func (s *suite) refuses(holderType string, hold func(ctx context.Context, t *trial, key string), refusals ...refusal) {
	for _, r := range refusals {
		s.it(r.name+" answers WRONGTYPE for a "+holderType, func(ctx context.Context, t *trial) {
			key := t.key("other")
			hold(ctx, t, key)
			args := []any{r.name}
			for _, arg := range r.args {
				if arg == theKey {
					arg = key
				}
				args = append(args, arg)
			}
			t.fails(t.Do(ctx, args...), "WRONGTYPE Operation against a key holding the wrong kind of value")
		})
	}
}

const theKey = "<key>"

func holdString(ctx context.Context, t *trial, key string) { t.succeeds(t.Set(ctx, key, "text", 0)) }

func holdList(ctx context.Context, t *trial, key string) { t.succeeds(t.RPush(ctx, key, "element")) }

// words joins the words of a command for the text of a spec.
func words(args []any) string {
	return strings.TrimSuffix(fmt.Sprintln(args...), "\n")
}
