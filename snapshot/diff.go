package snapshot

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/compozy/rediskit/internal/words"
)

// Diff tells what is different, a line for each key, element or attribute, and returns "" where nothing is:
//
//	user:1 (hash): field name: want Ada, got Eve
//	queue:mail (list): unexpected element 3: x
//	db 3: greeting: missing, want string hello
//	session: TTL: want 30m0s, got none
//
// What only one of two servers keeps (the counters of streams, the read counters of their groups) is no difference, nor is
// a millisecond more or less in a pending entry's time of delivery, which not every server tells more exactly. Long words
// are cut, and where two of them differ the place is shown.
func Diff(want, got *Snapshot, opts ...DiffOption) string {
	if want == got {
		return ""
	}
	var d differ
	for _, opt := range opts {
		opt(&d)
	}
	for _, db := range mergedSorted(want.Databases(), got.Databases()) {
		d.prefix = ""
		if db != 0 {
			d.prefix = fmt.Sprintf("db %d: ", db)
		}
		d.database(want.database(db), got.database(db))
	}
	return d.out.String()
}

// DiffOption makes [Diff] overlook something.
type DiffOption func(*differ)

// TTLTolerance overlooks times to live that differ by no more than this. On a server whose clock runs they are never twice
// the same. Some time to live and none differ always.
func TTLTolerance(most time.Duration) DiffOption { return func(d *differ) { d.tolerance = most } }

// differ collects differences.
type differ struct {
	out       strings.Builder
	tolerance time.Duration
	prefix    string // of the database
	key       string // the one that is compared, with its type
}

func (d *differ) sameTTL(a, b time.Duration) bool {
	return a == b || a != 0 && b != 0 && (a-b).Abs() <= d.tolerance
}

func (d *differ) say(format string, args ...any) {
	d.out.WriteString(d.prefix)
	if d.key != "" {
		d.out.WriteString(d.key + ": ")
	}
	fmt.Fprintf(&d.out, format+"\n", args...)
}

func (d *differ) database(want, got []Key) {
	inTurn(want, got, func(a, b Key) int { return strings.Compare(a.Name, b.Name) }, func(want, got *Key) {
		d.key = ""
		switch {
		case got == nil:
			d.say("%s: missing, want %s", words.Quote(want.Name), summary(want.Value))
		case want == nil:
			d.say("%s: unexpected %s", words.Quote(got.Name), summary(got.Value))
		case want.Value.Type() != got.Value.Type():
			d.say("%s: want %s, got %s", words.Quote(want.Name), summary(want.Value), summary(got.Value))
		default:
			d.keys(*want, *got)
		}
	})
}

func (d *differ) keys(want, got Key) {
	d.key = fmt.Sprintf("%s (%s)", words.Quote(want.Name), want.Value.Type())
	switch want := want.Value.(type) {
	case String:
		if got, ok := got.Value.(String); ok && want != got {
			d.change("", string(want), string(got))
		}
	case List:
		if got, ok := got.Value.(List); ok {
			d.lists(want.elements, got.elements)
		}
	case Hash:
		if got, ok := got.Value.(Hash); ok {
			d.hashes(want.fields, got.fields)
		}
	case Set:
		if got, ok := got.Value.(Set); ok {
			d.sets("member", want.members, got.members)
		}
	case SortedSet:
		if got, ok := got.Value.(SortedSet); ok {
			d.sortedSets(want.members, got.members)
		}
	case *Stream:
		if got, ok := got.Value.(*Stream); ok {
			d.streams(want, got)
		}
	}
	if !d.sameTTL(want.TTL, got.TTL) {
		d.say("TTL: want %s, got %s", showTTL(want.TTL), showTTL(got.TTL))
	}
}

func (d *differ) hashes(want, got []Field) {
	inTurn(want, got, func(a, b Field) int { return strings.Compare(a.Name, b.Name) }, func(want, got *Field) {
		switch {
		case got == nil:
			d.say("missing field %s, want %s", words.Quote(want.Name), brief(want.Value))
			return
		case want == nil:
			d.say("unexpected field %s: %s", words.Quote(got.Name), brief(got.Value))
			return
		case want.Value != got.Value:
			d.change("field "+words.Quote(want.Name)+": ", want.Value, got.Value)
		}
		if !d.sameTTL(want.TTL, got.TTL) {
			d.say("field %s: TTL: want %s, got %s", words.Quote(want.Name), showTTL(want.TTL), showTTL(got.TTL))
		}
	})
}

func (d *differ) sets(what string, want, got []string) {
	inTurn(want, got, strings.Compare, func(want, got *string) {
		switch {
		case got == nil:
			d.say("missing %s %s", what, brief(*want))
		case want == nil:
			d.say("unexpected %s %s", what, brief(*got))
		}
	})
}

func (d *differ) sortedSets(want, got []Member) {
	byName := func(a, b Member) int { return strings.Compare(a.Name, b.Name) }
	want, got = slices.SortedFunc(slices.Values(want), byName), slices.SortedFunc(slices.Values(got), byName)
	inTurn(want, got, byName, func(want, got *Member) {
		switch {
		case got == nil:
			d.say("missing member %s, want score %s", brief(want.Name), formatScore(want.Score))
		case want == nil:
			d.say("unexpected member %s with score %s", brief(got.Name), formatScore(got.Score))
		case want.Score != got.Score:
			d.say("member %s: want score %s, got %s", brief(want.Name), formatScore(want.Score), formatScore(got.Score))
		}
	})
}

// inTurn walks two sorted slices at once and shows what stands in either: a pair where both have it.
func inTurn[T any](want, got []T, compare func(a, b T) int, show func(want, got *T)) {
	for len(want)+len(got) > 0 {
		var order int
		switch {
		case len(got) == 0:
			order = -1
		case len(want) == 0:
			order = 1
		default:
			order = compare(want[0], got[0])
		}
		switch {
		case order < 0:
			show(&want[0], nil)
			want = want[1:]
		case order > 0:
			show(nil, &got[0])
			got = got[1:]
		default:
			show(&want[0], &got[0])
			want, got = want[1:], got[1:]
		}
	}
}

func mergedSorted(a, b []int) []int {
	all := slices.Concat(a, b)
	slices.Sort(all)
	return slices.Compact(all)
}

// summary is what a value is, in a few words.
func summary(v Value) string {
	switch v := v.(type) {
	case String:
		return "string " + brief(string(v))
	case List:
		return fmt.Sprintf("list of %d", v.Len())
	case Hash:
		return fmt.Sprintf("hash of %d", v.Len())
	case Set:
		return fmt.Sprintf("set of %d", v.Len())
	case SortedSet:
		return fmt.Sprintf("zset of %d", v.Len())
	case *Stream:
		return fmt.Sprintf("stream of %d", v.Len())
	default:
		return "nothing"
	}
}

func showTTL(ttl time.Duration) string {
	if ttl == 0 {
		return "none"
	}
	return ttl.String()
}
