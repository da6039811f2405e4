package snapshot

import (
	"fmt"
	"slices"
	"time"
)

// draft is a keyspace that commands are being run on.
type draft struct {
	db        int
	databases map[int]map[string]*draftKey
}

// draftKey is a key that may still change. The kind says which of its parts is used.
type draftKey struct {
	kind    string
	ttl     time.Duration
	text    string
	list    []string
	hash    map[string]Field
	set     map[string]struct{}
	zset    map[string]float64
	stream  *Stream
	stashed map[StreamID]bool // entries that were deleted
}

// key returns a key of this kind, a new one if there is none.
func (d *draft) key(name, kind string) (*draftKey, error) {
	keys := d.databases[d.db]
	if keys == nil {
		keys = map[string]*draftKey{}
		d.databases[d.db] = keys
	}
	k := keys[name]
	if k == nil {
		k = &draftKey{
			kind: kind, hash: map[string]Field{}, set: map[string]struct{}{}, zset: map[string]float64{}, stream: &Stream{},
		}
		keys[name] = k
	}
	if k.kind != kind {
		return nil, k.mismatch()
	}
	return k, nil
}

func (k *draftKey) mismatch() error { return fmt.Errorf("the key holds a %s", k.kind) }

// existing returns a key of any kind.
func (d *draft) existing(name string) (*draftKey, error) {
	if k := d.databases[d.db][name]; k != nil {
		return k, nil
	}
	return nil, errNoKey
}

// replace makes a string of whatever there was.
func (d *draft) replace(name, value string, ttl time.Duration) {
	delete(d.databases[d.db], name)
	k, _ := d.key(name, "string") // cannot fail: it is new
	k.text, k.ttl = value, ttl
}

func (d *draft) snapshot() *Snapshot {
	var b Builder
	for db, keys := range d.databases {
		for name, k := range keys {
			b.Set(db, Key{Name: name, Value: k.value(), TTL: k.ttl})
		}
	}
	return b.Snapshot()
}

func (k *draftKey) value() Value {
	switch k.kind {
	case "list":
		return NewList(k.list...)
	case "hash":
		fields := make([]Field, 0, len(k.hash))
		for _, f := range k.hash {
			fields = append(fields, f)
		}
		return NewHash(fields...)
	case "set":
		members := make([]string, 0, len(k.set))
		for member := range k.set {
			members = append(members, member)
		}
		return NewSet(members...)
	case "zset":
		members := make([]Member, 0, len(k.zset))
		for name, score := range k.zset {
			members = append(members, Member{name, score})
		}
		return NewSortedSet(members...)
	case "stream":
		return k.finishedStream()
	default:
		return String(k.text)
	}
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
	entries := slices.DeleteFunc(s.entries, func(e Entry) bool { return k.stashed[e.ID] })
	for i, g := range s.groups {
		named := NewGroup(g.Name, g.LastID, g.consumers, g.pending)
		named.entriesRead = g.entriesRead
		s.groups[i] = named
	}
	made := NewStream(s.lastID, entries, s.groups)
	made.counters = s.counters
	return made
}
