package rdb

import (
	"fmt"

	"github.com/compozy/rediskit/snapshot"
)

// kind chooses the form of a value. It is the plainest there is: a server packs what is small when it loads it, by its own
// settings.
func (e *encoder) kind(value snapshot.Value) (byte, error) {
	switch value := value.(type) {
	case snapshot.String:
		return typeString, nil
	case snapshot.List:
		return typeList, notEmpty(value.Len())
	case snapshot.Set:
		return typeSet, notEmpty(value.Len())
	case snapshot.SortedSet:
		return typeSortedSet2, notEmpty(value.Len())
	case snapshot.Hash:
		if _, expires := earliest(value); expires {
			if e.version < firstWithFieldTTLs {
				return 0, ErrFieldTTLs
			}
			return typeHashTTL, nil
		}
		return typeHash, notEmpty(value.Len())
	case *snapshot.Stream:
		if value != nil {
			return typeStream2, nil
		}
	}
	return 0, fmt.Errorf("%T is no value", value)
}

const firstWithFieldTTLs = 12

func notEmpty(n int) error {
	if n == 0 {
		return errEmpty
	}
	return nil
}

func (e *encoder) value(kind byte, value snapshot.Value) {
	switch value := value.(type) {
	case snapshot.String:
		e.text(string(value))
	case snapshot.List:
		e.length(uint64(value.Len()))
		for element := range value.All() {
			e.text(element)
		}
	case snapshot.Set:
		e.length(uint64(value.Len()))
		for member := range value.All() {
			e.text(member)
		}
	case snapshot.SortedSet:
		e.length(uint64(value.Len()))
		for member := range value.All() {
			e.text(member.Name)
			e.float64(member.Score)
		}
	case snapshot.Hash:
		e.hash(kind, value)
	case *snapshot.Stream:
		e.stream(value)
	}
}

func (e *encoder) hash(kind byte, hash snapshot.Hash) {
	first, _ := earliest(hash)
	if kind == typeHashTTL {
		e.int64(e.now + first)
	}
	e.length(uint64(hash.Len()))
	for f := range hash.All() {
		switch {
		case kind == typeHash:
		case f.TTL > 0:
			e.length(uint64(f.TTL.Milliseconds() - first + 1))
		default:
			e.length(0)
		}
		e.text(f.Name)
		e.text(f.Value)
	}
}

// earliest is the shortest time to live of a field, in milliseconds.
func earliest(hash snapshot.Hash) (ms int64, expires bool) {
	for f := range hash.All() {
		if f.TTL > 0 && (!expires || f.TTL.Milliseconds() < ms) {
			ms, expires = f.TTL.Milliseconds(), true
		}
	}
	return ms, expires
}
