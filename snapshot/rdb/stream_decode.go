package rdb

import (
	"encoding/binary"
	"errors"
	"math"

	"github.com/compozy/rediskit/snapshot"
)

// What the flags of a stream's entry say.
const (
	entryIsDeleted     = 1
	entryHasSameFields = 2 // as the first one of its listpack
)

func (v *values) stream(kind byte) (*snapshot.Stream, error) {
	entries, packed, err := v.entries()
	if err != nil {
		return nil, err
	}
	// Releases that trimmed streams wrongly wrote lengths that are too great. Redis believes them only where it counts.
	length, err := v.signed("a stream's length")
	if err != nil {
		return nil, err
	}
	if length > 0 && !packed {
		return nil, v.fail("stream: %d entries are nowhere", length)
	}
	last, err := v.streamID()
	if err != nil {
		return nil, err
	}
	if n := len(entries); n > 0 && last.Compare(entries[n-1].ID) < 0 {
		return nil, v.fail("stream: the last id %s comes before the last entry's, %s", last, entries[n-1].ID)
	}
	counters := snapshot.StreamCounters{EntriesAdded: length} // as Redis 7.0 counts older ones
	if kind != typeStream {
		if counters, err = v.streamCounters(); err != nil {
			return nil, err
		}
	}
	groups, err := v.groups(kind)
	if err != nil {
		return nil, err
	}
	if kind == typeStream {
		estimateEntriesRead(groups, entries, length, last)
	}
	made := snapshot.NewStream(last, entries, groups)
	n := 0
	for range made.Groups() {
		n++
	}
	if n != len(groups) {
		return nil, v.fail("stream: a group comes twice")
	}
	return made.WithCounters(counters), nil
}

func (v *values) streamCounters() (counters snapshot.StreamCounters, err error) {
	if _, err := v.streamID(); err != nil { // of the first entry
		return counters, err
	}
	if counters.MaxDeletedID, err = v.streamID(); err != nil {
		return counters, err
	}
	counters.EntriesAdded, err = v.signed("a stream's number of entries ever added")
	return counters, err
}

// streamID reads an id in two lengths.
func (in *input) streamID() (id snapshot.StreamID, err error) {
	if id.Milliseconds, err = in.number(); err != nil {
		return id, err
	}
	id.Sequence, err = in.number()
	return id, err
}

func parseRawID[T string | []byte](raw T) snapshot.StreamID {
	b := []byte(raw)
	return snapshot.StreamID{Milliseconds: binary.BigEndian.Uint64(b), Sequence: binary.BigEndian.Uint64(b[8:])}
}

const sizeOfRawID = 16

// entries reads the listpacks, each of which has the id that those of its entries are relative to, and tells whether there
// is any.
func (v *values) entries() (entries []snapshot.Entry, packed bool, err error) {
	nodes, err := v.number()
	if err != nil {
		return nil, false, err
	}
	var last snapshot.StreamID
	for range nodes {
		key, err := v.text()
		if err != nil {
			return nil, false, err
		}
		if len(key) != sizeOfRawID {
			return nil, false, v.fail("stream: an id of %d bytes", len(key))
		}
		b, err := v.blob()
		if err != nil {
			return nil, false, err
		}
		if err := v.listpack.open(b); err != nil {
			return nil, false, wrap("stream", err)
		}
		node := streamNode{listpack: &v.listpack, master: parseRawID(key), last: last, memory: v.input}
		if entries, err = node.read(entries); err != nil {
			return nil, false, wrap("stream", err)
		}
		last = node.last
	}
	return entries, nodes > 0, nil
}

// streamNode is a listpack of entries.
type streamNode struct {
	*listpack
	master snapshot.StreamID
	fields []string
	last   snapshot.StreamID // of the entry read last, deleted ones included
	memory *input
}

func (s *streamNode) integer() (int64, error) {
	at := s.at
	e, err := s.next()
	if err != nil {
		return 0, err
	}
	n, err := e.integer()
	if err != nil {
		return 0, s.fail(at, "%q should be a number", e)
	}
	return n, nil
}

func (s *streamNode) text() (string, error) {
	e, err := s.next()
	if err != nil {
		return "", err
	}
	return e.String(), nil
}

// integers reads several numbers.
func (s *streamNode) integers(to ...*int64) (err error) {
	for _, n := range to {
		if *n, err = s.integer(); err != nil {
			return err
		}
	}
	return nil
}

func (s *streamNode) read(entries []snapshot.Entry) ([]snapshot.Entry, error) {
	var valid, deleted, numFields, terminator int64
	if err := s.integers(&valid, &deleted, &numFields); err != nil {
		return nil, err
	}
	var err error
	if s.fields, err = s.texts(numFields); err != nil {
		return nil, err
	}
	if err := s.integers(&terminator); err != nil {
		return nil, err
	}
	if terminator != 0 {
		return nil, s.fail(s.at, "the first entry's fields are not ended")
	}
	before, total := len(entries), int64(0)
	for s.more() {
		entry, isDeleted, err := s.entry()
		if err != nil {
			return nil, err
		}
		if !isDeleted {
			entries = append(entries, entry)
		}
		total++
	}
	if n := int64(len(entries) - before); n != valid || total-n != deleted {
		return nil, s.fail(listpackHeader, "%d entries and %d deleted ones claim to be %d and %d", n, total-n, valid, deleted)
	}
	return entries, s.end()
}

func (s *streamNode) entry() (entry snapshot.Entry, isDeleted bool, err error) {
	start, firstElement := s.at, s.listpack.read
	var flags, ms, seq, claimed int64
	if err := s.integers(&flags, &ms, &seq); err != nil {
		return entry, false, err
	}
	if flags&^(entryIsDeleted|entryHasSameFields) != 0 {
		return entry, false, s.fail(start, "an entry has the flags %d", flags)
	}
	id := snapshot.StreamID{ // differences of sequence numbers can be negative
		Milliseconds: s.master.Milliseconds + uint64(ms),
		Sequence:     s.master.Sequence + uint64(seq),
	}
	if id.Compare(s.last) <= 0 {
		return entry, false, s.fail(start, "id %s comes after %s", id, s.last)
	}
	s.last = id
	words, err := s.words(flags&entryHasSameFields != 0)
	if err != nil {
		return entry, false, err
	}
	elements := int64(s.listpack.read - firstElement)
	if err := s.integers(&claimed); err != nil {
		return entry, false, err
	}
	if claimed != elements {
		return entry, false, s.fail(start, "entry %s of %d elements claims to have %d", id, elements, claimed)
	}
	if err := s.memory.charge(sizeOfEntry); err != nil {
		return entry, false, err
	}
	return snapshot.NewEntry(id, words...), flags&entryIsDeleted != 0, nil
}

// words reads fields and values in turn.
func (s *streamNode) words(sameFields bool) ([]string, error) {
	if sameFields {
		if len(s.fields) > len(s.listpack.text)-s.at {
			return nil, s.fail(s.at, "an entry lacks values")
		}
		if err := s.memory.charge(2 * sizeOfText * len(s.fields)); err != nil {
			return nil, err
		}
		words := make([]string, 0, 2*len(s.fields))
		for _, field := range s.fields {
			value, err := s.text()
			if err != nil {
				return nil, err
			}
			words = append(words, field, value)
		}
		return words, nil
	}
	n, err := s.integer()
	if err != nil {
		return nil, err
	}
	if n > math.MaxInt64/2 {
		return nil, s.fail(s.at, "%d fields cannot be", n)
	}
	return s.texts(2 * n)
}

func (s *streamNode) texts(n int64) ([]string, error) {
	if n < 0 || n > int64(len(s.listpack.text)-s.at) {
		return nil, s.fail(s.at, "%d fields or values cannot be", n)
	}
	if err := s.memory.charge(sizeOfText * int(n)); err != nil {
		return nil, err
	}
	texts := make([]string, n)
	for i := range texts {
		var err error
		if texts[i], err = s.text(); err != nil {
			return nil, err
		}
	}
	return texts, nil
}

var errNoConsumer = errors.New("a pending entry belongs to no consumer")
