// Package keyspacetest makes keyspaces for tests: of every type, with all that is hard to keep.
package keyspacetest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"github.com/compozy/rediskit/snapshot"
)

// Options say what a server can hold.
type Options struct {
	Databases int  // how many there are to choose from
	FieldTTLs bool // hash fields can expire
	Counters  bool // streams count what was added and deleted, and groups what they have read
}

// Generate makes n keys at random.
func Generate(random *rand.Rand, n int, o Options) *snapshot.Snapshot {
	g := generator{random, o}
	var b snapshot.Builder
	for i := range n {
		key := snapshot.Key{Name: fmt.Sprintf("key:%d:%s", i, g.word()), Value: g.value(i)}
		if g.chance(3) {
			key.TTL = g.ttl()
		}
		b.Set(g.IntN(max(1, o.Databases)), key)
	}
	return b.Snapshot()
}

type generator struct {
	*rand.Rand
	Options
}

func (g generator) chance(oneIn int) bool { return g.IntN(oneIn) == 0 }

// ttl is long enough not to run out during a test.
func (g generator) ttl() time.Duration {
	return time.Duration(3_600_000+g.IntN(1_000_000_000)) * time.Millisecond
}

// word is anything from nothing to binary.
func (g generator) word() string {
	samples := []string{
		"", "a", "plain", "with space", `with "quotes"`, "it's", `back\slash`, "new\nline", "\x00\xff\xfe", "żółć", "日本語",
		`{"json":[1,2,"x"]}`, "#comment", "-1", "12345", "3.14", "\u200b", "  ", "SELECT 0",
	}
	if g.chance(4) {
		raw := make([]byte, g.IntN(40))
		for i := range raw {
			raw[i] = byte(g.IntN(256))
		}
		return string(raw)
	}
	return samples[g.IntN(len(samples))]
}

// words are different from each other.
func (g generator) words() []string {
	words := make([]string, 1+g.IntN(8))
	for i := range words {
		words[i] = fmt.Sprintf("%s%d", g.word(), i)
	}
	return words
}

func (g generator) value(i int) snapshot.Value {
	switch i % 6 {
	case 0:
		return snapshot.String(g.word())
	case 1:
		return snapshot.NewList(g.words()...)
	case 2:
		return g.hash()
	case 3:
		return snapshot.NewSet(g.words()...)
	case 4:
		return g.sortedSet()
	default:
		return g.stream()
	}
}

func (g generator) hash() snapshot.Hash {
	var fields []snapshot.Field
	for _, name := range g.words() {
		field := snapshot.Field{Name: name, Value: g.word()}
		if g.FieldTTLs && g.chance(3) {
			field.TTL = g.ttl()
		}
		fields = append(fields, field)
	}
	return snapshot.NewHash(fields...)
}

func (g generator) sortedSet() snapshot.SortedSet {
	scores := []float64{
		0, math.Copysign(0, -1), 1, -1, 10.5, 0.1, 1e300, -1e-300, math.Inf(1), math.Inf(-1), math.MaxFloat64, math.SmallestNonzeroFloat64,
		3.0000000000000004, 1e21, 123456789012345680, 1.5e-7,
	}
	var members []snapshot.Member
	for _, name := range g.words() {
		score := scores[g.IntN(len(scores))]
		if g.chance(3) {
			score = g.NormFloat64()
		}
		members = append(members, snapshot.Member{Name: name, Score: score})
	}
	return snapshot.NewSortedSet(members...)
}

func (g generator) stream() *snapshot.Stream {
	var entries []snapshot.Entry
	id := snapshot.StreamID{Milliseconds: uint64(1 + g.IntN(10))}
	for range g.IntN(5) {
		fields := []string{g.word(), g.word()}
		for _, name := range g.words() {
			fields = append(fields, name, g.word())
		}
		entries = append(entries, snapshot.NewEntry(id, append(fields, fields[0], "again")...))
		id.Milliseconds += uint64(g.IntN(3))
		id.Sequence += uint64(1 + g.IntN(3))
	}
	last := id
	if g.chance(2) && len(entries) > 0 {
		last = entries[len(entries)-1].ID
	}
	var groups []snapshot.Group
	for i := range g.IntN(3) {
		groups = append(groups, g.group(i, entries, last))
	}
	s := snapshot.NewStream(last, entries, groups)
	if g.Counters {
		counters := snapshot.StreamCounters{EntriesAdded: int64(len(entries) + g.IntN(4))}
		if g.chance(2) || len(entries) == 0 { // where there are none, one may be pending that was deleted
			counters.MaxDeletedID = last
		}
		return s.WithCounters(counters)
	}
	return s
}

func (g generator) group(i int, entries []snapshot.Entry, last snapshot.StreamID) snapshot.Group {
	var pending []snapshot.Pending
	for _, entry := range entries {
		if g.chance(2) {
			pending = append(pending, g.pending(entry.ID))
		}
	}
	if len(entries) == 0 && g.chance(2) { // delivered once, and deleted since
		pending = append(pending, g.pending(last))
	}
	group := snapshot.NewGroup(fmt.Sprintf("group %d", i), last, []string{"idle " + g.word()}, pending)
	if g.Counters && g.chance(2) {
		group = group.WithEntriesRead(int64(g.IntN(5)))
	}
	return group
}

func (g generator) pending(id snapshot.StreamID) snapshot.Pending {
	return snapshot.Pending{
		ID: id, Consumer: "consumer " + g.word(), Count: int64(1 + g.IntN(5)),
		Delivered: time.UnixMilli(1_700_000_000_000 + int64(g.IntN(1_000_000))),
	}
}
