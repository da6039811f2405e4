package engine

import (
	"container/heap"
	"maps"
)

// place is what has a deadline: a key, or a field of a hash.
type place struct {
	space   *space
	key     string
	field   string
	isField bool
}

// deadline is when a place expires, in Unix milliseconds. It is a guess: the key may have gone or been written since.
type deadline struct {
	place
	at    int64
	index int // in the heap
}

// space is one database's contents, wherever SWAPDB takes them. gone means that they were flushed.
type space struct {
	db   int
	gone bool
}

// deadlines knows what expires next.
type deadlines struct {
	spaces map[int]*space
	places map[place]*deadline
	queue  deadlineQueue
	sweep  int // the size at which the queue is searched for those that are nobody's any more

	fields bool // some field has had a time to live
}

// first is the earliest deadline, nil where there is none.
func (d *deadlines) first() *deadline {
	if len(d.queue) == 0 {
		return nil
	}
	return d.queue[0]
}

// space is what a database holds now.
func (d *deadlines) space(db int) *space {
	s := d.spaces[db]
	if s == nil {
		if d.spaces == nil {
			d.spaces = map[int]*space{}
		}
		s = &space{db: db}
		d.spaces[db] = s
	}
	return s
}

// set notes the deadline of a place, or corrects it.
func (d *deadlines) set(p place, at int64) {
	d.fields = d.fields || p.isField
	if known := d.places[p]; known != nil {
		known.at = at
		heap.Fix(&d.queue, known.index)
		return
	}
	if d.places == nil {
		d.places = map[place]*deadline{}
	}
	added := &deadline{place: p, at: at}
	d.places[p] = added
	heap.Push(&d.queue, added)
}

func (d *deadlines) remove(known *deadline) {
	delete(d.places, known.place)
	heap.Remove(&d.queue, known.index)
}

// swap exchanges the contents of two databases.
func (d *deadlines) swap(a, b int) {
	first, second := d.space(a), d.space(b)
	first.db, second.db = b, a
	d.spaces[a], d.spaces[b] = second, first
}

// flush forgets a database's contents.
func (d *deadlines) flush(db int) {
	if s := d.spaces[db]; s != nil {
		s.gone = true
		delete(d.spaces, db)
	}
}

// crowded tells whether it is time for a sweep. There is one each time that the queue has doubled, so that it stays in
// proportion to the keys, however many of them come and go before their time.
func (d *deadlines) crowded() bool { return len(d.queue) > max(1024, d.sweep) }

// retain sweeps the queue.
func (d *deadlines) retain(keep func(place) bool) {
	maps.DeleteFunc(d.places, func(p place, _ *deadline) bool { return p.space.gone || !keep(p) })
	d.queue = d.queue[:0]
	for _, known := range d.places {
		known.index = len(d.queue)
		d.queue = append(d.queue, known)
	}
	heap.Init(&d.queue)
	d.sweep = 2 * len(d.queue)
}

// deadlineQueue implements heap.Interface.
type deadlineQueue []*deadline

func (q deadlineQueue) Len() int { return len(q) }

// Less orders by time, and by name where that is the same, so that nothing is left to chance.
func (q deadlineQueue) Less(i, j int) bool {
	a, b := q[i], q[j]
	switch {
	case a.at != b.at:
		return a.at < b.at
	case a.space.db != b.space.db:
		return a.space.db < b.space.db
	case a.key != b.key:
		return a.key < b.key
	default:
		return a.field < b.field
	}
}

func (q deadlineQueue) Swap(i, j int) {
	q[i], q[j] = q[j], q[i]
	q[i].index, q[j].index = i, j
}

func (q *deadlineQueue) Push(x any) {
	added, _ := x.(*deadline)
	added.index = len(*q)
	*q = append(*q, added)
}

func (q *deadlineQueue) Pop() any {
	last := len(*q) - 1
	popped := (*q)[last]
	(*q)[last] = nil
	*q = (*q)[:last]
	return popped
}
