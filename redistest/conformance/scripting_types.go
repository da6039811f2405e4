package conformance

import (
	"context"
	"strings"

	"github.com/onsi/gomega"
)

func upper(text string) string { return strings.ToUpper(text) }

func scriptReplies(s *suite) {
	for _, c := range []struct {
		promise, script string
		want            any
	}{
		{"a number becomes an integer, cut towards zero", "return {3.99, -3.99, 1e3}", []any{int64(3), int64(-3), int64(1000)}},
		{"a string stays as it is", `return 'a\0b'`, "a\x00b"},
		{"true becomes 1", "return true", int64(1)},
		{"a table becomes an array up to its first nil", "return {1, 'two', nil, 4}", []any{int64(1), "two"}},
		{"tables nest", "return {{1, {2}}, {}}", []any{[]any{int64(1), []any{int64(2)}}, []any{}}},
		{"fields of a table with names are left out", "return {1, name='x'}", []any{int64(1)}},
		{"false within a table is nil", "return {1, false, 3}", []any{int64(1), nil, int64(3)}},
		{"a table with ok is a status", "return {ok='FINE'}", "FINE"},
		{"redis.status_reply is a status", "return redis.status_reply('FINE')", "FINE"},
	} {
		s.it("from Lua: "+c.promise, func(ctx context.Context, t *trial) {
			returns(t, t.Eval(ctx, c.script, nil), c.want)
		})
	}
	s.it("from Lua: false, nil and nothing become nil", func(ctx context.Context, t *trial) {
		for _, script := range []string{"return false", "return nil", "local x = 1"} {
			t.misses(t.Eval(ctx, script, nil))
		}
	})
	for _, c := range []struct {
		promise, script string
		want            any
	}{
		{"an integer becomes a number", "local r = redis.call('INCR', KEYS[1]); return {type(r), r + 1}", []any{"number", int64(2)}},
		{"a bulk string becomes a string", "redis.call('SET', KEYS[1], '7'); return type(redis.call('GET', KEYS[1]))", "string"},
		{"nil becomes false", "return tostring(redis.call('GET', KEYS[1]) == false)", "true"},
		{"a status becomes a table with ok", "return redis.call('SET', KEYS[1], 'v')['ok']", "OK"},
		{"an array becomes a table counted from one", "redis.call('RPUSH', KEYS[1], 'a', 'b'); local r = redis.call('LRANGE', KEYS[1], 0, -1); return {#r, r[1]}", []any{int64(2), "a"}},
		{"a nil within an array becomes false", "return tostring(redis.call('MGET', KEYS[1])[1])", "false"},
		{"a map of RESP3 is a flat array", "redis.call('HSET', KEYS[1], 'f', 'v'); return redis.call('HGETALL', KEYS[1])", []any{"f", "v"}},
		{"a score is a string", "redis.call('ZADD', KEYS[1], 1.5, 'm'); return {type(redis.call('ZSCORE', KEYS[1], 'm')), redis.call('ZSCORE', KEYS[1], 'm')}", []any{"string", "1.5"}},
	} {
		s.it("to Lua: "+c.promise, func(ctx context.Context, t *trial) {
			returns(t, t.Eval(ctx, c.script, []string{t.key("k")}), c.want)
		})
	}
	s.it("redis.setresp(3) gives a script maps and doubles", func(ctx context.Context, t *trial) {
		script := `redis.setresp(3); redis.call('HSET', KEYS[1], 'f', 'v'); return redis.call('HGETALL', KEYS[1])['map']['f']`
		returns(t, t.Eval(ctx, script, []string{t.key("h")}), any("v"))
	})
}

func scriptArguments(s *suite) {
	s.it("KEYS and ARGV are tables of strings counted from one", func(ctx context.Context, t *trial) {
		script := `return {#KEYS, #ARGV, KEYS[1], ARGV[2], type(ARGV[1]), type(ARGV[3])}`
		returns(t, t.Eval(ctx, script, []string{t.key("a"), t.key("b")}, 1, "two"),
			any([]any{int64(2), int64(2), t.key("a"), "two", "string", "nil"}))
	})
	s.it("arguments hold any bytes", func(ctx context.Context, t *trial) {
		returns(t, t.Eval(ctx, `return {ARGV[1], #ARGV[1]}`, nil, "\x00\xff\r\n"), any([]any{"\x00\xff\r\n", int64(4)}))
	})
	s.it("numbers given to redis.call are written as integers where they are whole", func(ctx context.Context, t *trial) {
		script := `redis.call('SET', KEYS[1], 10); redis.call('APPEND', KEYS[1], 0.5); return redis.call('GET', KEYS[1])`
		returns(t, t.Eval(ctx, script, []string{t.key("k")}), any("100.5"))
	})
	s.it("redis.call refuses tables and booleans as arguments", func(ctx context.Context, t *trial) {
		for _, value := range []string{"{}", "true"} {
			err := t.Eval(ctx, `return redis.call('SET', KEYS[1], `+value+`)`, []string{t.key("k")}).Err()
			t.Expect(err).To(gomega.MatchError(gomega.ContainSubstring("must be strings or integers")))
		}
	})
}

func scriptLibraries(s *suite) {
	for _, c := range []struct {
		promise, script string
		want            any
	}{
		{"cjson.encode writes JSON", `return cjson.encode({1, 'two', true, {three = 3}})`, `[1,"two",true,{"three":3}]`},
		{"cjson.decode reads JSON", `local v = cjson.decode('{"a":[1,2,{"b":"c"}],"n":null}'); return {v.a[1], v.a[3].b, tostring(v.n == cjson.null)}`, []any{int64(1), "c", "true"}},
		{"cmsgpack packs and unpacks", `return cmsgpack.unpack(cmsgpack.pack({1, 'two'}))`, []any{int64(1), "two"}},
		{"bit works on 32 bits", `return {bit.band(12, 10), bit.bor(12, 10), bit.bxor(12, 10), bit.lshift(1, 4)}`, []any{int64(8), int64(14), int64(6), int64(16)}},
		{"struct packs bytes", `return struct.pack('>I2', 258)`, "\x01\x02"},
		{"redis.sha1hex hashes", `return redis.sha1hex('')`, "da39a3ee5e6b4b0d3255bfef95601890afd80709"},
		{"string and table functions of Lua are there", `local t = {'c','a','b'}; table.sort(t); return table.concat(t, ',') .. string.format('%03d', 7)`, "a,b,c007"},
		{"math.floor and tonumber are there", `return {math.floor(2.7), tonumber('0x10'), math.max(1, 5)}`, []any{int64(2), int64(16), int64(5)}},
	} {
		s.it(c.promise, func(ctx context.Context, t *trial) {
			returns(t, t.Eval(ctx, c.script, nil), c.want)
		})
	}
	s.it("cjson.decode refuses what is not JSON", func(ctx context.Context, t *trial) {
		t.Expect(t.Eval(ctx, `return cjson.decode('{broken')`, nil).Err()).To(gomega.HaveOccurred())
	})
	s.it("scripts have no access to files and processes", func(ctx context.Context, t *trial) {
		for _, name := range []string{"io", "require", "dofile", "loadfile"} {
			t.Expect(t.Eval(ctx, `return type(`+name+`)`, nil).Err()).To(gomega.HaveOccurred(), name)
		}
		t.Expect(t.Eval(ctx, `return os.execute('true')`, nil).Err()).To(gomega.HaveOccurred())
	})
	s.it("redis.log takes a level and a text", func(ctx context.Context, t *trial) {
		returns(t, t.Eval(ctx, `redis.log(redis.LOG_DEBUG, 'from a script'); return 1`, nil), any(int64(1)))
	})
}
