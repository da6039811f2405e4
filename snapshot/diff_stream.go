package snapshot

import (
	"slices"
	"strings"
	"time"

	"github.com/compozy/rediskit/internal/words"
)

func (d *differ) streams(want, got *Stream) {
	inTurn(want.entries, got.entries, func(a, b Entry) int { return a.ID.Compare(b.ID) }, func(want, got *Entry) {
		switch {
		case got == nil:
			d.say("missing entry %s: %s", want.ID, showFields(want.fields))
		case want == nil:
			d.say("unexpected entry %s: %s", got.ID, showFields(got.fields))
		case !slices.Equal(want.fields, got.fields):
			d.say("entry %s: want %s, got %s", want.ID, showFields(want.fields), showFields(got.fields))
		}
	})
	if want.lastID != got.lastID {
		d.say("last id: want %s, got %s", want.lastID, got.lastID)
	}
	if want.counters != nil && got.counters != nil && *want.counters != *got.counters {
		d.say("counters: want %d added and %s the last deleted, got %d and %s", want.counters.EntriesAdded,
			want.counters.MaxDeletedID, got.counters.EntriesAdded, got.counters.MaxDeletedID)
	}
	inTurn(want.groups, got.groups, func(a, b Group) int { return strings.Compare(a.Name, b.Name) }, func(want, got *Group) {
		switch {
		case got == nil:
			d.say("missing group %s", words.Quote(want.Name))
		case want == nil:
			d.say("unexpected group %s", words.Quote(got.Name))
		default:
			d.groups(*want, *got)
		}
	})
}

func (d *differ) groups(want, got Group) {
	outer := d.key
	defer func() { d.key = outer }()
	d.key += ": group " + words.Quote(want.Name)
	if want.LastID != got.LastID {
		d.say("last id: want %s, got %s", want.LastID, got.LastID)
	}
	if want.entriesRead != nil && got.entriesRead != nil && *want.entriesRead != *got.entriesRead {
		d.say("entries read: want %d, got %d", *want.entriesRead, *got.entriesRead)
	}
	d.sets("consumer", want.consumers, got.consumers)
	inTurn(want.pending, got.pending, func(a, b Pending) int { return a.ID.Compare(b.ID) }, func(want, got *Pending) {
		switch {
		case got == nil:
			d.say("missing pending entry %s of %s", want.ID, words.Quote(want.Consumer))
		case want == nil:
			d.say("unexpected pending entry %s of %s", got.ID, words.Quote(got.Consumer))
		default:
			d.pending(*want, *got)
		}
	})
}

func (d *differ) pending(want, got Pending) {
	if want.Consumer != got.Consumer {
		d.say("pending entry %s: want consumer %s, got %s", want.ID, words.Quote(want.Consumer), words.Quote(got.Consumer))
	}
	if want.Count != got.Count {
		d.say("pending entry %s: want %d deliveries, got %d", want.ID, want.Count, got.Count)
	}
	if want.Delivered.Sub(got.Delivered).Abs() > clockGrain {
		d.say("pending entry %s: want delivered at %s, got %s", want.ID, want.Delivered.UTC().Format(timeFormat),
			got.Delivered.UTC().Format(timeFormat))
	}
}

// clockGrain is how far times of delivery may be apart and yet be the same: the embedded server only tells how long ago
// it was, cut to whole milliseconds.
const clockGrain = time.Millisecond

const timeFormat = "2006-01-02T15:04:05.000Z"

func showFields(fields []string) string {
	shown := make([]string, len(fields))
	for i, word := range fields {
		shown[i] = brief(word)
	}
	return strings.Join(shown, " ")
}
