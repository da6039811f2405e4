package snapshot

import (
	"slices"
	"time"
)

// Aged returns what becomes of a keyspace that is left alone for a while: times to live are shorter, and keys and hash
// fields whose time has run out are gone. A time of 0 or less changes nothing.
func Aged(s *Snapshot, by time.Duration) *Snapshot {
	if by <= 0 {
		return s
	}
	older := &Snapshot{}
	for _, db := range s.databases {
		left := database{index: db.index, keys: make([]Key, 0, len(db.keys))}
		for _, key := range db.keys {
			if key, ok := agedKey(key, by); ok {
				left.keys = append(left.keys, key)
			}
		}
		if len(left.keys) > 0 {
			older.databases = append(older.databases, left)
		}
	}
	return older
}

// agedKey is false where nothing is left.
func agedKey(k Key, by time.Duration) (Key, bool) {
	ttl, ok := agedTTL(k.TTL, by)
	if !ok {
		return k, false
	}
	k.TTL = ttl
	hash, ok := k.Value.(Hash)
	if !ok || !slices.ContainsFunc(hash.fields, func(f Field) bool { return f.TTL > 0 }) {
		return k, true
	}
	fields := make([]Field, 0, len(hash.fields))
	for _, f := range hash.fields {
		if f.TTL, ok = agedTTL(f.TTL, by); ok {
			fields = append(fields, f)
		}
	}
	k.Value = Hash{fields}
	return k, len(fields) > 0
}

// agedTTL is false where the time has run out.
func agedTTL(ttl, by time.Duration) (time.Duration, bool) {
	switch {
	case ttl == 0: // for ever
		return 0, true
	case ttl <= by:
		return 0, false
	default:
		return wholeMilliseconds(ttl - by), true
	}
}
