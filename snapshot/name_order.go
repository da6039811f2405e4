package snapshot

import (
	"cmp"
	"encoding/binary"
	"slices"
	"strings"
)

// place is where a key was added, with eight bytes of its name.
type place struct {
	bytes uint64
	at    int
}

// lastOfEachName returns keys by name. Of those of the same name the last one counts, and none where that has no value.
func lastOfEachName(added []Key) []Key {
	places := make([]place, len(added))
	for i := range places {
		places[i].at = i
	}
	sortByName(places, added, 0)
	keys := make([]Key, 0, len(added))
	for i, p := range places {
		key := added[p.at]
		if key.Value == nil || i+1 < len(places) && places[i+1].bytes == p.bytes && added[places[i+1].at].Name == key.Name {
			continue
		}
		keys = append(keys, key)
	}
	return keys
}

// sortByName sorts by name and, where that is the same, by place. The names have their first bytes in common, those before
// from. Comparing eight bytes as a number is much faster than comparing names that lie all over the memory.
func sortByName(places []place, keys []Key, from int) {
	for i, p := range places {
		places[i].bytes = bytesOf(keys[p.at].Name, from)
	}
	slices.SortFunc(places, func(a, b place) int { return cmp.Compare(a.bytes, b.bytes) })
	for len(places) > 0 {
		same := 1
		for same < len(places) && places[same].bytes == places[0].bytes {
			same++
		}
		if same > 1 {
			sortAlike(places[:same], keys, from+8)
		}
		places = places[same:]
	}
}

// sortAlike sorts where there are few, or where bytes that a name has not were taken for zeros.
func sortAlike(places []place, keys []Key, from int) {
	const few = 12
	ends := func(p place) bool { return len(keys[p.at].Name) <= from }
	if len(places) > few && !slices.ContainsFunc(places, ends) {
		sortByName(places, keys, from)
		return
	}
	slices.SortFunc(places, func(a, b place) int {
		return cmp.Or(strings.Compare(keys[a.at].Name, keys[b.at].Name), cmp.Compare(a.at, b.at))
	})
}

// bytesOf returns the eight bytes of a name that begin at from. Zeros stand for what it has not.
func bytesOf(name string, from int) uint64 {
	var b [8]byte
	copy(b[:], name[min(from, len(name)):])
	return binary.BigEndian.Uint64(b[:])
}
