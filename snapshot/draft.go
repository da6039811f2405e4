package snapshot

import (
	"cmp"
	"slices"
	"strings"
)

// draft is a keyspace that commands are being run on. As a rule they come key after key, in the order of their names: so
// only the last key is kept as one that may still change, and what is there of the others is what a snapshot has. A key
// that is come back to is kept so for good.
type draft struct {
	db        *draftDatabase
	databases map[int]*draftDatabase
	last      draftKey // of db, unless that has an older one open; its memory serves one key after the other

	call call     // the one being run
	args []string // of that
}

// draftDatabase is what the commands have made of a database.
type draftDatabase struct {
	keys  []Key             // that are done, by name as long as places is nil
	place map[string]int    // of each key, once they were found not to come by name
	open  map[int]*draftKey // those at a place that were come back to
}

func newDraft() *draft {
	d := &draft{databases: map[int]*draftDatabase{}}
	d.selectDB(0)
	return d
}

func (d *draft) selectDB(index int) {
	d.settle()
	d.db = d.databases[index]
	if d.db == nil {
		d.db = &draftDatabase{}
		d.databases[index] = d.db
	}
}

// settle is done with the last key.
func (d *draft) settle() {
	if d.last.kind == "" {
		return
	}
	d.db.add(Key{Name: d.last.name, Value: d.last.settled(), TTL: d.last.ttl})
	d.last.reset()
}

// key returns a key of this kind, a new one if there is none.
func (d *draft) key(name, kind string) (*draftKey, error) {
	k := d.find(name)
	if k == nil {
		d.last.name, d.last.kind = name, kind
		return &d.last, nil
	}
	if k.kind != kind {
		return nil, k.mismatch()
	}
	return k, nil
}

// existing returns a key of any kind.
func (d *draft) existing(name string) (*draftKey, error) {
	if k := d.find(name); k != nil {
		return k, nil
	}
	return nil, errNoKey
}

// find returns a key, nil where there is none: then there is no last one either.
func (d *draft) find(name string) *draftKey {
	if d.last.kind != "" && d.last.name == name {
		return &d.last
	}
	d.settle()
	at, ok := d.db.find(name)
	if !ok {
		return nil
	}
	k := d.db.open[at]
	if k == nil {
		k = draftOf(d.db.keys[at])
		if d.db.open == nil {
			d.db.open = map[int]*draftKey{}
		}
		d.db.open[at] = k
	}
	return k
}

// replace makes a string of whatever there was.
func (d *draft) replace(name, value string) *draftKey {
	k := d.find(name)
	if k == nil {
		k = &d.last
	}
	k.reset()
	k.name, k.kind, k.text = name, "string", value
	return k
}

func (d *draft) snapshot() *Snapshot {
	d.settle()
	s := &Snapshot{}
	for index, db := range d.databases {
		if keys := db.settled(); len(keys) > 0 {
			s.databases = append(s.databases, database{index, keys})
		}
	}
	slices.SortFunc(s.databases, func(a, b database) int { return cmp.Compare(a.index, b.index) })
	return s
}

// add adds a key that is not there yet.
func (db *draftDatabase) add(key Key) {
	n := len(db.keys)
	if db.place == nil && n > 0 && db.keys[n-1].Name >= key.Name {
		db.place = make(map[string]int, n+1)
		for i, k := range db.keys {
			db.place[k.Name] = i
		}
	}
	if db.place != nil {
		db.place[key.Name] = n
	}
	db.keys = append(db.keys, key)
}

func (db *draftDatabase) find(name string) (at int, ok bool) {
	if db.place != nil {
		at, ok = db.place[name]
		return at, ok
	}
	if n := len(db.keys); n == 0 || db.keys[n-1].Name < name { // nearly always
		return 0, false
	}
	return slices.BinarySearchFunc(db.keys, name, func(k Key, name string) int { return strings.Compare(k.Name, name) })
}

// settled are the keys by name. There is no going on after that.
func (db *draftDatabase) settled() []Key {
	for at, k := range db.open {
		db.keys[at].Value, db.keys[at].TTL = k.settled(), k.ttl
	}
	if db.place != nil {
		slices.SortFunc(db.keys, func(a, b Key) int { return strings.Compare(a.Name, b.Name) })
	}
	return db.keys
}
