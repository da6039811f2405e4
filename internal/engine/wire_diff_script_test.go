package engine_test

import "testing"

func TestScriptsFailAsInRedis(t *testing.T) {
	t.Parallel()
	eval := func(script string) string { return `EVAL "` + script + `" 1 k` }
	compareExchanges(t, []exchange{
		{name: "of a command", lines: []string{
			"SET k v", eval("return redis.call('LPUSH', KEYS[1], 'x')"), eval(`local x = 1\nreturn redis.call('INCR', KEYS[1])`),
			eval(`local function f() return redis.call('LPUSH', KEYS[1], 'x') end\nf()`), eval(`local c = redis.call\nc('INCR', KEYS[1])`),
			eval("return redis.call('SET', 'k', 'v', 'EX', '0')"), eval("redis.call('SET', 'l', 1) redis.call('INCR', KEYS[1])"), "GET l",
			"SCRIPT LOAD \"return redis.call('INCR', KEYS[1])\"", "EVALSHA 729F9782950E775E5A1D087B22085A350843559F 1 k",
			"EVALSHA f9fcf7ee87f1a53a66c1e1b1b1d6f6b2d6f0b0a0 1 k",
		}},
		{name: "of the call", lines: []string{
			eval("return redis.call('NOSUCH')"), eval("return redis.pcall('NOSUCH')"), eval("return redis.call('GET')"), eval("return redis.pcall('GET')"),
			eval("return redis.call('MULTI')"), eval("return redis.call('EVAL', 'return 1', 0)"), eval("return redis.call()"),
			eval("return redis.call({})"), eval("return redis.pcall('OBJECT', 'NOSUCH', 'k')"), eval("return redis.pcall('OBJECT', 'ENCODING')"),
			`EVAL_RO "return redis.call('SET', 'a', 'b')" 0`, eval("return redis.call('DUMP')"), eval("return redis.call('PEXPIRE', 'k')"),
		}},
		{name: "of Lua", lines: []string{
			eval("error('oops')"), eval(`local function f() error('deep') end\nf()`), eval("assert(false, 'no')"), eval("return foo"),
			eval(`local x\nlocal function f() return foo end\nf()`), eval("error('WRONGTYPE it is not')"), eval("foo = 1"),
		}},
		{name: "in a transaction", lines: []string{"SET k v", "MULTI", eval("return redis.call('INCR', KEYS[1])"), "GET k", "EXEC"}},
		{name: "replies that are errors", lines: []string{
			"SET k v", eval("return redis.pcall('INCR', KEYS[1])"), eval("return {err='MY oops'}"), eval("return redis.error_reply('MY oops')"),
		}},
		{name: "with a table", deviates: "miniredis: a table that is thrown has no text", lines: []string{eval("error({err='MY oops'})")}},
		{name: "in Lua's words", deviates: "miniredis: its Lua has words of its own", lines: []string{eval("local x = nil; return x.y")}},
		{name: "to compile", deviates: "miniredis: its Lua has words of its own", lines: []string{eval("return 1 +")}},
	}, "")
}
