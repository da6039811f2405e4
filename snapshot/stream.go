package snapshot

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Stream is a stream with its consumer groups.
type Stream struct {
	entries  []Entry
	groups   []Group
	lastID   StreamID
	counters *StreamCounters
}

// StreamCounters are what Redis 7.0 and later keep for the lag of groups.
type StreamCounters struct {
	// EntriesAdded is how many entries were ever added.
	EntriesAdded int64
	// MaxDeletedID is the greatest id of an entry that XDEL has deleted, 0-0 if there is none.
	MaxDeletedID StreamID
}

// Entry is an entry of a stream.
type Entry struct {
	ID StreamID
	// fields and values in turn, as they were added; a field may come more than once
	fields []string
}

// NewEntry makes an entry of fields and values in turn, so of an even number of words. It takes them over: the caller must
// not change them any more.
func NewEntry(id StreamID, fields ...string) Entry { return Entry{id, fields} }

// Fields walks the fields and their values in the order in which they were added.
func (e Entry) Fields() iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for i := 0; i+1 < len(e.fields); i += 2 {
			if !yield(e.fields[i], e.fields[i+1]) {
				return
			}
		}
	}
}

// Group is a consumer group. When its consumers were last seen is not kept.
type Group struct {
	Name string
	// LastID is that of the last entry delivered.
	LastID StreamID

	entriesRead *int64
	consumers   []string
	pending     []Pending
}

// Pending is an entry that was delivered and not acknowledged. It may have been deleted from the stream since.
type Pending struct {
	ID       StreamID
	Consumer string
	// Delivered is when it was delivered last, to the millisecond.
	Delivered time.Time
	// Count is how many times it was delivered.
	Count int64
}

// NewStream makes a stream of entries in ascending order of their ids, and of groups. lastID is the greatest id that an
// entry ever had, so not below that of the last one. It takes the slices over: the caller must not change them any more. Of
// groups of the same name the last one counts.
func NewStream(lastID StreamID, entries []Entry, groups []Group) *Stream {
	groups = lastOfEach(groups, func(a, b Group) int { return strings.Compare(a.Name, b.Name) })
	return &Stream{entries: entries, groups: groups, lastID: lastID}
}

// WithCounters returns the same stream with what XADD and XDEL have counted.
func (s *Stream) WithCounters(counters StreamCounters) *Stream {
	counting := *s
	counting.counters = &counters
	return &counting
}

// LastID is the greatest id that an entry ever had.
func (s *Stream) LastID() StreamID { return s.lastID }

// Counters is what XADD and XDEL have counted. It is false where the server does not keep it.
func (s *Stream) Counters() (StreamCounters, bool) {
	if s.counters == nil {
		return StreamCounters{}, false
	}
	return *s.counters, true
}

// NewGroup makes a consumer group; consumers are those of pending entries and those named. It takes the slices over:
// the caller must not change them any more. Of pending entries of the same id the last one counts.
func NewGroup(name string, lastID StreamID, consumers []string, pending []Pending) Group {
	for i, p := range pending {
		consumers = append(consumers, p.Consumer)
		pending[i].Delivered = time.UnixMilli(p.Delivered.UnixMilli())
	}
	slices.Sort(consumers)
	pending = lastOfEach(pending, func(a, b Pending) int { return a.ID.Compare(b.ID) })
	return Group{Name: name, LastID: lastID, consumers: slices.Compact(consumers), pending: pending}
}

// WithEntriesRead returns the same group with its read counter: how many of the stream's entries it has been given.
func (g Group) WithEntriesRead(n int64) Group {
	g.entriesRead = &n
	return g
}

// EntriesRead is the group's read counter, as in XINFO GROUPS of Redis 7.0 and later. It is false where the server does
// not know it.
func (g Group) EntriesRead() (int64, bool) {
	if g.entriesRead == nil {
		return 0, false
	}
	return *g.entriesRead, true
}

// Type returns "stream".
func (*Stream) Type() string { return "stream" }
func (*Stream) sealed()      {}

// Len returns the number of entries.
func (s *Stream) Len() int { return len(s.entries) }

// Entries walks the entries by id.
func (s *Stream) Entries() iter.Seq[Entry] { return slices.Values(s.entries) }

// Groups walks the consumer groups by name.
func (s *Stream) Groups() iter.Seq[Group] { return slices.Values(s.groups) }

// Consumers walks the names of the group's consumers, those without pending entries included.
func (g Group) Consumers() iter.Seq[string] { return slices.Values(g.consumers) }

// Pending walks the pending entries by id.
func (g Group) Pending() iter.Seq[Pending] { return slices.Values(g.pending) }

// StreamID is the id of a stream's entry: a time in milliseconds and a number within it.
type StreamID struct{ Milliseconds, Sequence uint64 }

// ParseStreamID reads "1700000000000-1", or "1700000000000" for the first id of that millisecond.
func ParseStreamID(s string) (StreamID, error) {
	ms, seq, complete := strings.Cut(s, "-")
	var id StreamID
	var err error
	if id.Milliseconds, err = strconv.ParseUint(ms, 10, 64); err == nil && complete {
		id.Sequence, err = strconv.ParseUint(seq, 10, 64)
	}
	if err != nil {
		return StreamID{}, fmt.Errorf("stream id %q: must be two numbers joined by a hyphen", s)
	}
	return id, nil
}

// String returns the id as Redis writes it.
func (id StreamID) String() string {
	return strconv.FormatUint(id.Milliseconds, 10) + "-" + strconv.FormatUint(id.Sequence, 10)
}

// Compare returns a negative number where id comes before other, a positive one where it comes after, and else 0.
func (id StreamID) Compare(other StreamID) int {
	return cmp.Or(cmp.Compare(id.Milliseconds, other.Milliseconds), cmp.Compare(id.Sequence, other.Sequence))
}

// lastWritten is the greatest id that XADD writes for it.
func (s *Stream) lastWritten() StreamID {
	var last StreamID
	if n := len(s.entries); n > 0 {
		last = s.entries[n-1].ID
	}
	if ghosts := s.ghosts(); len(ghosts) > 0 && ghosts[len(ghosts)-1].Compare(last) > 0 {
		last = ghosts[len(ghosts)-1]
	}
	return last
}

// has tells whether there is an entry of this id.
func (s *Stream) has(id StreamID) bool {
	_, ok := slices.BinarySearchFunc(s.entries, id, func(e Entry, id StreamID) int { return e.ID.Compare(id) })
	return ok
}

// ghosts are the ids that are pending although the stream has them no more.
func (s *Stream) ghosts() []StreamID {
	var ids []StreamID
	for _, g := range s.groups {
		for _, p := range g.pending {
			if !s.has(p.ID) {
				ids = append(ids, p.ID)
			}
		}
	}
	slices.SortFunc(ids, StreamID.Compare)
	return slices.Compact(ids)
}
