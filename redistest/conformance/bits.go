package conformance

import (
	"context"

	"github.com/redis/go-redis/v9"
)

func bitSpecs(s *suite) {
	s.it("SETBIT returns the old bit and grows the value with zero bytes", func(ctx context.Context, t *trial) {
		returns(t, t.SetBit(ctx, t.key("k"), 7, 1), 0)
		returns(t, t.SetBit(ctx, t.key("k"), 7, 0), 1)
		returns(t, t.SetBit(ctx, t.key("k"), 17, 1), 0)
		returns(t, t.Get(ctx, t.key("k")), "\x00\x00\x40")
	})
	s.it("GETBIT counts from the most significant bit, zero beyond the end", func(ctx context.Context, t *trial) {
		t.succeeds(t.Set(ctx, t.key("k"), "\x80", 0))
		returns(t, t.GetBit(ctx, t.key("k"), 0), 1)
		returns(t, t.GetBit(ctx, t.key("k"), 1), 0)
		returns(t, t.GetBit(ctx, t.key("k"), 1000), 0)
		returns(t, t.GetBit(ctx, t.key("missing"), 0), 0)
	})
	s.it("SETBIT refuses other values than 0 and 1, and offsets below zero", func(ctx context.Context, t *trial) {
		t.fails(t.Do(ctx, "SETBIT", t.key("k"), 0, 2), "ERR bit is not an integer or out of range")
		t.fails(t.Do(ctx, "SETBIT", t.key("k"), -1, 1), "ERR bit offset is not an integer or out of range")
	})
	s.it("BITCOUNT counts set bits in a range of bytes", func(ctx context.Context, t *trial) {
		t.succeeds(t.Set(ctx, t.key("k"), "foobar", 0))
		returns(t, t.BitCount(ctx, t.key("k"), nil), 26)
		returns(t, t.BitCount(ctx, t.key("k"), &redis.BitCount{Start: 0, End: 0}), 4)
		returns(t, t.BitCount(ctx, t.key("k"), &redis.BitCount{Start: -2, End: -1}), 7)
		returns(t, t.BitCount(ctx, t.key("missing"), nil), 0)
	})
	s.it("BITCOUNT BIT counts in a range of bits", func(ctx context.Context, t *trial) {
		t.succeeds(t.Set(ctx, t.key("k"), "foobar", 0))
		returns(t, t.BitCount(ctx, t.key("k"), &redis.BitCount{Start: 5, End: 30, Unit: "BIT"}), 17)
	})
	s.it("BITPOS finds the first bit of a kind", func(ctx context.Context, t *trial) {
		t.succeeds(t.Set(ctx, t.key("k"), "\xff\xf0\x00", 0))
		returns(t, t.BitPos(ctx, t.key("k"), 0), 12)
		returns(t, t.BitPos(ctx, t.key("k"), 1), 0)
		returns(t, t.BitPos(ctx, t.key("k"), 1, 2), -1)
		returns(t, t.BitPos(ctx, t.key("missing"), 0), 0)
		returns(t, t.BitPos(ctx, t.key("missing"), 1), -1)
	})
	s.it("BITPOS sees zeros beyond the end only where no end is given", func(ctx context.Context, t *trial) {
		t.succeeds(t.Set(ctx, t.key("k"), "\xff\xff", 0))
		returns(t, t.BitPos(ctx, t.key("k"), 0), 16)
		returns(t, t.BitPos(ctx, t.key("k"), 0, 0, -1), -1)
	})
	s.it("BITOP combines values, the shorter ones padded with zeros", func(ctx context.Context, t *trial) {
		t.succeeds(t.MSet(ctx, t.key("a"), "\xff\x0f\xaa", t.key("b"), "\x0f\xff"))
		returns(t, t.BitOpAnd(ctx, t.key("and"), t.key("a"), t.key("b")), 3)
		returns(t, t.BitOpOr(ctx, t.key("or"), t.key("a"), t.key("b")), 3)
		returns(t, t.BitOpXor(ctx, t.key("xor"), t.key("a"), t.key("b")), 3)
		returns(t, t.BitOpNot(ctx, t.key("not"), t.key("a")), 3)
		returns(t, t.MGet(ctx, t.key("and"), t.key("or"), t.key("xor"), t.key("not")),
			[]any{"\x0f\x0f\x00", "\xff\xff\xaa", "\xf0\xf0\xaa", "\x00\xf0\x55"})
	})
	s.it("BITOP of missing keys removes the destination", func(ctx context.Context, t *trial) {
		t.succeeds(t.Set(ctx, t.key("dest"), "v", 0))
		returns(t, t.BitOpAnd(ctx, t.key("dest"), t.key("a"), t.key("b")), 0)
		returns(t, t.Exists(ctx, t.key("dest")), 0)
	})
	s.it("BITFIELD sets, reads and increments integers of any width", func(ctx context.Context, t *trial) {
		returns(t, t.BitField(ctx, t.key("k"), "SET", "u8", "#1", 200, "GET", "i8", "#1", "INCRBY", "u4", 0, 5),
			[]int64{0, -56, 5})
		returns(t, t.Get(ctx, t.key("k")), "\x50\xc8")
	})
	s.it("BITFIELD OVERFLOW wraps, saturates or fails", func(ctx context.Context, t *trial) {
		returns(t, t.BitField(ctx, t.key("k"), "SET", "u8", 0, 255, "INCRBY", "u8", 0, 1), []int64{0, 0})
		returns(t, t.BitField(ctx, t.key("k"), "SET", "u8", 0, 255, "OVERFLOW", "SAT", "INCRBY", "u8", 0, 9), []int64{0, 255})
		returns(t, t.Do(ctx, "BITFIELD", t.key("k"), "OVERFLOW", "FAIL", "INCRBY", "u8", 0, 1), any([]any{nil}))
		returns(t, t.Get(ctx, t.key("k")), "\xff")
	})
	s.it("BITFIELD_RO reads only", func(ctx context.Context, t *trial) {
		t.succeeds(t.Set(ctx, t.key("k"), "\x01\x02", 0))
		returns(t, t.Do(ctx, "BITFIELD_RO", t.key("k"), "GET", "u16", 0), any([]any{int64(258)}))
		t.fails(t.Do(ctx, "BITFIELD_RO", t.key("k"), "SET", "u8", 0, 1), "ERR BITFIELD_RO only supports the GET subcommand")
	})
}
