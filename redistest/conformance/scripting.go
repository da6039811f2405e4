package conformance

import (
	"context"
	"crypto/sha1"
	"encoding/hex"

	"github.com/onsi/gomega"
	"github.com/redis/go-redis/v9"
)

func scriptingSpecs(s *suite) {
	scriptCalls(s)
	scriptCache(s)
	scriptErrors(s)
	scriptReplies(s)
	scriptArguments(s)
	scriptLibraries(s)
}

func sha(script string) string {
	sum := sha1.Sum([]byte(script)) //nolint:gosec // Redis names scripts by SHA-1.
	return hex.EncodeToString(sum[:])
}

func scriptCalls(s *suite) {
	s.it("EVAL runs a script that reads and writes", func(ctx context.Context, t *trial) {
		script := `redis.call('SET', KEYS[1], ARGV[1]); return redis.call('GET', KEYS[1])`
		returns(t, t.Eval(ctx, script, []string{t.key("k")}, "value"), any("value"))
		returns(t, t.Get(ctx, t.key("k")), "value")
	})
	s.it("a script is atomic: no other client's command comes between", func(ctx context.Context, t *trial) {
		script := `local n = redis.call('GET', KEYS[1]) or 0; for i = 1, 10 do n = n + 1; redis.call('SET', KEYS[1], n) end; return n`
		other := t.anotherClient()
		const rounds = 50
		done := make(chan error, 1)
		go func() {
			for range rounds {
				if err := other.Eval(ctx, script, []string{t.prefix + "n"}).Err(); err != nil {
					done <- err
					return
				}
			}
			done <- nil
		}()
		for range rounds {
			t.succeeds(t.Eval(ctx, script, []string{t.key("n")}))
		}
		t.eventually(ctx, done).Should(gomega.Receive(gomega.BeNil()))
		returns(t, t.Get(ctx, t.key("n")), "1000")
	})
	s.it("a script sees what earlier commands of the same script wrote", func(ctx context.Context, t *trial) {
		script := `redis.call('RPUSH', KEYS[1], 'a', 'b'); return {redis.call('LLEN', KEYS[1]), redis.call('LRANGE', KEYS[1], 0, -1)}`
		returns(t, t.Eval(ctx, script, []string{t.key("l")}), any([]any{int64(2), []any{"a", "b"}}))
	})
	s.it("EVAL_RO runs scripts that read and refuses those that write", func(ctx context.Context, t *trial) {
		t.succeeds(t.Set(ctx, t.key("k"), "v", 0))
		returns(t, t.EvalRO(ctx, `return redis.call('GET', KEYS[1])`, []string{t.key("k")}), any("v"))
		t.fails(t.EvalRO(ctx, `return redis.call('SET', KEYS[1], 'w')`, []string{t.key("k")}),
			"ERR Write commands are not allowed from read-only scripts")
		returns(t, t.Get(ctx, t.key("k")), "v")
	})
	s.it("EVAL refuses a number of keys that is not so", func(ctx context.Context, t *trial) {
		t.fails(t.Do(ctx, "EVAL", "return 1", 2, t.key("k")), "ERR Number of keys can't be greater than number of args")
		t.fails(t.Do(ctx, "EVAL", "return 1", -1), "ERR Number of keys can't be negative")
		t.fails(t.Do(ctx, "EVAL", "return 1", "one"), "ERR value is not an integer or out of range")
	})
	s.it("a script never blocks: a blocking command in it is refused or finds nothing", func(ctx context.Context, t *trial) {
		t.Expect(t.Eval(ctx, `return redis.call('BLPOP', KEYS[1], 0)`, []string{t.key("l")}).Err()).To(gomega.HaveOccurred())
		t.Expect(t.Eval(ctx, `return redis.call('XREAD', 'BLOCK', 0, 'STREAMS', KEYS[1], '0')`, []string{t.key("x")}).Err()).
			To(gomega.HaveOccurred())
	})
	s.itOnOneNode("SELECT in a script ends with it", func(ctx context.Context, t *trial) {
		conn := t.connection(ctx)
		t.succeeds(conn.Select(ctx, 0), conn.Set(ctx, t.key("k"), "zero", 0))
		returns(t, conn.Eval(ctx, `redis.call('SELECT', 1); return redis.call('EXISTS', KEYS[1])`, []string{t.key("k")}), any(int64(0)))
		returns(t, conn.Get(ctx, t.key("k")), "zero")
		t.succeeds(conn.Del(ctx, t.key("k")))
	})
}

func scriptCache(s *suite) {
	s.it("SCRIPT LOAD returns the SHA-1, EVALSHA runs it", func(ctx context.Context, t *trial) {
		script := `return ARGV[1] .. '` + t.prefix + `'`
		returns(t, t.ScriptLoad(ctx, script), sha(script))
		returns(t, t.EvalSha(ctx, sha(script), nil, "a"), any("a"+t.prefix))
	})
	s.it("EVALSHA of an unknown script answers NOSCRIPT", func(ctx context.Context, t *trial) {
		unknown := sha("return '" + t.prefix + "'")
		t.fails(t.EvalSha(ctx, unknown, nil), "NOSCRIPT No matching script")
		t.Expect(redis.HasErrorPrefix(t.EvalSha(ctx, unknown, nil).Err(), "NOSCRIPT")).To(gomega.BeTrue())
	})
	s.it("EVAL remembers its script for EVALSHA", func(ctx context.Context, t *trial) {
		script := "return '" + t.prefix + "'"
		keys := []string{t.key("k")} // by which a cluster asks the same node twice
		t.succeeds(t.Eval(ctx, script, keys))
		returns(t, t.EvalSha(ctx, sha(script), keys), any(t.prefix))
	})
	s.it("redis.Script falls back from EVALSHA to EVAL", func(ctx context.Context, t *trial) {
		script := redis.NewScript("return '" + t.prefix + "'")
		keys := []string{t.key("k")}
		returns(t, script.Run(ctx, t, keys), any(t.prefix))
		returns(t, script.EvalSha(ctx, t, keys), any(t.prefix))
	})
	s.it("SCRIPT EXISTS tells for each SHA-1 whether it is known", func(ctx context.Context, t *trial) {
		script := "return '" + t.prefix + "'"
		t.succeeds(t.ScriptLoad(ctx, script))
		returns(t, t.ScriptExists(ctx, sha(script), sha("unknown"+t.prefix)), []bool{true, false})
	})
	s.it("EVALSHA takes the SHA-1 in any case", func(ctx context.Context, t *trial) {
		script := "return '" + t.prefix + "'"
		t.succeeds(t.ScriptLoad(ctx, script))
		returns(t, t.EvalSha(ctx, upper(sha(script)), nil), any(t.prefix))
	})
	s.it("SCRIPT LOAD refuses a script that does not compile", func(ctx context.Context, t *trial) {
		t.fails(t.ScriptLoad(ctx, "this is no Lua"), "ERR Error compiling script")
	})
	s.it("EVALSHA_RO runs a loaded script that reads", func(ctx context.Context, t *trial) {
		script := `return redis.call('GET', KEYS[1])`
		t.succeeds(t.Set(ctx, t.key("k"), "v", 0), t.ScriptLoad(ctx, script))
		returns(t, t.EvalShaRO(ctx, sha(script), []string{t.key("k")}), any("v"))
	})
}

func scriptErrors(s *suite) {
	s.it("a script that does not compile is an error", func(ctx context.Context, t *trial) {
		t.fails(t.Eval(ctx, "return (", nil), "ERR Error compiling script")
	})
	s.it("an error of redis.call ends the script with the error of the command", func(ctx context.Context, t *trial) {
		holdString(ctx, t, t.key("k"))
		t.fails(t.Eval(ctx, `redis.call('LPUSH', KEYS[1], 'x'); redis.call('SET', KEYS[1], 'not reached')`, []string{t.key("k")}),
			"WRONGTYPE Operation against a key holding the wrong kind of value")
		returns(t, t.Get(ctx, t.key("k")), "text")
	})
	s.it("what a script wrote before an error stays", func(ctx context.Context, t *trial) {
		t.fails(t.Eval(ctx, `redis.call('SET', KEYS[1], 'v'); error('stop')`, []string{t.key("k")}), "ERR")
		returns(t, t.Get(ctx, t.key("k")), "v")
	})
	s.it("redis.pcall returns the error as a table", func(ctx context.Context, t *trial) {
		holdString(ctx, t, t.key("k"))
		script := `local r = redis.pcall('LPUSH', KEYS[1], 'x'); return {type(r), r['err']}`
		matches(t, t.Eval(ctx, script, []string{t.key("k")}), gomega.HaveExactElements(
			gomega.Equal("table"), gomega.HavePrefix("WRONGTYPE Operation against a key holding the wrong kind of value")))
	})
	s.it("an error returned by redis.pcall is an error for the client", func(ctx context.Context, t *trial) {
		holdString(ctx, t, t.key("k"))
		t.fails(t.Eval(ctx, `return redis.pcall('LPUSH', KEYS[1], 'x')`, []string{t.key("k")}), "WRONGTYPE")
	})
	s.it("redis.error_reply and a table with err are errors", func(ctx context.Context, t *trial) {
		t.fails(t.Eval(ctx, `return redis.error_reply('MYCODE it went wrong')`, nil), "MYCODE it went wrong")
		t.fails(t.Eval(ctx, `return {err='OTHER reason'}`, nil), "OTHER reason")
	})
	s.it("error() of Lua reaches the client with its text", func(ctx context.Context, t *trial) {
		err := t.Eval(ctx, `error('out of cheese')`, nil).Err()
		t.Expect(err).To(gomega.MatchError(gomega.ContainSubstring("out of cheese")))
	})
	s.it("a script refuses unknown commands and wrong numbers of words", func(ctx context.Context, t *trial) {
		t.fails(t.Eval(ctx, `return redis.call('NOSUCHCOMMAND')`, nil), "ERR Unknown Redis command called from script")
		t.fails(t.Eval(ctx, `return redis.call('GET')`, nil), "ERR Wrong number of args calling Redis command from script")
		t.fails(t.Eval(ctx, `return redis.call()`, nil), "ERR Please specify at least one argument for this redis")
	})
	s.it("a script refuses global variables", func(ctx context.Context, t *trial) {
		err := t.Eval(ctx, `counter = 1; return counter`, nil).Err()
		t.Expect(err).To(gomega.HaveOccurred())
		err = t.Eval(ctx, `return undefined_name`, nil).Err()
		t.Expect(err).To(gomega.MatchError(gomega.ContainSubstring("undefined_name")))
	})
	s.it("a script refuses commands that change its connection", func(ctx context.Context, t *trial) {
		for _, command := range [][]any{{"MULTI"}, {"EXEC"}, {"WATCH", "k"}, {"SUBSCRIBE", "c"}, {"EVAL", "return 1", 0}} {
			t.fails(t.Eval(ctx, `return redis.call(unpack(ARGV))`, nil, command...),
				"ERR This Redis command is not allowed from script")
		}
	})
}
