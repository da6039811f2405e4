package snapshot

import (
	"iter"
	"maps"
	"slices"
	"strings"
	"time"
)

// Snapshot is a keyspace at one moment. It never changes, and may be shared between goroutines. The zero value is the
// keyspace of an empty server.
type Snapshot struct {
	databases []database // by index; none is empty
}

type database struct {
	index int
	keys  []Key // by name
}

// Key is a key with all that belongs to it.
type Key struct {
	Name  string
	Value Value
	// TTL is how long the key had to live when it was captured, in whole milliseconds; 0 for ever.
	TTL time.Duration
}

// Databases returns the numbers of the databases that have keys, in ascending order.
func (s *Snapshot) Databases() []int {
	indexes := make([]int, len(s.databases))
	for i, db := range s.databases {
		indexes[i] = db.index
	}
	return indexes
}

// Keys walks the keys of a database by name, in the order of their bytes.
func (s *Snapshot) Keys(db int) iter.Seq[Key] { return slices.Values(s.database(db)) }

// Key returns one key of a database. It is false where there is none of that name.
func (s *Snapshot) Key(db int, name string) (Key, bool) {
	keys := s.database(db)
	i, ok := slices.BinarySearchFunc(keys, name, func(k Key, name string) int { return strings.Compare(k.Name, name) })
	if !ok {
		return Key{}, false
	}
	return keys[i], true
}

// Len returns the number of keys in all databases.
func (s *Snapshot) Len() int {
	n := 0
	for _, db := range s.databases {
		n += len(db.keys)
	}
	return n
}

func (s *Snapshot) database(index int) []Key {
	for _, db := range s.databases {
		if db.index == index {
			return db.keys
		}
	}
	return nil
}

// Builder puts a snapshot together. The zero value is ready for use. It is not safe for concurrent use.
type Builder struct {
	databases map[int][]Key // as they were added; one without a value removes those of the same name before it
}

// Set adds a key to a database, in place of one of the same name. The builder takes the value over. A key without a value,
// or with a collection that is empty, is no key: it only removes the one of the same name.
func (b *Builder) Set(db int, key Key) {
	if isNothing(key.Value) {
		key.Value = nil
	}
	key.TTL = wholeMilliseconds(key.TTL)
	if b.databases == nil {
		b.databases = map[int][]Key{}
	}
	keys := b.databases[db]
	if len(keys) == cap(keys) {
		keys = slices.Grow(keys, max(len(keys), 8))
	}
	b.databases[db] = append(keys, key)
}

// isNothing tells whether Redis has no key for such a value. A stream may be empty.
func isNothing(v Value) bool {
	switch v := v.(type) {
	case nil:
		return true
	case List:
		return v.Len() == 0
	case Hash:
		return v.Len() == 0
	case Set:
		return v.Len() == 0
	case SortedSet:
		return v.Len() == 0
	case *Stream:
		return v == nil
	default:
		return false
	}
}

// Snapshot returns what was added so far. More can be added afterwards, for another snapshot.
func (b *Builder) Snapshot() *Snapshot {
	s := &Snapshot{}
	for _, index := range slices.Sorted(maps.Keys(b.databases)) {
		if keys := lastOfEachName(b.databases[index]); len(keys) > 0 {
			s.databases = append(s.databases, database{index, keys})
		}
	}
	return s
}
