package conformance

import (
	"context"
	"time"

	"github.com/redis/go-redis/v9"
)

func getVariants(s *suite) {
	s.it("GETDEL returns the value and removes the key", func(ctx context.Context, t *trial) {
		t.succeeds(t.Set(ctx, t.key("k"), "v", 0))
		returns(t, t.GetDel(ctx, t.key("k")), "v")
		t.misses(t.GetDel(ctx, t.key("k")))
	})
	s.it("GETSET returns the old value and removes the time to live", func(ctx context.Context, t *trial) {
		t.misses(t.GetSet(ctx, t.key("k"), "a"))
		t.succeeds(t.Expire(ctx, t.key("k"), time.Hour))
		returns(t, t.GetSet(ctx, t.key("k"), "b"), "a")
		returns(t, t.TTL(ctx, t.key("k")), noExpiry)
	})
	s.it("GETEX without options leaves the time to live", func(ctx context.Context, t *trial) {
		t.succeeds(t.Set(ctx, t.key("k"), "v", time.Minute))
		returns(t, t.Do(ctx, "GETEX", t.key("k")), any("v"))
		t.lives(t.PTTL(ctx, t.key("k")), time.Minute)
	})
	s.it("GETEX EX and PX set a time to live", func(ctx context.Context, t *trial) {
		t.succeeds(t.Set(ctx, t.key("k"), "v", 0))
		returns(t, t.Do(ctx, "GETEX", t.key("k"), "EX", 100), any("v"))
		t.lives(t.PTTL(ctx, t.key("k")), 100*time.Second)
		returns(t, t.Do(ctx, "GETEX", t.key("k"), "PX", 50_000), any("v"))
		t.lives(t.PTTL(ctx, t.key("k")), 50*time.Second)
	})
	s.it("GETEX EXAT and PXAT set the moment of expiry", func(ctx context.Context, t *trial) {
		t.succeeds(t.Set(ctx, t.key("k"), "v", 0))
		returns(t, t.Do(ctx, "GETEX", t.key("k"), "EXAT", 4_000_000_000), any("v"))
		returns(t, t.Do(ctx, "EXPIRETIME", t.key("k")), any(int64(4_000_000_000)))
		returns(t, t.Do(ctx, "GETEX", t.key("k"), "PXAT", 4_000_000_000_001), any("v"))
		returns(t, t.Do(ctx, "PEXPIRETIME", t.key("k")), any(int64(4_000_000_000_001)))
	})
	s.it("GETEX PERSIST removes the time to live", func(ctx context.Context, t *trial) {
		t.succeeds(t.Set(ctx, t.key("k"), "v", time.Minute))
		returns(t, t.Do(ctx, "GETEX", t.key("k"), "PERSIST"), any("v"))
		returns(t, t.TTL(ctx, t.key("k")), noExpiry)
	})
	s.it("GETEX EXAT of a moment in the past returns the value and removes the key", func(ctx context.Context, t *trial) {
		t.succeeds(t.Set(ctx, t.key("k"), "v", 0))
		returns(t, t.Do(ctx, "GETEX", t.key("k"), "EXAT", 1), any("v"))
		returns(t, t.Exists(ctx, t.key("k")), 0)
	})
	s.it("GETEX refuses PERSIST together with EX", func(ctx context.Context, t *trial) {
		t.succeeds(t.Set(ctx, t.key("k"), "v", 0))
		t.fails(t.Do(ctx, "GETEX", t.key("k"), "PERSIST", "EX", 1), "ERR syntax error")
	})
}

func counting(s *suite) {
	s.it("INCR counts a missing key from zero", func(ctx context.Context, t *trial) {
		returns(t, t.Incr(ctx, t.key("k")), 1)
		returns(t, t.Incr(ctx, t.key("k")), 2)
		returns(t, t.Get(ctx, t.key("k")), "2")
	})
	s.it("INCRBY, DECR and DECRBY go up and down past zero", func(ctx context.Context, t *trial) {
		returns(t, t.IncrBy(ctx, t.key("k"), 10), 10)
		returns(t, t.Decr(ctx, t.key("k")), 9)
		returns(t, t.DecrBy(ctx, t.key("k"), 20), -11)
		returns(t, t.IncrBy(ctx, t.key("k"), -1), -12)
	})
	s.it("INCR keeps the time to live", func(ctx context.Context, t *trial) {
		t.succeeds(t.Set(ctx, t.key("k"), 1, time.Minute))
		returns(t, t.Incr(ctx, t.key("k")), 2)
		t.lives(t.PTTL(ctx, t.key("k")), time.Minute)
	})
	s.it("INCR refuses what is not a plain 64-bit integer", func(ctx context.Context, t *trial) {
		for _, value := range []string{"text", "1.5", " 1", "1 ", "", "0x10", "+1", "01", "9223372036854775808"} {
			t.succeeds(t.Set(ctx, t.key("k"), value, 0))
			t.fails(t.Incr(ctx, t.key("k")), "ERR value is not an integer or out of range")
			returns(t, t.Get(ctx, t.key("k")), value)
		}
	})
	s.it("INCR and DECR refuse to overflow", func(ctx context.Context, t *trial) {
		t.succeeds(t.Set(ctx, t.key("k"), "9223372036854775807", 0))
		t.fails(t.Incr(ctx, t.key("k")), "ERR increment or decrement would overflow")
		returns(t, t.Get(ctx, t.key("k")), "9223372036854775807")
		t.succeeds(t.Set(ctx, t.key("k"), "-9223372036854775808", 0))
		t.fails(t.Decr(ctx, t.key("k")), "ERR increment or decrement would overflow")
	})
	s.it("DECRBY refuses the one number that has no opposite", func(ctx context.Context, t *trial) {
		t.fails(t.Do(ctx, "DECRBY", t.key("k"), "-9223372036854775808"), "ERR decrement would overflow")
	})
	s.it("INCRBYFLOAT adds decimals without rounding noise", func(ctx context.Context, t *trial) {
		t.succeeds(t.Set(ctx, t.key("k"), "10.50", 0))
		returns(t, t.Do(ctx, "INCRBYFLOAT", t.key("k"), "0.1"), any("10.6"))
		returns(t, t.Do(ctx, "INCRBYFLOAT", t.key("k"), "-5"), any("5.6"))
	})
	s.it("INCRBYFLOAT reads exponents and writes plain decimals", func(ctx context.Context, t *trial) {
		t.succeeds(t.Set(ctx, t.key("k"), "5.0e3", 0))
		returns(t, t.Do(ctx, "INCRBYFLOAT", t.key("k"), "2.0e2"), any("5200"))
		returns(t, t.Get(ctx, t.key("k")), "5200")
	})
	s.it("INCRBYFLOAT refuses text, NaN and infinity", func(ctx context.Context, t *trial) {
		t.fails(t.Do(ctx, "INCRBYFLOAT", t.key("k"), "text"), "ERR value is not a valid float")
		t.fails(t.Do(ctx, "INCRBYFLOAT", t.key("k"), "nan"), "ERR value is not a valid float")
		t.fails(t.Do(ctx, "INCRBYFLOAT", t.key("k"), "+inf"), "ERR increment would produce NaN or Infinity")
		returns(t, t.Exists(ctx, t.key("k")), 0)
	})
}

func severalStrings(s *suite) {
	s.it("MSET writes several keys, the last of equal ones wins", func(ctx context.Context, t *trial) {
		returns(t, t.MSet(ctx, t.key("a"), "1", t.key("b"), "2", t.key("a"), "3"), "OK")
		returns(t, t.MGet(ctx, t.key("a"), t.key("b")), []any{"3", "2"})
	})
	s.it("MSET removes times to live", func(ctx context.Context, t *trial) {
		t.succeeds(t.Set(ctx, t.key("a"), "1", time.Hour), t.MSet(ctx, t.key("a"), "2"))
		returns(t, t.TTL(ctx, t.key("a")), noExpiry)
	})
	s.it("MSET refuses a key without a value", func(ctx context.Context, t *trial) {
		t.fails(t.Do(ctx, "MSET", t.key("a"), "1", t.key("b")), "ERR wrong number of arguments for 'mset' command")
		returns(t, t.Exists(ctx, t.key("a")), 0)
	})
	s.it("MSETNX writes all of its keys or none", func(ctx context.Context, t *trial) {
		returns(t, t.MSetNX(ctx, t.key("a"), "1", t.key("b"), "2"), true)
		returns(t, t.MSetNX(ctx, t.key("b"), "3", t.key("c"), "3"), false)
		returns(t, t.MGet(ctx, t.key("a"), t.key("b"), t.key("c")), []any{"1", "2", nil})
	})
	s.it("MGET returns nil for missing keys and keys of other types", func(ctx context.Context, t *trial) {
		holdList(ctx, t, t.key("list"))
		t.succeeds(t.Set(ctx, t.key("k"), "v", 0))
		returns(t, t.MGet(ctx, t.key("k"), t.key("list"), t.key("missing"), t.key("k")), []any{"v", nil, nil, "v"})
	})
}

func substrings(s *suite) {
	s.it("APPEND creates a missing key and returns the new length", func(ctx context.Context, t *trial) {
		returns(t, t.Append(ctx, t.key("k"), "Hello"), 5)
		returns(t, t.Append(ctx, t.key("k"), " World"), 11)
		returns(t, t.Get(ctx, t.key("k")), "Hello World")
	})
	s.it("APPEND keeps the time to live", func(ctx context.Context, t *trial) {
		t.succeeds(t.Set(ctx, t.key("k"), "a", time.Minute), t.Append(ctx, t.key("k"), "b"))
		t.lives(t.PTTL(ctx, t.key("k")), time.Minute)
	})
	s.it("STRLEN counts bytes, zero for a missing key", func(ctx context.Context, t *trial) {
		returns(t, t.StrLen(ctx, t.key("k")), 0)
		t.succeeds(t.Set(ctx, t.key("k"), "grün", 0))
		returns(t, t.StrLen(ctx, t.key("k")), 5)
	})
	s.it("GETRANGE includes both ends, counts from the end below zero, and clips", func(ctx context.Context, t *trial) {
		t.succeeds(t.Set(ctx, t.key("k"), "This is a string", 0))
		returns(t, t.GetRange(ctx, t.key("k"), 0, 3), "This")
		returns(t, t.GetRange(ctx, t.key("k"), -3, -1), "ing")
		returns(t, t.GetRange(ctx, t.key("k"), 0, -1), "This is a string")
		returns(t, t.GetRange(ctx, t.key("k"), 10, 100), "string")
		returns(t, t.GetRange(ctx, t.key("k"), -100, 3), "This")
		returns(t, t.GetRange(ctx, t.key("k"), 5, 3), "")
		returns(t, t.GetRange(ctx, t.key("missing"), 0, -1), "")
	})
	s.it("SETRANGE overwrites, and pads with zero bytes", func(ctx context.Context, t *trial) {
		returns(t, t.SetRange(ctx, t.key("k"), 3, "abc"), 6)
		returns(t, t.Get(ctx, t.key("k")), "\x00\x00\x00abc")
		returns(t, t.SetRange(ctx, t.key("k"), 1, "Z"), 6)
		returns(t, t.Get(ctx, t.key("k")), "\x00Z\x00abc")
	})
	s.it("SETRANGE of nothing does not create a key", func(ctx context.Context, t *trial) {
		returns(t, t.SetRange(ctx, t.key("k"), 10, ""), 0)
		returns(t, t.Exists(ctx, t.key("k")), 0)
	})
	s.it("SETRANGE refuses offsets below zero and beyond 512 MiB", func(ctx context.Context, t *trial) {
		t.fails(t.SetRange(ctx, t.key("k"), -1, "x"), "ERR offset is out of range")
		t.fails(t.SetRange(ctx, t.key("k"), 512<<20, "x"), "ERR string exceeds maximum allowed size")
	})
	s.it("LCS returns the longest common subsequence of two values", func(ctx context.Context, t *trial) {
		t.succeeds(t.MSet(ctx, t.key("a"), "ohmytext", t.key("b"), "mynewtext"))
		returns(t, t.Do(ctx, "LCS", t.key("a"), t.key("b")), any("mytext"))
		returns(t, t.Do(ctx, "LCS", t.key("a"), t.key("b"), "LEN"), any(int64(6)))
		returns(t, t.Do(ctx, "LCS", t.key("a"), t.key("missing")), any(""))
	})
	s.it("LCS IDX returns where the common parts are, the last one first", func(ctx context.Context, t *trial) {
		t.succeeds(t.MSet(ctx, t.key("a"), "ohmytext", t.key("b"), "mynewtext"))
		found := t.LCS(ctx, &redis.LCSQuery{Key1: t.key("a"), Key2: t.key("b"), Idx: true, WithMatchLen: true, MinMatchLen: 3})
		returns(t, found, &redis.LCSMatch{
			Matches: []redis.LCSMatchedPosition{{
				Key1: redis.LCSPosition{Start: 4, End: 7}, Key2: redis.LCSPosition{Start: 5, End: 8}, MatchLen: 4,
			}},
			Len: 6,
		})
	})
}
