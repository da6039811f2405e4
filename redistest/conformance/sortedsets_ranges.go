package conformance

import (
	"context"

	"github.com/onsi/gomega"
	"github.com/redis/go-redis/v9"
)

func sortedSetRemoving(s *suite) {
	s.it("ZREM counts removed members and removes the key with the last one", func(ctx context.Context, t *trial) {
		t.succeeds(t.ZAdd(ctx, t.key("z"), scored("a", "b")...))
		returns(t, t.ZRem(ctx, t.key("z"), "a", "x"), 1)
		returns(t, t.ZRem(ctx, t.key("z"), "b"), 1)
		returns(t, t.Exists(ctx, t.key("z")), 0)
	})
	s.it("ZPOPMIN and ZPOPMAX take from the ends with scores", func(ctx context.Context, t *trial) {
		t.succeeds(t.ZAdd(ctx, t.key("z"), scored("a", "b", "c", "d")...))
		returns(t, t.ZPopMin(ctx, t.key("z")), []redis.Z{{Score: 1, Member: "a"}})
		returns(t, t.ZPopMax(ctx, t.key("z"), 2), []redis.Z{{Score: 4, Member: "d"}, {Score: 3, Member: "c"}})
		returns(t, t.ZPopMin(ctx, t.key("z"), 9), []redis.Z{{Score: 2, Member: "b"}})
		matches(t, t.ZPopMin(ctx, t.key("z")), gomega.BeEmpty())
		returns(t, t.Exists(ctx, t.key("z")), 0)
	})
	s.it("ZMPOP takes from the first sorted set that has members", func(ctx context.Context, t *trial) {
		t.succeeds(t.ZAdd(ctx, t.key("b"), scored("x", "y", "z")...))
		key, members, err := t.ZMPop(ctx, "max", 2, t.key("a"), t.key("b")).Result()
		t.Expect(err).NotTo(gomega.HaveOccurred())
		t.Expect(key).To(gomega.Equal(t.key("b")))
		t.Expect(members).To(gomega.Equal([]redis.Z{{Score: 3, Member: "z"}, {Score: 2, Member: "y"}}))
		t.misses(t.ZMPop(ctx, "min", 1, t.key("a")))
	})
	s.it("ZREMRANGEBYRANK, BYSCORE and BYLEX remove ranges", func(ctx context.Context, t *trial) {
		t.succeeds(t.ZAdd(ctx, t.key("z"), scored("a", "b", "c", "d", "e", "f")...))
		returns(t, t.ZRemRangeByRank(ctx, t.key("z"), -1, -1), 1)
		returns(t, t.ZRemRangeByScore(ctx, t.key("z"), "-inf", "(3"), 2)
		returns(t, t.ZRange(ctx, t.key("z"), 0, -1), []string{"c", "d", "e"})
		t.succeeds(t.Do(ctx, "ZADD", t.key("lex"), 0, "a", 0, "b", 0, "c"))
		returns(t, t.ZRemRangeByLex(ctx, t.key("lex"), "(a", "[b"), 1)
		returns(t, t.ZRange(ctx, t.key("lex"), 0, -1), []string{"a", "c"})
	})
}

func sortedSetRanges(s *suite) {
	fill := func(ctx context.Context, t *trial) string {
		t.succeeds(t.ZAdd(ctx, t.key("z"), scored("a", "b", "c", "d", "e")...))
		return t.key("z")
	}
	s.it("ZRANGE by rank includes both ends, counts from the end below zero, and clips", func(ctx context.Context, t *trial) {
		z := fill(ctx, t)
		returns(t, t.ZRange(ctx, z, 1, 2), []string{"b", "c"})
		returns(t, t.ZRange(ctx, z, -2, 100), []string{"d", "e"})
		matches(t, t.ZRange(ctx, z, 3, 1), gomega.BeEmpty())
		matches(t, t.ZRange(ctx, t.key("missing"), 0, -1), gomega.BeEmpty())
	})
	s.it("ZRANGE REV by rank starts at the highest", func(ctx context.Context, t *trial) {
		z := fill(ctx, t)
		returns(t, t.ZRangeArgs(ctx, redis.ZRangeArgs{Key: z, Start: 0, Stop: 1, Rev: true}), []string{"e", "d"})
		returns(t, t.ZRevRange(ctx, z, 0, 1), []string{"e", "d"})
	})
	s.it("ZRANGE BYSCORE takes open and closed ends and infinities", func(ctx context.Context, t *trial) {
		z := fill(ctx, t)
		returns(t, t.Do(ctx, "ZRANGE", z, "(1", "3", "BYSCORE"), any([]any{"b", "c"}))
		returns(t, t.Do(ctx, "ZRANGE", z, "-inf", "(3", "BYSCORE"), any([]any{"a", "b"}))
		returns(t, t.ZRangeByScore(ctx, z, &redis.ZRangeBy{Min: "4", Max: "+inf"}), []string{"d", "e"})
	})
	s.it("ZRANGE BYSCORE REV takes the higher end first", func(ctx context.Context, t *trial) {
		z := fill(ctx, t)
		returns(t, t.Do(ctx, "ZRANGE", z, "4", "(2", "BYSCORE", "REV"), any([]any{"d", "c"}))
		returns(t, t.ZRevRangeByScore(ctx, z, &redis.ZRangeBy{Max: "4", Min: "(2"}), []string{"d", "c"})
		returns(t, t.Do(ctx, "ZRANGE", z, "2", "4", "BYSCORE", "REV"), any([]any{}))
	})
	s.it("ZRANGE BYSCORE LIMIT skips and counts, all with a count below zero", func(ctx context.Context, t *trial) {
		z := fill(ctx, t)
		returns(t, t.Do(ctx, "ZRANGE", z, "-inf", "+inf", "BYSCORE", "LIMIT", 1, 2), any([]any{"b", "c"}))
		returns(t, t.Do(ctx, "ZRANGE", z, "-inf", "+inf", "BYSCORE", "LIMIT", 3, -1), any([]any{"d", "e"}))
		returns(t, t.Do(ctx, "ZRANGE", z, "+inf", "-inf", "BYSCORE", "REV", "LIMIT", 0, 1), any([]any{"e"}))
	})
	s.it("ZRANGE BYLEX takes ends with ( and [, and - and + for all", func(ctx context.Context, t *trial) {
		t.succeeds(t.Do(ctx, "ZADD", t.key("z"), 0, "a", 0, "aa", 0, "b", 0, "c"))
		returns(t, t.Do(ctx, "ZRANGE", t.key("z"), "[aa", "(c", "BYLEX"), any([]any{"aa", "b"}))
		returns(t, t.Do(ctx, "ZRANGE", t.key("z"), "-", "+", "BYLEX", "LIMIT", 1, 2), any([]any{"aa", "b"}))
		returns(t, t.Do(ctx, "ZRANGE", t.key("z"), "+", "[b", "BYLEX", "REV"), any([]any{"c", "b"}))
		returns(t, t.ZRangeByLex(ctx, t.key("z"), &redis.ZRangeBy{Min: "-", Max: "(b"}), []string{"a", "aa"})
		returns(t, t.ZRevRangeByLex(ctx, t.key("z"), &redis.ZRangeBy{Max: "(c", Min: "-"}), []string{"b", "aa", "a"})
	})
	s.it("ZRANGE WITHSCORES returns members with scores", func(ctx context.Context, t *trial) {
		returns(t, t.ZRangeWithScores(ctx, fill(ctx, t), 0, 1), scored("a", "b"))
		returns(t, t.ZRangeByScoreWithScores(ctx, t.key("z"), &redis.ZRangeBy{Min: "5", Max: "9"}),
			[]redis.Z{{Score: 5, Member: "e"}})
		returns(t, t.ZRevRangeWithScores(ctx, t.key("z"), 4, 4), scored("a"))
	})
	s.it("ZRANGE refuses LIMIT by rank, WITHSCORES by lex, and malformed ends", func(ctx context.Context, t *trial) {
		z := fill(ctx, t)
		t.fails(t.Do(ctx, "ZRANGE", z, 0, 1, "LIMIT", 0, 1), "ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX")
		t.fails(t.Do(ctx, "ZRANGE", z, "-", "+", "BYLEX", "WITHSCORES"), "ERR syntax error, WITHSCORES not supported in combination with BYLEX")
		t.fails(t.Do(ctx, "ZRANGE", z, "low", "high", "BYSCORE"), "ERR min or max is not a float")
		t.fails(t.Do(ctx, "ZRANGE", z, "a", "b", "BYLEX"), "ERR min or max not valid string range item")
		t.fails(t.Do(ctx, "ZRANGE", z, "a", "b"), "ERR value is not an integer or out of range")
	})
	s.it("ZRANGESTORE writes a range with its scores and returns its size", func(ctx context.Context, t *trial) {
		z := fill(ctx, t)
		returns(t, t.ZRangeStore(ctx, t.key("dest"), redis.ZRangeArgs{Key: z, Start: 0, Stop: 1}), 2)
		returns(t, t.ZRangeWithScores(ctx, t.key("dest"), 0, -1), scored("a", "b"))
		returns(t, t.ZRangeStore(ctx, t.key("dest"), redis.ZRangeArgs{Key: z, Start: 10, Stop: 20}), 0)
		returns(t, t.Exists(ctx, t.key("dest")), 0)
	})
}

func sortedSetAlgebra(s *suite) {
	fill := func(ctx context.Context, t *trial) []string {
		t.succeeds(t.ZAdd(ctx, t.key("a"), scored("one", "two", "three")...))
		t.succeeds(t.ZAdd(ctx, t.key("b"), scored("two", "three", "four")...))
		return []string{t.key("a"), t.key("b")}
	}
	s.it("ZUNION adds scores", func(ctx context.Context, t *trial) {
		keys := fill(ctx, t)
		returns(t, t.ZUnionWithScores(ctx, redis.ZStore{Keys: keys}), []redis.Z{
			{Score: 1, Member: "one"}, {Score: 3, Member: "four"}, {Score: 3, Member: "two"}, {Score: 5, Member: "three"},
		})
		returns(t, t.ZUnion(ctx, redis.ZStore{Keys: keys}), []string{"one", "four", "two", "three"})
	})
	s.it("ZINTER keeps what all share", func(ctx context.Context, t *trial) {
		keys := fill(ctx, t)
		returns(t, t.ZInterWithScores(ctx, &redis.ZStore{Keys: keys}), []redis.Z{
			{Score: 3, Member: "two"}, {Score: 5, Member: "three"},
		})
	})
	s.it("ZDIFF keeps what only the first has", func(ctx context.Context, t *trial) {
		keys := fill(ctx, t)
		returns(t, t.ZDiffWithScores(ctx, keys...), []redis.Z{{Score: 1, Member: "one"}})
		returns(t, t.ZDiff(ctx, keys...), []string{"one"})
		returns(t, t.ZDiffStore(ctx, t.key("dest"), keys...), 1)
	})
	s.it("WEIGHTS multiply scores, AGGREGATE chooses sum, min or max", func(ctx context.Context, t *trial) {
		keys := fill(ctx, t)
		returns(t, t.ZInterWithScores(ctx, &redis.ZStore{Keys: keys, Weights: []float64{2, 3}}), []redis.Z{
			{Score: 7, Member: "two"}, {Score: 12, Member: "three"},
		})
		returns(t, t.ZInterWithScores(ctx, &redis.ZStore{Keys: keys, Aggregate: "MIN"}), []redis.Z{
			{Score: 1, Member: "two"}, {Score: 2, Member: "three"},
		})
		returns(t, t.ZInterWithScores(ctx, &redis.ZStore{Keys: keys, Aggregate: "MAX"}), []redis.Z{
			{Score: 2, Member: "two"}, {Score: 3, Member: "three"},
		})
	})
	s.it("ZUNIONSTORE and ZINTERSTORE replace the destination and return its size", func(ctx context.Context, t *trial) {
		keys := fill(ctx, t)
		t.succeeds(t.Set(ctx, t.key("dest"), "old", 0))
		returns(t, t.ZUnionStore(ctx, t.key("dest"), &redis.ZStore{Keys: keys}), 4)
		returns(t, t.ZInterStore(ctx, t.key("dest"), &redis.ZStore{Keys: keys}), 2)
		returns(t, t.ZRange(ctx, t.key("dest"), 0, -1), []string{"two", "three"})
		returns(t, t.ZInterStore(ctx, t.key("dest"), &redis.ZStore{Keys: []string{keys[0], t.key("missing")}}), 0)
		returns(t, t.Exists(ctx, t.key("dest")), 0)
	})
	s.it("plain sets take part with score one", func(ctx context.Context, t *trial) {
		t.succeeds(t.SAdd(ctx, t.key("set"), "x"), t.ZAdd(ctx, t.key("z"), redis.Z{Score: 5, Member: "x"}))
		returns(t, t.ZUnionWithScores(ctx, redis.ZStore{Keys: []string{t.key("set"), t.key("z")}}), []redis.Z{{Score: 6, Member: "x"}})
	})
	s.it("ZINTERCARD counts what is shared, up to a limit", func(ctx context.Context, t *trial) {
		keys := fill(ctx, t)
		returns(t, t.ZInterCard(ctx, 0, keys...), 2)
		returns(t, t.ZInterCard(ctx, 1, keys...), 1)
	})
	s.it("ZUNION refuses a number of keys that is not so", func(ctx context.Context, t *trial) {
		t.fails(t.Do(ctx, "ZUNION", 0, t.key("a")), "ERR at least 1 input key is needed for 'zunion' command")
		t.fails(t.Do(ctx, "ZUNION", 3, t.key("a")), "ERR syntax error")
	})
}
