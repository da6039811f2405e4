package rdb_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/snapshot"
	"github.com/compozy/rediskit/snapshot/rdb"
)

// twoEntries is a listpack of 5-0 (a 1), 5-1 (a 2, deleted) and 6-0 (b x, c y), to which the id 5-0 belongs.
func twoEntries() string {
	return listpack(
		tiny(2), tiny(1), tiny(1), small("a"), tiny(0), // the first entry's field
		tiny(2), tiny(0), tiny(0), tiny(1), tiny(4),
		tiny(3), tiny(0), tiny(1), tiny(2), tiny(4),
		tiny(0), tiny(1), tiny(0), tiny(2), small("b"), small("x"), small("c"), small("y"), tiny(8),
	)
}

// afterEntries is what all versions have behind the listpacks: the length and the last id.
func afterEntries() []byte { return bytesOf(2, 6, 0) }

// aGroup is one with two pending entries, 5-1 of c1 and 6-0 of c2, and with c3. Times are at the place of seen.
func aGroup(name string, last, read, seen []byte) []byte {
	const delivered = 1_600_000_000_000
	return bytesOf(
		name, last, read,
		2, rawID(5, 1), little(8, delivered), 3, rawID(6, 0), little(8, delivered+1), 1,
		3, "c1", seen, 1, rawID(5, 1), "c2", seen, 1, rawID(6, 0), "c3", seen, 0,
	)
}

func wantedGroup(name string, last snapshot.StreamID) snapshot.Group {
	const delivered = 1_600_000_000_000
	return snapshot.NewGroup(name, last, []string{"c3"}, []snapshot.Pending{
		{ID: snapshot.StreamID{Milliseconds: 5, Sequence: 1}, Consumer: "c1", Delivered: time.UnixMilli(delivered), Count: 3},
		{ID: snapshot.StreamID{Milliseconds: 6}, Consumer: "c2", Delivered: time.UnixMilli(delivered + 1), Count: 1},
	})
}

func wantedStream(groups ...snapshot.Group) *snapshot.Stream {
	return snapshot.NewStream(snapshot.StreamID{Milliseconds: 6}, []snapshot.Entry{
		snapshot.NewEntry(snapshot.StreamID{Milliseconds: 5}, "a", "1"),
		snapshot.NewEntry(snapshot.StreamID{Milliseconds: 6}, "b", "x", "c", "y"),
	}, groups)
}

func handmadeStreams() map[string]handmade {
	seen := bytesOf(little(8, moment))
	five, six, counted := bytesOf(5, 0), bytesOf(6, 0), bytesOf(5, 0, 5, 1, 3) // first id, last deleted one, entries added
	unknown := bytesOf(0x81, little(8, -1))
	id := func(ms, seq uint64) snapshot.StreamID { return snapshot.StreamID{Milliseconds: ms, Sequence: seq} }
	first := wantedStream(
		wantedGroup("at the first", id(5, 0)).WithEntriesRead(1),
		wantedGroup("at the last", id(6, 0)).WithEntriesRead(2),
		wantedGroup("before all", id(4, 0)).WithEntriesRead(0),
		wantedGroup("behind all", id(7, 0)),
		wantedGroup("between", id(5, 1)),
	).WithCounters(snapshot.StreamCounters{EntriesAdded: 2})
	later := snapshot.StreamCounters{EntriesAdded: 3, MaxDeletedID: id(5, 1)}
	return map[string]handmade{
		"stream, first form": {
			bytesOf(15, 1, string(rawID(5, 0)), twoEntries(), afterEntries(), 5,
				aGroup("at the first", five, nil, seen), aGroup("at the last", six, nil, seen), aGroup("before all", bytesOf(4, 0), nil, seen),
				aGroup("behind all", bytesOf(7, 0), nil, seen), aGroup("between", bytesOf(5, 1), nil, seen)),
			first,
		},
		"stream, first form, without entries": {
			bytesOf(15, 0, 0, 6, 0, 2, "g", five, 0, 0, "h", bytesOf(7, 0), 0, 0),
			snapshot.NewStream(id(6, 0), nil, []snapshot.Group{
				snapshot.NewGroup("g", id(5, 0), nil, nil).WithEntriesRead(0),
				snapshot.NewGroup("h", id(7, 0), nil, nil).WithEntriesRead(0),
			}).WithCounters(snapshot.StreamCounters{}),
		},
		"stream, second form": {
			bytesOf(19, 1, string(rawID(5, 0)), twoEntries(), afterEntries(), counted, 2,
				aGroup("known", six, bytesOf(3), seen), aGroup("unknown", six, unknown, seen)),
			wantedStream(wantedGroup("known", id(6, 0)).WithEntriesRead(3), wantedGroup("unknown", id(6, 0))).WithCounters(later),
		},
		"stream, third form": {
			bytesOf(21, 1, string(rawID(5, 0)), twoEntries(), afterEntries(), counted, 1,
				aGroup("g", six, bytesOf(2), bytesOf(seen, seen))),
			wantedStream(wantedGroup("g", id(6, 0)).WithEntriesRead(2)).WithCounters(later),
		},
		"stream whose sequence numbers go down": {
			bytesOf(19, 1, string(rawID(5, 9)), listpack(
				tiny(2), tiny(0), tiny(0), tiny(0), tiny(2), tiny(0), tiny(0), tiny(3), tiny(2), tiny(1), "\xdf\xf8", tiny(3),
			), 2, 6, 1, 5, 9, 0, 0, 2, 0),
			snapshot.NewStream(id(6, 1), []snapshot.Entry{snapshot.NewEntry(id(5, 9)), snapshot.NewEntry(id(6, 1))}, nil).
				WithCounters(snapshot.StreamCounters{EntriesAdded: 2}),
		},
	}
}

func TestEveryStream(t *testing.T) {
	t.Parallel()
	for name, test := range handmadeStreams() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := rdb.DecodeValue(payloadOf(test.value))
			require.NoError(t, err)
			assert.Empty(t, diffValues(test.want, got))
		})
	}
}

func diffValues(want, got snapshot.Value) string {
	return snapshot.Diff(single(want), single(got))
}

// single is the keyspace of one key.
func single(value snapshot.Value) *snapshot.Snapshot {
	var b snapshot.Builder
	b.Set(0, snapshot.Key{Name: "key", Value: value})
	return b.Snapshot()
}

// What redis-server can read of it, it reads in the same way.
func TestEveryStreamMeansTheSameToRedis(t *testing.T) {
	t.Parallel()
	const newestOfRedis7 = 19
	client := realServer(t)
	var want snapshot.Builder
	for name, test := range handmadeStreams() {
		if test.value[0] <= newestOfRedis7 {
			require.NoError(t, client.Restore(t.Context(), name, 0, string(payloadOf(test.value))).Err(), name)
			want.Set(0, snapshot.Key{Name: name, Value: test.want})
		}
	}
	got := capture(t, snapshot.Of(client))
	require.Empty(t, snapshot.Diff(want.Snapshot(), got))
	require.Equal(t, readCounters(want.Snapshot()), readCounters(got))
}

// readCounters tells which counters are known, which Diff overlooks.
func readCounters(s *snapshot.Snapshot) map[string]int64 {
	counters := map[string]int64{}
	for key := range s.Keys(0) {
		stream, ok := key.Value.(*snapshot.Stream)
		if !ok {
			continue
		}
		for g := range stream.Groups() {
			if n, ok := g.EntriesRead(); ok {
				counters[key.Name+": "+g.Name] = n
			}
		}
	}
	return counters
}
