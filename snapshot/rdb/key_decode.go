package rdb

import (
	"cmp"
	"errors"
	"math"
	"slices"
	"strings"

	"github.com/compozy/rediskit/snapshot"
)

// loadedKey is where a key was found.
type loadedKey struct {
	name   string
	offset int64
}

func (d *decoder) key(kind byte, start int64) error {
	expires := d.expiry
	d.expiry = expiry{}
	name, err := d.text()
	if err != nil {
		return err
	}
	at := func(err error) error {
		e := about(err, subjectFile)
		e.Database, e.Key, e.HasKey = d.db, name, true
		return e
	}
	key := snapshot.Key{Name: name}
	wanted := d.settings.selects(d.db, name)
	if wanted && expires.set {
		if key.TTL, wanted, err = d.left(expires.until); err != nil {
			return at(d.fail("%w", err))
		}
	}
	before := d.memory.spent
	key.Value, err = d.value(kind)
	var u unheld
	switch {
	case err != nil && !errors.As(err, &u):
		return at(err)
	case !wanted || err == nil && isEmpty(key.Value):
		d.memory.spent = before
		return nil
	case err != nil:
		return d.skip(err, Skipped{Offset: start, Database: d.db, Key: name, HasKey: true})
	}
	d.made.Set(d.db, key)
	d.loaded[d.db] = append(grow(d.loaded[d.db], math.MaxUint64), loadedKey{name, start})
	if err := d.charge(sizeOfKey); err != nil {
		return at(err)
	}
	return nil
}

// twice finds keys that the file has more than once. It is looked for at the end, where it is known whether there are any.
func (d *decoder) twice() error {
	all := 0
	for _, keys := range d.loaded {
		all += len(keys)
	}
	if all == d.file.Snapshot.Len() {
		return nil
	}
	for db, keys := range d.loaded {
		slices.SortFunc(keys, func(a, b loadedKey) int {
			return cmp.Or(strings.Compare(a.name, b.name), cmp.Compare(a.offset, b.offset))
		})
		for i, key := range keys[1:] {
			if key.name == keys[i].name {
				return &Error{Offset: key.offset, Database: db, Key: key.name, HasKey: true, Reason: errTwice}
			}
		}
	}
	return errTwice
}

var errTwice = errors.New("the key comes twice")
