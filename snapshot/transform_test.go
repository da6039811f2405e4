package snapshot_test

import (
	"math/rand/v2"
	"regexp"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/internal/keyspacetest"
	"github.com/compozy/rediskit/snapshot"
)

func TestScrubReplacesInEveryWord(t *testing.T) {
	t.Parallel()
	id := regexp.MustCompile(`id-[0-9]+`)
	got := snapshot.Scrub(decode(t, `SELECT 0
HSET hash:id-1 field-id-2 'value id-3'
RPUSH list id-5
RPUSH list id-4
SADD set id-6
SADD set id-7
SADD set other
XADD stream 5-0 of-id-8 id-9
XGROUP CREATE stream group-id-10 5-0
XGROUP CREATECONSUMER stream group-id-10 idle-id-11
XCLAIM stream group-id-10 busy-id-12 0 5-0 TIME 1700000000000 RETRYCOUNT 2 FORCE JUSTID
SET text id-13
PEXPIRE text 5000
ZADD zset 1 id-14
ZADD zset 2 id-15
`), id, "ID")
	require.Equal(t, `SELECT 0
HSET hash:ID field-ID 'value ID'
RPUSH list ID
RPUSH list ID
SADD set ID
SADD set other
XADD stream 5-0 of-ID ID
XGROUP CREATE stream group-ID 5-0
XGROUP CREATECONSUMER stream group-ID idle-ID
XCLAIM stream group-ID busy-ID 0 5-0 TIME 1700000000000 RETRYCOUNT 2 FORCE JUSTID
SET text ID
PEXPIRE text 5000
ZADD zset 2 ID
`, encode(t, got))
}

func TestWhatScrubMakesEqualBecomesOne(t *testing.T) {
	t.Parallel()
	got := snapshot.Scrub(decode(t, `HSET h a1 first
HSET h a2 second
SET k1 first
SET k2 second
XADD s 1-0 f v
XGROUP CREATE s g1 0-0
XGROUP CREATE s g2 1-0
`), regexp.MustCompile(`[0-9]+`), "$0-")
	require.Equal(t, 4, got.Len())
	got = snapshot.Scrub(got, regexp.MustCompile(`[0-9]+-`), "N")
	require.Equal(t, `SELECT 0
HSET h aN second
SET kN second
XADD s 1-0 f v
XGROUP CREATE s gN 1-0
`, encode(t, got))
	require.Equal(t, encode(t, got), encode(t, decode(t, encode(t, got))))
}

func TestRenumberForgetsTheClock(t *testing.T) {
	t.Parallel()
	got := snapshot.Renumber(decode(t, `SELECT 0
XADD stream 1700000000000-0 "" ""
XADD stream 1700000000000-1 a 1
XADD stream 1700000005000-0 b 2
XGROUP CREATE stream began 0-0
XGROUP CREATE stream done 1700000005000-0 ENTRIESREAD 3
XCLAIM stream done c 0 1700000000000-0 TIME 1700000006000 RETRYCOUNT 2 FORCE JUSTID
XDEL stream 1700000000000-0
XSETID stream 1700000009000-7 ENTRIESADDED 4 MAXDELETEDID 1700000000000-0
SET text 1700000000000-0
`))
	require.Equal(t, `SELECT 0
XADD stream 1-0 "" ""
XADD stream 2-0 a 1
XADD stream 3-0 b 2
XGROUP CREATE stream began 0-0
XGROUP CREATE stream done 3-0 ENTRIESREAD 3
XCLAIM stream done c 0 1-0 TIME 0 RETRYCOUNT 2 FORCE JUSTID
XDEL stream 1-0
XSETID stream 4-0 ENTRIESADDED 4 MAXDELETEDID 1-0
SET text 1700000000000-0
`, encode(t, got))
}

func TestWithoutTTL(t *testing.T) {
	t.Parallel()
	got := snapshot.WithoutTTL(decode(t, "HSET h f v\nHPEXPIRE h 5000 FIELDS 1 f\nPEXPIRE h 9000\nSET s v PX 1\n"))
	require.Equal(t, "SELECT 0\nHSET h f v\nSET s v\n", encode(t, got))
}

// Whatever is made of a snapshot, and by however many goroutines: it stays as it is.
func TestASnapshotNeverChanges(t *testing.T) {
	t.Parallel()
	s := keyspacetest.Generate(rand.New(rand.NewPCG(9, 10)), 120, keyspacetest.Options{Databases: 3, FieldTTLs: true, Counters: true})
	before := encode(t, s)
	uses := []func(){
		func() { assert.Equal(t, before, encode(t, s)) },
		func() { assert.Empty(t, snapshot.Diff(s, s)) },
		func() { assert.NotEmpty(t, snapshot.Diff(s, &snapshot.Snapshot{})) },
		func() { snapshot.Scrub(s, regexp.MustCompile(`[a-z]`), "x") },
		func() { snapshot.Renumber(s) },
		func() { snapshot.WithoutTTL(s) },
		func() { capture(t, s, snapshot.Match("*1*"), snapshot.Databases(1)) },
		func() { assert.NoError(t, snapshot.Restore(t.Context(), embedded(t), s)) },
		func() {
			for _, db := range s.Databases() {
				for key := range s.Keys(db) {
					again, ok := s.Key(db, key.Name)
					assert.True(t, ok)
					assert.Equal(t, key, again)
				}
			}
		},
	}
	var working sync.WaitGroup
	for _, use := range uses {
		for range 3 {
			working.Go(use)
		}
	}
	working.Wait()
	require.Equal(t, before, encode(t, s))
}

func TestABuilderMakesWhatRedisCouldHold(t *testing.T) {
	t.Parallel()
	var b snapshot.Builder
	for name, empty := range map[string]snapshot.Value{
		"nil": nil, "list": snapshot.NewList(), "hash": snapshot.NewHash(), "set": snapshot.NewSet(), "zset": snapshot.NewSortedSet(),
	} {
		b.Set(0, snapshot.Key{Name: name, Value: empty})
	}
	b.Set(4, snapshot.Key{Name: "gone", Value: snapshot.String("x")})
	b.Set(4, snapshot.Key{Name: "gone"})
	b.Set(1, snapshot.Key{Name: "brief", Value: snapshot.String("x"), TTL: 1})
	b.Set(1, snapshot.Key{Name: "negative", Value: snapshot.String("x"), TTL: -1})
	b.Set(1, snapshot.Key{Name: "set", Value: snapshot.NewSet("b", "a", "b")})
	b.Set(1, snapshot.Key{Name: "zset", Value: snapshot.NewSortedSet(snapshot.Member{Name: "a", Score: 2}, snapshot.Member{Name: "a", Score: 1})})
	b.Set(1, snapshot.Key{Name: "hash", Value: snapshot.NewHash(snapshot.Field{Name: "f", Value: "1"}, snapshot.Field{Name: "f", Value: "2"})})
	s := b.Snapshot()
	require.Equal(t, []int{1}, s.Databases())
	require.Equal(t, "SELECT 1\nSET brief x\nPEXPIRE brief 1\nHSET hash f 2\nSET negative x\nSADD set a\nSADD set b\nZADD zset 1 a\n", encode(t, s))
	require.Empty(t, snapshot.Diff(s, decode(t, encode(t, s))))
}

func TestAStreamIsWalked(t *testing.T) {
	t.Parallel()
	key, ok := decode(t, everyType+"SELECT 0\nXSETID orders 9-0 ENTRIESADDED 7 MAXDELETEDID 4-0\n").Key(0, "orders")
	require.True(t, ok)
	stream, ok := key.Value.(*snapshot.Stream)
	require.True(t, ok)
	require.Equal(t, 1, stream.Len())
	require.Equal(t, "9-0", stream.LastID().String())
	counters, counted := stream.Counters()
	require.True(t, counted)
	require.Equal(t, snapshot.StreamCounters{EntriesAdded: 7, MaxDeletedID: snapshot.StreamID{Milliseconds: 4}}, counters)
	for entry := range stream.Entries() {
		for field, value := range entry.Fields() {
			require.Contains(t, []string{"sku 42", "qty 1"}, field+" "+value)
		}
	}
	for group := range stream.Groups() {
		_, known := group.EntriesRead()
		require.False(t, known)
		var consumers []string
		for consumer := range group.Consumers() {
			consumers = append(consumers, consumer)
		}
		require.Equal(t, []string{"idle", "w1"}, consumers)
		for pending := range group.Pending() {
			require.Equal(t, "w1", pending.Consumer)
		}
	}
}
