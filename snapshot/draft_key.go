package snapshot

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// draftKey is a key that may still change. The kind says which of its parts is used, "" that there is no key.
type draftKey struct {
	name, kind string
	ttl        time.Duration
	text       string
	elements   []string // of a list, or members of a set: of those that are equal one will do
	fields     []Field  // of those of the same name the last one counts
	members    []Member // of a sorted set: likewise
	stream     *Stream
	stashed    map[StreamID]bool // entries that were deleted

	unordered bool           // the fields are not in the order of their names
	places    map[string]int // of the fields, if they were needed
}

// reset makes it no key, and keeps the memory.
func (k *draftKey) reset() {
	*k = draftKey{elements: k.elements[:0], fields: k.fields[:0], members: k.members[:0]}
}

// draftOf makes a key of a snapshot one that may change.
func draftOf(key Key) *draftKey {
	k := &draftKey{name: key.Name, kind: key.Value.Type(), ttl: key.TTL}
	switch v := key.Value.(type) {
	case String:
		k.text = string(v)
	case List:
		k.elements = v.elements
	case Hash:
		k.fields = v.fields
	case Set:
		k.elements = v.members
	case SortedSet:
		k.members = v.members
	case *Stream:
		k.stream = v
	}
	return k
}

func (k *draftKey) mismatch() error { return fmt.Errorf("the key holds a %s", k.kind) }

// setField sets a field, which has no time to live then.
func (k *draftKey) setField(name, value string) {
	n := len(k.fields)
	k.unordered = k.unordered || n > 0 && k.fields[n-1].Name >= name
	if k.places != nil {
		k.places[name] = n
	}
	k.fields = append(k.fields, Field{Name: name, Value: value})
}

// field returns a field, nil where there is none.
func (k *draftKey) field(name string) *Field {
	if !k.unordered {
		at, ok := slices.BinarySearchFunc(k.fields, name, func(f Field, name string) int { return strings.Compare(f.Name, name) })
		if !ok {
			return nil
		}
		return &k.fields[at]
	}
	if k.places == nil {
		k.places = make(map[string]int, len(k.fields))
		for i, f := range k.fields {
			k.places[f.Name] = i
		}
	}
	at, ok := k.places[name]
	if !ok {
		return nil
	}
	return &k.fields[at]
}

// settled is the value as a snapshot has it. The key keeps its memory.
func (k *draftKey) settled() Value {
	switch k.kind {
	case "list":
		return NewList(slices.Clone(k.elements)...)
	case "hash":
		return NewHash(slices.Clone(k.fields)...)
	case "set":
		return NewSet(slices.Clone(k.elements)...)
	case "zset":
		return NewSortedSet(slices.Clone(k.members)...)
	case "stream":
		return k.finishedStream()
	default:
		return String(k.text)
	}
}

// entries is the stream, a new one if need be.
func (k *draftKey) entries() *Stream {
	if k.stream == nil {
		k.stream = &Stream{}
	}
	return k.stream
}

// stash deletes an entry of a stream at the end: it may be pending until then.
func (k *draftKey) stash(id StreamID) {
	if k.stashed == nil {
		k.stashed = map[StreamID]bool{}
	}
	k.stashed[id] = true
}

// lastEntry is the greatest id of an entry that has not been deleted.
func (k *draftKey) lastEntry() StreamID {
	for _, e := range slices.Backward(k.stream.entries) {
		if !k.stashed[e.ID] {
			return e.ID
		}
	}
	return StreamID{}
}

// finishedStream leaves out the entries that were deleted.
func (k *draftKey) finishedStream() *Stream {
	s := k.stream
	entries := slices.Clip(slices.DeleteFunc(s.entries, func(e Entry) bool { return k.stashed[e.ID] }))
	for i, g := range s.groups {
		named := NewGroup(g.Name, g.LastID, g.consumers, g.pending)
		named.entriesRead = g.entriesRead
		s.groups[i] = named
	}
	made := NewStream(s.lastID, entries, s.groups)
	made.counters = s.counters
	return made
}
