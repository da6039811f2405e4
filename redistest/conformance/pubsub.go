package conformance

import (
	"context"
	"fmt"

	"github.com/onsi/gomega"
	"github.com/redis/go-redis/v9"
)

func pubSubSpecs(s *suite) {
	publishing(s)
	s.onOneNode(patterns)
	unsubscribing(s)
	s.onOneNode(pubSubIntrospection)
	shardChannels(s)
}

// listens waits until a subscription to every given channel or pattern is confirmed.
func (t *trial) listens(ctx context.Context, sub *redis.PubSub, channels ...string) *redis.PubSub {
	t.closeLater(sub)
	for i, channel := range channels {
		got := t.receive(ctx, sub)
		t.ExpectWithOffset(1, got).To(gomega.And(
			gomega.BeAssignableToTypeOf(&redis.Subscription{}),
			gomega.HaveField("Channel", channel),
			gomega.HaveField("Count", i+1),
		))
	}
	return sub
}

func (t *trial) subscribe(ctx context.Context, channels ...string) *redis.PubSub {
	return t.listens(ctx, t.Subscribe(ctx, channels...), channels...)
}

// next returns the next message or confirmation.
func (t *trial) next(ctx context.Context, sub *redis.PubSub) any {
	return t.receive(ctx, sub)
}

func (t *trial) receive(ctx context.Context, sub *redis.PubSub) any {
	got, err := sub.ReceiveTimeout(ctx, patience)
	t.ExpectWithOffset(2, err).NotTo(gomega.HaveOccurred())
	return got
}

// hears asserts what comes next.
func (t *trial) hears(ctx context.Context, sub *redis.PubSub, channel, payload string) {
	got := t.receive(ctx, sub)
	t.ExpectWithOffset(1, got).To(gomega.BeAssignableToTypeOf(&redis.Message{}))
	t.ExpectWithOffset(1, got).To(gomega.And(gomega.HaveField("Channel", channel), gomega.HaveField("Payload", payload)))
}

func publishing(s *suite) {
	s.itOnOneNode("PUBLISH reaches every subscriber and returns how many", func(ctx context.Context, t *trial) {
		returns(t, t.Publish(ctx, t.key("c"), "nobody"), 0)
		a, b := t.subscribe(ctx, t.key("c")), t.subscribe(ctx, t.key("c"))
		returns(t, t.Publish(ctx, t.key("c"), "hello"), 2)
		t.hears(ctx, a, t.key("c"), "hello")
		t.hears(ctx, b, t.key("c"), "hello")
	})
	s.itOnOneNode("messages come in the order of publishing", func(ctx context.Context, t *trial) {
		sub := t.subscribe(ctx, t.key("a"), t.key("b"))
		for i := range 100 {
			t.succeeds(t.Publish(ctx, t.key([]string{"a", "b"}[i%2]), i))
		}
		for i := range 100 {
			t.hears(ctx, sub, t.key([]string{"a", "b"}[i%2]), fmt.Sprint(i))
		}
	})
	s.it("a payload holds any bytes, and may be large or empty", func(ctx context.Context, t *trial) {
		sub := t.subscribe(ctx, t.key("c"))
		for _, payload := range []string{"\x00\xff\r\n", "", string(make([]byte, 1<<20))} {
			t.succeeds(t.Publish(ctx, t.key("c"), payload))
			t.hears(ctx, sub, t.key("c"), payload)
		}
	})
	s.it("messages of other channels do not come", func(ctx context.Context, t *trial) {
		sub := t.subscribe(ctx, t.key("c"))
		t.succeeds(t.Publish(ctx, t.key("other"), "x"), t.Publish(ctx, t.key("c"), "mine"))
		t.hears(ctx, sub, t.key("c"), "mine")
	})
	s.it("channels have nothing to do with keys", func(ctx context.Context, t *trial) {
		holdList(ctx, t, t.key("c"))
		sub := t.subscribe(ctx, t.key("c"))
		t.succeeds(t.Publish(ctx, t.key("c"), "x"))
		t.hears(ctx, sub, t.key("c"), "x")
		returns(t, t.LLen(ctx, t.key("c")), 1)
	})
	s.itOnOneNode("channels are the same in every database", func(ctx context.Context, t *trial) {
		conn := t.connection(ctx)
		sub := t.subscribe(ctx, t.key("c"))
		t.succeeds(conn.Select(ctx, 1))
		returns(t, conn.Publish(ctx, t.key("c"), "from elsewhere"), 1)
		t.hears(ctx, sub, t.key("c"), "from elsewhere")
	})
	s.it("a script publishes", func(ctx context.Context, t *trial) {
		sub := t.subscribe(ctx, t.key("c"))
		returns(t, t.Eval(ctx, `return redis.call('PUBLISH', KEYS[1], ARGV[1])`, []string{t.key("c")}, "from Lua"), any(int64(1)))
		t.hears(ctx, sub, t.key("c"), "from Lua")
	})
	s.itOnOneNode("a transaction publishes at EXEC, in order", func(ctx context.Context, t *trial) {
		sub := t.subscribe(ctx, t.key("c"))
		conn := t.connection(ctx)
		t.succeeds(conn.Do(ctx, "MULTI"), conn.Do(ctx, "PUBLISH", t.key("c"), "2"), conn.Do(ctx, "PUBLISH", t.key("c"), "3"),
			t.Publish(ctx, t.key("c"), "1"))
		returns(t, conn.Do(ctx, "EXEC"), any([]any{int64(1), int64(1)}))
		for _, payload := range []string{"1", "2", "3"} {
			t.hears(ctx, sub, t.key("c"), payload)
		}
	})
	s.it("Channel of go-redis delivers messages", func(ctx context.Context, t *trial) {
		sub := t.subscribe(ctx, t.key("c"))
		messages := sub.Channel()
		t.succeeds(t.Publish(ctx, t.key("c"), "hello"))
		t.eventually(ctx, messages).Should(gomega.Receive(gomega.HaveField("Payload", "hello")))
	})
}

func patterns(s *suite) {
	s.it("PSUBSCRIBE hears channels of a pattern, and is told which pattern it was", func(ctx context.Context, t *trial) {
		sub := t.listens(ctx, t.PSubscribe(ctx, t.prefix+"news.*"), t.prefix+"news.*")
		returns(t, t.Publish(ctx, t.key("other"), "x"), 0)
		returns(t, t.Publish(ctx, t.key("news.art"), "y"), 1)
		got := t.next(ctx, sub)
		t.Expect(got).To(gomega.Equal(&redis.Message{Channel: t.key("news.art"), Pattern: t.prefix + "news.*", Payload: "y"}))
	})
	s.it("patterns know ? and [ ] as KEYS does", func(ctx context.Context, t *trial) {
		sub := t.listens(ctx, t.PSubscribe(ctx, t.prefix+"h?[ae]"), t.prefix+"h?[ae]")
		returns(t, t.Publish(ctx, t.key("hxo"), "no"), 0)
		returns(t, t.Publish(ctx, t.key("hxa"), "yes"), 1)
		t.hears(ctx, sub, t.key("hxa"), "yes")
	})
	s.it("a client with a channel and a matching pattern hears a message twice", func(ctx context.Context, t *trial) {
		sub := t.subscribe(ctx, t.key("c1"))
		t.Expect(sub.PSubscribe(ctx, t.prefix+"c*")).To(gomega.Succeed())
		t.Expect(t.next(ctx, sub)).To(gomega.HaveField("Count", 2))
		returns(t, t.Publish(ctx, t.key("c1"), "x"), 2)
		t.hears(ctx, sub, t.key("c1"), "x")
		t.hears(ctx, sub, t.key("c1"), "x")
	})
}

func unsubscribing(s *suite) {
	s.itOnOneNode("UNSUBSCRIBE ends one subscription and tells how many are left", func(ctx context.Context, t *trial) {
		sub := t.subscribe(ctx, t.key("a"), t.key("b"))
		t.Expect(sub.Unsubscribe(ctx, t.key("a"))).To(gomega.Succeed())
		t.Expect(t.next(ctx, sub)).To(gomega.Equal(&redis.Subscription{Kind: "unsubscribe", Channel: t.key("a"), Count: 1}))
		returns(t, t.Publish(ctx, t.key("a"), "x"), 0)
		returns(t, t.Publish(ctx, t.key("b"), "y"), 1)
		t.hears(ctx, sub, t.key("b"), "y")
	})
	s.itOnOneNode("PUNSUBSCRIBE ends a pattern", func(ctx context.Context, t *trial) {
		sub := t.listens(ctx, t.PSubscribe(ctx, t.prefix+"a*"), t.prefix+"a*")
		t.Expect(sub.PUnsubscribe(ctx, t.prefix+"a*")).To(gomega.Succeed())
		t.Expect(t.next(ctx, sub)).To(gomega.Equal(&redis.Subscription{Kind: "punsubscribe", Channel: t.prefix + "a*", Count: 0}))
		returns(t, t.Publish(ctx, t.key("a1"), "x"), 0)
	})
	s.itOnOneNode("a subscriber that closes its connection is no longer counted", func(ctx context.Context, t *trial) {
		sub := t.subscribe(ctx, t.key("c"))
		t.Expect(sub.Close()).To(gomega.Succeed())
		t.eventually(ctx, func() (int64, error) { return t.Publish(ctx, t.key("c"), "x").Result() }).Should(gomega.BeZero())
	})
	s.it("a subscriber may PING", func(ctx context.Context, t *trial) {
		sub := t.subscribe(ctx, t.key("c"))
		t.Expect(sub.Ping(ctx, "still there")).To(gomega.Succeed())
		t.Expect(t.next(ctx, sub)).To(gomega.Equal(&redis.Pong{Payload: "still there"}))
	})
}

func pubSubIntrospection(s *suite) {
	s.it("PUBSUB CHANNELS lists channels that have subscribers", func(ctx context.Context, t *trial) {
		matches(t, t.PubSubChannels(ctx, t.prefix+"*"), gomega.BeEmpty())
		t.subscribe(ctx, t.key("a"), t.key("b"))
		t.subscribe(ctx, t.key("b"))
		matches(t, t.PubSubChannels(ctx, t.prefix+"*"), gomega.ConsistOf(t.key("a"), t.key("b")))
		matches(t, t.PubSubChannels(ctx, t.prefix+"a*"), gomega.ConsistOf(t.key("a")))
	})
	s.it("PUBSUB NUMSUB counts subscribers, not patterns", func(ctx context.Context, t *trial) {
		t.subscribe(ctx, t.key("a"))
		t.subscribe(ctx, t.key("a"))
		t.listens(ctx, t.PSubscribe(ctx, t.prefix+"*"), t.prefix+"*")
		returns(t, t.PubSubNumSub(ctx, t.key("a"), t.key("b")), map[string]int64{t.key("a"): 2, t.key("b"): 0})
	})
	s.it("PUBSUB NUMPAT counts patterns", func(ctx context.Context, t *trial) {
		t.listens(ctx, t.PSubscribe(ctx, t.prefix+"a*", t.prefix+"b*"), t.prefix+"a*", t.prefix+"b*")
		matches(t, t.PubSubNumPat(ctx), gomega.BeNumerically(">=", 2))
	})
}

func shardChannels(s *suite) {
	s.it("SPUBLISH reaches subscribers of SSUBSCRIBE only", func(ctx context.Context, t *trial) {
		shard := t.listens(ctx, t.SSubscribe(ctx, t.key("c")), t.key("c"))
		plain := t.subscribe(ctx, t.key("c"))
		returns(t, t.SPublish(ctx, t.key("c"), "sharded"), 1)
		t.succeeds(t.Publish(ctx, t.key("c"), "plain"))
		t.hears(ctx, plain, t.key("c"), "plain")
		returns(t, t.SPublish(ctx, t.key("c"), "sharded, too"), 1)
		t.hears(ctx, shard, t.key("c"), "sharded")
		t.hears(ctx, shard, t.key("c"), "sharded, too")
	})
	s.itOnOneNode("PUBSUB SHARDCHANNELS and SHARDNUMSUB know shard channels", func(ctx context.Context, t *trial) {
		t.listens(ctx, t.SSubscribe(ctx, t.key("c")), t.key("c"))
		matches(t, t.PubSubShardChannels(ctx, t.prefix+"*"), gomega.ConsistOf(t.key("c")))
		returns(t, t.PubSubShardNumSub(ctx, t.key("c")), map[string]int64{t.key("c"): 1})
		matches(t, t.PubSubChannels(ctx, t.prefix+"*"), gomega.BeEmpty())
	})
	s.it("SUNSUBSCRIBE ends a shard subscription", func(ctx context.Context, t *trial) {
		sub := t.listens(ctx, t.SSubscribe(ctx, t.key("c")), t.key("c"))
		t.Expect(sub.SUnsubscribe(ctx, t.key("c"))).To(gomega.Succeed())
		t.Expect(t.next(ctx, sub)).To(gomega.HaveField("Count", 0))
		returns(t, t.SPublish(ctx, t.key("c"), "x"), 0)
	})
}
