package snapshot

import (
	"slices"
	"time"
)

// same tells whether two keyspaces would be written as the same text, but for times to live that differ by no more than a
// tolerance. It is stricter than [Diff], and stops at the first difference.
func same(a, b *Snapshot, tolerance time.Duration) bool {
	d := differ{tolerance: tolerance}
	return slices.EqualFunc(a.databases, b.databases, func(a, b database) bool {
		return a.index == b.index && slices.EqualFunc(a.keys, b.keys, d.sameKey)
	})
}

func (d *differ) sameKey(a, b Key) bool {
	return a.Name == b.Name && d.sameTTL(a.TTL, b.TTL) && d.sameValue(a, b)
}

func (d *differ) sameValue(x, y Key) bool {
	switch a := x.Value.(type) {
	case String:
		b, ok := y.Value.(String)
		return ok && a == b
	case List:
		b, ok := y.Value.(List)
		return ok && slices.Equal(a.elements, b.elements)
	case Set:
		b, ok := y.Value.(Set)
		return ok && slices.Equal(a.members, b.members)
	case SortedSet:
		b, ok := y.Value.(SortedSet)
		return ok && slices.Equal(a.members, b.members)
	case Hash:
		b, ok := y.Value.(Hash)
		return ok && slices.EqualFunc(a.fields, b.fields, func(a, b Field) bool {
			return a.Name == b.Name && a.Value == b.Value && d.sameTTL(a.TTL, b.TTL)
		})
	case *Stream:
		b, ok := y.Value.(*Stream)
		return ok && sameStream(a, b)
	default:
		return false
	}
}

// sameStream compares what would be written: streams have many parts.
func sameStream(a, b *Stream) bool {
	written := func(s *Stream) [][]string { return slices.Collect(commands(Key{Value: s}, 1)) }
	return slices.EqualFunc(written(a), written(b), slices.Equal)
}
