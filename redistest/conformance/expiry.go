package conformance

import (
	"context"
	"time"

	"github.com/onsi/gomega"
	"github.com/redis/go-redis/v9"
)

// blink is a time to live that a spec waits for.
const blink = 20 * time.Millisecond

func expirySpecs(s *suite) {
	timesToLive(s)
	expireConditions(s)
	passing(s)
}

func timesToLive(s *suite) {
	s.it("TTL and PTTL return -1 for a key without expiry and -2 for a missing key", func(ctx context.Context, t *trial) {
		t.succeeds(t.Set(ctx, t.key("k"), "v", 0))
		for _, command := range []string{"TTL", "PTTL", "EXPIRETIME", "PEXPIRETIME"} {
			returns(t, t.Do(ctx, command, t.key("k")), any(int64(-1)))
			returns(t, t.Do(ctx, command, t.key("missing")), any(int64(-2)))
		}
	})
	s.it("TTL rounds to the nearest second", func(ctx context.Context, t *trial) {
		t.succeeds(t.Set(ctx, t.key("k"), "v", 100*time.Second))
		matches(t, t.TTL(ctx, t.key("k")), gomega.BeElementOf(100*time.Second, 99*time.Second))
	})
	s.it("EXPIRE and PEXPIRE set a time to live on an existing key", func(ctx context.Context, t *trial) {
		t.succeeds(t.RPush(ctx, t.key("k"), "v"))
		returns(t, t.Expire(ctx, t.key("k"), 100*time.Second), true)
		t.lives(t.PTTL(ctx, t.key("k")), 100*time.Second)
		returns(t, t.PExpire(ctx, t.key("k"), 50*time.Second), true)
		t.lives(t.PTTL(ctx, t.key("k")), 50*time.Second)
		returns(t, t.Expire(ctx, t.key("missing"), time.Minute), false)
	})
	s.it("EXPIREAT and PEXPIREAT set the moment that EXPIRETIME and PEXPIRETIME return", func(ctx context.Context, t *trial) {
		t.succeeds(t.Set(ctx, t.key("k"), "v", 0))
		returns(t, t.Do(ctx, "EXPIREAT", t.key("k"), 4_000_000_000), any(int64(1)))
		returns(t, t.Do(ctx, "EXPIRETIME", t.key("k")), any(int64(4_000_000_000)))
		returns(t, t.Do(ctx, "PEXPIREAT", t.key("k"), 4_000_000_000_123), any(int64(1)))
		returns(t, t.Do(ctx, "PEXPIRETIME", t.key("k")), any(int64(4_000_000_000_123)))
	})
	s.it("EXPIRE of no or negative time and EXPIREAT of the past remove the key", func(ctx context.Context, t *trial) {
		for _, words := range [][]any{
			{"EXPIRE", t.key("k"), 0},
			{"EXPIRE", t.key("k"), -1},
			{"PEXPIRE", t.key("k"), -1},
			{"EXPIREAT", t.key("k"), 1},
			{"PEXPIREAT", t.key("k"), 1},
		} {
			t.succeeds(t.Set(ctx, t.key("k"), "v", 0))
			returns(t, t.Do(ctx, words...), any(int64(1)))
			returns(t, t.Exists(ctx, t.key("k")), 0)
		}
	})
	s.it("EXPIRE refuses text and numbers beyond its range", func(ctx context.Context, t *trial) {
		t.succeeds(t.Set(ctx, t.key("k"), "v", 0))
		t.fails(t.Do(ctx, "EXPIRE", t.key("k"), "soon"), "ERR value is not an integer or out of range")
		t.fails(t.Do(ctx, "EXPIRE", t.key("k"), "9223372036854775807"), "ERR invalid expire time in 'expire' command")
		returns(t, t.TTL(ctx, t.key("k")), noExpiry)
	})
	s.it("PERSIST removes a time to live and says whether there was one", func(ctx context.Context, t *trial) {
		t.succeeds(t.Set(ctx, t.key("k"), "v", time.Minute))
		returns(t, t.Persist(ctx, t.key("k")), true)
		returns(t, t.Persist(ctx, t.key("k")), false)
		returns(t, t.Persist(ctx, t.key("missing")), false)
		returns(t, t.TTL(ctx, t.key("k")), noExpiry)
	})
	s.it("commands that change a value keep its time to live", func(ctx context.Context, t *trial) {
		t.succeeds(
			t.RPush(ctx, t.key("l"), "a"), t.HSet(ctx, t.key("h"), "f", "v"),
			t.SAdd(ctx, t.key("s"), "m"), t.ZAdd(ctx, t.key("z"), redis.Z{Member: "m"}),
		)
		for _, name := range []string{"l", "h", "s", "z"} {
			t.succeeds(t.Expire(ctx, t.key(name), time.Minute))
		}
		t.succeeds(
			t.RPush(ctx, t.key("l"), "b"), t.LPop(ctx, t.key("l")), t.HSet(ctx, t.key("h"), "g", "w"),
			t.SAdd(ctx, t.key("s"), "n"), t.ZIncrBy(ctx, t.key("z"), 1, "m"),
		)
		for _, name := range []string{"l", "h", "s", "z"} {
			t.lives(t.PTTL(ctx, t.key(name)), time.Minute)
		}
	})
	s.it("a key that was removed and written again has no time to live", func(ctx context.Context, t *trial) {
		t.succeeds(t.RPush(ctx, t.key("l"), "a"), t.Expire(ctx, t.key("l"), time.Minute), t.LPop(ctx, t.key("l")), t.RPush(ctx, t.key("l"), "b"))
		returns(t, t.TTL(ctx, t.key("l")), noExpiry)
	})
}

func expireConditions(s *suite) {
	s.it("EXPIRE NX sets a time to live only where there is none", func(ctx context.Context, t *trial) {
		t.succeeds(t.Set(ctx, t.key("k"), "v", 0))
		returns(t, t.ExpireNX(ctx, t.key("k"), time.Minute), true)
		returns(t, t.ExpireNX(ctx, t.key("k"), time.Hour), false)
		t.lives(t.PTTL(ctx, t.key("k")), time.Minute)
	})
	s.it("EXPIRE XX changes only an existing time to live", func(ctx context.Context, t *trial) {
		t.succeeds(t.Set(ctx, t.key("k"), "v", 0))
		returns(t, t.ExpireXX(ctx, t.key("k"), time.Minute), false)
		t.succeeds(t.Expire(ctx, t.key("k"), time.Minute))
		returns(t, t.ExpireXX(ctx, t.key("k"), time.Hour), true)
		t.lives(t.PTTL(ctx, t.key("k")), time.Hour)
	})
	s.it("EXPIRE GT only prolongs, and no expiry counts as endless", func(ctx context.Context, t *trial) {
		t.succeeds(t.Set(ctx, t.key("k"), "v", 0))
		returns(t, t.ExpireGT(ctx, t.key("k"), time.Hour), false)
		t.succeeds(t.Expire(ctx, t.key("k"), time.Minute))
		returns(t, t.ExpireGT(ctx, t.key("k"), time.Second), false)
		returns(t, t.ExpireGT(ctx, t.key("k"), time.Hour), true)
		t.lives(t.PTTL(ctx, t.key("k")), time.Hour)
	})
	s.it("EXPIRE LT only shortens, and no expiry counts as endless", func(ctx context.Context, t *trial) {
		t.succeeds(t.Set(ctx, t.key("k"), "v", 0))
		returns(t, t.ExpireLT(ctx, t.key("k"), time.Hour), true)
		returns(t, t.ExpireLT(ctx, t.key("k"), 2*time.Hour), false)
		returns(t, t.ExpireLT(ctx, t.key("k"), time.Minute), true)
		t.lives(t.PTTL(ctx, t.key("k")), time.Minute)
	})
	s.it("EXPIREAT and PEXPIRE take the same conditions", func(ctx context.Context, t *trial) {
		t.succeeds(t.Set(ctx, t.key("k"), "v", 0))
		returns(t, t.Do(ctx, "EXPIREAT", t.key("k"), 4_000_000_000, "XX"), any(int64(0)))
		returns(t, t.Do(ctx, "PEXPIRE", t.key("k"), 60_000, "NX"), any(int64(1)))
		returns(t, t.Do(ctx, "PEXPIREAT", t.key("k"), 4_000_000_000_000, "LT"), any(int64(0)))
		t.lives(t.PTTL(ctx, t.key("k")), time.Minute)
	})
	s.it("EXPIRE refuses conditions that exclude each other, and unknown ones", func(ctx context.Context, t *trial) {
		t.succeeds(t.Set(ctx, t.key("k"), "v", 0))
		t.fails(t.Do(ctx, "EXPIRE", t.key("k"), 1, "NX", "XX"), "ERR NX and XX, GT or LT options at the same time are not compatible")
		t.fails(t.Do(ctx, "EXPIRE", t.key("k"), 1, "GT", "LT"), "ERR GT and LT options at the same time are not compatible")
		t.fails(t.Do(ctx, "EXPIRE", t.key("k"), 1, "SOMETIMES"), "ERR Unsupported option SOMETIMES")
	})
}

func passing(s *suite) {
	s.itTakesTime("a key is gone once its time to live has passed", func(ctx context.Context, t *trial) {
		t.succeeds(t.Set(ctx, t.key("k"), "v", blink))
		t.expires(ctx, t.key("k"))
		t.misses(t.Get(ctx, t.key("k")))
		returns(t, t.TTL(ctx, t.key("k")), noKey)
		returns(t, t.Type(ctx, t.key("k")), "none")
	})
	s.itTakesTime("a key of any type expires", func(ctx context.Context, t *trial) {
		t.succeeds(
			t.RPush(ctx, t.key("list"), "a"), t.HSet(ctx, t.key("hash"), "f", "v"), t.SAdd(ctx, t.key("set"), "m"),
			t.ZAdd(ctx, t.key("zset"), redis.Z{Member: "m"}), t.Do(ctx, "XADD", t.key("stream"), "*", "f", "v"),
		)
		for _, name := range []string{"list", "hash", "set", "zset", "stream"} {
			t.succeeds(t.PExpire(ctx, t.key(name), blink))
		}
		for _, name := range []string{"list", "hash", "set", "zset", "stream"} {
			t.expires(ctx, t.key(name))
		}
	})
	s.onOneNode(func(s *suite) {
		s.itTakesTime("an expired key is not found by KEYS and SCAN", func(ctx context.Context, t *trial) {
			t.succeeds(t.Set(ctx, t.key("k"), "v", blink), t.Set(ctx, t.key("stays"), "v", 0))
			t.eventually(ctx, func() ([]string, error) { return t.Keys(ctx, t.prefix+"*").Result() }).
				Should(gomega.ConsistOf(t.key("stays")))
			t.Expect(t.scanAll(ctx, "MATCH", t.prefix+"*")).To(gomega.ConsistOf(t.key("stays")))
		})
	})
	s.itTakesTime("SET NX writes a key whose time to live has passed", func(ctx context.Context, t *trial) {
		t.succeeds(t.Set(ctx, t.key("lock"), "first", blink))
		t.eventually(ctx, func() error {
			return t.SetArgs(ctx, t.key("lock"), "second", redis.SetArgs{Mode: "NX"}).Err()
		}).Should(gomega.Succeed())
		returns(t, t.Get(ctx, t.key("lock")), "second")
	})
	s.itTakesTime("INCR starts anew after the time to live has passed", func(ctx context.Context, t *trial) {
		t.succeeds(t.Set(ctx, t.key("n"), 41, blink))
		t.expires(ctx, t.key("n"))
		returns(t, t.Incr(ctx, t.key("n")), 1)
	})
	s.itTakesTime("PERSIST keeps a key alive", func(ctx context.Context, t *trial) {
		t.succeeds(t.Set(ctx, t.key("k"), "v", time.Minute), t.Persist(ctx, t.key("k")), t.Set(ctx, t.key("later"), "v", blink))
		t.expires(ctx, t.key("later"))
		returns(t, t.Exists(ctx, t.key("k")), 1)
	})
	s.itTakesTime("keys expire in the order of their times", func(ctx context.Context, t *trial) {
		t.succeeds(t.Set(ctx, t.key("soon"), "v", blink), t.Set(ctx, t.key("late"), "v", time.Minute))
		t.expires(ctx, t.key("soon"))
		returns(t, t.Exists(ctx, t.key("late")), 1)
	})
	s.itTakesTime("a time to live set by GETEX passes", func(ctx context.Context, t *trial) {
		t.succeeds(t.Set(ctx, t.key("k"), "v", 0), t.GetEx(ctx, t.key("k"), blink))
		t.expires(ctx, t.key("k"))
	})
	s.itTakesTime("a renamed key expires under its new name", func(ctx context.Context, t *trial) {
		t.succeeds(t.Set(ctx, t.key("a"), "v", time.Minute), t.Rename(ctx, t.key("a"), t.key("b")), t.PExpire(ctx, t.key("b"), blink))
		t.expires(ctx, t.key("b"))
	})
}
