package snapshot

import (
	"cmp"
	"iter"
	"slices"
	"strings"
	"time"
)

// Value is what a key holds: a [String], [List], [Hash], [Set], [SortedSet] or *[Stream].
type Value interface {
	// Type is the name that the TYPE command has for it.
	Type() string
	sealed()
}

// String is a string's bytes. Bitmaps and HyperLogLogs are strings, too.
type String string

// Type returns "string".
func (String) Type() string { return "string" }
func (String) sealed()      {}

// List is a list's elements from the left to the right.
type List struct{ elements []string }

// NewList makes a list. It takes the elements over: the caller must not change them any more.
func NewList(elements ...string) List { return List{elements} }

// Type returns "list".
func (List) Type() string { return "list" }
func (List) sealed()      {}

// Len returns the number of elements.
func (l List) Len() int { return len(l.elements) }

// All walks the elements from the left to the right.
func (l List) All() iter.Seq[string] { return slices.Values(l.elements) }

// Hash is a hash's fields.
type Hash struct{ fields []Field }

// Field is one field of a hash.
type Field struct {
	Name, Value string
	// TTL is how long the field had to live when it was captured, in whole milliseconds; 0 as long as its key.
	TTL time.Duration
}

// NewHash makes a hash. It takes the fields over: the caller must not change them any more. Of fields of the same name the
// last one counts.
func NewHash(fields ...Field) Hash {
	for i := range fields {
		fields[i].TTL = wholeMilliseconds(fields[i].TTL)
	}
	return Hash{lastOfEach(fields, func(a, b Field) int { return strings.Compare(a.Name, b.Name) })}
}

// Type returns "hash".
func (Hash) Type() string { return "hash" }
func (Hash) sealed()      {}

// Len returns the number of fields.
func (h Hash) Len() int { return len(h.fields) }

// All walks the fields by name, in the order of their bytes.
func (h Hash) All() iter.Seq[Field] { return slices.Values(h.fields) }

// Set is a set's members.
type Set struct{ members []string }

// NewSet makes a set. It takes the members over: the caller must not change them any more.
func NewSet(members ...string) Set {
	slices.Sort(members)
	return Set{slices.Compact(members)}
}

// Type returns "set".
func (Set) Type() string { return "set" }
func (Set) sealed()      {}

// Len returns the number of members.
func (s Set) Len() int { return len(s.members) }

// All walks the members in the order of their bytes.
func (s Set) All() iter.Seq[string] { return slices.Values(s.members) }

// SortedSet is a sorted set's members.
type SortedSet struct{ members []Member }

// Member is one member of a sorted set.
type Member struct {
	Name  string
	Score float64
}

// NewSortedSet makes a sorted set. It takes the members over: the caller must not change them any more. Of members of the
// same name the last one counts. A score of -0 becomes 0, as in Redis.
func NewSortedSet(members ...Member) SortedSet {
	for i := range members {
		members[i].Score += 0 // -0 + 0 is 0
	}
	members = lastOfEach(members, func(a, b Member) int { return strings.Compare(a.Name, b.Name) })
	slices.SortFunc(members, func(a, b Member) int {
		return cmp.Or(cmp.Compare(a.Score, b.Score), strings.Compare(a.Name, b.Name))
	})
	return SortedSet{members}
}

// Type returns "zset".
func (SortedSet) Type() string { return "zset" }
func (SortedSet) sealed()      {}

// Len returns the number of members.
func (z SortedSet) Len() int { return len(z.members) }

// All walks the members by score, and by name where scores are equal, as ZRANGE does.
func (z SortedSet) All() iter.Seq[Member] { return slices.Values(z.members) }

// lastOfEach sorts values and leaves the last one of those that are equal.
func lastOfEach[T any](values []T, compare func(a, b T) int) []T {
	slices.SortStableFunc(values, compare)
	kept := values[:0]
	for i, value := range values {
		if i+1 < len(values) && compare(value, values[i+1]) == 0 {
			continue
		}
		kept = append(kept, value)
	}
	clear(values[len(kept):])
	return kept
}
