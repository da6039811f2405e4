package redistest_test

import (
	"slices"
	"time"
)

const ms = time.Millisecond

// boundaries are those of every command that goes by the time. That a key expires at its deadline, whichever command has
// set that, is tested elsewhere.
func boundaries() []boundary {
	return slices.Concat(lifetimes(), deadlines(), expired(), pendingEntries(), fieldLifetimes(), clocks())
}

// lifetimes are told by TTL and its kin, which round to the nearest second.
func lifetimes() []boundary {
	return []boundary{
		{"TTL rounds up from half a second", 50 * ms, "SET k v PX 1549", "TTL k", "2", "1", ""},
		{"TTL is 0 in the last half second", 50 * ms, "SET k v PX 549", "TTL k; EXISTS k", "1, 1", "0, 1", ""},
		{"PTTL", 20 * ms, "SET k v PX 20", "PTTL k", "1", "-2", exact},
		{"PTTL of what stays", 20 * ms, "SET k v", "PTTL k; TTL k", "-1, -1", "-1, -1", ""},
		{"TTL of what has expired", 20 * ms, "SET k v PX 20", "TTL k", "0", "-2", ""},
		{"PEXPIRETIME", 20 * ms, "SET k v PXAT ms:20", "PEXPIRETIME k", "ms:20", "-2", ""},
		{"EXPIRETIME", time.Second, "SET k v EXAT s:1", "EXPIRETIME k", "s:1", "-2", ""},
		{"EXPIRETIME rounds down", 20 * ms, "SET k v PXAT 4102444801499", "EXPIRETIME k", "4102444801", "4102444801", ""},
		{"EXPIRETIME rounds up", 20 * ms, "SET k v PXAT 4102444801500", "EXPIRETIME k", "4102444802", "4102444802", ""},
		{"EXPIRETIME of what stays", 20 * ms, "SET k v", "EXPIRETIME k; PEXPIRETIME k", "-1, -1", "-1, -1", ""},
	}
}

// deadlines are set, or not.
func deadlines() []boundary {
	const restore = "EVAL \"return redis.call('RESTORE', KEYS[2], ARGV[1], redis.call('DUMP', KEYS[1]), unpack(ARGV, 2))\""
	return []boundary{
		{"PEXPIREAT in the past", 20 * ms, "SET k v", "PEXPIREAT k ms:20; EXISTS k", "1, 1", "1, 0", ""},
		{"EXPIREAT in the past", time.Second, "SET k v", "EXPIREAT k s:1; EXISTS k", "1, 1", "1, 0", ""},
		{"SET PXAT in the past", 20 * ms, "", "SET k v PXAT ms:20; EXISTS k", "OK, 1", "OK, 0", ""},
		{"SET EXAT in the past", time.Second, "", "SET k v EXAT s:1; EXISTS k", "OK, 1", "OK, 0", ""},
		{"SET PXAT in the past over a key", 20 * ms, "SET k v", "SET k w PXAT ms:20 GET; EXISTS k", "v, 1", "v, 0", ""},
		{"GETEX PXAT in the past", 20 * ms, "SET k v", "GETEX k PXAT ms:20; EXISTS k", "v, 1", "v, 0", ""},
		{"GETEX EXAT in the past", time.Second, "SET k v", "GETEX k EXAT s:1; EXISTS k", "v, 1", "v, 0", ""},
		{"RESTORE ABSTTL in the past", 20 * ms, "SET l v", restore + " 2 l k ms:20 ABSTTL; EXISTS k", "OK, 1", "OK, 0", ""},
		{"RESTORE", 20 * ms, "SET l v; " + restore + " 2 l k 20", "GET k", "v", "nil", ""},
		{"GETEX PERSIST in time", 20 * ms, "SET k v PX 20", "GETEX k PERSIST; TTL k", "v, -1", "nil, -2", ""},
		{"GETEX in time", 20 * ms, "SET k v PX 20", "GETEX k PX 60000; TTL k", "v, 60", "nil, -2", ""},
		{"GETEX without a time", 20 * ms, "SET k v PX 20; GETEX k", "GETEX k", "v", "nil", ""},
		{"PERSIST in time", 20 * ms, "SET k v PX 20", "PERSIST k; EXISTS k", "1, 1", "0, 0", ""},
		{"PEXPIRE in time", 20 * ms, "SET k v PX 20", "PEXPIRE k 60000; TTL k", "1, 60", "0, -2", ""},
		{"PEXPIRE NX", 20 * ms, "SET k v PX 20", "PEXPIRE k 60000 NX; SET k v; PEXPIRE k 60000 NX", "0, OK, 1", "0, OK, 1", ""},
		{"PEXPIRE XX", 20 * ms, "SET k v PX 20", "PEXPIRE k 60000 XX; TTL k", "1, 60", "0, -2", ""},
		{"PEXPIRE GT", 21 * ms, "SET k v PX 60000", "PEXPIRE k 59980 GT", "0", "1", ""},
		{"PEXPIRE LT", 20 * ms, "SET k v PX 60000", "PEXPIRE k 59980 LT", "1", "0", ""},
		{"EXPIRE GT", 1001 * ms, "SET k v PX 60000", "EXPIRE k 59 GT", "0", "1", ""},
		{"EXPIRE LT", 1000 * ms, "SET k v PX 60000", "EXPIRE k 59 LT", "1", "0", ""},
		{"PEXPIREAT GT", 20 * ms, "SET k v PXAT ms:500", "PEXPIREAT k ms:500 GT; PEXPIREAT k ms:501 GT", "0, 1", "0, 1", ""},
		{"PEXPIREAT LT", 20 * ms, "SET k v PXAT ms:500", "PEXPIREAT k ms:500 LT; PEXPIREAT k ms:20 LT; EXISTS k", "0, 1, 1", "0, 1, 0", ""},
		{"GT and LT of what stays", 20 * ms, "SET k v", "PEXPIRE k 60000 GT; PEXPIRE k 60000 LT", "0, 1", "0, 1", ""},
		{"EXPIRE of no time and less", 20 * ms, "SET k v; SET l v", "EXPIRE k 0; PEXPIRE l -1; EXISTS k l", "1, 1, 0", "1, 1, 0", ""},
	}
}

// expired keys are as if they had never been.
func expired() []boundary {
	const wrongType = "WRONGTYPE Operation against a key holding the wrong kind of value"
	return []boundary{
		{"SET NX", 20 * ms, "SET k v PX 20", "SET k w NX", "nil", "OK", ""},
		{"SET XX", 20 * ms, "SET k v PX 20", "SET k w XX", "OK", "nil", ""},
		{"SET GET", 20 * ms, "SET k v PX 20", "SET k w GET; TTL k", "v, -1", "nil, -1", ""},
		{"SET KEEPTTL", 20 * ms, "SET k v PX 20", "SET k w KEEPTTL; TTL k", "OK, 0", "OK, -1", ""},
		{"SETNX", 20 * ms, "SET k v PX 20", "SETNX k w", "0", "1", ""},
		{"MSETNX", 20 * ms, "SET k v PX 20", "MSETNX k w l w", "0", "1", ""},
		{"GETSET", 20 * ms, "SET k v PX 20", "GETSET k w; TTL k", "v, -1", "nil, -1", ""},
		{"GETDEL", 20 * ms, "SET k v PX 20", "GETDEL k", "v", "nil", ""},
		{"INCR", 20 * ms, "SET k 5 PX 20", "INCR k; TTL k", "6, 0", "1, -1", ""},
		{"APPEND", 20 * ms, "SET k v PX 20", "APPEND k w; TTL k", "2, 0", "1, -1", ""},
		{"RENAMENX onto it", 20 * ms, "SET k v PX 20; SET l v", "RENAMENX l k", "0", "1", ""},
		{"RENAME of it", 20 * ms, "SET k v PX 20", "RENAME k l; TTL l", "OK, 0", "ERR no such key, -2", ""},
		{"COPY onto it", 20 * ms, "SET k v PX 20; SET l v", "COPY l k; TTL k", "0, 0", "1, -1", ""},
		{"LPUSHX", 20 * ms, "RPUSH k a; PEXPIRE k 20", "LPUSHX k b", "2", "0", ""},
		{"RPUSH", 20 * ms, "RPUSH k a; PEXPIRE k 20", "RPUSH k b; TTL k", "2, 0", "1, -1", ""},
		{"HSETNX", 20 * ms, "HSET k f v; PEXPIRE k 20", "HSETNX k f w", "0", "1", ""},
		{"SADD", 20 * ms, "SADD k a; PEXPIRE k 20", "SADD k a", "0", "1", ""},
		{"ZADD XX", 20 * ms, "ZADD k 1 a; PEXPIRE k 20", "ZADD k XX CH 2 a", "1", "0", ""},
		{"XADD NOMKSTREAM", 20 * ms, "XADD k 1-0 f v; PEXPIRE k 20", "XADD k NOMKSTREAM 2-0 f v", "2-0", "nil", ""},
		{"PFADD", 20 * ms, "PFADD k a; PEXPIRE k 20", "PFADD k a", "0", "1", ""},
		{"SUNIONSTORE", 20 * ms, "SADD k a; SADD l b; PEXPIRE k 20", "SUNIONSTORE m k l", "2", "1", ""},
		{"another type", 20 * ms, "RPUSH k a; PEXPIRE k 20", "INCR k", wrongType, "1", ""},
		{"TYPE and HLEN", 20 * ms, "HSET k f v; PEXPIRE k 20", "TYPE k; HLEN k; TOUCH k; DEL k", "hash, 1, 1, 1", "none, 0, 0, 0", ""},
		{"WATCH", 20 * ms, "SET k v PX 20; WATCH k", "MULTI; PING; EXEC", "OK, QUEUED, [PONG]", "OK, QUEUED, nil", ""},
		{"MULTI", 20 * ms, "SET k v PX 20; MULTI; GET k", "TTL k; EXEC", "QUEUED, [v 0]", "QUEUED, [<nil> -2]", "a transaction cannot wait there"},
		{"Lua", 20 * ms, "SET k v PX 20", "EVAL \"return redis.call('GET', KEYS[1])\" 1 k", "v", "nil", ""},
	}
}

// pendingEntries have been idle since they were delivered.
func pendingEntries() []boundary {
	const delivered = "XGROUP CREATE s g 0 MKSTREAM; XADD s 1-0 f v; XREADGROUP GROUP g ada STREAMS s >"
	return []boundary{
		{"XPENDING", 20 * ms, delivered, "XPENDING s g - + 10", "[[1-0 ada 19 1]]", "[[1-0 ada 20 1]]", exact},
		{"XPENDING IDLE", 20 * ms, delivered, "XPENDING s g IDLE 20 - + 10", "[]", "[[1-0 ada 20 1]]", exact},
		{"XCLAIM", 20 * ms, delivered, "XCLAIM s g bob 20 1-0 JUSTID; XCLAIM s g eve 1 1-0 JUSTID", "[], [1-0]", "[1-0], []", exact},
		{"XCLAIM of entries", 20 * ms, delivered, "XCLAIM s g bob 20 1-0", "[]", "[[1-0 [f v]]]", ""},
		{"XAUTOCLAIM", 20 * ms, delivered, "XAUTOCLAIM s g bob 20 0 JUSTID", "[0-0 [] []]", "[0-0 [1-0] []]", ""},
		{"XAUTOCLAIM of entries", 20 * ms, delivered, "XAUTOCLAIM s g bob 20 0", "[0-0 [] []]", "[0-0 [[1-0 [f v]]] []]", ""},
		{"XCLAIM IDLE", 20 * ms, delivered + "; XCLAIM s g bob 0 1-0 IDLE 1000 JUSTID", "XCLAIM s g eve 1020 1-0 JUSTID", "[]", "[1-0]", ""},
		{"XCLAIM TIME", 20 * ms, delivered + "; XCLAIM s g bob 0 1-0 TIME ms:-1000 JUSTID", "XCLAIM s g eve 1020 1-0 JUSTID", "[]", "[1-0]", ""},
		{"XCLAIM of the future", 20 * ms, delivered + "; XCLAIM s g bob 0 1-0 TIME ms:60000 JUSTID", "XCLAIM s g eve 20 1-0 JUSTID", "[]", "[1-0]", ""},
		{"XADD", 20 * ms, "", "XADD s * f v; XADD s * f v", "ms:19-0, ms:19-1", "ms:20-0, ms:20-1", exact},
		{"XADD after the future", 20 * ms, "XADD s ms:20-7 f v", "XADD s * f v", "ms:20-8", "ms:20-8", exact},
		{"XADD with half an ID", 20 * ms, "", "XADD s ms:0-* f v", "ms:0-0", "ms:0-0", ""},
	}
}

// fieldLifetimes are told in whole seconds, rounded up.
func fieldLifetimes() []boundary {
	const brief = "HSET h f v g v; HPEXPIRE h 20 FIELDS 1 f"
	return []boundary{
		{"HTTL", 1000 * ms, "HSET h f v; HPEXPIRE h 2000 FIELDS 1 f", "HTTL h FIELDS 1 f", "[2]", "[1]", newer},
		{"HTTL at the end", 20 * ms, "HSET h f v; HPEXPIRE h 20 FIELDS 1 f", "HTTL h FIELDS 2 f g", "[1 -2]", "[-2 -2]", newer},
		{"HPTTL", 20 * ms, brief, "HPTTL h FIELDS 2 f g", "[1 -1]", "[-2 -1]", newer},
		{"HEXPIRETIME", time.Second, "HSET h f v g v; HEXPIREAT h s:1 FIELDS 1 f", "HEXPIRETIME h FIELDS 2 f g", "[s:1 -1]", "[-2 -1]", newer},
		{"HEXPIRETIME rounds up", 20 * ms, "HSET h f v; HPEXPIREAT h 4102444801001 FIELDS 1 f", "HEXPIRETIME h FIELDS 1 f", "[4102444802]", "[4102444802]", newer},
		{"HPEXPIRETIME", 20 * ms, "HSET h f v g v; HPEXPIREAT h ms:20 FIELDS 1 f", "HPEXPIRETIME h FIELDS 1 f", "[ms:20]", "[-2]", newer},
		{"HPEXPIREAT in the past", 20 * ms, "HSET h f v g v", "HPEXPIREAT h ms:20 FIELDS 1 f; HKEYS h", "[1], [f g]", "[2], [g]", newer},
		{"HEXPIRE NX", 20 * ms, brief, "HEXPIRE h 60 NX FIELDS 2 f g", "[0 1]", "[-2 1]", newer},
		{"HPEXPIRE XX", 20 * ms, brief, "HPEXPIRE h 60 XX FIELDS 2 f g", "[1 0]", "[-2 0]", newer},
		{"HPEXPIRE GT", 21 * ms, "HSET h f v g v; HPEXPIRE h 60000 FIELDS 1 f", "HPEXPIRE h 59980 GT FIELDS 2 f g", "[0 0]", "[1 0]", newer},
		{"HPEXPIRE LT", 20 * ms, "HSET h f v g v; HPEXPIRE h 60000 FIELDS 1 f", "HPEXPIRE h 59980 LT FIELDS 2 f g", "[1 1]", "[0 1]", newer},
		{"HPERSIST", 20 * ms, brief, "HPERSIST h FIELDS 2 f g", "[1 -1]", "[-2 -1]", newer},
		{"HSETEX KEEPTTL", 20 * ms, brief, "HSETEX h KEEPTTL FIELDS 1 f w; HPTTL h FIELDS 1 f", "1, [1]", "1, [-1]", newer},
		{"HGET", 20 * ms, brief, "HGET h f; HMGET h f g; HLEN h; HEXISTS h f; HSTRLEN h f", "v, [v v], 2, 1, 1", "nil, [<nil> v], 1, 0, 0", newer},
		{"HSETNX of a field", 20 * ms, brief, "HSETNX h f w; HPTTL h FIELDS 1 f", "0, [1]", "1, [-1]", newer},
		{"HINCRBY", 20 * ms, "HSET h f 5 g v; HPEXPIRE h 20 FIELDS 1 f", "HINCRBY h f 1; HPTTL h FIELDS 1 f", "6, [1]", "1, [-1]", newer},
		{"the last field", 20 * ms, "HSET h f v; HPEXPIRE h 20 FIELDS 1 f", "EXISTS h; TYPE h", "1, hash", "0, none", newer},
	}
}

// clocks tell the time, or what follows from it.
func clocks() []boundary {
	return []boundary{
		{"TIME", 1500 * ms, "", "TIME", "[s:1 499000]", "[s:1 500000]", ""},
		{"TIME in Lua", time.Second, "", "EVAL \"return redis.call('TIME')\" 0", "[s:0 999000]", "[s:1 0]", ""},
		{"TIME in MULTI", time.Second, "", "MULTI; TIME; EXEC", "OK, QUEUED, [[s:0 999000]]", "OK, QUEUED, [[s:1 0]]", ""},
		{"OBJECT IDLETIME", time.Second, "SET k v", "OBJECT IDLETIME k", "0", "1", ""},
		{"OBJECT IDLETIME after a GET", time.Second, "SET k v", "GET k; OBJECT IDLETIME k", "v, 0", "v, 0", ""},
	}
}
