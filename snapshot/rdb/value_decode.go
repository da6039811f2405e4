package rdb

import (
	"errors"
	"math"
	"slices"

	"github.com/compozy/rediskit/snapshot"
)

// values reads values, and the times to live that lie within.
type values struct {
	*input
	moment

	// Opened again and again, one at a time.
	ziplist  ziplist
	listpack listpack
	zipmap   zipmap
	intset   intset
}

// unheld is something that was read to its end and that no snapshot can hold.
type unheld struct{ reason error }

func (u unheld) Error() string { return u.reason.Error() }
func (u unheld) Unwrap() error { return u.reason }

func (v *values) value(kind byte) (snapshot.Value, error) {
	value, n, err := v.any(kind)
	switch {
	case err != nil:
		return nil, err
	case n == 0:
		return nil, unheld{errEmpty}
	default:
		return value, nil
	}
}

// any also returns how many elements the file has for the value, which may be more than are left of them: some can have
// expired.
func (v *values) any(kind byte) (value snapshot.Value, n int, err error) {
	switch kind {
	case typeString:
		text, err := v.text()
		return snapshot.String(text), 1, err
	case typeList, typeListZiplist, typeListQuicklist, typeListQuicklist2:
		elements, err := v.list(kind)
		return snapshot.NewList(elements...), len(elements), err
	case typeSet, typeSetIntset, typeSetListpack:
		return v.set(kind)
	case typeSortedSet, typeSortedSet2, typeSortedSetZiplist, typeSortedSetListpack:
		return v.sortedSet(kind)
	case typeHash, typeHashZipmap, typeHashZiplist, typeHashListpack:
		return v.hash(kind)
	case typeHashTTL, typeHashTTLEarly, typeHashTTLPack, typeHashTTLPackEarly:
		return v.hashWithTTLs(kind)
	case typeStream, typeStream2, typeStream3:
		stream, err := v.stream(kind)
		return stream, 1, err
	case typeModule, typeModule2:
		return nil, 0, v.module(kind)
	default:
		return nil, 0, v.fail("%d is no type of a value", kind)
	}
}

// pack opens what is packed in the string that follows.
func (v *values) pack(kind byte) (elements, error) {
	b, err := v.blob()
	if err != nil {
		return nil, err
	}
	switch kind {
	case typeHashZipmap:
		return &v.zipmap, v.zipmap.open(b)
	case typeSetIntset:
		return &v.intset, v.intset.open(b)
	case typeListZiplist, typeListQuicklist, typeSortedSetZiplist, typeHashZiplist:
		return &v.ziplist, v.ziplist.open(b)
	default:
		return &v.listpack, v.listpack.open(b)
	}
}

// texts appends everything that is packed.
func (v *values) texts(to []string, from elements) ([]string, error) {
	if err := v.charge(sizeOfText * from.size()); err != nil {
		return nil, err
	}
	to = slices.Grow(to, from.size())
	for from.more() {
		e, err := from.next()
		if err != nil {
			return nil, err
		}
		to = append(to, e.String())
	}
	return to, from.end()
}

func (v *values) list(kind byte) ([]string, error) {
	switch kind {
	case typeList:
		return v.plainTexts()
	case typeListZiplist:
		pack, err := v.pack(kind)
		if err != nil {
			return nil, err
		}
		return v.texts(nil, pack)
	default:
		return v.quicklist(kind)
	}
}

func (v *values) plainTexts() ([]string, error) {
	n, err := v.number()
	if err != nil {
		return nil, err
	}
	var texts []string
	for range n {
		text, err := v.text()
		if err != nil {
			return nil, err
		}
		if err := v.charge(sizeOfText); err != nil {
			return nil, err
		}
		texts = append(grow(texts, n), text)
	}
	return texts, nil
}

func (v *values) set(kind byte) (snapshot.Value, int, error) {
	var members []string
	var err error
	if kind == typeSet {
		members, err = v.plainTexts()
	} else {
		var pack elements
		if pack, err = v.pack(kind); err == nil {
			members, err = v.texts(nil, pack)
		}
	}
	if err != nil {
		return nil, 0, err
	}
	n := len(members)
	set := snapshot.NewSet(members...)
	if set.Len() != n {
		return nil, 0, v.fail("set: a member comes twice")
	}
	return set, n, nil
}

func (v *values) sortedSet(kind byte) (snapshot.Value, int, error) {
	read := v.plainMembers
	if kind == typeSortedSetZiplist || kind == typeSortedSetListpack {
		read = v.packedMembers
	}
	members, err := read(kind)
	if err != nil {
		return nil, 0, err
	}
	n := len(members)
	set := snapshot.NewSortedSet(members...)
	if set.Len() != n {
		return nil, 0, v.fail("sorted set: a member comes twice")
	}
	return set, n, nil
}

func (v *values) plainMembers(kind byte) ([]snapshot.Member, error) {
	n, err := v.number()
	if err != nil {
		return nil, err
	}
	score := v.float64
	if kind == typeSortedSet {
		score = v.decimal
	}
	var members []snapshot.Member
	for range n {
		var m snapshot.Member
		if m.Name, err = v.text(); err != nil {
			return nil, err
		}
		if m.Score, err = score(); err != nil {
			return nil, err
		}
		if math.IsNaN(m.Score) {
			return nil, v.fail("%w", errNaN)
		}
		if err := v.charge(sizeOfMember); err != nil {
			return nil, err
		}
		members = append(grow(members, n), m)
	}
	return members, nil
}

func (v *values) packedMembers(kind byte) ([]snapshot.Member, error) {
	pack, err := v.pack(kind)
	if err != nil {
		return nil, err
	}
	if err := v.charge(sizeOfMember * pack.size() / 2); err != nil {
		return nil, err
	}
	members := make([]snapshot.Member, 0, pack.size()/2)
	for pack.more() {
		name, err := pack.next()
		if err != nil {
			return nil, err
		}
		value, err := pack.next()
		if err != nil {
			return nil, err
		}
		score, err := value.score()
		if err != nil {
			return nil, v.fail("sorted set: %w", err)
		}
		members = append(members, snapshot.Member{Name: name.String(), Score: score})
	}
	return members, pack.end()
}

// The lengths of a decimal score that stand for what has no digits.
const (
	scoreIsNaN      = 253
	scoreIsInfinite = 254
	scoreIsMinusInf = 255
)

func (in *input) decimal() (float64, error) {
	n, err := in.byte()
	if err != nil {
		return 0, err
	}
	switch n {
	case scoreIsNaN:
		return 0, in.fail("%w", errNaN)
	case scoreIsInfinite:
		return parseScore("inf")
	case scoreIsMinusInf:
		return parseScore("-inf")
	}
	text, err := in.take(int(n))
	if err != nil {
		return 0, err
	}
	score, err := parseScore(string(text))
	if err != nil {
		return 0, in.fail("%w", err)
	}
	return score, nil
}

// isEmpty tells whether nothing is left of a value.
func isEmpty(value snapshot.Value) bool {
	hash, ok := value.(snapshot.Hash) // only parts of hashes expire
	return ok && hash.Len() == 0
}

// refused is the error of something that no snapshot can hold, where it cannot be left out.
func refused(err error, at int64) error {
	var u unheld
	if errors.As(err, &u) {
		return &Error{Offset: at, Reason: u.reason}
	}
	return err
}
