package conformance

import (
	"context"
	"time"

	"github.com/onsi/gomega"
	"github.com/redis/go-redis/v9"
)

func blockingStreams(s *suite) {
	read := func(ctx context.Context, streams ...string) func(c *redis.Conn) ([]redis.XStream, error) {
		return func(c *redis.Conn) ([]redis.XStream, error) {
			return c.XRead(ctx, &redis.XReadArgs{Streams: streams, Block: patience}).Result()
		}
	}
	s.it("XREAD BLOCK with $ returns what is added from then on", func(ctx context.Context, t *trial) {
		t.entries(ctx, t.key("x"), "1-1")
		news := block(ctx, t, read(ctx, t.key("x"), "$"))
		t.entries(ctx, t.key("x"), "2-1")
		yields(ctx, t, news, []redis.XStream{{Stream: t.key("x"), Messages: []redis.XMessage{entry("2-1", 1)}}})
	})
	s.it("XREAD BLOCK waits for a stream that does not exist yet", func(ctx context.Context, t *trial) {
		news := block(ctx, t, read(ctx, t.key("a"), t.key("b"), "$", "$"))
		t.entries(ctx, t.key("b"), "1-1")
		yields(ctx, t, news, []redis.XStream{{Stream: t.key("b"), Messages: []redis.XMessage{entry("1-1", 1)}}})
	})
	s.it("XREAD BLOCK returns at once what is already there", func(ctx context.Context, t *trial) {
		t.entries(ctx, t.key("x"), "1-1")
		returns(t, t.XRead(ctx, &redis.XReadArgs{Streams: []string{t.key("x"), "0"}, Block: patience}),
			[]redis.XStream{{Stream: t.key("x"), Messages: []redis.XMessage{entry("1-1", 1)}}})
	})
	s.it("an entry wakes every client that waits in XREAD", func(ctx context.Context, t *trial) {
		a, b := block(ctx, t, read(ctx, t.key("x"), "$")), block(ctx, t, read(ctx, t.key("x"), "$"))
		t.entries(ctx, t.key("x"), "1-1")
		want := []redis.XStream{{Stream: t.key("x"), Messages: []redis.XMessage{entry("1-1", 1)}}}
		yields(ctx, t, a, want)
		yields(ctx, t, b, want)
	})
	s.it("XREADGROUP BLOCK gives an entry to one of the clients that wait", func(ctx context.Context, t *trial) {
		x := t.group(ctx)
		join := func(consumer string) func(c *redis.Conn) ([]redis.XStream, error) {
			return func(c *redis.Conn) ([]redis.XStream, error) {
				return c.XReadGroup(ctx, &redis.XReadGroupArgs{
					Group: "g", Consumer: consumer, Streams: []string{x, ">"}, Block: patience,
				}).Result()
			}
		}
		first, second := block(ctx, t, join("alice")), block(ctx, t, join("bob"))
		t.entries(ctx, x, "1-1")
		yields(ctx, t, first, []redis.XStream{{Stream: x, Messages: []redis.XMessage{entry("1-1", 1)}}})
		returns(t, t.XAdd(ctx, &redis.XAddArgs{Stream: x, ID: "2-1", Values: []any{"n", 2}}), "2-1")
		yields(ctx, t, second, []redis.XStream{{Stream: x, Messages: []redis.XMessage{entry("2-1", 2)}}})
		t.Expect(t.pendingOf(ctx, x)).To(gomega.Equal([]redis.XPendingExt{
			{ID: "1-1", Consumer: "alice", RetryCount: 1}, {ID: "2-1", Consumer: "bob", RetryCount: 1},
		}))
	})
	s.it("XREADGROUP BLOCK ends with an error once its group is destroyed", func(ctx context.Context, t *trial) {
		x := t.group(ctx)
		waiting := block(ctx, t, func(c *redis.Conn) ([]redis.XStream, error) {
			return c.XReadGroup(ctx, &redis.XReadGroupArgs{
				Group: "g", Consumer: "c", Streams: []string{x, ">"}, Block: patience,
			}).Result()
		})
		t.succeeds(t.XGroupDestroy(ctx, x, "g"))
		_, err := await(ctx, t, waiting)
		t.Expect(err).To(gomega.MatchError(gomega.ContainSubstring("NOGROUP")))
	})
	s.itTakesTime("XREAD and XREADGROUP BLOCK return nil after their timeout", func(ctx context.Context, t *trial) {
		x := t.group(ctx)
		t.misses(t.XRead(ctx, &redis.XReadArgs{Streams: []string{x, "$"}, Block: blink}))
		t.misses(t.XReadGroup(ctx, &redis.XReadGroupArgs{Group: "g", Consumer: "c", Streams: []string{x, ">"}, Block: blink}))
	})
}

func blockingEnds(s *suite) {
	s.it("nothing is popped for a client that has gone", func(ctx context.Context, t *trial) {
		gone := waitToPop(ctx, t, t.key("l"))
		t.Expect(gone.hangUp()).To(gomega.Succeed())
		t.eventually(ctx, func() (string, error) { return t.clientFlags(ctx, gone.id) }).Should(gomega.BeEmpty())
		t.succeeds(t.RPush(ctx, t.key("l"), "kept"))
		returns(t, t.LRange(ctx, t.key("l"), 0, -1), []string{"kept"})
	})
	s.it("a client that has gone does not hold up the next one", func(ctx context.Context, t *trial) {
		gone, stays := waitToPop(ctx, t, t.key("l")), waitToPop(ctx, t, t.key("l"))
		t.Expect(gone.hangUp()).To(gomega.Succeed())
		t.eventually(ctx, func() (string, error) { return t.clientFlags(ctx, gone.id) }).Should(gomega.BeEmpty())
		t.succeeds(t.RPush(ctx, t.key("l"), "a"))
		yields(ctx, t, stays, []string{t.key("l"), "a"})
	})
	s.it("CLIENT UNBLOCK ends a wait as a timeout does, or with an error", func(ctx context.Context, t *trial) {
		timedOut, refused := waitToPop(ctx, t, t.key("l")), waitToPop(ctx, t, t.key("l"))
		returns(t, t.node(ctx).ClientUnblock(ctx, timedOut.id), 1)
		_, err := await(ctx, t, timedOut)
		t.Expect(err).To(gomega.MatchError(redis.Nil))
		returns(t, t.node(ctx).ClientUnblockWithError(ctx, refused.id), 1)
		_, err = await(ctx, t, refused)
		t.Expect(err).To(gomega.MatchError(gomega.HavePrefix("UNBLOCKED")))
	})
	s.it("a waiting client does not hold up others", func(ctx context.Context, t *trial) {
		waiting := waitToPop(ctx, t, t.key("l"))
		for range 100 {
			t.succeeds(t.Incr(ctx, t.key("n")))
		}
		t.succeeds(t.RPush(ctx, t.key("l"), "a"))
		yields(ctx, t, waiting, []string{t.key("l"), "a"})
	})
	s.it("commands sent behind a blocking one are answered after it", func(ctx context.Context, t *trial) {
		raw := t.raw(ctx)
		t.Expect(raw.SetDeadline(time.Now().Add(patience))).To(gomega.Succeed())
		_, err := raw.Write([]byte(encode("BLPOP", t.key("l"), "0") + encode("PING")))
		t.Expect(err).NotTo(gomega.HaveOccurred())
		t.succeeds(t.RPush(ctx, t.key("l"), "a"))
		t.says(raw, encode("ECHO", "last"), encode(t.key("l"), "a")+"+PONG\r\n$4\r\nlast\r\n")
	})
}
