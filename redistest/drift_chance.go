package redistest

import (
	"fmt"
	"slices"

	"github.com/compozy/rediskit/internal/command"
	"github.com/compozy/rediskit/snapshot"
)

// chance knows the keys whose content a server has chosen by itself: sets that SPOP has taken from, and what was made of
// those.
type chance map[string]bool

// follow notes what a command does to such keys, and tells whether its reply depends on one.
func (c chance) follow(words []string) (depends bool) {
	if len(words) == 0 {
		return false
	}
	depends = slices.ContainsFunc(words[1:], func(word string) bool { return c[word] })
	spec, known := command.Lookup(words[0])
	if !known {
		return depends
	}
	if spec.Name == "spop" || depends && spec.Has(command.Write) {
		last := spec.LastKey
		if last < 0 {
			last += len(words)
		}
		for i := spec.FirstKey; i > 0 && i <= last && i < len(words); i += max(spec.Step, 1) {
			c[words[i]] = true
		}
	}
	return depends
}

// conceal is a keyspace in which nothing but type and size is left of such keys.
func (c chance) conceal(s *snapshot.Snapshot) *snapshot.Snapshot {
	if len(c) == 0 {
		return s
	}
	var b snapshot.Builder
	for _, db := range s.Databases() {
		for key := range s.Keys(db) {
			if sized, ok := key.Value.(interface{ Len() int }); ok && c[key.Name] {
				key.Value = snapshot.String(fmt.Sprintf("a %s of %d, which ones is left to chance", key.Value.Type(), sized.Len()))
			}
			b.Set(db, key)
		}
	}
	return b.Snapshot()
}
