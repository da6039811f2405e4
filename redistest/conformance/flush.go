package conformance

import (
	"context"

	"github.com/onsi/gomega"
)

func flushSpecs(s *suite) { s.onOneNode(flushing) }

func flushing(s *suite) {
	s.it("FLUSHALL empties every database", func(ctx context.Context, t *trial) {
		other := t.connection(ctx)
		t.succeeds(other.Select(ctx, 1), other.Set(ctx, t.key("k"), "v", 0), t.Set(ctx, t.key("k"), "v", 0))
		returns(t, t.FlushAll(ctx), "OK")
		returns(t, t.DBSize(ctx), 0)
		returns(t, other.DBSize(ctx), 0)
	})
	s.it("FLUSHDB empties the selected database only", func(ctx context.Context, t *trial) {
		other := t.connection(ctx)
		t.succeeds(t.FlushAll(ctx))
		t.succeeds(other.Select(ctx, 1), other.Set(ctx, t.key("k"), "v", 0), t.Set(ctx, t.key("k"), "v", 0))
		returns(t, t.FlushDB(ctx), "OK")
		returns(t, t.DBSize(ctx), 0)
		returns(t, other.DBSize(ctx), 1)
		t.succeeds(other.Del(ctx, t.key("k")))
	})
	s.it("DBSIZE counts the keys of the selected database", func(ctx context.Context, t *trial) {
		t.succeeds(t.FlushAll(ctx))
		t.succeeds(t.Set(ctx, t.key("a"), "v", 0), t.RPush(ctx, t.key("b"), "v", "w"))
		returns(t, t.DBSize(ctx), 2)
	})
	s.it("SCAN, KEYS and RANDOMKEY tell an empty database", func(ctx context.Context, t *trial) {
		t.succeeds(t.FlushAll(ctx))
		matches(t, t.Keys(ctx, "*"), gomega.BeEmpty())
		t.misses(t.RandomKey(ctx))
		keys, cursor, err := t.Scan(ctx, 0, "*", 10).Result()
		t.Expect(err).NotTo(gomega.HaveOccurred())
		t.Expect(keys).To(gomega.BeEmpty())
		t.Expect(cursor).To(gomega.BeZero())
	})
	s.it("SWAPDB exchanges two databases at once for every connection", func(ctx context.Context, t *trial) {
		zero, one := t.connection(ctx), t.connection(ctx)
		t.succeeds(t.FlushAll(ctx), zero.Select(ctx, 0), one.Select(ctx, 1), zero.Set(ctx, t.key("k"), "v", 0))
		returns(t, one.SwapDB(ctx, 0, 1), "OK")
		returns(t, zero.Exists(ctx, t.key("k")), 0)
		returns(t, one.Get(ctx, t.key("k")), "v")
		t.succeeds(one.Del(ctx, t.key("k")))
	})
	s.it("FLUSHALL is seen by WATCH", func(ctx context.Context, t *trial) {
		conn := t.connection(ctx)
		t.succeeds(t.Set(ctx, t.key("k"), "v", 0), conn.Do(ctx, "WATCH", t.key("k")), t.FlushAll(ctx))
		t.succeeds(conn.Do(ctx, "MULTI"), conn.Do(ctx, "PING"))
		t.misses(conn.Do(ctx, "EXEC"))
	})
}
