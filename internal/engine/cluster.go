package engine

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"github.com/compozy/rediskit/internal/command"
)

// ClusterRules are how strict the engine is that judges like a node of a Redis Cluster.
type ClusterRules struct {
	// DerivedKeys lets scripts use keys that they have not declared, if these are in the slot of those that they have. That is
	// what a cluster does; what Redis promises to go on doing is less.
	DerivedKeys bool
}

// cluster is what there is to an engine that is a cluster of one node.
type cluster struct {
	rules ClusterRules
	id    string
}

// FollowClusterRules makes the engine judge like a node of a Redis Cluster, and be one that serves every slot. It is to be
// called before the first client connects.
func (e *Engine) FollowClusterRules(rules ClusterRules) {
	id := make([]byte, 20)
	_, _ = rand.Read(id) // never fails
	e.mu.Lock()
	defer e.mu.Unlock()
	e.cluster = &cluster{rules: rules, id: hex.EncodeToString(id)}
}

const (
	crossSlot       = "CROSSSLOT Keys in request don't hash to the same slot"
	clusterDisabled = "ERR This instance has cluster support disabled"
)

// slotSpan is how far the keys and channels of some calls are apart.
type slotSpan struct {
	slot    int
	some    bool // there is a key
	several bool // there are keys of different slots
}

func (p *slotSpan) add(c *entry, args []string) {
	for _, key := range slottedWords(c, args) {
		slot := hashSlot(key)
		p.several = p.several || p.some && p.slot != slot
		p.slot, p.some = slot, true
	}
}

// slottedWords are the keys and channels of a call, which is known to be well-formed.
func slottedWords(c *entry, args []string) []string {
	spec := c.spec
	if spec != nil && len(spec.Subcommands) > 0 && len(args) > 1 {
		spec, _ = spec.Subcommand(args[1])
	}
	if spec == nil || len(spec.KeySpecs) == 0 {
		return nil
	}
	var found []command.Key
	if spec.HasKeys() {
		found = spec.Keys(args)
	} else {
		found = spec.Channels(args)
	}
	words := make([]string, len(found))
	for i, key := range found {
		words[i] = args[key.Position]
	}
	return words
}

// parts tells whether a call's keys are in different slots.
func (l *cluster) parts(c *entry, args []string) bool {
	if l == nil {
		return false
	}
	var span slotSpan
	span.add(c, args)
	return span.several
}

// partsTransaction tells the same of all the calls of a transaction.
func (l *cluster) partsTransaction(tx *transaction) bool {
	if l == nil {
		return false
	}
	var span slotSpan
	for _, q := range tx.queue {
		span.add(q.command, q.args)
	}
	return span.several
}

// forbids tells why a cluster does not run a call, as the text of a Redis error; "" if it does. There is one database.
func (l *cluster) forbids(name string, args []string) string {
	if l == nil {
		return ""
	}
	switch name {
	case "MOVE", "SWAPDB":
		return "ERR " + name + " is not allowed in cluster mode"
	case "REPLICAOF", "SLAVEOF":
		return "ERR REPLICAOF not allowed in cluster mode."
	case "SELECT":
		if db, ok := parseInteger(args[1]); ok && db != 0 && db < firstSpare && int64(int32(db)) == db {
			return "ERR SELECT is not allowed in cluster mode"
		}
	case "COPY":
		if db, err := copyDestination(args, 0); err == nil && db != 0 {
			return "ERR Copying to another database is not allowed in cluster mode"
		}
	case "SORT", "SORT_RO":
		return sortsByKeys(args)
	}
	return ""
}

// sortsByKeys tells why a SORT that looks at other keys is refused.
func sortsByKeys(args []string) string {
	for i := 2; i+1 < len(args); i++ {
		switch strings.ToUpper(args[i]) {
		case "LIMIT":
			i += 2
		case "BY":
			i++
			if strings.Contains(args[i], "*") {
				return "ERR BY option of SORT denied in Cluster mode."
			}
		case "GET":
			return "ERR GET option of SORT denied in Cluster mode."
		}
	}
	return ""
}

// refusesInScript tells why a script may not make a call. declared are the keys that the script was given.
func (l *cluster) refusesInScript(c *entry, args, declared []string) string {
	if l == nil || c.flaw(args) != "" {
		return ""
	}
	if refusal := l.forbids(c.name, args); refusal != "" {
		return refusal
	}
	for _, key := range slottedWords(c, args) {
		if refusal := l.refusesKey(key, declared); refusal != "" {
			return refusal
		}
	}
	return ""
}

func (l *cluster) refusesKey(key string, declared []string) string {
	slot, near := hashSlot(key), false
	for _, known := range declared {
		if known == key {
			return ""
		}
		near = near || hashSlot(known) == slot // and so are all others
	}
	name := strconv.Quote(excerpt(key, 128))
	switch {
	case !near:
		return fmt.Sprintf("ERR Script attempted to access a non local key in a cluster node: %s of slot %d is not among KEYS", name, slot)
	case !l.rules.DerivedKeys:
		return "ERR Script attempted to access a key that is not among KEYS: " + name
	default:
		return ""
	}
}
