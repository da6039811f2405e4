package snapshot

import (
	"context"
	"regexp"
	"slices"
	"time"
)

// Capture returns what the options leave of the snapshot itself, which makes it a [Source].
func (s *Snapshot) Capture(_ context.Context, opts ...CaptureOption) (*Snapshot, error) {
	chosen := selected(opts)
	left := &Snapshot{}
	for _, db := range s.databases {
		if !chosen.database(db.index) {
			continue
		}
		keys := slices.DeleteFunc(slices.Clone(db.keys), func(k Key) bool { return !chosen.key(k.Name) })
		if len(keys) > 0 {
			left.databases = append(left.databases, database{db.index, keys})
		}
	}
	return left, nil
}

// WithoutTTL returns the same keyspace without any time to live, of keys and of hash fields.
func WithoutTTL(s *Snapshot) *Snapshot {
	return s.transform(func(k Key) Key {
		k.TTL = 0
		if hash, ok := k.Value.(Hash); ok {
			fields := slices.Clone(hash.fields)
			for i := range fields {
				fields[i].TTL = 0
			}
			k.Value = Hash{fields}
		}
		return k
	})
}

// Scrub returns the same keyspace with every match of a pattern replaced, as [regexp.Regexp.ReplaceAllString] does it: in
// the names of keys, and in values, elements, members, fields, groups and consumers. Of keys that come to have the same
// name the last one counts, in the order that they had.
func Scrub(s *Snapshot, pattern *regexp.Regexp, replacement string) *Snapshot {
	clean := func(word string) string { return pattern.ReplaceAllString(word, replacement) }
	return s.transform(func(k Key) Key {
		k.Name = clean(k.Name)
		switch v := k.Value.(type) {
		case String:
			k.Value = String(clean(string(v)))
		case List:
			k.Value = NewList(changed(v.elements, clean)...)
		case Set:
			k.Value = NewSet(changed(v.members, clean)...)
		case Hash:
			k.Value = NewHash(changed(v.fields, func(f Field) Field {
				f.Name, f.Value = clean(f.Name), clean(f.Value)
				return f
			})...)
		case SortedSet:
			k.Value = NewSortedSet(changed(v.members, func(m Member) Member {
				m.Name = clean(m.Name)
				return m
			})...)
		case *Stream:
			k.Value = v.change(func(id StreamID) StreamID { return id }, clean)
		}
		return k
	})
}

// Renumber returns the same keyspace with the ids of each stream replaced by 1-0, 2-0 and so on, in their order, and with
// the times at which entries were delivered put back to the beginning of 1970: what a server takes from its clock is never
// twice the same.
func Renumber(s *Snapshot) *Snapshot {
	return s.transform(func(k Key) Key {
		stream, ok := k.Value.(*Stream)
		if !ok {
			return k
		}
		renumbered := stream.change(stream.numbering(), func(word string) string { return word })
		for _, g := range renumbered.groups {
			for i := range g.pending {
				g.pending[i].Delivered = time.UnixMilli(0)
			}
		}
		k.Value = renumbered
		return k
	})
}

func (s *Snapshot) transform(change func(Key) Key) *Snapshot {
	var b Builder
	for _, db := range s.databases {
		for _, key := range db.keys {
			b.Set(db.index, change(key))
		}
	}
	return b.Snapshot()
}

func changed[T any](values []T, change func(T) T) []T {
	result := make([]T, len(values))
	for i, value := range values {
		result[i] = change(value)
	}
	return result
}

// change returns the stream with other ids and other words.
func (s *Stream) change(id func(StreamID) StreamID, word func(string) string) *Stream {
	entries := changed(s.entries, func(e Entry) Entry { return Entry{id(e.ID), changed(e.fields, word)} })
	groups := changed(s.groups, func(g Group) Group {
		pending := changed(g.pending, func(p Pending) Pending {
			p.ID, p.Consumer = id(p.ID), word(p.Consumer)
			return p
		})
		made := NewGroup(word(g.Name), id(g.LastID), changed(g.consumers, word), pending)
		made.entriesRead = g.entriesRead
		return made
	})
	made := NewStream(id(s.lastID), entries, groups)
	if s.counters != nil {
		return made.WithCounters(StreamCounters{s.counters.EntriesAdded, id(s.counters.MaxDeletedID)})
	}
	return made
}

// numbering maps every id that the stream mentions to its place among them.
func (s *Stream) numbering() func(StreamID) StreamID {
	ids := []StreamID{s.lastID}
	for _, e := range s.entries {
		ids = append(ids, e.ID)
	}
	for _, g := range s.groups {
		ids = append(ids, g.LastID)
		for _, p := range g.pending {
			ids = append(ids, p.ID)
		}
	}
	if s.counters != nil {
		ids = append(ids, s.counters.MaxDeletedID)
	}
	ids = slices.DeleteFunc(ids, func(id StreamID) bool { return id == StreamID{} })
	slices.SortFunc(ids, StreamID.Compare)
	ids = slices.Compact(ids)
	return func(id StreamID) StreamID {
		i, ok := slices.BinarySearchFunc(ids, id, StreamID.Compare)
		if !ok {
			return id
		}
		return StreamID{Milliseconds: uint64(i + 1)}
	}
}
