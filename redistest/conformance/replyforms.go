package conformance

import (
	"context"
	"fmt"

	"github.com/onsi/gomega"
	"github.com/onsi/gomega/types"
	"github.com/redis/go-redis/v9"
)

func replyTypes(s *suite) {
	s.it("HELLO tells the version of the protocol that it sets", func(ctx context.Context, t *trial) {
		for _, version := range []int64{3, 2} {
			reply, err := t.speaking(ctx, int(version)).Do(ctx, "HELLO", version).Result()
			t.Expect(err).NotTo(gomega.HaveOccurred())
			fields := pairsOf(reply)
			t.Expect(fields).To(gomega.And(gomega.HaveKeyWithValue("proto", version), gomega.HaveKey("version"),
				gomega.HaveKey("server"), gomega.HaveKey("id"), gomega.HaveKey("mode"), gomega.HaveKey("role")))
		}
	})
	s.it("HELLO refuses other versions", func(ctx context.Context, t *trial) {
		conn := t.connection(ctx)
		t.fails(conn.Do(ctx, "HELLO", 4), "NOPROTO unsupported protocol version")
		t.fails(conn.Do(ctx, "HELLO", "three"), "ERR Protocol version is not an integer or out of range")
	})
	for _, c := range []struct {
		promise      string
		prepare      func(ctx context.Context, t *trial) redis.Cmder
		command      func(t *trial) []any
		resp2, resp3 any
	}{
		{
			"HGETALL is a map in RESP3, a flat array in RESP2",
			func(ctx context.Context, t *trial) redis.Cmder { return t.HSet(ctx, t.key("k"), "f", "v") },
			func(t *trial) []any { return []any{"HGETALL", t.key("k")} },
			[]any{"f", "v"},
			map[any]any{"f": "v"},
		},
		{
			"ZSCORE is a double in RESP3, text in RESP2",
			func(ctx context.Context, t *trial) redis.Cmder {
				return t.ZAdd(ctx, t.key("k"), redis.Z{Score: 1.5, Member: "m"})
			},
			func(t *trial) []any { return []any{"ZSCORE", t.key("k"), "m"} },
			"1.5", 1.5,
		},
		{
			"ZRANGE WITHSCORES is an array of pairs in RESP3, flat in RESP2",
			func(ctx context.Context, t *trial) redis.Cmder {
				return t.ZAdd(ctx, t.key("k"), redis.Z{Score: 1.5, Member: "m"})
			},
			func(t *trial) []any { return []any{"ZRANGE", t.key("k"), 0, -1, "WITHSCORES"} },
			[]any{"m", "1.5"},
			[]any{[]any{"m", 1.5}},
		},
		{
			"SMEMBERS is a set in RESP3, an array in RESP2",
			func(ctx context.Context, t *trial) redis.Cmder { return t.SAdd(ctx, t.key("k"), "m") },
			func(t *trial) []any { return []any{"SMEMBERS", t.key("k")} },
			[]any{"m"},
			[]any{"m"},
		},
		{
			"XREAD is a map of streams in RESP3, an array of pairs in RESP2",
			func(ctx context.Context, t *trial) redis.Cmder { return t.Do(ctx, "XADD", t.key("k"), "1-1", "f", "v") },
			func(t *trial) []any { return []any{"XREAD", "COUNT", 1, "STREAMS", t.key("k"), "0"} },
			[]any{[]any{theKey, []any{[]any{"1-1", []any{"f", "v"}}}}},
			map[any]any{theKey: []any{[]any{"1-1", []any{"f", "v"}}}},
		},
		{
			"CONFIG GET is a map in RESP3, a flat array in RESP2",
			func(ctx context.Context, t *trial) redis.Cmder { return t.Ping(ctx) },
			func(*trial) []any { return []any{"CONFIG", "GET", "databases"} },
			gomega.HaveLen(2), gomega.HaveKey("databases"),
		},
	} {
		s.it(c.promise, func(ctx context.Context, t *trial) {
			t.succeeds(c.prepare(ctx, t))
			matches(t, t.speaking(ctx, 2).Do(ctx, c.command(t)...), like(c.resp2, t.key("k")))
			matches(t, t.speaking(ctx, 3).Do(ctx, c.command(t)...), like(c.resp3, t.key("k")))
		})
	}
	s.it("nil is $-1 or *-1 in RESP2 and _ in RESP3", func(ctx context.Context, t *trial) {
		raw := t.raw(ctx)
		t.says(raw, encode("GET", t.key("k")), "$-1\r\n")
		t.says(raw, encode("BLPOP", t.key("k"), "0.001"), "*-1\r\n")
		raw.speakRESP3(t)
		t.says(raw, encode("GET", t.key("k")), "_\r\n")
		t.says(raw, encode("BLPOP", t.key("k"), "0.001"), "_\r\n")
	})
	s.it("a script's booleans, doubles and maps arrive as such in RESP3", func(ctx context.Context, t *trial) {
		raw := t.raw(ctx)
		raw.speakRESP3(t)
		t.says(raw, encode("EVAL", "redis.setresp(3); return true", "0"), "#t\r\n")
		t.says(raw, encode("EVAL", "return {double=1.5}", "0"), ",1.5\r\n")
		t.says(raw, encode("EVAL", "return {map={a=1}}", "0"), "%1\r\n$1\r\na\r\n:1\r\n")
	})
	s.it("messages are pushes in RESP3 and arrays in RESP2", func(ctx context.Context, t *trial) {
		old, recent := t.raw(ctx), t.raw(ctx)
		recent.speakRESP3(t)
		channel := t.key("c")
		body := func(kind, last string) string {
			return fmt.Sprintf("3\r\n$%d\r\n%s\r\n$%d\r\n%s\r\n%s", len(kind), kind, len(channel), channel, last)
		}
		t.says(old, encode("SUBSCRIBE", channel), "*"+body("subscribe", ":1\r\n"))
		t.says(recent, encode("SUBSCRIBE", channel), ">"+body("subscribe", ":1\r\n"))
		returns(t, t.node(ctx).Publish(ctx, channel, "hi"), 2)
		t.says(old, "", "*"+body("message", "$2\r\nhi\r\n"))
		t.says(recent, "", ">"+body("message", "$2\r\nhi\r\n"))
	})
	s.it("a subscriber may send other commands in RESP3 and not in RESP2", func(ctx context.Context, t *trial) {
		old, recent := t.raw(ctx), t.raw(ctx)
		recent.speakRESP3(t)
		for _, conn := range []*rawConn{old, recent} {
			_, err := conn.Write([]byte(encode("SUBSCRIBE", t.key("c"))))
			t.Expect(err).NotTo(gomega.HaveOccurred())
			conn.skipReply(t, 6)
		}
		t.says(recent, encode("GET", t.key("k")), "_\r\n")
		t.says(old, encode("GET", t.key("k")), "-ERR Can't execute 'get': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context\r\n")
		t.says(old, encode("PING"), "*2\r\n$4\r\npong\r\n$0\r\n\r\n")
	})
}

// pairsOf reads a map of RESP3 or a flat array of RESP2 as a map.
func pairsOf(reply any) map[string]any {
	pairs := map[string]any{}
	switch reply := reply.(type) {
	case map[any]any:
		for name, value := range reply {
			pairs[fmt.Sprint(name)] = value
		}
	case []any:
		for i := 0; i+1 < len(reply); i += 2 {
			pairs[fmt.Sprint(reply[i])] = reply[i+1]
		}
	}
	return pairs
}

// like returns a matcher for a reply in which theKey stands for a key.
func like(want any, key string) types.GomegaMatcher {
	switch want := want.(type) {
	case types.GomegaMatcher:
		return want
	case []any:
		if len(want) == 1 {
			if pair, ok := want[0].([]any); ok && pair[0] == theKey {
				return gomega.Equal([]any{append([]any{key}, pair[1:]...)})
			}
		}
	case map[any]any:
		if value, ok := want[theKey]; ok {
			return gomega.Equal(map[any]any{key: value})
		}
	}
	return gomega.Equal(want)
}
