package rdb

import (
	"math"

	"github.com/compozy/rediskit/snapshot"
)

func (v *values) hash(kind byte) (snapshot.Value, int, error) {
	var fields []snapshot.Field
	var err error
	if kind == typeHash {
		fields, err = v.plainFields()
	} else {
		fields, err = v.packedFields(kind)
	}
	return v.newHash(fields, len(fields), err)
}

// newHash also returns n, how many fields the file has.
func (v *values) newHash(fields []snapshot.Field, n int, err error) (snapshot.Value, int, error) {
	if err != nil {
		return nil, 0, err
	}
	left := len(fields)
	hash := snapshot.NewHash(fields...)
	if hash.Len() != left {
		return nil, 0, v.fail("hash: a field comes twice")
	}
	return hash, n, nil
}

func (v *values) plainFields() ([]snapshot.Field, error) {
	n, err := v.number()
	if err != nil {
		return nil, err
	}
	var fields []snapshot.Field
	for range n {
		f, err := v.plainField()
		if err != nil {
			return nil, err
		}
		fields = append(grow(fields, n), f)
	}
	return fields, nil
}

func (v *values) plainField() (f snapshot.Field, err error) {
	if f.Name, err = v.text(); err != nil {
		return f, err
	}
	if f.Value, err = v.text(); err != nil {
		return f, err
	}
	return f, v.charge(sizeOfField)
}

func (v *values) packedFields(kind byte) ([]snapshot.Field, error) {
	pack, err := v.pack(kind)
	if err != nil {
		return nil, err
	}
	if err := v.charge(sizeOfField * pack.size() / 2); err != nil {
		return nil, err
	}
	fields := make([]snapshot.Field, 0, pack.size()/2)
	for pack.more() {
		f, err := packedField(pack)
		if err != nil {
			return nil, err
		}
		fields = append(fields, f)
	}
	return fields, pack.end()
}

func packedField(pack elements) (snapshot.Field, error) {
	name, err := pack.next()
	if err != nil {
		return snapshot.Field{}, err
	}
	value, err := pack.next()
	if err != nil {
		return snapshot.Field{}, err
	}
	return snapshot.Field{Name: name.String(), Value: value.String()}, nil
}

// hashWithTTLs reads a hash with fields that expire. Except in the early forms, the earliest time comes first.
func (v *values) hashWithTTLs(kind byte) (snapshot.Value, int, error) {
	var earliest int64
	var err error
	if kind == typeHashTTL || kind == typeHashTTLPack {
		if earliest, err = v.int64(); err != nil {
			return nil, 0, err
		}
	}
	var fields []snapshot.Field
	var n int
	switch kind {
	case typeHashTTL:
		fields, n, err = v.plainFieldsWithTTLs(earliest)
	case typeHashTTLEarly:
		fields, n, err = v.plainFieldsWithTTLs(1) // times are absolute: 1 is the first
	default:
		fields, n, err = v.packedFieldsWithTTLs(kind)
	}
	return v.newHash(fields, n, err)
}

// plainFieldsWithTTLs reads fields whose times count from 1, which is the earliest; 0 is for ever.
func (v *values) plainFieldsWithTTLs(earliest int64) (fields []snapshot.Field, total int, err error) {
	n, err := v.number()
	if err != nil {
		return nil, 0, err
	}
	for range n {
		delta, err := v.number()
		if err != nil {
			return nil, 0, err
		}
		f, err := v.plainField()
		if err != nil {
			return nil, 0, err
		}
		until := int64(0)
		if delta > 0 {
			if earliest < 0 || delta-1 > uint64(math.MaxInt64-earliest) {
				return nil, 0, v.fail("hash: a field expires at %d + %d", earliest, delta)
			}
			until = earliest + int64(delta-1)
		}
		if fields, err = v.addField(grow(fields, n), f, until); err != nil {
			return nil, 0, err
		}
		total++
	}
	return fields, total, nil
}

func (v *values) packedFieldsWithTTLs(kind byte) (fields []snapshot.Field, total int, err error) {
	pack, err := v.pack(kind)
	if err != nil {
		return nil, 0, err
	}
	if err := v.charge(sizeOfField * pack.size() / 3); err != nil {
		return nil, 0, err
	}
	fields = make([]snapshot.Field, 0, pack.size()/3)
	for pack.more() {
		f, err := packedField(pack)
		if err != nil {
			return nil, 0, err
		}
		e, err := pack.next()
		if err != nil {
			return nil, 0, err
		}
		until, err := e.integer()
		if err != nil || until < 0 {
			return nil, 0, v.fail("hash: a field expires at %q", e)
		}
		if fields, err = v.addField(fields, f, until); err != nil {
			return nil, 0, err
		}
		total++
	}
	return fields, total, pack.end()
}

// addField leaves out a field that has expired.
func (v *values) addField(fields []snapshot.Field, f snapshot.Field, until int64) ([]snapshot.Field, error) {
	if until != 0 {
		ttl, alive, err := v.left(until)
		if err != nil {
			return nil, v.fail("%w", err)
		}
		if !alive {
			return fields, nil
		}
		f.TTL = ttl
	}
	return append(fields, f), nil
}
