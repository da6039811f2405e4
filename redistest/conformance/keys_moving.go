package conformance

import (
	"context"
	"time"

	"github.com/onsi/gomega"
	"github.com/redis/go-redis/v9"
)

func dumping(s *suite) {
	for _, c := range []struct {
		kind string
		fill func(ctx context.Context, t *trial, key string) redis.Cmder
		read func(ctx context.Context, t *trial, key string) redis.Cmder
	}{
		{"string", func(ctx context.Context, t *trial, key string) redis.Cmder {
			return t.Set(ctx, key, "a\x00b", 0)
		}, func(ctx context.Context, t *trial, key string) redis.Cmder { return t.Get(ctx, key) }},
		{"list", func(ctx context.Context, t *trial, key string) redis.Cmder {
			return t.RPush(ctx, key, "a", "b", "1")
		}, func(ctx context.Context, t *trial, key string) redis.Cmder { return t.LRange(ctx, key, 0, -1) }},
		{"hash", func(ctx context.Context, t *trial, key string) redis.Cmder {
			return t.HSet(ctx, key, "f", "v")
		}, func(ctx context.Context, t *trial, key string) redis.Cmder { return t.HGetAll(ctx, key) }},
		{"set", func(ctx context.Context, t *trial, key string) redis.Cmder {
			return t.SAdd(ctx, key, "member")
		}, func(ctx context.Context, t *trial, key string) redis.Cmder { return t.SMembers(ctx, key) }},
		{"sorted set", func(ctx context.Context, t *trial, key string) redis.Cmder {
			return t.ZAdd(ctx, key, redis.Z{Score: 1.5, Member: "a"}, redis.Z{Score: 2, Member: "b"})
		}, func(ctx context.Context, t *trial, key string) redis.Cmder {
			return t.ZRangeWithScores(ctx, key, 0, -1)
		}},
		{"stream", func(ctx context.Context, t *trial, key string) redis.Cmder {
			return t.XAdd(ctx, &redis.XAddArgs{Stream: key, ID: "1-1", Values: []string{"f", "v"}})
		}, func(ctx context.Context, t *trial, key string) redis.Cmder { return t.XRange(ctx, key, "-", "+") }},
	} {
		s.it("DUMP and RESTORE carry a "+c.kind, func(ctx context.Context, t *trial) {
			t.succeeds(c.fill(ctx, t, t.key("a")))
			payload, err := t.Dump(ctx, t.key("a")).Result()
			t.Expect(err).NotTo(gomega.HaveOccurred())
			returns(t, t.Restore(ctx, t.key("b"), 0, payload), "OK")
			want, got := c.read(ctx, t, t.key("a")), c.read(ctx, t, t.key("b"))
			t.succeeds(want, got)
			t.Expect(withoutArgs(got)).To(gomega.Equal(withoutArgs(want)))
		})
	}
	s.it("DUMP of a missing key returns nil", func(ctx context.Context, t *trial) {
		t.misses(t.Dump(ctx, t.key("missing")))
	})
	s.it("RESTORE sets a time to live, with ABSTTL the moment of expiry", func(ctx context.Context, t *trial) {
		t.succeeds(t.Set(ctx, t.key("a"), "v", 0))
		payload := t.Dump(ctx, t.key("a")).Val()
		returns(t, t.Restore(ctx, t.key("b"), time.Minute, payload), "OK")
		t.lives(t.PTTL(ctx, t.key("b")), time.Minute)
		returns(t, t.Do(ctx, "RESTORE", t.key("c"), 4_000_000_000_000, payload, "ABSTTL"), any("OK"))
		returns(t, t.Do(ctx, "PEXPIRETIME", t.key("c")), any(int64(4_000_000_000_000)))
	})
	s.it("RESTORE refuses an existing key, unless REPLACE", func(ctx context.Context, t *trial) {
		t.succeeds(t.Set(ctx, t.key("a"), "new", 0), t.Set(ctx, t.key("b"), "old", time.Hour))
		payload := t.Dump(ctx, t.key("a")).Val()
		t.fails(t.Restore(ctx, t.key("b"), 0, payload), "BUSYKEY Target key name already exists")
		returns(t, t.RestoreReplace(ctx, t.key("b"), 0, payload), "OK")
		returns(t, t.Get(ctx, t.key("b")), "new")
		returns(t, t.TTL(ctx, t.key("b")), noExpiry)
	})
	s.it("RESTORE refuses a damaged payload", func(ctx context.Context, t *trial) {
		t.fails(t.Restore(ctx, t.key("a"), 0, "not a dump"), "ERR DUMP payload version or checksum are wrong")
		returns(t, t.Exists(ctx, t.key("a")), 0)
	})
	s.it("RESTORE refuses a negative time to live", func(ctx context.Context, t *trial) {
		t.succeeds(t.Set(ctx, t.key("a"), "v", 0))
		t.fails(t.Do(ctx, "RESTORE", t.key("b"), -1, t.Dump(ctx, t.key("a")).Val()), "ERR Invalid TTL value, must be >= 0")
	})
}

// withoutArgs returns the reply of a command, to compare replies for different keys.
func withoutArgs(cmd redis.Cmder) any {
	switch cmd := cmd.(type) {
	case *redis.StringCmd:
		return cmd.Val()
	case *redis.StringSliceCmd:
		return cmd.Val()
	case *redis.MapStringStringCmd:
		return cmd.Val()
	case *redis.ZSliceCmd:
		return cmd.Val()
	case *redis.XMessageSliceCmd:
		return cmd.Val()
	default:
		return cmd
	}
}

func databases(s *suite) {
	s.it("SELECT gives a connection another key space", func(ctx context.Context, t *trial) {
		conn := t.connection(ctx)
		t.succeeds(conn.Select(ctx, 0), conn.Set(ctx, t.key("k"), "zero", 0))
		returns(t, conn.Select(ctx, 1), "OK")
		t.misses(conn.Get(ctx, t.key("k")))
		t.succeeds(conn.Set(ctx, t.key("k"), "one", 0), conn.Select(ctx, 0))
		returns(t, conn.Get(ctx, t.key("k")), "zero")
		t.succeeds(conn.Del(ctx, t.key("k")), conn.Select(ctx, 1), conn.Del(ctx, t.key("k")))
	})
	s.it("SELECT refuses what is no database and stays where it was", func(ctx context.Context, t *trial) {
		conn := t.connection(ctx)
		t.succeeds(conn.Set(ctx, t.key("k"), "v", 0))
		t.fails(conn.Do(ctx, "SELECT", -1), "ERR DB index is out of range")
		t.fails(conn.Do(ctx, "SELECT", 1_000_000), "ERR DB index is out of range")
		t.fails(conn.Do(ctx, "SELECT", "main"), "ERR value is not an integer or out of range")
		returns(t, conn.Get(ctx, t.key("k")), "v")
	})
	s.it("MOVE takes a key with its time to live to another database", func(ctx context.Context, t *trial) {
		conn := t.connection(ctx)
		t.succeeds(conn.Select(ctx, 0), conn.Set(ctx, t.key("k"), "v", time.Minute))
		returns(t, conn.Move(ctx, t.key("k"), 1), true)
		returns(t, conn.Exists(ctx, t.key("k")), 0)
		t.succeeds(conn.Select(ctx, 1))
		returns(t, conn.Get(ctx, t.key("k")), "v")
		t.lives(conn.PTTL(ctx, t.key("k")), time.Minute)
		t.succeeds(conn.Del(ctx, t.key("k")))
	})
	s.it("MOVE does nothing where the key is missing or the name is taken", func(ctx context.Context, t *trial) {
		conn := t.connection(ctx)
		t.succeeds(conn.Select(ctx, 1), conn.Set(ctx, t.key("k"), "one", 0), conn.Select(ctx, 0))
		returns(t, conn.Move(ctx, t.key("k"), 1), false)
		t.succeeds(conn.Set(ctx, t.key("k"), "zero", 0))
		returns(t, conn.Move(ctx, t.key("k"), 1), false)
		returns(t, conn.Get(ctx, t.key("k")), "zero")
		t.succeeds(conn.Del(ctx, t.key("k")), conn.Select(ctx, 1))
		returns(t, conn.Get(ctx, t.key("k")), "one")
		t.succeeds(conn.Del(ctx, t.key("k")))
	})
	s.it("MOVE to the same database is refused", func(ctx context.Context, t *trial) {
		conn := t.connection(ctx)
		t.succeeds(conn.Select(ctx, 0), conn.Set(ctx, t.key("k"), "v", 0))
		t.fails(conn.Move(ctx, t.key("k"), 0), "ERR source and destination objects are the same")
		t.succeeds(conn.Del(ctx, t.key("k")))
	})
	s.it("COPY DB copies to another database", func(ctx context.Context, t *trial) {
		conn := t.connection(ctx)
		t.succeeds(conn.Select(ctx, 0), conn.Set(ctx, t.key("k"), "v", 0))
		returns(t, conn.Copy(ctx, t.key("k"), t.key("k"), 1, false), 1)
		returns(t, conn.Del(ctx, t.key("k")), 1)
		t.succeeds(conn.Select(ctx, 1))
		returns(t, conn.Get(ctx, t.key("k")), "v")
		t.succeeds(conn.Del(ctx, t.key("k")))
	})
}

func sorting(s *suite) {
	s.it("SORT sorts numbers by value, either way, and limits", func(ctx context.Context, t *trial) {
		t.succeeds(t.RPush(ctx, t.key("l"), 10, 9, 2, 33))
		returns(t, t.Sort(ctx, t.key("l"), &redis.Sort{}), []string{"2", "9", "10", "33"})
		returns(t, t.Sort(ctx, t.key("l"), &redis.Sort{Order: "DESC", Offset: 1, Count: 2}), []string{"10", "9"})
	})
	s.it("SORT refuses text, unless ALPHA", func(ctx context.Context, t *trial) {
		t.succeeds(t.SAdd(ctx, t.key("s"), "b", "a", "c"))
		t.fails(t.Sort(ctx, t.key("s"), &redis.Sort{}), "ERR One or more scores can't be converted into double")
		returns(t, t.Sort(ctx, t.key("s"), &redis.Sort{Alpha: true}), []string{"a", "b", "c"})
	})
	s.itOnOneNode("SORT BY and GET look up other keys", func(ctx context.Context, t *trial) {
		t.succeeds(
			t.RPush(ctx, t.key("l"), "a", "b"),
			t.MSet(ctx, t.key("weight:a"), 2, t.key("weight:b"), 1),
			t.HSet(ctx, t.key("data:a"), "name", "Ada"),
		)
		sorted := t.Sort(ctx, t.key("l"), &redis.Sort{By: t.prefix + "weight:*", Get: []string{"#", t.prefix + "data:*->name"}})
		returns(t, sorted, []string{"b", "", "a", "Ada"})
	})
	s.it("SORT STORE writes a list", func(ctx context.Context, t *trial) {
		t.succeeds(t.RPush(ctx, t.key("l"), 3, 1, 2))
		returns(t, t.SortStore(ctx, t.key("l"), t.key("dest"), &redis.Sort{}), 3)
		returns(t, t.LRange(ctx, t.key("dest"), 0, -1), []string{"1", "2", "3"})
	})
}
