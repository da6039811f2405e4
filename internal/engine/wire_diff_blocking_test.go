package engine_test

import "testing"

func TestBlockingCommandsAreAnsweredAsByRedis(t *testing.T) {
	t.Parallel()
	const end, ended = "ECHO finished", "finished\r\n"
	compareExchanges(t, []exchange{
		{name: "timeout no number", lines: []string{
			"BLPOP k x", "BRPOP k ''", "BZPOPMIN k 1x", "BZPOPMAX k nan", "BLMOVE a b LEFT RIGHT x", "BRPOPLPUSH a b x", "BLMPOP x 1 k LEFT",
			"BZMPOP x 1 k MIN", "BLPOP k -inf", "BLPOP k ' 1'", "BLPOP k '1 '", "BLPOP k 0x",
		}},
		{name: "timeout negative", lines: []string{
			"BLPOP k -1", "BRPOP k -0.1", "BZPOPMIN k -1", "BLMOVE a b LEFT RIGHT -1", "BRPOPLPUSH a b -1", "BLMPOP -1 1 k LEFT", "BZMPOP -1 1 k MIN",
		}},
		{name: "timeout out of range", deviates: "Redis 7.0 overflows and says what the processor makes of it; the engine says what later ones do", lines: []string{"BLPOP k 1e300", "BRPOP k 9223372036854775807", "BLMPOP 1e20 1 k LEFT", "BLPOP k inf"}},
		{name: "timeout of the longest", lines: []string{"BLPOP k 9223372036854"}},
		{name: "timeout checked before the key's type", lines: []string{"SET s x", "BLPOP s x", "BLPOP s -1", "BLPOP s 0", "BLMOVE s d LEFT LEFT x", "BLPOP k 0x"}},
		{name: "numkeys", lines: []string{
			"BLMPOP 0 0 k LEFT", "BLMPOP 0 -1 k LEFT", "BLMPOP 0 x k LEFT", "BLMPOP 0 2 k LEFT", "BLMPOP 0 3 k LEFT", "BZMPOP 0 0 k MIN", "BZMPOP 0 2 k MIN",
			"BLMPOP 0 9223372036854775808 k LEFT", "BLMPOP x 0 k LEFT", "BZMPOP 0 x k MIN", "LMPOP 0 k LEFT", "ZMPOP 0 k MIN",
		}},
		{name: "numkeys of the longest", lines: []string{"BLMPOP 0 9223372036854775807 k LEFT", "BLMPOP 0 2147483648 k LEFT"}},
		{name: "direction", lines: []string{
			"BLMOVE a b UP LEFT 0", "BLMOVE a b LEFT UP 0", "BLMOVE a b UP LEFT x", "BLMPOP 0 1 k UP", "BZMPOP 0 1 k LEFT", "BLMPOP x 1 k UP",
		}},
		{name: "options of BLMPOP", lines: []string{
			"BLMPOP 0 1 k LEFT COUNT", "BLMPOP 0 1 k LEFT COUNT 0", "BLMPOP 0 1 k LEFT COUNT -1", "BLMPOP 0 1 k LEFT COUNT x", "BLMPOP 0 1 k LEFT NOSUCH 1",
			"BLMPOP 0 1 k LEFT COUNT 1 COUNT 1", "BZMPOP 0 1 k MIN COUNT 0", "BZMPOP 0 1 k MIN COUNT", "BZMPOP 0 1 k MAX x",
		}},
		{name: "wrong type", lines: []string{
			"SET s x", "BLPOP s 0", "BRPOP none s 0", "BZPOPMIN s 0", "BLMOVE s d LEFT LEFT 0", "BRPOPLPUSH s d 0", "BLMPOP 0 1 s LEFT",
			"BZMPOP 0 1 s MIN", "RPUSH l a", "BLMOVE l s LEFT LEFT 0", "XREAD BLOCK 0 STREAMS s $", "XREAD BLOCK 0 STREAMS s 0", "LRANGE l 0 -1",
		}},
		{name: "at once", lines: []string{
			"RPUSH l a b c d e f g h", "ZADD z 1 a 2 b 3 c 4 d 5.5 e", "BLPOP none l 0", "BRPOP l 0", "BLMOVE l m LEFT RIGHT 0", "BRPOPLPUSH l m 0",
			"BLMPOP 0 2 none l LEFT COUNT 2", "BLMPOP 0 1 l RIGHT", "BZPOPMIN none z 0", "BZPOPMAX z 0", "BZMPOP 0 1 z MIN", "BZMPOP 0 2 none z MAX COUNT 5",
			"BLPOP l 0", "EXISTS l z m",
		}},
		{name: "at once, RESP3", lines: []string{
			"HELLO 3", "RPUSH l a b c d e f g h", "ZADD z 1 a 2 b 3 c 4 d 5.5 e", "BLPOP none l 0", "BRPOP l 0", "BLMOVE l m LEFT RIGHT 0",
			"BLMPOP 0 2 none l LEFT COUNT 2", "BZPOPMIN none z 0", "BZPOPMAX z 0", "BZMPOP 0 1 z MIN", "BZMPOP 0 2 none z MAX COUNT 5",
		}},
		{name: "in vain", until: ended, lines: []string{
			"BLPOP k 0.001", "BRPOP k l 0.001", "BLMOVE a b LEFT LEFT 0.001", "BRPOPLPUSH a b 0.001", "BLMPOP 0.001 1 k LEFT", "BZPOPMIN k 0.001",
			"BZPOPMAX k 0.001", "BZMPOP 0.001 1 k MIN", "XREAD BLOCK 1 STREAMS s 0", "XREAD BLOCK 1 STREAMS s $", end,
		}},
		{name: "in vain, RESP3", until: ended, lines: []string{
			"HELLO 3", "BLPOP k 0.001", "BRPOP k l 0.001", "BLMOVE a b LEFT LEFT 0.001", "BRPOPLPUSH a b 0.001", "BLMPOP 0.001 1 k LEFT",
			"BZPOPMIN k 0.001", "BZMPOP 0.001 1 k MIN", "XREAD BLOCK 1 STREAMS s $", end,
		}},
		{name: "in MULTI", lines: []string{
			"MULTI", "BLPOP k 0", "BRPOP k 0", "BLMOVE a b LEFT LEFT 0", "BRPOPLPUSH a b 0", "BLMPOP 0 1 k LEFT", "BZPOPMIN k 0", "BZMPOP 0 1 k MIN",
			"XREAD BLOCK 0 STREAMS s $", "BLPOP k x", "XREAD BLOCK 0 STREAMS s 0", "EXEC",
		}},
		{name: "in MULTI, RESP3", lines: []string{
			"HELLO 3", "MULTI", "BLPOP k 0", "BLMOVE a b LEFT LEFT 0", "BLMPOP 0 1 k LEFT", "BZPOPMIN k 0", "XREAD BLOCK 0 STREAMS s $", "EXEC",
		}},
		{name: "in MULTI with something there", lines: []string{
			"MULTI", "RPUSH k a b c", "BLPOP k 0", "BLMOVE k d LEFT LEFT 0", "BLMPOP 0 1 k LEFT", "XADD s 1-1 f v", "XREAD BLOCK 0 STREAMS s 0", "EXEC",
		}},
		{name: "in a script", lines: []string{
			`EVAL 'return redis.pcall("blpop","k",0)' 0`, `EVAL 'return redis.pcall("brpoplpush","k","l",0)' 0`,
			`EVAL 'return redis.pcall("blmove","k","l","LEFT","LEFT",0)' 0`, `EVAL 'return redis.pcall("bzpopmin","k",0)' 0`,
			`EVAL 'return redis.call("blmpop",0,1,"k","LEFT")' 0`, `EVAL 'return redis.call("bzmpop",0,1,"k","MIN")' 0`,
			`EVAL 'redis.call("rpush","k","a") return redis.pcall("blpop","k",0)' 0`, `EVAL 'return redis.pcall("xread","block",0,"streams","s","$")' 0`,
			`EVAL 'return redis.call("xread","streams","s","0")' 0`, `EVAL 'return redis.pcall("blmpop","x",1,"k","LEFT")' 0`,
			`EVAL 'return redis.pcall("blpop","k","x")' 0`, "LLEN k",
		}},
		{name: "wrong arity in a script", lines: []string{`EVAL 'return redis.pcall("blpop","k")' 0`, `EVAL 'return redis.pcall("get")' 0`}},
		{name: "an error that ends a script", lines: []string{`EVAL 'return redis.call("blpop","k",0)' 0`, "SET s x", `EVAL 'return redis.call("incr","s")' 0`}},
		{name: "handed over", lines: []string{
			"BLPOP k 0", "b> RPUSH k 1 2", "BLMOVE k2 d LEFT LEFT 0", "b> RPUSH k2 3", "BZPOPMIN z 0", "b> ZADD z 1.5 m 2 n", "BLMPOP 0 1 k3 LEFT COUNT 2",
			"b> RPUSH k3 x y z", "XREAD BLOCK 0 STREAMS s $", "b> XADD s 1-1 f v", "BRPOPLPUSH k4 d 0", "b> LPUSH k4 q", "BZMPOP 0 1 z2 MAX", "b> ZADD z2 1 a", end,
			"b> LRANGE k 0 -1", "b> LRANGE k3 0 -1",
		}, until: ended},
		{name: "handed over, RESP3", lines: []string{
			"HELLO 3", "BLPOP k 0", "b> RPUSH k 1 2", "BZPOPMIN z 0", "b> ZADD z 1.5 m 2 n", "BZMPOP 0 1 z2 MAX", "b> ZADD z2 1 a",
			"XREAD BLOCK 0 STREAMS s $", "b> XADD s 1-1 f v", end,
		}, until: ended},
		{name: "handed over in the order of waiting", lines: []string{"BLPOP k 0", "b> BLPOP k 0", "c> RPUSH k 1 2 3", "c> LRANGE k 0 -1"}},
		{name: "handed over from a transaction", deviates: "the engine looks at a client's keys in the client's order, Redis in the order in which they were filled", lines: []string{"BLPOP k l 0", "b> MULTI", "b> RPUSH l 1", "b> RPUSH k 2", "b> EXEC", "b> LLEN l", "b> LLEN k"}},
		{name: "pushed and taken in a transaction", lines: []string{"BLPOP k 0", "b> MULTI", "b> RPUSH k 1", "b> DEL k", "b> EXEC", "b> RPUSH k 2"}},
		{name: "handed over by RENAME", lines: []string{"b> RPUSH x 1", "BLPOP k 0", "b> RENAME x k", "b> EXISTS x k"}},
		{name: "handed over along a chain", lines: []string{"BLMOVE a b LEFT LEFT 0", "b> BLPOP b 0", "c> RPUSH a 1", "c> EXISTS a b"}},
		{name: "a waiting client overlooks the wrong type", lines: []string{"BLPOP k 0", "b> SET k x", "b> DEL k", "b> RPUSH k 1"}},
		{name: "a destination of the wrong type", lines: []string{"BLMOVE k d LEFT LEFT 0", "b> SET d x", "b> RPUSH k 1", "b> LRANGE k 0 -1"}},
	}, "")
}

func TestBlockingStreamsAreAnsweredAsByRedis(t *testing.T) {
	t.Parallel()
	const end, ended = "ECHO finished", "finished\r\n"
	compareExchanges(t, []exchange{
		{name: "BLOCK refused", lines: []string{
			"XREAD BLOCK x STREAMS s $", "XREAD BLOCK -1 STREAMS s $", "XREAD BLOCK 1.5 STREAMS s $", "XREAD BLOCK '' STREAMS s $",
			"XREAD BLOCK 9223372036854775808 STREAMS s $", "XREAD BLOCK STREAMS s $", "XREAD STREAMS s $ BLOCK", "XREAD a b BLOCK",
		}},
		{name: "BLOCK of the longest", lines: []string{"XREAD BLOCK 9223372036854775807 STREAMS s $"}},
		{name: "unbalanced", lines: []string{
			"XREAD STREAMS a b 0", "XREAD BLOCK 0 STREAMS a b $", "XREAD BLOCK 0 STREAMS a", "XREAD STREAMS a", "XREAD BLOCK 0 COUNT 1 STREAMS a b c 0 0",
			"XREADGROUP GROUP g c STREAMS a b >", "XREADGROUP GROUP g c BLOCK 0 STREAMS a b >",
		}},
		{name: "syntax", lines: []string{
			"XREAD NOSUCH 1 STREAMS s 0", "XREAD COUNT x STREAMS s 0", "XREAD COUNT 1 BLOCK 0", "XREAD COUNT", "XREAD a b c d", "XREAD BLOCK 0 s $",
			"XREAD BLOCK 0 COUNT STREAMS s $", "XREAD COUNT -1 STREAMS s 0", "XREAD NOACK STREAMS s 0", "XREAD GROUP g c STREAMS s >",
			"XREADGROUP GROUP g STREAMS s >", "XREADGROUP COUNT 1 BLOCK 0 STREAMS s >", "XREADGROUP GROUP g c", "XREADGROUP GROUP g c COUNT 1 NOACK",
		}},
		{name: "ids refused", lines: []string{
			"XREAD BLOCK 0 STREAMS s x", "XREAD STREAMS s x", "XREAD BLOCK 0 STREAMS s >", "XREAD STREAMS s 1-2-3", "XREAD BLOCK 0 STREAMS s -",
			"XGROUP CREATE s g $ MKSTREAM", "XREADGROUP GROUP g c BLOCK 0 STREAMS s $", "XREADGROUP GROUP g c BLOCK 0 STREAMS s x", "XREADGROUP GROUP g c STREAMS s x",
		}},
		{name: "no such group", lines: []string{
			"XREADGROUP GROUP g c BLOCK 0 STREAMS s >", "XREADGROUP GROUP g c STREAMS s >", "XADD s 1-1 f v", "XREADGROUP GROUP g c BLOCK 0 STREAMS s >",
			"XREADGROUP GROUP g c BLOCK 0 STREAMS s 0", "XGROUP CREATE s h 0", "XREADGROUP GROUP h c STREAMS s none > >",
		}},
		{name: "groups at once", lines: []string{
			"XADD s 1-1 f v", "XADD s 1-2 f w", "XGROUP CREATE s g 0", "XREADGROUP GROUP g c COUNT 1 BLOCK 0 STREAMS s >", "XREADGROUP GROUP g c BLOCK 0 STREAMS s 0",
			"XREADGROUP GROUP g d BLOCK 0 STREAMS s 0", "XREADGROUP GROUP g d NOACK BLOCK 0 STREAMS s >", "XREAD BLOCK 0 STREAMS s t 1-1 $",
		}},
		{name: "groups at once, RESP3", lines: []string{
			"HELLO 3", "XADD s 1-1 f v", "XADD s 1-2 f w", "XGROUP CREATE s g 0", "XREADGROUP GROUP g c COUNT 1 BLOCK 0 STREAMS s >",
			"XREADGROUP GROUP g c BLOCK 0 STREAMS s 0", "XREADGROUP GROUP g d BLOCK 0 STREAMS s 0", "XREAD BLOCK 0 STREAMS s t 1-1 $",
		}},
		{name: "groups in vain", until: ended, lines: []string{
			"XGROUP CREATE s g $ MKSTREAM", "XREADGROUP GROUP g c BLOCK 1 STREAMS s >", "XREADGROUP GROUP g c STREAMS s >", "HELLO 3",
			"XREADGROUP GROUP g c BLOCK 1 STREAMS s >", "XREADGROUP GROUP g c STREAMS s >", end,
		}},
		{name: "groups handed over", lines: []string{
			"XGROUP CREATE s g $ MKSTREAM", "XREADGROUP GROUP g me BLOCK 0 STREAMS s >", "b> XADD s 1-1 f v", "b> XPENDING s g", end,
		}, until: ended},
		{name: "group destroyed", lines: []string{"XGROUP CREATE s g $ MKSTREAM", "XREADGROUP GROUP g me BLOCK 0 STREAMS s >", "b> XGROUP DESTROY s g", "PING"}},
		{name: "stream deleted", lines: []string{"XGROUP CREATE s g $ MKSTREAM", "XREADGROUP GROUP g me BLOCK 0 STREAMS s >", "b> DEL s", "PING"}},
		{name: "stream replaced", lines: []string{"XGROUP CREATE s g $ MKSTREAM", "XREADGROUP GROUP g me BLOCK 0 STREAMS s >", "b> SET s x", "PING"}},
		{name: "plain read of a stream replaced", lines: []string{"XADD s 1-1 f v", "XREAD BLOCK 0 STREAMS s $", "b> SET s x", "b> DEL s", "b> XADD s 2-1 f w"}},
		{name: "in MULTI", lines: []string{
			"XGROUP CREATE s g $ MKSTREAM", "MULTI", "XREADGROUP GROUP g c BLOCK 0 STREAMS s >", "XREAD BLOCK 0 STREAMS s $", "XREAD BLOCK x STREAMS s $", "EXEC",
		}},
		{name: "in a script", lines: []string{
			"XGROUP CREATE s g $ MKSTREAM", `EVAL 'return redis.pcall("xreadgroup","GROUP","g","c","BLOCK",0,"STREAMS","s",">")' 0`,
		}},
	}, "")
}
