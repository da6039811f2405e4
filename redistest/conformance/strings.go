package conformance

import (
	"context"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

func stringSpecs(s *suite) {
	readingAndWriting(s)
	setOptions(s)
	getVariants(s)
	counting(s)
	severalStrings(s)
	substrings(s)
	s.refuses("list", holdList,
		refusal{"GET", []any{theKey}},
		refusal{"GETDEL", []any{theKey}},
		refusal{"GETEX", []any{theKey}},
		refusal{"GETSET", []any{theKey, "x"}},
		refusal{"GETRANGE", []any{theKey, 0, -1}},
		refusal{"SETRANGE", []any{theKey, 0, "x"}},
		refusal{"APPEND", []any{theKey, "x"}},
		refusal{"STRLEN", []any{theKey}},
		refusal{"INCR", []any{theKey}},
		refusal{"INCRBYFLOAT", []any{theKey, 1}},
		refusal{"GETBIT", []any{theKey, 0}},
		refusal{"SETBIT", []any{theKey, 0, 1}},
		refusal{"BITCOUNT", []any{theKey}},
		refusal{"BITPOS", []any{theKey, 1}},
		refusal{"BITFIELD", []any{theKey, "GET", "u8", 0}},
	)
}

func readingAndWriting(s *suite) {
	s.it("GET returns what SET wrote", func(ctx context.Context, t *trial) {
		returns(t, t.Set(ctx, t.key("k"), "value", 0), "OK")
		returns(t, t.Get(ctx, t.key("k")), "value")
	})
	s.it("GET of a missing key returns nil", func(ctx context.Context, t *trial) {
		t.misses(t.Get(ctx, t.key("k")))
	})
	s.it("a value holds any bytes, line ends and zeros as well", func(ctx context.Context, t *trial) {
		var all strings.Builder
		for b := range 256 {
			all.WriteByte(byte(b))
		}
		for _, value := range []string{all.String(), "\r\n", "\x00", "$5\r\nhello\r\n", "grün 🟢"} {
			t.succeeds(t.Set(ctx, t.key("k"), value, 0))
			returns(t, t.Get(ctx, t.key("k")), value)
			returns(t, t.StrLen(ctx, t.key("k")), int64(len(value)))
		}
	})
	s.it("a key holds any bytes and may be long", func(ctx context.Context, t *trial) {
		for _, name := range []string{"\x00\xff\r\n", "with space", strings.Repeat("k", 10_000)} {
			t.succeeds(t.Set(ctx, t.key(name), name, 0))
			returns(t, t.Get(ctx, t.key(name)), name)
		}
	})
	s.it("an empty value is a value", func(ctx context.Context, t *trial) {
		t.succeeds(t.Set(ctx, t.key("k"), "", 0))
		returns(t, t.Get(ctx, t.key("k")), "")
		returns(t, t.Exists(ctx, t.key("k")), 1)
	})
	s.it("a value of one mebibyte comes back whole", func(ctx context.Context, t *trial) {
		value := strings.Repeat("0123456789abcdef", 1<<16)
		t.succeeds(t.Set(ctx, t.key("k"), value, 0))
		returns(t, t.Get(ctx, t.key("k")), value)
	})
	s.it("SET replaces a key of any type", func(ctx context.Context, t *trial) {
		holdList(ctx, t, t.key("k"))
		returns(t, t.Set(ctx, t.key("k"), "value", 0), "OK")
		returns(t, t.Type(ctx, t.key("k")), "string")
	})
	s.it("SET removes an earlier time to live", func(ctx context.Context, t *trial) {
		t.succeeds(t.Set(ctx, t.key("k"), "a", time.Hour), t.Set(ctx, t.key("k"), "b", 0))
		returns(t, t.TTL(ctx, t.key("k")), noExpiry)
	})
	s.it("SETEX and PSETEX write a value with a time to live", func(ctx context.Context, t *trial) {
		returns(t, t.Do(ctx, "SETEX", t.key("a"), 100, "v"), any("OK"))
		returns(t, t.Do(ctx, "PSETEX", t.key("b"), 100_000, "v"), any("OK"))
		t.lives(t.PTTL(ctx, t.key("a")), 100*time.Second)
		t.lives(t.PTTL(ctx, t.key("b")), 100*time.Second)
	})
	s.it("SETEX refuses a time to live that is not positive", func(ctx context.Context, t *trial) {
		t.fails(t.Do(ctx, "SETEX", t.key("k"), 0, "v"), "ERR invalid expire time in 'setex' command")
		t.fails(t.Do(ctx, "SETEX", t.key("k"), -1, "v"), "ERR invalid expire time in 'setex' command")
		returns(t, t.Exists(ctx, t.key("k")), 0)
	})
	s.it("SETNX writes only a missing key and says whether it did", func(ctx context.Context, t *trial) {
		returns(t, t.Do(ctx, "SETNX", t.key("k"), "a"), any(int64(1)))
		returns(t, t.Do(ctx, "SETNX", t.key("k"), "b"), any(int64(0)))
		returns(t, t.Get(ctx, t.key("k")), "a")
	})
}

func setOptions(s *suite) {
	s.it("SET NX writes only a missing key", func(ctx context.Context, t *trial) {
		returns(t, t.SetArgs(ctx, t.key("k"), "a", redis.SetArgs{Mode: "NX"}), "OK")
		t.misses(t.SetArgs(ctx, t.key("k"), "b", redis.SetArgs{Mode: "NX"}))
		returns(t, t.Get(ctx, t.key("k")), "a")
	})
	s.it("SET NX leaves an existing key of another type alone", func(ctx context.Context, t *trial) {
		holdList(ctx, t, t.key("k"))
		t.misses(t.SetArgs(ctx, t.key("k"), "b", redis.SetArgs{Mode: "NX"}))
		returns(t, t.Type(ctx, t.key("k")), "list")
	})
	s.it("SET XX writes only an existing key", func(ctx context.Context, t *trial) {
		t.misses(t.SetArgs(ctx, t.key("k"), "a", redis.SetArgs{Mode: "XX"}))
		returns(t, t.Exists(ctx, t.key("k")), 0)
		t.succeeds(t.Set(ctx, t.key("k"), "a", 0))
		returns(t, t.SetArgs(ctx, t.key("k"), "b", redis.SetArgs{Mode: "XX"}), "OK")
		returns(t, t.Get(ctx, t.key("k")), "b")
	})
	s.it("SET GET returns the old value, nil where there was none", func(ctx context.Context, t *trial) {
		t.misses(t.SetArgs(ctx, t.key("k"), "a", redis.SetArgs{Get: true}))
		returns(t, t.SetArgs(ctx, t.key("k"), "b", redis.SetArgs{Get: true}), "a")
		returns(t, t.Get(ctx, t.key("k")), "b")
	})
	s.it("SET GET refuses a key of another type and leaves it", func(ctx context.Context, t *trial) {
		holdList(ctx, t, t.key("k"))
		t.fails(t.SetArgs(ctx, t.key("k"), "a", redis.SetArgs{Get: true}), "WRONGTYPE")
		returns(t, t.LLen(ctx, t.key("k")), 1)
	})
	s.it("SET NX GET returns the value that was in the way, and does not write", func(ctx context.Context, t *trial) {
		t.misses(t.SetArgs(ctx, t.key("k"), "a", redis.SetArgs{Mode: "NX", Get: true}))
		returns(t, t.SetArgs(ctx, t.key("k"), "b", redis.SetArgs{Mode: "NX", Get: true}), "a")
		returns(t, t.Get(ctx, t.key("k")), "a")
	})
	s.it("SET XX GET returns nil for a missing key, and does not write", func(ctx context.Context, t *trial) {
		t.misses(t.SetArgs(ctx, t.key("k"), "a", redis.SetArgs{Mode: "XX", Get: true}))
		returns(t, t.Exists(ctx, t.key("k")), 0)
	})
	s.it("SET EX and PX give a time to live in seconds and milliseconds", func(ctx context.Context, t *trial) {
		t.succeeds(t.Do(ctx, "SET", t.key("ex"), "v", "EX", 100), t.Do(ctx, "SET", t.key("px"), "v", "PX", 100_000))
		t.lives(t.PTTL(ctx, t.key("ex")), 100*time.Second)
		t.lives(t.PTTL(ctx, t.key("px")), 100*time.Second)
	})
	s.it("SET EXAT and PXAT give the moment at which the key expires", func(ctx context.Context, t *trial) {
		t.succeeds(
			t.Do(ctx, "SET", t.key("exat"), "v", "EXAT", 4_000_000_000),
			t.Do(ctx, "SET", t.key("pxat"), "v", "PXAT", 4_000_000_000_123),
		)
		returns(t, t.Do(ctx, "EXPIRETIME", t.key("exat")), any(int64(4_000_000_000)))
		returns(t, t.Do(ctx, "PEXPIRETIME", t.key("pxat")), any(int64(4_000_000_000_123)))
	})
	s.it("SET EXAT of a moment in the past leaves no key", func(ctx context.Context, t *trial) {
		t.succeeds(t.Set(ctx, t.key("k"), "v", 0))
		returns(t, t.Do(ctx, "SET", t.key("k"), "v", "EXAT", 1), any("OK"))
		returns(t, t.Exists(ctx, t.key("k")), 0)
	})
	s.it("SET KEEPTTL keeps the time to live", func(ctx context.Context, t *trial) {
		t.succeeds(t.Set(ctx, t.key("k"), "a", time.Minute), t.Set(ctx, t.key("k"), "b", redis.KeepTTL))
		returns(t, t.Get(ctx, t.key("k")), "b")
		t.lives(t.PTTL(ctx, t.key("k")), time.Minute)
	})
	s.it("SET takes its options in any order and case", func(ctx context.Context, t *trial) {
		t.misses(t.Do(ctx, "sEt", t.key("k"), "v", "get", "px", 60_000, "nx"))
		returns(t, t.Get(ctx, t.key("k")), "v")
		t.lives(t.PTTL(ctx, t.key("k")), time.Minute)
	})
	for _, options := range [][]any{
		{"NX", "XX"},
		{"EX", 1, "PX", 1},
		{"EX", 1, "KEEPTTL"},
		{"EX", 1, "EXAT", 4_000_000_000},
		{"EX"},
		{"BOGUS"},
	} {
		s.it("SET refuses the options "+words(options), func(ctx context.Context, t *trial) {
			t.fails(t.Do(ctx, append([]any{"SET", t.key("k"), "v"}, options...)...), "ERR syntax error")
			returns(t, t.Exists(ctx, t.key("k")), 0)
		})
	}
	s.it("SET refuses a time to live that is not positive", func(ctx context.Context, t *trial) {
		for _, option := range []string{"EX", "PX", "EXAT", "PXAT"} {
			t.fails(t.Do(ctx, "SET", t.key("k"), "v", option, 0), "ERR invalid expire time in 'set' command")
			t.fails(t.Do(ctx, "SET", t.key("k"), "v", option, -5), "ERR invalid expire time in 'set' command")
		}
		t.fails(t.Do(ctx, "SET", t.key("k"), "v", "EX", "soon"), "ERR value is not an integer or out of range")
	})
	s.it("SET refuses a time to live beyond what milliseconds can count", func(ctx context.Context, t *trial) {
		t.fails(t.Do(ctx, "SET", t.key("k"), "v", "EX", "9223372036854775807"), "ERR invalid expire time in 'set' command")
	})
}
