package conformance

import (
	"context"
	"time"

	"github.com/onsi/gomega"
	"github.com/redis/go-redis/v9"
)

func groupSpecs(s *suite) {
	groupLife(s)
	groupReading(s)
	groupPending(s)
	groupClaiming(s)
	groupInfo(s)
}

// group creates a stream of the given ids with the group g that has read nothing.
func (t *trial) group(ctx context.Context, ids ...string) string {
	stream := t.key("x")
	t.entries(ctx, stream, ids...)
	returns(t, t.XGroupCreateMkStream(ctx, stream, "g", "0"), "OK")
	return stream
}

// deliver makes a consumer of group g read new entries.
func (t *trial) deliver(ctx context.Context, stream, consumer string, count int64) []redis.XMessage {
	streams, err := t.readGroup(ctx, stream, consumer, ">", count).Result()
	t.ExpectWithOffset(1, err).NotTo(gomega.HaveOccurred())
	t.ExpectWithOffset(1, streams).To(gomega.HaveLen(1))
	return streams[0].Messages
}

func (t *trial) readGroup(ctx context.Context, stream, consumer, from string, count int64) *redis.XStreamSliceCmd {
	return t.XReadGroup(ctx, &redis.XReadGroupArgs{
		Group: "g", Consumer: consumer, Streams: []string{stream, from}, Count: count, Block: -1,
	})
}

// pendingOf returns the pending entries of group g without their idle times.
func (t *trial) pendingOf(ctx context.Context, stream string) []redis.XPendingExt {
	list, err := t.XPendingExt(ctx, &redis.XPendingExtArgs{Stream: stream, Group: "g", Start: "-", End: "+", Count: 100}).Result()
	t.ExpectWithOffset(1, err).NotTo(gomega.HaveOccurred())
	for i := range list {
		list[i].Idle = 0
	}
	return list
}

func groupLife(s *suite) {
	s.it("XGROUP CREATE needs a stream, unless MKSTREAM", func(ctx context.Context, t *trial) {
		t.fails(t.XGroupCreate(ctx, t.key("x"), "g", "$"), "ERR The XGROUP subcommand requires the key to exist")
		returns(t, t.XGroupCreateMkStream(ctx, t.key("x"), "g", "$"), "OK")
		returns(t, t.Type(ctx, t.key("x")), "stream")
		returns(t, t.XLen(ctx, t.key("x")), 0)
	})
	s.it("XGROUP CREATE refuses a name that is taken", func(ctx context.Context, t *trial) {
		x := t.group(ctx)
		t.fails(t.XGroupCreate(ctx, x, "g", "0"), "BUSYGROUP Consumer Group name already exists")
	})
	s.it("XGROUP DESTROY removes a group and says whether it was there", func(ctx context.Context, t *trial) {
		x := t.group(ctx)
		returns(t, t.XGroupDestroy(ctx, x, "g"), 1)
		returns(t, t.XGroupDestroy(ctx, x, "g"), 0)
		t.fails(t.readGroup(ctx, x, "c", ">", 1), "NOGROUP")
	})
	s.it("XGROUP CREATECONSUMER and DELCONSUMER count new and pending", func(ctx context.Context, t *trial) {
		x := t.group(ctx, "1-1", "2-1")
		returns(t, t.XGroupCreateConsumer(ctx, x, "g", "c"), 1)
		returns(t, t.XGroupCreateConsumer(ctx, x, "g", "c"), 0)
		t.deliver(ctx, x, "c", 2)
		returns(t, t.XGroupDelConsumer(ctx, x, "g", "c"), 2)
		t.Expect(t.pendingOf(ctx, x)).To(gomega.BeEmpty())
	})
	s.it("XGROUP SETID chooses what is new", func(ctx context.Context, t *trial) {
		x := t.group(ctx, "1-1", "2-1", "3-1")
		t.deliver(ctx, x, "c", 3)
		returns(t, t.XGroupSetID(ctx, x, "g", "1-1"), "OK")
		t.Expect(t.deliver(ctx, x, "c", 10)).To(gomega.Equal([]redis.XMessage{entry("2-1", 2), entry("3-1", 3)}))
	})
	s.it("commands refuse a group that is missing", func(ctx context.Context, t *trial) {
		t.entries(ctx, t.key("x"), "1-1")
		t.fails(t.readGroup(ctx, t.key("x"), "c", ">", 1), "NOGROUP No such key")
		t.fails(t.XPending(ctx, t.key("x"), "g"), "NOGROUP No such key")
		t.fails(t.Do(ctx, "XCLAIM", t.key("x"), "g", "c", 0, "1-1"), "NOGROUP No such key")
		t.fails(t.XGroupSetID(ctx, t.key("x"), "g", "0"), "NOGROUP No such consumer group 'g' for key name")
		returns(t, t.XAck(ctx, t.key("x"), "g", "1-1"), 0)
	})
}

func groupReading(s *suite) {
	s.it("XREADGROUP with > gives every entry to one consumer", func(ctx context.Context, t *trial) {
		x := t.group(ctx, "1-1", "2-1", "3-1")
		t.Expect(t.deliver(ctx, x, "alice", 2)).To(gomega.Equal([]redis.XMessage{entry("1-1", 1), entry("2-1", 2)}))
		t.Expect(t.deliver(ctx, x, "bob", 2)).To(gomega.Equal([]redis.XMessage{entry("3-1", 3)}))
		t.misses(t.readGroup(ctx, x, "alice", ">", 1))
	})
	s.it("each group reads on its own", func(ctx context.Context, t *trial) {
		x := t.group(ctx, "1-1")
		t.succeeds(t.XGroupCreate(ctx, x, "other", "0"))
		t.deliver(ctx, x, "c", 1)
		returns(t, t.XReadGroup(ctx, &redis.XReadGroupArgs{Group: "other", Consumer: "c", Streams: []string{x, ">"}, Block: -1}),
			[]redis.XStream{{Stream: x, Messages: []redis.XMessage{entry("1-1", 1)}}})
	})
	s.it("a group created at $ reads only what comes later", func(ctx context.Context, t *trial) {
		t.entries(ctx, t.key("x"), "1-1")
		t.succeeds(t.XGroupCreate(ctx, t.key("x"), "g", "$"))
		t.entries(ctx, t.key("x"), "2-1")
		t.Expect(t.deliver(ctx, t.key("x"), "c", 9)).To(gomega.Equal([]redis.XMessage{entry("2-1", 1)}))
	})
	s.it("XREADGROUP with an id returns the consumer's own pending entries after it", func(ctx context.Context, t *trial) {
		x := t.group(ctx, "1-1", "2-1", "3-1")
		t.deliver(ctx, x, "alice", 2)
		t.deliver(ctx, x, "bob", 1)
		returns(t, t.readGroup(ctx, x, "alice", "1-1", 9),
			[]redis.XStream{{Stream: x, Messages: []redis.XMessage{entry("2-1", 2)}}})
		t.succeeds(t.XAck(ctx, x, "g", "1-1", "2-1"))
		returns(t, t.readGroup(ctx, x, "alice", "0", 9), []redis.XStream{{Stream: x, Messages: []redis.XMessage{}}})
	})
	s.it("XREADGROUP returns pending entries that were deleted without fields", func(ctx context.Context, t *trial) {
		x := t.group(ctx, "1-1")
		t.deliver(ctx, x, "c", 1)
		t.succeeds(t.XDel(ctx, x, "1-1"))
		returns(t, t.speaking(ctx, 2).Do(ctx, "XREADGROUP", "GROUP", "g", "c", "STREAMS", x, "0"),
			any([]any{[]any{x, []any{[]any{"1-1", nil}}}}))
	})
	s.it("XREADGROUP NOACK leaves nothing pending", func(ctx context.Context, t *trial) {
		x := t.group(ctx, "1-1")
		t.succeeds(t.XReadGroup(ctx, &redis.XReadGroupArgs{
			Group: "g", Consumer: "c", Streams: []string{x, ">"}, NoAck: true, Block: -1,
		}))
		t.Expect(t.pendingOf(ctx, x)).To(gomega.BeEmpty())
	})
	s.it("XREADGROUP refuses $", func(ctx context.Context, t *trial) {
		x := t.group(ctx)
		t.fails(t.readGroup(ctx, x, "c", "$", 1), "ERR The $ ID is meaningless in the context of XREADGROUP")
	})
}

func groupPending(s *suite) {
	s.it("XACK removes entries from the pending list and counts them", func(ctx context.Context, t *trial) {
		x := t.group(ctx, "1-1", "2-1")
		t.deliver(ctx, x, "c", 2)
		returns(t, t.XAck(ctx, x, "g", "1-1", "9-9"), 1)
		returns(t, t.XAck(ctx, x, "g", "1-1"), 0)
		t.Expect(t.pendingOf(ctx, x)).To(gomega.Equal([]redis.XPendingExt{{ID: "2-1", Consumer: "c", RetryCount: 1}}))
	})
	s.it("XACK acknowledges an entry that was deleted from the stream", func(ctx context.Context, t *trial) {
		x := t.group(ctx, "1-1")
		t.deliver(ctx, x, "c", 1)
		t.succeeds(t.XDel(ctx, x, "1-1"))
		returns(t, t.XAck(ctx, x, "g", "1-1"), 1)
		t.Expect(t.pendingOf(ctx, x)).To(gomega.BeEmpty())
	})
	s.it("XPENDING sums up by consumer", func(ctx context.Context, t *trial) {
		x := t.group(ctx, "1-1", "2-1", "3-1")
		t.deliver(ctx, x, "alice", 2)
		t.deliver(ctx, x, "bob", 1)
		returns(t, t.XPending(ctx, x, "g"), &redis.XPending{
			Count: 3, Lower: "1-1", Higher: "3-1", Consumers: map[string]int64{"alice": 2, "bob": 1},
		})
	})
	s.it("XPENDING of a group without pending entries is zero and nil", func(ctx context.Context, t *trial) {
		x := t.group(ctx)
		returns(t, t.Do(ctx, "XPENDING", x, "g"), any([]any{int64(0), nil, nil, nil}))
	})
	s.it("XPENDING lists entries by range, count, consumer and idle time", func(ctx context.Context, t *trial) {
		x := t.group(ctx, "1-1", "2-1", "3-1")
		t.deliver(ctx, x, "alice", 2)
		t.deliver(ctx, x, "bob", 1)
		ask := &redis.XPendingExtArgs{Stream: x, Group: "g", Start: "(1-1", End: "+", Count: 1}
		matches(t, t.XPendingExt(ctx, ask), gomega.HaveExactElements(gomega.HaveField("ID", "2-1")))
		ask = &redis.XPendingExtArgs{Stream: x, Group: "g", Start: "-", End: "+", Count: 9, Consumer: "bob"}
		matches(t, t.XPendingExt(ctx, ask), gomega.HaveExactElements(gomega.HaveField("ID", "3-1")))
		ask = &redis.XPendingExtArgs{Stream: x, Group: "g", Start: "-", End: "+", Count: 9, Idle: time.Hour}
		matches(t, t.XPendingExt(ctx, ask), gomega.BeEmpty())
	})
	s.it("reading pending entries again counts a delivery", func(ctx context.Context, t *trial) {
		x := t.group(ctx, "1-1")
		t.deliver(ctx, x, "c", 1)
		t.succeeds(t.readGroup(ctx, x, "c", "0", 1))
		t.Expect(t.pendingOf(ctx, x)).To(gomega.Equal([]redis.XPendingExt{{ID: "1-1", Consumer: "c", RetryCount: 2}}))
	})
}

func groupClaiming(s *suite) {
	claim := func(x string, idle time.Duration, ids ...string) *redis.XClaimArgs {
		return &redis.XClaimArgs{Stream: x, Group: "g", Consumer: "bob", MinIdle: idle, Messages: ids}
	}
	s.it("XCLAIM hands a pending entry to another consumer and counts a delivery", func(ctx context.Context, t *trial) {
		x := t.group(ctx, "1-1")
		t.deliver(ctx, x, "alice", 1)
		returns(t, t.XClaim(ctx, claim(x, 0, "1-1")), []redis.XMessage{entry("1-1", 1)})
		t.Expect(t.pendingOf(ctx, x)).To(gomega.Equal([]redis.XPendingExt{{ID: "1-1", Consumer: "bob", RetryCount: 2}}))
	})
	s.it("XCLAIM leaves entries that are not idle enough, and those not pending", func(ctx context.Context, t *trial) {
		x := t.group(ctx, "1-1", "2-1")
		t.deliver(ctx, x, "alice", 1)
		matches(t, t.XClaim(ctx, claim(x, time.Hour, "1-1")), gomega.BeEmpty())
		matches(t, t.XClaim(ctx, claim(x, 0, "2-1")), gomega.BeEmpty())
	})
	s.it("XCLAIM JUSTID returns ids and counts no delivery", func(ctx context.Context, t *trial) {
		x := t.group(ctx, "1-1")
		t.deliver(ctx, x, "alice", 1)
		returns(t, t.XClaimJustID(ctx, claim(x, 0, "1-1")), []string{"1-1"})
		t.Expect(t.pendingOf(ctx, x)).To(gomega.Equal([]redis.XPendingExt{{ID: "1-1", Consumer: "bob", RetryCount: 1}}))
	})
	s.it("XCLAIM FORCE, RETRYCOUNT and IDLE write a pending entry as told", func(ctx context.Context, t *trial) {
		x := t.group(ctx, "1-1")
		returns(t, t.Do(ctx, "XCLAIM", x, "g", "bob", 0, "1-1", "IDLE", 60_000, "RETRYCOUNT", 7, "FORCE", "JUSTID"), any([]any{"1-1"}))
		t.Expect(t.pendingOf(ctx, x)).To(gomega.Equal([]redis.XPendingExt{{ID: "1-1", Consumer: "bob", RetryCount: 7}}))
		ask := &redis.XPendingExtArgs{Stream: x, Group: "g", Start: "-", End: "+", Count: 9, Idle: time.Minute}
		matches(t, t.XPendingExt(ctx, ask), gomega.HaveLen(1))
	})
	s.it("XCLAIM drops a pending entry that was deleted from the stream", func(ctx context.Context, t *trial) {
		x := t.group(ctx, "1-1")
		t.deliver(ctx, x, "alice", 1)
		t.succeeds(t.XDel(ctx, x, "1-1"))
		matches(t, t.XClaim(ctx, claim(x, 0, "1-1")), gomega.BeEmpty())
		t.Expect(t.pendingOf(ctx, x)).To(gomega.BeEmpty())
	})
	s.it("XAUTOCLAIM claims in order and returns where to go on", func(ctx context.Context, t *trial) {
		x := t.group(ctx, "1-1", "2-1", "3-1")
		t.deliver(ctx, x, "alice", 3)
		ask := &redis.XAutoClaimArgs{Stream: x, Group: "g", Consumer: "bob", Start: "0", Count: 2}
		messages, next, err := t.XAutoClaim(ctx, ask).Result()
		t.Expect(err).NotTo(gomega.HaveOccurred())
		t.Expect(messages).To(gomega.Equal([]redis.XMessage{entry("1-1", 1), entry("2-1", 2)}))
		t.Expect(next).To(gomega.Equal("3-1"))
		ask.Start = next
		ids, next, err := t.XAutoClaimJustID(ctx, ask).Result()
		t.Expect(err).NotTo(gomega.HaveOccurred())
		t.Expect(ids).To(gomega.Equal([]string{"3-1"}))
		t.Expect(next).To(gomega.Equal("0-0"))
	})
	s.it("XAUTOCLAIM tells the ids of deleted entries and drops them", func(ctx context.Context, t *trial) {
		x := t.group(ctx, "1-1", "2-1")
		t.deliver(ctx, x, "alice", 2)
		t.succeeds(t.XDel(ctx, x, "1-1"))
		returns(t, t.Do(ctx, "XAUTOCLAIM", x, "g", "bob", 0, "0", "JUSTID"), any([]any{"0-0", []any{"2-1"}, []any{"1-1"}}))
		t.Expect(t.pendingOf(ctx, x)).To(gomega.HaveLen(1))
	})
}

func groupInfo(s *suite) {
	s.it("XINFO GROUPS tells consumers, pending and the last id delivered", func(ctx context.Context, t *trial) {
		x := t.group(ctx, "1-1", "2-1", "3-1")
		t.deliver(ctx, x, "c", 2)
		matches(t, t.XInfoGroups(ctx, x), gomega.HaveExactElements(gomega.And(
			gomega.HaveField("Name", "g"),
			gomega.HaveField("Consumers", int64(1)),
			gomega.HaveField("Pending", int64(2)),
			gomega.HaveField("LastDeliveredID", "2-1"),
		)))
	})
	s.it("XINFO GROUPS tells how many entries were read and how many lag", func(ctx context.Context, t *trial) {
		x := t.group(ctx, "1-1", "2-1", "3-1")
		t.deliver(ctx, x, "c", 2)
		matches(t, t.XInfoGroups(ctx, x), gomega.HaveExactElements(gomega.And(
			gomega.HaveField("EntriesRead", int64(2)), gomega.HaveField("Lag", int64(1)),
		)))
	})
	s.it("XINFO CONSUMERS tells pending by consumer", func(ctx context.Context, t *trial) {
		x := t.group(ctx, "1-1", "2-1")
		t.deliver(ctx, x, "alice", 2)
		t.succeeds(t.XGroupCreateConsumer(ctx, x, "g", "bob"))
		matches(t, t.XInfoConsumers(ctx, x, "g"), gomega.HaveExactElements(
			gomega.And(gomega.HaveField("Name", "alice"), gomega.HaveField("Pending", int64(2))),
			gomega.And(gomega.HaveField("Name", "bob"), gomega.HaveField("Pending", int64(0))),
		))
	})
}
