package conformance

import (
	"context"
	"fmt"

	"github.com/onsi/gomega"
	"github.com/redis/go-redis/v9"
)

func streamSpecs(s *suite) {
	streamAdding(s)
	streamTrimming(s)
	streamReading(s)
	s.refuses("string", holdString,
		refusal{"XADD", []any{theKey, "*", "f", "v"}},
		refusal{"XLEN", []any{theKey}},
		refusal{"XRANGE", []any{theKey, "-", "+"}},
		refusal{"XDEL", []any{theKey, "1-1"}},
		refusal{"XTRIM", []any{theKey, "MAXLEN", 1}},
		refusal{"XREAD", []any{"STREAMS", theKey, 0}},
	)
}

// entries adds entries with the field n, one for each id.
func (t *trial) entries(ctx context.Context, stream string, ids ...string) {
	for i, id := range ids {
		returns(t, t.XAdd(ctx, &redis.XAddArgs{Stream: stream, ID: id, Values: []any{"n", i + 1}}), id)
	}
}

// entry is what reading returns for an entry added by entries.
func entry(id string, n int) redis.XMessage {
	return redis.XMessage{ID: id, Values: map[string]any{"n": fmt.Sprint(n)}}
}

// ids returns the ids of a stream in order.
func (t *trial) ids(ctx context.Context, stream string) []string {
	messages, err := t.XRange(ctx, stream, "-", "+").Result()
	t.ExpectWithOffset(1, err).NotTo(gomega.HaveOccurred())
	ids := []string{}
	for _, m := range messages {
		ids = append(ids, m.ID)
	}
	return ids
}

func streamAdding(s *suite) {
	s.it("XADD with * makes ids that grow", func(ctx context.Context, t *trial) {
		var added []string
		for range 50 {
			id, err := t.XAdd(ctx, &redis.XAddArgs{Stream: t.key("x"), Values: []string{"f", "v"}}).Result()
			t.Expect(err).NotTo(gomega.HaveOccurred())
			t.Expect(id).To(gomega.MatchRegexp(`^\d+-\d+$`))
			added = append(added, id)
		}
		t.Expect(t.ids(ctx, t.key("x"))).To(gomega.Equal(added))
	})
	s.it("XADD takes an id, and fills in the sequence of an incomplete one", func(ctx context.Context, t *trial) {
		returns(t, t.Do(ctx, "XADD", t.key("x"), "5-3", "f", "v"), any("5-3"))
		returns(t, t.Do(ctx, "XADD", t.key("x"), "5-*", "f", "v"), any("5-4"))
		returns(t, t.Do(ctx, "XADD", t.key("x"), "7", "f", "v"), any("7-0"))
		returns(t, t.Do(ctx, "XADD", t.key("x"), "8-*", "f", "v"), any("8-0"))
	})
	s.it("XADD refuses ids that do not grow, and zero", func(ctx context.Context, t *trial) {
		t.fails(t.Do(ctx, "XADD", t.key("x"), "0-0", "f", "v"), "ERR The ID specified in XADD must be greater than 0-0")
		t.entries(ctx, t.key("x"), "5-5")
		for _, id := range []string{"5-5", "5-4", "4-9"} {
			t.fails(t.Do(ctx, "XADD", t.key("x"), id, "f", "v"),
				"ERR The ID specified in XADD is equal or smaller than the target stream top item")
		}
		t.fails(t.Do(ctx, "XADD", t.key("x"), "next", "f", "v"), "ERR Invalid stream ID specified as stream command argument")
	})
	s.it("XADD refuses fields without values", func(ctx context.Context, t *trial) {
		t.fails(t.Do(ctx, "XADD", t.key("x"), "*", "f"), "ERR wrong number of arguments for 'xadd' command")
		t.fails(t.Do(ctx, "XADD", t.key("x"), "*", "f", "v", "g"), "ERR wrong number of arguments for 'xadd' command")
	})
	s.it("XADD NOMKSTREAM adds only to an existing stream", func(ctx context.Context, t *trial) {
		args := &redis.XAddArgs{Stream: t.key("x"), NoMkStream: true, ID: "2-1", Values: []string{"f", "v"}}
		t.misses(t.XAdd(ctx, args))
		returns(t, t.Exists(ctx, t.key("x")), 0)
		t.entries(ctx, t.key("x"), "1-1")
		returns(t, t.XAdd(ctx, args), "2-1")
	})
	s.it("an entry keeps its fields in order, equal names and any bytes as well", func(ctx context.Context, t *trial) {
		t.succeeds(t.Do(ctx, "XADD", t.key("x"), "1-1", "b", "1", "a", "\x00\xff", "b", "2"))
		returns(t, t.Do(ctx, "XRANGE", t.key("x"), "-", "+"),
			any([]any{[]any{"1-1", []any{"b", "1", "a", "\x00\xff", "b", "2"}}}))
	})
	s.it("XADD MAXLEN and MINID trim while they add", func(ctx context.Context, t *trial) {
		t.entries(ctx, t.key("x"), "1-1", "2-1", "3-1")
		t.succeeds(t.XAdd(ctx, &redis.XAddArgs{Stream: t.key("x"), ID: "4-1", MaxLen: 2, Values: []string{"f", "v"}}))
		t.Expect(t.ids(ctx, t.key("x"))).To(gomega.Equal([]string{"3-1", "4-1"}))
		t.succeeds(t.XAdd(ctx, &redis.XAddArgs{Stream: t.key("x"), ID: "5-1", MinID: "4", Values: []string{"f", "v"}}))
		t.Expect(t.ids(ctx, t.key("x"))).To(gomega.Equal([]string{"4-1", "5-1"}))
	})
	s.it("XDEL removes entries, keeps the stream and never reuses its last id", func(ctx context.Context, t *trial) {
		t.entries(ctx, t.key("x"), "1-1", "2-1")
		returns(t, t.XDel(ctx, t.key("x"), "1-1", "2-1", "9-9"), 2)
		returns(t, t.Exists(ctx, t.key("x")), 1)
		returns(t, t.XLen(ctx, t.key("x")), 0)
		t.fails(t.Do(ctx, "XADD", t.key("x"), "2-1", "f", "v"), "ERR The ID specified in XADD is equal or smaller")
	})
	s.it("XSETID moves the last id", func(ctx context.Context, t *trial) {
		t.entries(ctx, t.key("x"), "1-1")
		returns(t, t.Do(ctx, "XSETID", t.key("x"), "9-1"), any("OK"))
		returns(t, t.Do(ctx, "XADD", t.key("x"), "9-*", "f", "v"), any("9-2"))
		t.fails(t.Do(ctx, "XSETID", t.key("x"), "1-1"), "ERR The ID specified in XSETID is smaller than the target stream top item")
	})
}

func streamTrimming(s *suite) {
	s.it("XTRIM MAXLEN keeps the newest and counts the removed", func(ctx context.Context, t *trial) {
		t.entries(ctx, t.key("x"), "1-1", "2-1", "3-1", "4-1")
		returns(t, t.XTrimMaxLen(ctx, t.key("x"), 2), 2)
		t.Expect(t.ids(ctx, t.key("x"))).To(gomega.Equal([]string{"3-1", "4-1"}))
		returns(t, t.XTrimMaxLen(ctx, t.key("x"), 0), 2)
		returns(t, t.Exists(ctx, t.key("x")), 1)
	})
	s.it("XTRIM MINID removes what is older", func(ctx context.Context, t *trial) {
		t.entries(ctx, t.key("x"), "1-1", "2-1", "2-2", "3-1")
		returns(t, t.XTrimMinID(ctx, t.key("x"), "2-2"), 2)
		t.Expect(t.ids(ctx, t.key("x"))).To(gomega.Equal([]string{"2-2", "3-1"}))
	})
	s.it("XTRIM with ~ keeps at least as many as asked", func(ctx context.Context, t *trial) {
		t.entries(ctx, t.key("x"), "1-1", "2-1", "3-1")
		t.succeeds(t.XTrimMaxLenApprox(ctx, t.key("x"), 2, 0))
		matches(t, t.XLen(ctx, t.key("x")), gomega.BeNumerically(">=", 2))
	})
	s.it("XTRIM refuses LIMIT without ~", func(ctx context.Context, t *trial) {
		t.entries(ctx, t.key("x"), "1-1")
		t.fails(t.Do(ctx, "XTRIM", t.key("x"), "MAXLEN", 1, "LIMIT", 5),
			"ERR syntax error, LIMIT cannot be used without the special ~ option")
	})
	s.it("XTRIM of a missing stream removes nothing", func(ctx context.Context, t *trial) {
		returns(t, t.XTrimMaxLen(ctx, t.key("x"), 2), 0)
	})
}

func streamReading(s *suite) {
	s.it("XRANGE includes both ends; an id without sequence covers its millisecond", func(ctx context.Context, t *trial) {
		t.entries(ctx, t.key("x"), "1-1", "2-1", "2-2", "3-1")
		returns(t, t.XRange(ctx, t.key("x"), "2", "2"), []redis.XMessage{entry("2-1", 2), entry("2-2", 3)})
		returns(t, t.XRange(ctx, t.key("x"), "-", "1-1"), []redis.XMessage{entry("1-1", 1)})
		returns(t, t.XRangeN(ctx, t.key("x"), "-", "+", 2), []redis.XMessage{entry("1-1", 1), entry("2-1", 2)})
		matches(t, t.XRange(ctx, t.key("x"), "3", "1"), gomega.BeEmpty())
		matches(t, t.XRange(ctx, t.key("missing"), "-", "+"), gomega.BeEmpty())
	})
	s.it("XRANGE with ( leaves out an end", func(ctx context.Context, t *trial) {
		t.entries(ctx, t.key("x"), "1-1", "2-1", "3-1")
		returns(t, t.XRange(ctx, t.key("x"), "(1-1", "(3-1"), []redis.XMessage{entry("2-1", 2)})
	})
	s.it("XREVRANGE returns the newest first", func(ctx context.Context, t *trial) {
		t.entries(ctx, t.key("x"), "1-1", "2-1", "3-1")
		returns(t, t.XRevRangeN(ctx, t.key("x"), "+", "-", 2), []redis.XMessage{entry("3-1", 3), entry("2-1", 2)})
	})
	s.it("XREAD returns what is newer than each id, up to COUNT for each stream", func(ctx context.Context, t *trial) {
		t.entries(ctx, t.key("a"), "1-1", "2-1", "3-1")
		t.entries(ctx, t.key("b"), "5-1")
		returns(t, t.XRead(ctx, &redis.XReadArgs{Streams: []string{t.key("a"), t.key("b"), "1-1", "0"}, Count: 1, Block: -1}),
			[]redis.XStream{
				{Stream: t.key("a"), Messages: []redis.XMessage{entry("2-1", 2)}},
				{Stream: t.key("b"), Messages: []redis.XMessage{entry("5-1", 1)}},
			})
	})
	s.it("XREAD leaves out streams without news, and returns nil where there are none", func(ctx context.Context, t *trial) {
		t.entries(ctx, t.key("a"), "1-1")
		t.entries(ctx, t.key("b"), "1-1")
		returns(t, t.XRead(ctx, &redis.XReadArgs{Streams: []string{t.key("a"), t.key("b"), "0", "$"}, Block: -1}),
			[]redis.XStream{{Stream: t.key("a"), Messages: []redis.XMessage{entry("1-1", 1)}}})
		t.misses(t.XRead(ctx, &redis.XReadArgs{Streams: []string{t.key("a"), "$"}, Block: -1}))
		t.misses(t.XRead(ctx, &redis.XReadArgs{Streams: []string{t.key("missing"), "0"}, Block: -1}))
	})
	s.it("XREAD refuses unequal numbers of streams and ids", func(ctx context.Context, t *trial) {
		t.fails(t.Do(ctx, "XREAD", "STREAMS", t.key("a"), t.key("b"), "0"), "ERR Unbalanced")
	})
	s.it("XLEN counts entries, zero for a missing stream", func(ctx context.Context, t *trial) {
		returns(t, t.XLen(ctx, t.key("x")), 0)
		t.entries(ctx, t.key("x"), "1-1", "2-1")
		returns(t, t.XLen(ctx, t.key("x")), 2)
	})
	s.it("XINFO STREAM tells length, last id, groups and the ends", func(ctx context.Context, t *trial) {
		t.entries(ctx, t.key("x"), "1-1", "2-1", "3-1")
		t.succeeds(t.XGroupCreate(ctx, t.key("x"), "g", "0"), t.XDel(ctx, t.key("x"), "2-1"))
		info, err := t.XInfoStream(ctx, t.key("x")).Result()
		t.Expect(err).NotTo(gomega.HaveOccurred())
		t.Expect(info.Length).To(gomega.Equal(int64(2)))
		t.Expect(info.LastGeneratedID).To(gomega.Equal("3-1"))
		t.Expect(info.Groups).To(gomega.Equal(int64(1)))
		t.Expect(info.FirstEntry).To(gomega.Equal(entry("1-1", 1)))
		t.Expect(info.LastEntry).To(gomega.Equal(entry("3-1", 3)))
	})
	s.it("XINFO STREAM tells how many entries were added and the greatest id deleted", func(ctx context.Context, t *trial) {
		t.entries(ctx, t.key("x"), "1-1", "2-1", "3-1")
		t.succeeds(t.XDel(ctx, t.key("x"), "2-1"))
		info, err := t.XInfoStream(ctx, t.key("x")).Result()
		t.Expect(err).NotTo(gomega.HaveOccurred())
		t.Expect(info.EntriesAdded).To(gomega.Equal(int64(3)))
		t.Expect(info.MaxDeletedEntryID).To(gomega.Equal("2-1"))
	})
	s.it("XINFO STREAM refuses a missing stream", func(ctx context.Context, t *trial) {
		t.fails(t.XInfoStream(ctx, t.key("x")), "ERR no such key")
	})
}
