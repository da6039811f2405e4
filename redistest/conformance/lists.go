package conformance

import (
	"context"
	"strings"

	"github.com/onsi/gomega"
	"github.com/redis/go-redis/v9"
)

func listSpecs(s *suite) {
	listEnds(s)
	listInsides(s)
	listMoves(s)
	s.refuses("string", holdString,
		refusal{"LPUSH", []any{theKey, "x"}},
		refusal{"RPUSHX", []any{theKey, "x"}},
		refusal{"LPOP", []any{theKey}},
		refusal{"LLEN", []any{theKey}},
		refusal{"LRANGE", []any{theKey, 0, -1}},
		refusal{"LINDEX", []any{theKey, 0}},
		refusal{"LSET", []any{theKey, 0, "x"}},
		refusal{"LREM", []any{theKey, 0, "x"}},
		refusal{"LTRIM", []any{theKey, 0, 1}},
		refusal{"LPOS", []any{theKey, "x"}},
		refusal{"LMOVE", []any{theKey, theKey, "LEFT", "RIGHT"}},
	)
}

func listEnds(s *suite) {
	s.it("RPUSH appends and LPUSH prepends one by one, and return the length", func(ctx context.Context, t *trial) {
		returns(t, t.RPush(ctx, t.key("l"), "c", "d"), 2)
		returns(t, t.LPush(ctx, t.key("l"), "b", "a"), 4)
		returns(t, t.LRange(ctx, t.key("l"), 0, -1), []string{"a", "b", "c", "d"})
	})
	s.it("LPUSHX and RPUSHX push only to an existing list", func(ctx context.Context, t *trial) {
		returns(t, t.LPushX(ctx, t.key("l"), "x"), 0)
		returns(t, t.RPushX(ctx, t.key("l"), "x"), 0)
		returns(t, t.Exists(ctx, t.key("l")), 0)
		t.succeeds(t.RPush(ctx, t.key("l"), "b"))
		returns(t, t.LPushX(ctx, t.key("l"), "a"), 2)
		returns(t, t.RPushX(ctx, t.key("l"), "c"), 3)
	})
	s.it("LPOP and RPOP take from the ends, nil from a missing list", func(ctx context.Context, t *trial) {
		t.succeeds(t.RPush(ctx, t.key("l"), "a", "b", "c"))
		returns(t, t.LPop(ctx, t.key("l")), "a")
		returns(t, t.RPop(ctx, t.key("l")), "c")
		returns(t, t.LPop(ctx, t.key("l")), "b")
		t.misses(t.LPop(ctx, t.key("l")))
		t.misses(t.RPop(ctx, t.key("l")))
	})
	s.it("a list that becomes empty is removed", func(ctx context.Context, t *trial) {
		t.succeeds(t.RPush(ctx, t.key("l"), "a"), t.LPop(ctx, t.key("l")))
		returns(t, t.Exists(ctx, t.key("l")), 0)
	})
	s.it("LPOP with a count takes up to that many in order", func(ctx context.Context, t *trial) {
		t.succeeds(t.RPush(ctx, t.key("l"), "a", "b", "c", "d"))
		returns(t, t.LPopCount(ctx, t.key("l"), 2), []string{"a", "b"})
		returns(t, t.RPopCount(ctx, t.key("l"), 9), []string{"d", "c"})
		t.misses(t.LPopCount(ctx, t.key("l"), 1))
	})
	s.it("LPOP with count zero takes nothing", func(ctx context.Context, t *trial) {
		t.succeeds(t.RPush(ctx, t.key("l"), "a"))
		matches(t, t.LPopCount(ctx, t.key("l"), 0), gomega.BeEmpty())
		returns(t, t.LLen(ctx, t.key("l")), 1)
	})
	s.it("LPOP refuses a count below zero", func(ctx context.Context, t *trial) {
		t.fails(t.Do(ctx, "LPOP", t.key("l"), -1), "ERR value is out of range, must be positive")
	})
	s.it("LMPOP takes from the first list that has elements", func(ctx context.Context, t *trial) {
		t.succeeds(t.RPush(ctx, t.key("b"), "1", "2", "3"))
		got, values, err := t.LMPop(ctx, "right", 2, t.key("a"), t.key("b")).Result()
		t.Expect(err).NotTo(gomega.HaveOccurred())
		t.Expect(got).To(gomega.Equal(t.key("b")))
		t.Expect(values).To(gomega.Equal([]string{"3", "2"}))
		t.misses(t.LMPop(ctx, "left", 1, t.key("a")))
	})
	s.it("elements hold any bytes", func(ctx context.Context, t *trial) {
		elements := []string{"\x00\xff", "\r\n", "", strings.Repeat("x", 10_000)}
		t.succeeds(t.RPush(ctx, t.key("l"), elements))
		returns(t, t.LRange(ctx, t.key("l"), 0, -1), elements)
	})
}

func listInsides(s *suite) {
	s.it("LRANGE includes both ends, counts from the end below zero, and clips", func(ctx context.Context, t *trial) {
		t.succeeds(t.RPush(ctx, t.key("l"), "a", "b", "c"))
		returns(t, t.LRange(ctx, t.key("l"), 0, 0), []string{"a"})
		returns(t, t.LRange(ctx, t.key("l"), -2, -1), []string{"b", "c"})
		returns(t, t.LRange(ctx, t.key("l"), -100, 100), []string{"a", "b", "c"})
		matches(t, t.LRange(ctx, t.key("l"), 5, 10), gomega.BeEmpty())
		matches(t, t.LRange(ctx, t.key("l"), 2, 1), gomega.BeEmpty())
		matches(t, t.LRange(ctx, t.key("missing"), 0, -1), gomega.BeEmpty())
	})
	s.it("LINDEX returns one element, nil out of range", func(ctx context.Context, t *trial) {
		t.succeeds(t.RPush(ctx, t.key("l"), "a", "b"))
		returns(t, t.LIndex(ctx, t.key("l"), 0), "a")
		returns(t, t.LIndex(ctx, t.key("l"), -1), "b")
		t.misses(t.LIndex(ctx, t.key("l"), 2))
	})
	s.it("LSET replaces one element and refuses others", func(ctx context.Context, t *trial) {
		t.fails(t.LSet(ctx, t.key("l"), 0, "x"), "ERR no such key")
		t.succeeds(t.RPush(ctx, t.key("l"), "a", "b"))
		returns(t, t.LSet(ctx, t.key("l"), -1, "c"), "OK")
		t.fails(t.LSet(ctx, t.key("l"), 2, "x"), "ERR index out of range")
		returns(t, t.LRange(ctx, t.key("l"), 0, -1), []string{"a", "c"})
	})
	s.it("LINSERT inserts beside the first pivot", func(ctx context.Context, t *trial) {
		t.succeeds(t.RPush(ctx, t.key("l"), "a", "c", "c"))
		returns(t, t.LInsertBefore(ctx, t.key("l"), "c", "b"), 4)
		returns(t, t.LInsertAfter(ctx, t.key("l"), "c", "d"), 5)
		returns(t, t.LRange(ctx, t.key("l"), 0, -1), []string{"a", "b", "c", "d", "c"})
	})
	s.it("LINSERT returns -1 without the pivot and 0 without the list", func(ctx context.Context, t *trial) {
		returns(t, t.LInsertBefore(ctx, t.key("l"), "x", "y"), 0)
		t.succeeds(t.RPush(ctx, t.key("l"), "a"))
		returns(t, t.LInsertBefore(ctx, t.key("l"), "x", "y"), -1)
	})
	s.it("LREM removes from the head, from the tail below zero, all with zero", func(ctx context.Context, t *trial) {
		t.succeeds(t.RPush(ctx, t.key("l"), "x", "a", "x", "b", "x", "c", "x"))
		returns(t, t.LRem(ctx, t.key("l"), 1, "x"), 1)
		returns(t, t.LRem(ctx, t.key("l"), -1, "x"), 1)
		returns(t, t.LRange(ctx, t.key("l"), 0, -1), []string{"a", "x", "b", "x", "c"})
		returns(t, t.LRem(ctx, t.key("l"), 0, "x"), 2)
		returns(t, t.LRem(ctx, t.key("l"), 0, "x"), 0)
	})
	s.it("LTRIM keeps a range, and removes the key where the range is empty", func(ctx context.Context, t *trial) {
		t.succeeds(t.RPush(ctx, t.key("l"), "a", "b", "c", "d"))
		returns(t, t.LTrim(ctx, t.key("l"), 1, -2), "OK")
		returns(t, t.LRange(ctx, t.key("l"), 0, -1), []string{"b", "c"})
		t.succeeds(t.LTrim(ctx, t.key("l"), 5, 9))
		returns(t, t.Exists(ctx, t.key("l")), 0)
	})
	s.it("LPOS finds an element by rank, count and maximal length", func(ctx context.Context, t *trial) {
		t.succeeds(t.RPush(ctx, t.key("l"), "a", "b", "c", "b", "b"))
		returns(t, t.LPos(ctx, t.key("l"), "b", redis.LPosArgs{}), 1)
		returns(t, t.LPos(ctx, t.key("l"), "b", redis.LPosArgs{Rank: 2}), 3)
		returns(t, t.LPos(ctx, t.key("l"), "b", redis.LPosArgs{Rank: -1}), 4)
		returns(t, t.LPosCount(ctx, t.key("l"), "b", 0, redis.LPosArgs{}), []int64{1, 3, 4})
		returns(t, t.LPosCount(ctx, t.key("l"), "b", 2, redis.LPosArgs{Rank: -1}), []int64{4, 3})
		t.misses(t.LPos(ctx, t.key("l"), "c", redis.LPosArgs{MaxLen: 2}))
		t.misses(t.LPos(ctx, t.key("l"), "x", redis.LPosArgs{}))
	})
	s.it("LPOS refuses rank zero", func(ctx context.Context, t *trial) {
		t.succeeds(t.RPush(ctx, t.key("l"), "a"))
		t.fails(t.Do(ctx, "LPOS", t.key("l"), "a", "RANK", 0), "ERR RANK can't be zero")
	})
}

func listMoves(s *suite) {
	s.it("LMOVE moves between any ends and returns the element", func(ctx context.Context, t *trial) {
		t.succeeds(t.RPush(ctx, t.key("a"), "1", "2", "3"))
		returns(t, t.LMove(ctx, t.key("a"), t.key("b"), "LEFT", "RIGHT"), "1")
		returns(t, t.LMove(ctx, t.key("a"), t.key("b"), "RIGHT", "LEFT"), "3")
		returns(t, t.LRange(ctx, t.key("a"), 0, -1), []string{"2"})
		returns(t, t.LRange(ctx, t.key("b"), 0, -1), []string{"3", "1"})
	})
	s.it("LMOVE rotates a list onto itself", func(ctx context.Context, t *trial) {
		t.succeeds(t.RPush(ctx, t.key("l"), "1", "2", "3"))
		returns(t, t.LMove(ctx, t.key("l"), t.key("l"), "LEFT", "RIGHT"), "1")
		returns(t, t.LRange(ctx, t.key("l"), 0, -1), []string{"2", "3", "1"})
	})
	s.it("LMOVE from a missing list returns nil and creates nothing", func(ctx context.Context, t *trial) {
		t.misses(t.LMove(ctx, t.key("a"), t.key("b"), "LEFT", "RIGHT"))
		returns(t, t.Exists(ctx, t.key("b")), 0)
	})
	s.it("LMOVE to a key of another type takes nothing from the source", func(ctx context.Context, t *trial) {
		t.succeeds(t.RPush(ctx, t.key("a"), "1"), t.Set(ctx, t.key("b"), "text", 0))
		t.fails(t.LMove(ctx, t.key("a"), t.key("b"), "LEFT", "RIGHT"), "WRONGTYPE")
		returns(t, t.LLen(ctx, t.key("a")), 1)
	})
	s.it("RPOPLPUSH moves the last element to the front of another list", func(ctx context.Context, t *trial) {
		t.succeeds(t.RPush(ctx, t.key("a"), "1", "2"), t.RPush(ctx, t.key("b"), "x"))
		returns(t, t.RPopLPush(ctx, t.key("a"), t.key("b")), "2")
		returns(t, t.LRange(ctx, t.key("b"), 0, -1), []string{"2", "x"})
	})
}
