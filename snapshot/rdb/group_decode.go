package rdb

import (
	"math"
	"slices"
	"time"

	"github.com/compozy/rediskit/internal/words"
	"github.com/compozy/rediskit/snapshot"
)

// groups reads consumer groups.
func (v *values) groups(kind byte) ([]snapshot.Group, error) {
	n, err := v.number()
	if err != nil {
		return nil, err
	}
	var groups []snapshot.Group
	for range n {
		g, err := v.group(kind)
		if err != nil {
			return nil, err
		}
		groups = append(groups, g)
	}
	return groups, nil
}

func (v *values) group(kind byte) (snapshot.Group, error) {
	name, err := v.text()
	if err != nil {
		return snapshot.Group{}, err
	}
	fail := func(err error) (snapshot.Group, error) {
		return snapshot.Group{}, wrap("stream: group "+words.Quote(name), err)
	}
	if err := v.charge(sizeOfGroup); err != nil {
		return fail(err)
	}
	last, err := v.streamID()
	if err != nil {
		return fail(err)
	}
	read := uint64(math.MaxUint64) // unknown
	if kind != typeStream {
		if read, err = v.number(); err != nil {
			return fail(err)
		}
	}
	pending, err := v.pending()
	if err != nil {
		return fail(err)
	}
	consumers, err := v.consumers(kind, pending)
	if err != nil {
		return fail(err)
	}
	entries := make([]snapshot.Pending, len(pending))
	for i, p := range pending {
		if !p.assigned {
			return fail(v.fail("%w: %s", errNoConsumer, p.ID))
		}
		entries[i] = p.Pending
	}
	g := snapshot.NewGroup(name, last, consumers, entries)
	if read <= math.MaxInt64 {
		g = g.WithEntriesRead(int64(read))
	}
	return g, nil
}

// delivery is a pending entry whose consumer may not have been read yet.
type delivery struct {
	snapshot.Pending
	assigned bool
}

// pending reads what a group has delivered, in the order of the ids.
func (v *values) pending() ([]delivery, error) {
	n, err := v.number()
	if err != nil {
		return nil, err
	}
	var pending []delivery
	for range n {
		raw, err := v.take(sizeOfRawID)
		if err != nil {
			return nil, err
		}
		p := snapshot.Pending{ID: parseRawID(raw)}
		if i := len(pending); i > 0 && p.ID.Compare(pending[i-1].ID) <= 0 {
			return nil, v.fail("pending entry %s comes after %s", p.ID, pending[i-1].ID)
		}
		ms, err := v.int64()
		if err != nil {
			return nil, err
		}
		p.Delivered = time.UnixMilli(ms)
		if p.Count, err = v.signed("a number of deliveries"); err != nil {
			return nil, err
		}
		if err := v.charge(2 * sizeOfPending); err != nil {
			return nil, err
		}
		pending = append(grow(pending, n), delivery{Pending: p})
	}
	return pending, nil
}

// consumers reads consumers and writes them to the entries that are theirs.
func (v *values) consumers(kind byte, pending []delivery) ([]string, error) {
	n, err := v.number()
	if err != nil {
		return nil, err
	}
	var names []string
	for range n {
		name, err := v.text()
		if err != nil {
			return nil, err
		}
		if err := v.charge(2 * sizeOfText); err != nil {
			return nil, err
		}
		names = append(names, name)
		times := 1 // when it was seen
		if kind == typeStream3 {
			times = 2 // and when it was active
		}
		if _, err := v.take(8 * times); err != nil {
			return nil, err
		}
		if err := v.assign(name, pending); err != nil {
			return nil, wrap("consumer "+words.Quote(name), err)
		}
	}
	sorted := slices.Sorted(slices.Values(names))
	if len(slices.Compact(sorted)) != len(names) {
		return nil, v.fail("a consumer comes twice")
	}
	return names, nil
}

func (v *values) assign(consumer string, pending []delivery) error {
	n, err := v.number()
	if err != nil {
		return err
	}
	for range n {
		raw, err := v.take(sizeOfRawID)
		if err != nil {
			return err
		}
		id := parseRawID(raw)
		i, ok := slices.BinarySearchFunc(pending, id, func(d delivery, id snapshot.StreamID) int { return d.ID.Compare(id) })
		switch {
		case !ok:
			return v.fail("entry %s is not pending", id)
		case pending[i].assigned:
			return v.fail("entry %s is pending already", id)
		}
		pending[i].Consumer, pending[i].assigned = consumer, true
	}
	return nil
}

// estimateEntriesRead gives the groups of a stream from before Redis 7.0 the read counter that this Redis gives them.
func estimateEntriesRead(groups []snapshot.Group, entries []snapshot.Entry, length int64, last snapshot.StreamID) {
	for i, g := range groups {
		switch {
		case length == 0:
			groups[i] = g.WithEntriesRead(0)
		case g.LastID == last:
			groups[i] = g.WithEntriesRead(length)
		case g.LastID.Compare(last) > 0 || len(entries) == 0: // not known
		case g.LastID.Compare(entries[0].ID) < 0:
			groups[i] = g.WithEntriesRead(0)
		case g.LastID == entries[0].ID:
			groups[i] = g.WithEntriesRead(1)
		}
	}
}
