package rdb

import (
	"encoding/binary"
	"slices"

	"github.com/compozy/rediskit/snapshot"
)

// A listpack of a stream is ended when it has so many entries or bytes, as Redis does by default.
const (
	entriesOfNode = 100
	bytesOfNode   = 4096
)

func (e *encoder) stream(s *snapshot.Stream) {
	nodes := packEntries(s)
	e.length(uint64(len(nodes)))
	var first snapshot.StreamID
	for i, node := range nodes {
		if i == 0 {
			first = node.master
		}
		e.length(sizeOfRawID)
		e.rawID(node.master)
		e.length(uint64(len(node.pack)))
		e.buf = append(e.buf, node.pack...)
		e.spill()
	}
	e.length(uint64(s.Len()))
	e.streamID(s.LastID())
	counters, counted := s.Counters()
	if !counted { // what Redis takes for streams from before it counted
		counters = snapshot.StreamCounters{EntriesAdded: int64(s.Len())}
	}
	e.streamID(first)
	e.streamID(counters.MaxDeletedID)
	e.length(uint64(counters.EntriesAdded))
	groups := slices.Collect(s.Groups())
	e.length(uint64(len(groups)))
	for _, g := range groups {
		e.group(g)
	}
}

func (e *encoder) group(g snapshot.Group) {
	e.text(g.Name)
	e.streamID(g.LastID)
	read, known := g.EntriesRead()
	if !known {
		read = -1
	}
	e.length(uint64(read))
	pending := slices.Collect(g.Pending())
	e.length(uint64(len(pending)))
	ofConsumer := map[string][]snapshot.StreamID{}
	for _, p := range pending {
		e.rawID(p.ID)
		e.int64(p.Delivered.UnixMilli())
		e.length(uint64(p.Count))
		e.spill()
		ofConsumer[p.Consumer] = append(ofConsumer[p.Consumer], p.ID)
	}
	consumers := slices.Collect(g.Consumers())
	e.length(uint64(len(consumers)))
	for _, consumer := range consumers {
		e.text(consumer)
		e.int64(e.now)
		e.length(uint64(len(ofConsumer[consumer])))
		for _, id := range ofConsumer[consumer] {
			e.rawID(id)
			e.spill()
		}
	}
}

// packedEntries is a listpack of entries.
type packedEntries struct {
	master snapshot.StreamID
	fields []string // of the first entry
	pack   []byte
	count  int // of entries
	size   int // of elements
}

func packEntries(s *snapshot.Stream) []packedEntries {
	var nodes []packedEntries
	var current []snapshot.Entry
	bytes := 0
	for entry := range s.Entries() {
		length := 0
		for field, value := range entry.Fields() {
			length += len(field) + len(value)
		}
		if len(current) > 0 && (len(current) == entriesOfNode || bytes+length > bytesOfNode) {
			nodes = append(nodes, packNode(current))
			current, bytes = current[:0], 0
		}
		current = append(current, entry)
		bytes += length
	}
	if len(current) > 0 {
		nodes = append(nodes, packNode(current))
	}
	return nodes
}

func packNode(entries []snapshot.Entry) packedEntries {
	n := packedEntries{master: entries[0].ID, count: len(entries), pack: make([]byte, listpackHeader)}
	for field := range entries[0].Fields() {
		n.fields = append(n.fields, field)
	}
	n.numbers(int64(len(entries)), 0, int64(len(n.fields))) // none is deleted
	for _, field := range n.fields {
		n.text(field)
	}
	n.numbers(0)
	for _, entry := range entries {
		n.entry(entry)
	}
	n.pack = append(n.pack, packEnd)
	binary.LittleEndian.PutUint32(n.pack, uint32(len(n.pack)))
	binary.LittleEndian.PutUint16(n.pack[4:], uint16(min(n.size, unknownCount)))
	return n
}

func (n *packedEntries) entry(entry snapshot.Entry) {
	before := n.size
	flags, pairs, same := int64(0), 0, true
	for field := range entry.Fields() {
		same = same && pairs < len(n.fields) && n.fields[pairs] == field
		pairs++
	}
	same = same && pairs == len(n.fields)
	if same {
		flags = entryHasSameFields
	}
	n.numbers(flags, int64(entry.ID.Milliseconds-n.master.Milliseconds), int64(entry.ID.Sequence-n.master.Sequence))
	if !same {
		n.numbers(int64(pairs))
	}
	for field, value := range entry.Fields() {
		if !same {
			n.text(field)
		}
		n.text(value)
	}
	n.numbers(int64(n.size - before))
}

func (n *packedEntries) numbers(numbers ...int64) {
	for _, number := range numbers {
		n.pack = appendListpackNumber(n.pack, number)
		n.size++
	}
}

func (n *packedEntries) text(s string) {
	n.pack = appendListpackText(n.pack, s)
	n.size++
}
