package conformance

import (
	"context"
	"math"

	"github.com/onsi/gomega"
	"github.com/redis/go-redis/v9"
)

func sortedSetSpecs(s *suite) {
	sortedSetAdding(s)
	sortedSetScores(s)
	sortedSetRemoving(s)
	sortedSetRanges(s)
	sortedSetAlgebra(s)
	s.refuses("string", holdString,
		refusal{"ZADD", []any{theKey, 1, "m"}},
		refusal{"ZINCRBY", []any{theKey, 1, "m"}},
		refusal{"ZREM", []any{theKey, "m"}},
		refusal{"ZSCORE", []any{theKey, "m"}},
		refusal{"ZCARD", []any{theKey}},
		refusal{"ZRANK", []any{theKey, "m"}},
		refusal{"ZCOUNT", []any{theKey, "-inf", "+inf"}},
		refusal{"ZRANGE", []any{theKey, 0, -1}},
		refusal{"ZRANGEBYSCORE", []any{theKey, 0, 1}},
		refusal{"ZPOPMIN", []any{theKey}},
		refusal{"ZREMRANGEBYRANK", []any{theKey, 0, 1}},
		refusal{"ZUNION", []any{1, theKey}},
		refusal{"ZSCAN", []any{theKey, 0}},
	)
}

// scored returns members with the scores 1, 2, 3….
func scored(members ...string) []redis.Z {
	var zs []redis.Z
	for i, member := range members {
		zs = append(zs, redis.Z{Score: float64(i + 1), Member: member})
	}
	return zs
}

func sortedSetAdding(s *suite) {
	s.it("ZADD counts new members and updates scores", func(ctx context.Context, t *trial) {
		returns(t, t.ZAdd(ctx, t.key("z"), scored("a", "b")...), 2)
		returns(t, t.ZAdd(ctx, t.key("z"), redis.Z{Score: 5, Member: "a"}, redis.Z{Score: 3, Member: "c"}), 1)
		returns(t, t.ZRange(ctx, t.key("z"), 0, -1), []string{"b", "c", "a"})
	})
	s.it("ZADD CH counts changed members as well", func(ctx context.Context, t *trial) {
		t.succeeds(t.ZAdd(ctx, t.key("z"), scored("a", "b")...))
		returns(t, t.ZAddArgs(ctx, t.key("z"), redis.ZAddArgs{Ch: true, Members: []redis.Z{
			{Score: 9, Member: "a"}, {Score: 2, Member: "b"}, {Score: 3, Member: "c"},
		}}), 2)
	})
	s.it("ZADD NX only adds", func(ctx context.Context, t *trial) {
		t.succeeds(t.ZAdd(ctx, t.key("z"), scored("a")...))
		returns(t, t.ZAddNX(ctx, t.key("z"), redis.Z{Score: 9, Member: "a"}, redis.Z{Score: 2, Member: "b"}), 1)
		returns(t, t.ZScore(ctx, t.key("z"), "a"), 1)
	})
	s.it("ZADD XX only updates", func(ctx context.Context, t *trial) {
		t.succeeds(t.ZAdd(ctx, t.key("z"), scored("a")...))
		returns(t, t.ZAddXX(ctx, t.key("z"), redis.Z{Score: 9, Member: "a"}, redis.Z{Score: 2, Member: "b"}), 0)
		returns(t, t.ZRangeWithScores(ctx, t.key("z"), 0, -1), []redis.Z{{Score: 9, Member: "a"}})
	})
	s.it("ZADD GT and LT update only upwards and downwards, and add anyway", func(ctx context.Context, t *trial) {
		t.succeeds(t.ZAdd(ctx, t.key("z"), redis.Z{Score: 5, Member: "a"}))
		returns(t, t.ZAddGT(ctx, t.key("z"), redis.Z{Score: 3, Member: "a"}, redis.Z{Score: 1, Member: "b"}), 1)
		returns(t, t.ZScore(ctx, t.key("z"), "a"), 5)
		t.succeeds(t.ZAddGT(ctx, t.key("z"), redis.Z{Score: 7, Member: "a"}))
		returns(t, t.ZScore(ctx, t.key("z"), "a"), 7)
		t.succeeds(t.ZAddLT(ctx, t.key("z"), redis.Z{Score: 8, Member: "a"}))
		returns(t, t.ZScore(ctx, t.key("z"), "a"), 7)
		t.succeeds(t.ZAddLT(ctx, t.key("z"), redis.Z{Score: 2, Member: "a"}))
		returns(t, t.ZScore(ctx, t.key("z"), "a"), 2)
	})
	s.it("ZADD INCR returns the new score, nil where a condition forbids it", func(ctx context.Context, t *trial) {
		one := []redis.Z{{Score: 1.5, Member: "a"}}
		returns(t, t.ZAddArgsIncr(ctx, t.key("z"), redis.ZAddArgs{Members: one}), 1.5)
		returns(t, t.ZAddArgsIncr(ctx, t.key("z"), redis.ZAddArgs{Members: one}), 3)
		t.misses(t.ZAddArgsIncr(ctx, t.key("z"), redis.ZAddArgs{NX: true, Members: one}))
	})
	s.it("ZADD refuses options that exclude each other", func(ctx context.Context, t *trial) {
		t.fails(t.Do(ctx, "ZADD", t.key("z"), "NX", "XX", 1, "a"), "ERR XX and NX options at the same time are not compatible")
		t.fails(t.Do(ctx, "ZADD", t.key("z"), "GT", "LT", 1, "a"), "ERR GT, LT, and/or NX options at the same time are not compatible")
		t.fails(t.Do(ctx, "ZADD", t.key("z"), "INCR", 1, "a", 2, "b"), "ERR INCR option supports a single increment-element pair")
	})
	s.it("ZADD refuses NaN and text as a score, and adds nothing then", func(ctx context.Context, t *trial) {
		t.fails(t.Do(ctx, "ZADD", t.key("z"), 1, "a", "nan", "b"), "ERR value is not a valid float")
		t.fails(t.Do(ctx, "ZADD", t.key("z"), 1, "a", "high", "b"), "ERR value is not a valid float")
		t.fails(t.Do(ctx, "ZADD", t.key("z"), 1, "a", 2), "ERR syntax error")
		returns(t, t.Exists(ctx, t.key("z")), 0)
	})
}

func sortedSetScores(s *suite) {
	s.it("whole and binary fractional scores are written without trailing zeros", func(ctx context.Context, t *trial) {
		for _, c := range []struct{ given, told string }{
			{"1", "1"},
			{"1.0", "1"},
			{"0.25", "0.25"},
			{"-0.50", "-0.5"},
			{"1e3", "1000"},
			{"17179869184.5", "17179869184.5"},
			{"1e21", "1e+21"},
			{"0x10", "16"},
		} {
			t.succeeds(t.Do(ctx, "ZADD", t.key("z"), c.given, "m"))
			returns(t, t.speaking(ctx, 2).Do(ctx, "ZSCORE", t.key("z"), "m"), any(c.told))
		}
	})
	s.it("a score of many digits comes back as the same double", func(ctx context.Context, t *trial) {
		for _, score := range []float64{math.Pi, 1.0 / 3, 9007199254740993, 5e-324, math.MaxFloat64, 0.1 + 0.2} {
			t.succeeds(t.ZAdd(ctx, t.key("z"), redis.Z{Score: score, Member: "m"}))
			returns(t, t.ZScore(ctx, t.key("z"), "m"), score)
		}
	})
	s.it("infinite scores sort before and after all others", func(ctx context.Context, t *trial) {
		t.succeeds(t.Do(ctx, "ZADD", t.key("z"), "+inf", "last", 0, "middle", "-inf", "first"))
		returns(t, t.ZRangeWithScores(ctx, t.key("z"), 0, -1), []redis.Z{
			{Score: math.Inf(-1), Member: "first"}, {Score: 0, Member: "middle"}, {Score: math.Inf(1), Member: "last"},
		})
	})
	s.it("ZINCRBY refuses a sum that is not a number", func(ctx context.Context, t *trial) {
		t.succeeds(t.Do(ctx, "ZADD", t.key("z"), "+inf", "m"))
		t.fails(t.Do(ctx, "ZINCRBY", t.key("z"), "-inf", "m"), "ERR resulting score is not a number (NaN)")
		returns(t, t.ZScore(ctx, t.key("z"), "m"), math.Inf(1))
	})
	s.it("ZINCRBY counts a missing member from zero", func(ctx context.Context, t *trial) {
		returns(t, t.ZIncrBy(ctx, t.key("z"), 2.5, "m"), 2.5)
		returns(t, t.ZIncrBy(ctx, t.key("z"), -4, "m"), -1.5)
	})
	s.it("ZSCORE and ZMSCORE return nil for missing members", func(ctx context.Context, t *trial) {
		t.succeeds(t.ZAdd(ctx, t.key("z"), scored("a")...))
		returns(t, t.ZScore(ctx, t.key("z"), "a"), 1)
		t.misses(t.ZScore(ctx, t.key("z"), "x"))
		t.misses(t.ZScore(ctx, t.key("missing"), "x"))
		returns(t, t.speaking(ctx, 2).Do(ctx, "ZMSCORE", t.key("z"), "a", "x"), any([]any{"1", nil}))
	})
	s.it("members of one score sort by their bytes", func(ctx context.Context, t *trial) {
		for _, member := range []string{"b", "B", "a", "ab", "é", "\xff"} {
			t.succeeds(t.ZAdd(ctx, t.key("z"), redis.Z{Score: 1, Member: member}))
		}
		returns(t, t.ZRange(ctx, t.key("z"), 0, -1), []string{"B", "a", "ab", "b", "é", "\xff"})
	})
	s.it("ZRANK and ZREVRANK count from zero, nil for a missing member", func(ctx context.Context, t *trial) {
		t.succeeds(t.ZAdd(ctx, t.key("z"), scored("a", "b", "c")...))
		returns(t, t.ZRank(ctx, t.key("z"), "a"), 0)
		returns(t, t.ZRevRank(ctx, t.key("z"), "a"), 2)
		t.misses(t.ZRank(ctx, t.key("z"), "x"))
		t.misses(t.ZRevRank(ctx, t.key("missing"), "x"))
	})
	s.it("ZCARD, ZCOUNT and ZLEXCOUNT count members of a range", func(ctx context.Context, t *trial) {
		t.succeeds(t.ZAdd(ctx, t.key("z"), scored("a", "b", "c", "d")...))
		returns(t, t.ZCard(ctx, t.key("z")), 4)
		returns(t, t.ZCount(ctx, t.key("z"), "2", "3"), 2)
		returns(t, t.ZCount(ctx, t.key("z"), "(2", "+inf"), 2)
		returns(t, t.ZCount(ctx, t.key("z"), "3", "2"), 0)
		t.succeeds(t.Del(ctx, t.key("z")), t.Do(ctx, "ZADD", t.key("z"), 0, "a", 0, "b", 0, "c"))
		returns(t, t.ZLexCount(ctx, t.key("z"), "[b", "+"), 2)
	})
	s.it("ZRANDMEMBER returns distinct members for a count, with repeats below zero", func(ctx context.Context, t *trial) {
		t.succeeds(t.ZAdd(ctx, t.key("z"), scored("a", "b")...))
		matches(t, t.ZRandMember(ctx, t.key("z"), 5), gomega.ConsistOf("a", "b"))
		matches(t, t.ZRandMember(ctx, t.key("z"), -5), gomega.HaveLen(5))
		matches(t, t.ZRandMemberWithScores(ctx, t.key("z"), 5), gomega.ConsistOf(scored("a", "b")))
		t.misses(t.Do(ctx, "ZRANDMEMBER", t.key("missing")))
	})
	s.it("ZSCAN returns every member with its score", func(ctx context.Context, t *trial) {
		t.succeeds(t.ZAdd(ctx, t.key("z"), scored("apple", "avocado", "pear")...))
		pairs, cursor, err := t.ZScan(ctx, t.key("z"), 0, "a*", 100).Result()
		t.Expect(err).NotTo(gomega.HaveOccurred())
		t.Expect(pairs).To(gomega.Equal([]string{"apple", "1", "avocado", "2"}))
		t.Expect(cursor).To(gomega.BeZero())
	})
}
