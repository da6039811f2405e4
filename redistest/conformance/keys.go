package conformance

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/onsi/gomega"
	"github.com/redis/go-redis/v9"
)

func keySpecs(s *suite) {
	existence(s)
	renaming(s)
	copying(s)
	finding(s)
	dumping(s)
	s.onOneNode(databases)
	sorting(s)
}

func existence(s *suite) {
	s.it("EXISTS counts each mention of a key", func(ctx context.Context, t *trial) {
		t.succeeds(t.Set(ctx, t.key("a"), "v", 0), t.RPush(ctx, t.key("b"), "v"))
		returns(t, t.Exists(ctx, t.key("a"), t.key("b"), t.key("missing"), t.key("a")), 3)
	})
	s.it("DEL removes keys of any type and counts those that were there", func(ctx context.Context, t *trial) {
		t.succeeds(t.Set(ctx, t.key("a"), "v", 0), t.RPush(ctx, t.key("b"), "v"), t.ZAdd(ctx, t.key("c"), redis.Z{Member: "m"}))
		returns(t, t.Del(ctx, t.key("a"), t.key("b"), t.key("missing"), t.key("c"), t.key("a")), 3)
		returns(t, t.Exists(ctx, t.key("a"), t.key("b"), t.key("c")), 0)
	})
	s.it("UNLINK removes keys and counts those that were there", func(ctx context.Context, t *trial) {
		t.succeeds(t.Set(ctx, t.key("a"), "v", 0), t.SAdd(ctx, t.key("b"), "v"))
		returns(t, t.Unlink(ctx, t.key("a"), t.key("b"), t.key("missing")), 2)
		returns(t, t.Exists(ctx, t.key("a"), t.key("b")), 0)
	})
	s.it("TOUCH counts the keys that exist", func(ctx context.Context, t *trial) {
		t.succeeds(t.Set(ctx, t.key("a"), "v", 0))
		returns(t, t.Touch(ctx, t.key("a"), t.key("missing")), 1)
	})
	s.it("TYPE names the type, none for a missing key", func(ctx context.Context, t *trial) {
		t.succeeds(
			t.Set(ctx, t.key("string"), "v", 0),
			t.RPush(ctx, t.key("list"), "v"),
			t.SAdd(ctx, t.key("set"), "v"),
			t.ZAdd(ctx, t.key("zset"), redis.Z{Member: "m"}),
			t.HSet(ctx, t.key("hash"), "f", "v"),
			t.XAdd(ctx, &redis.XAddArgs{Stream: t.key("stream"), Values: []string{"f", "v"}}),
		)
		for _, name := range []string{"string", "list", "set", "zset", "hash", "stream"} {
			returns(t, t.Type(ctx, t.key(name)), name)
		}
		returns(t, t.Type(ctx, t.key("missing")), "none")
	})
	s.it("OBJECT ENCODING tells integers, short and long strings apart", func(ctx context.Context, t *trial) {
		t.succeeds(t.MSet(ctx, t.key("int"), "12", t.key("embstr"), "short", t.key("raw"), strings.Repeat("x", 100)))
		for _, name := range []string{"int", "embstr", "raw"} {
			returns(t, t.ObjectEncoding(ctx, t.key(name)), name)
		}
	})
	s.it("OBJECT of a missing key returns nil", func(ctx context.Context, t *trial) {
		t.misses(t.ObjectEncoding(ctx, t.key("missing")))
	})
	s.itOnOneNode("RANDOMKEY returns a key that exists", func(ctx context.Context, t *trial) {
		t.succeeds(t.Set(ctx, t.key("a"), "v", 0))
		matches(t, t.RandomKey(ctx), gomega.Not(gomega.BeEmpty()))
	})
	s.it("DBSIZE counts at least the keys one has written", func(ctx context.Context, t *trial) {
		t.succeeds(t.MSet(ctx, t.key("a"), 1, t.key("b"), 2))
		matches(t, t.DBSize(ctx), gomega.BeNumerically(">=", 2))
	})
}

func renaming(s *suite) {
	s.it("RENAME moves a key with its time to live over another", func(ctx context.Context, t *trial) {
		t.succeeds(t.RPush(ctx, t.key("a"), "v"), t.Expire(ctx, t.key("a"), time.Minute), t.Set(ctx, t.key("b"), "old", time.Hour))
		returns(t, t.Rename(ctx, t.key("a"), t.key("b")), "OK")
		returns(t, t.Exists(ctx, t.key("a")), 0)
		returns(t, t.LRange(ctx, t.key("b"), 0, -1), []string{"v"})
		t.lives(t.PTTL(ctx, t.key("b")), time.Minute)
	})
	s.it("RENAME removes the time to live of the key it replaces", func(ctx context.Context, t *trial) {
		t.succeeds(t.Set(ctx, t.key("a"), "v", 0), t.Set(ctx, t.key("b"), "old", time.Hour), t.Rename(ctx, t.key("a"), t.key("b")))
		returns(t, t.TTL(ctx, t.key("b")), noExpiry)
	})
	s.it("RENAME refuses a missing key", func(ctx context.Context, t *trial) {
		t.fails(t.Rename(ctx, t.key("a"), t.key("b")), "ERR no such key")
	})
	s.it("RENAME to the same name changes nothing", func(ctx context.Context, t *trial) {
		t.succeeds(t.Set(ctx, t.key("a"), "v", 0))
		returns(t, t.Rename(ctx, t.key("a"), t.key("a")), "OK")
		returns(t, t.Get(ctx, t.key("a")), "v")
	})
	s.it("RENAMENX moves a key only to a free name", func(ctx context.Context, t *trial) {
		t.succeeds(t.MSet(ctx, t.key("a"), "1", t.key("b"), "2"))
		returns(t, t.RenameNX(ctx, t.key("a"), t.key("b")), false)
		returns(t, t.RenameNX(ctx, t.key("a"), t.key("c")), true)
		returns(t, t.MGet(ctx, t.key("a"), t.key("b"), t.key("c")), []any{nil, "2", "1"})
		t.fails(t.RenameNX(ctx, t.key("a"), t.key("d")), "ERR no such key")
	})
}

func copying(s *suite) {
	s.it("COPY copies a value with its time to live, apart from then on", func(ctx context.Context, t *trial) {
		t.succeeds(t.RPush(ctx, t.key("a"), "1"), t.Expire(ctx, t.key("a"), time.Minute))
		returns(t, t.Do(ctx, "COPY", t.key("a"), t.key("b")), any(int64(1)))
		t.succeeds(t.RPush(ctx, t.key("a"), "2"))
		returns(t, t.LRange(ctx, t.key("b"), 0, -1), []string{"1"})
		t.lives(t.PTTL(ctx, t.key("b")), time.Minute)
	})
	s.it("COPY of a stream shares nothing with its source", func(ctx context.Context, t *trial) {
		t.succeeds(t.Do(ctx, "XADD", t.key("a"), "1-1", "f", "v"), t.XGroupCreate(ctx, t.key("a"), "g", "0"))
		returns(t, t.Do(ctx, "COPY", t.key("a"), t.key("b")), any(int64(1)))
		t.succeeds(t.Do(ctx, "XADD", t.key("b"), "2-1", "f", "w"), t.XGroupDestroy(ctx, t.key("b"), "g"))
		returns(t, t.XLen(ctx, t.key("a")), 1)
		t.succeeds(t.Do(ctx, "XREADGROUP", "GROUP", "g", "c", "STREAMS", t.key("a"), ">"))
	})
	s.it("COPY leaves an existing destination alone, unless REPLACE", func(ctx context.Context, t *trial) {
		t.succeeds(t.MSet(ctx, t.key("a"), "new", t.key("b"), "old"))
		returns(t, t.Do(ctx, "COPY", t.key("a"), t.key("b")), any(int64(0)))
		returns(t, t.Get(ctx, t.key("b")), "old")
		returns(t, t.Do(ctx, "COPY", t.key("a"), t.key("b"), "REPLACE"), any(int64(1)))
		returns(t, t.Get(ctx, t.key("b")), "new")
	})
	s.it("COPY of a missing key copies nothing", func(ctx context.Context, t *trial) {
		returns(t, t.Do(ctx, "COPY", t.key("a"), t.key("b")), any(int64(0)))
	})
}

func finding(s *suite) {
	for _, c := range []struct{ promise, pattern, matching, others string }{
		{"* is any text, also none", "ab*c", "abc abxyzc", "xabc abd"},
		{"? is one character", "h?llo", "hello hallo", "hllo heello"},
		{"[ae] is one of these", "h[ae]llo", "hello hallo", "hillo hllo"},
		{"[^e] is any but these", "h[^e]llo", "hallo hbllo", "hello hllo"},
		{"[a-c] is a range", "h[a-c]llo", "hallo hcllo", "hdllo hello"},
		{"a backslash takes the next character as it is", `h\*llo`, "h*llo", "hello h**llo"},
		{"case counts", "Ab*", "Ab Abc", "ab aBc"},
	} {
		s.itOnOneNode("KEYS and SCAN MATCH: "+c.promise, func(ctx context.Context, t *trial) {
			var matching []string
			for name := range strings.FieldsSeq(c.matching) {
				matching = append(matching, t.key(name))
			}
			for _, key := range matching {
				t.succeeds(t.Set(ctx, key, "v", 0))
			}
			for name := range strings.FieldsSeq(c.others) {
				t.succeeds(t.Set(ctx, t.key(name), "v", 0))
			}
			matches(t, t.Keys(ctx, t.prefix+c.pattern), gomega.ConsistOf(matching))
			t.Expect(t.scanAll(ctx, "MATCH", t.prefix+c.pattern)).To(gomega.ConsistOf(matching))
		})
	}
	s.itOnOneNode("SCAN returns every key that stays, in as many steps as it takes", func(ctx context.Context, t *trial) {
		var want []string
		pipe := t.Pipeline()
		for i := range 300 {
			key := t.key(fmt.Sprint(i))
			want = append(want, key)
			pipe.Set(ctx, key, i, 0)
		}
		_, err := pipe.Exec(ctx)
		t.Expect(err).NotTo(gomega.HaveOccurred())
		t.Expect(t.scanAll(ctx, "MATCH", t.prefix+"*", "COUNT", 10)).To(gomega.ConsistOf(want))
	})
	s.itOnOneNode("SCAN TYPE returns only keys of that type", func(ctx context.Context, t *trial) {
		t.succeeds(t.Set(ctx, t.key("s"), "v", 0), t.RPush(ctx, t.key("l"), "v"))
		t.Expect(t.scanAll(ctx, "MATCH", t.prefix+"*", "TYPE", "list")).To(gomega.ConsistOf(t.key("l")))
	})
	s.it("SCAN refuses a cursor that is not a number", func(ctx context.Context, t *trial) {
		t.fails(t.Do(ctx, "SCAN", "first"), "ERR invalid cursor")
	})
	s.it("SCAN refuses COUNT below one", func(ctx context.Context, t *trial) {
		t.fails(t.Do(ctx, "SCAN", 0, "COUNT", 0), "ERR syntax error")
		t.fails(t.Do(ctx, "SCAN", 0, "COUNT", "many"), "ERR value is not an integer or out of range")
	})
}

// scanAll follows the cursor of SCAN to its end and returns each key once, as callers have to.
func (t *trial) scanAll(ctx context.Context, options ...any) []string {
	found := map[string]bool{}
	var cursor any = "0"
	for {
		reply, err := t.Do(ctx, append([]any{"SCAN", cursor}, options...)...).Slice()
		t.ExpectWithOffset(1, err).NotTo(gomega.HaveOccurred())
		t.ExpectWithOffset(1, reply).To(gomega.HaveLen(2))
		keys, ok := reply[1].([]any)
		t.ExpectWithOffset(1, ok).To(gomega.BeTrue(), "SCAN replies %v", reply)
		for _, key := range keys {
			found[fmt.Sprint(key)] = true
		}
		if cursor = reply[0]; cursor == "0" {
			break
		}
	}
	var keys []string
	for key := range found {
		keys = append(keys, key)
	}
	return keys
}
