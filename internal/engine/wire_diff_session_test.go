package engine_test

import (
	"strings"
	"testing"
)

func TestTransactionsAreAnsweredAsByRedis(t *testing.T) {
	t.Parallel()
	compareExchanges(t, []exchange{
		{name: "EXEC", lines: []string{"MULTI", "SET a 1", "INCR a", "GET a", "EXEC", "GET a"}},
		{name: "EXEC of nothing", lines: []string{"MULTI", "EXEC"}},
		{name: "without MULTI", lines: []string{"EXEC", "DISCARD", "UNWATCH"}},
		{name: "nested MULTI", lines: []string{"MULTI", "MULTI", "SET a 1", "EXEC"}},
		{name: "WATCH inside MULTI", lines: []string{"MULTI", "WATCH a", "SET a 1", "EXEC"}},
		{name: "DISCARD", lines: []string{"MULTI", "SET a 1", "DISCARD", "GET a", "EXEC"}},
		{name: "error while running", lines: []string{"SET a x", "MULTI", "INCR a", "LPUSH a 1", "SET b 1", "EXEC", "GET b"}},
		{name: "aborted by arity", lines: []string{"MULTI", "SET a", "SET b 1", "EXEC", "GET b"}},
		{name: "aborted by an unknown command", lines: []string{"MULTI", "NOSUCH x", "SET b 1", "EXEC", "GET b"}},
		{name: "aborted by an unknown subcommand", lines: []string{"MULTI", "CLIENT nosuch", "EXEC"}},
		{name: "aborted by the arity of a subcommand", lines: []string{"MULTI", "CLIENT SETNAME", "EXEC"}},
		{name: "abort forgotten", lines: []string{"MULTI", "NOSUCH", "DISCARD", "MULTI", "SET a 1", "EXEC"}},
		{name: "arity of EXEC", lines: []string{"MULTI", "EXEC x", "SET a 1", "EXEC"}},
		{name: "arity of DISCARD", lines: []string{"MULTI", "DISCARD x", "EXEC"}},
		{name: "arity of MULTI", lines: []string{"MULTI", "MULTI x", "EXEC"}},
		{name: "arity of WATCH", lines: []string{"MULTI", "WATCH", "EXEC"}},
		{name: "SUBSCRIBE of RESP2", lines: []string{"MULTI", "SUBSCRIBE c", "EXEC"}},
		{name: "SUBSCRIBE of RESP3", lines: []string{"HELLO 3", "MULTI", "SUBSCRIBE c", "UNSUBSCRIBE c", "EXEC", "PING"}},
		{name: "HELLO", lines: []string{"MULTI", "HELLO 3", "EXEC", "GET none"}},
		{name: "AUTH", lines: []string{"MULTI", "AUTH x", "EXEC", "GET none"}},
		{name: "UNWATCH", lines: []string{"WATCH a", "MULTI", "UNWATCH", "EXEC"}},
		{name: "SELECT", lines: []string{"MULTI", "SELECT 1", "SET a 1", "EXEC", "GET a", "SELECT 0", "GET a"}},
		{name: "CLIENT", lines: []string{"MULTI", "CLIENT SETNAME me", "CLIENT GETNAME", "EXEC"}},
		{name: "QUIT", lines: []string{"MULTI", "SET a 1", "QUIT", "PING"}},
		{name: "RESET", lines: []string{"MULTI", "SET a 1", "RESET", "EXEC", "GET a"}},
		{name: "EVAL", lines: []string{"MULTI", "EVAL 'return redis.call(\"set\",KEYS[1],1)' 1 a", "GET a", "EVAL 'return {err=\"ERR x\"}' 0", "EXEC"}},
		{name: "MONITOR", deviates: "the engine has no MONITOR", lines: []string{"MULTI", "MONITOR", "EXEC"}},
		{name: "WATCH untouched", lines: []string{"WATCH a b", "GET a", "MULTI", "SET a 1", "EXEC"}},
		{name: "WATCH touched by oneself", lines: []string{"WATCH a", "SET a 0", "MULTI", "SET a 1", "EXEC", "GET a"}},
		{name: "WATCH touched by another", lines: []string{"WATCH a", "b> SET a 0", "MULTI", "SET a 1", "EXEC", "GET a"}},
		{name: "WATCH touched, RESP3", lines: []string{"HELLO 3", "WATCH a", "b> SET a 0", "MULTI", "SET a 1", "EXEC", "GET a"}},
		{name: "WATCH touched, DISCARD", lines: []string{"WATCH a", "b> SET a 0", "MULTI", "DISCARD", "MULTI", "GET a", "EXEC"}},
		{name: "WATCH touched, UNWATCH", lines: []string{"WATCH a", "b> SET a 0", "UNWATCH", "MULTI", "GET a", "EXEC"}},
		{name: "WATCH touched and aborted", lines: []string{"WATCH a", "b> SET a 0", "MULTI", "NOSUCH", "EXEC", "MULTI", "GET a", "EXEC"}},
		{name: "WATCH in another database", lines: []string{"WATCH a", "b> SELECT 1", "b> SET a 0", "MULTI", "GET a", "EXEC"}},
		{name: "WATCH of a key that goes", lines: []string{"SET a 1", "WATCH a", "b> DEL a", "MULTI", "GET a", "EXEC"}},
		{name: "WATCH of a key deleted in vain", lines: []string{"WATCH a", "b> DEL a", "MULTI", "GET a", "EXEC"}},
		{name: "WATCH and FLUSHALL", lines: []string{"SET a 1", "WATCH a", "b> FLUSHALL", "MULTI", "GET a", "EXEC"}},
		{name: "WATCH and RESET", lines: []string{"WATCH a", "RESET", "b> SET a 0", "MULTI", "GET a", "EXEC"}},
		{name: "WATCH of a key twice", lines: []string{"WATCH a", "WATCH a", "b> SET a 0", "MULTI", "GET a", "EXEC"}},
	}, "")
}

func TestPubSubIsAnsweredAsByRedis(t *testing.T) {
	t.Parallel()
	compareExchanges(t, []exchange{
		{name: "refused while subscribed", lines: []string{
			"SUBSCRIBE c", "GET a", "PUBLISH c x", "MULTI", "EXEC", "DISCARD", "WATCH a", "SELECT 1", "CLIENT ID", "CLIENT GETNAME x",
			"HELLO 3", "AUTH x", "NOSUCH x", "GET", "CLIENT nosuch", "COMMAND COUNT", "BLPOP a 0",
		}},
		{name: "refused while subscribed to a pattern", lines: []string{"PSUBSCRIBE c*", "GET a", "PING", "PUNSUBSCRIBE", "GET a"}},
		{name: "refused while subscribed to a shard channel", lines: []string{"SSUBSCRIBE c", "GET a", "PING", "SUNSUBSCRIBE", "GET a"}},
		{name: "PING while subscribed", lines: []string{"SUBSCRIBE c", "PING", "PING hi", "PING a b", "UNSUBSCRIBE", "PING", "PING hi"}},
		{name: "PING while subscribed, RESP3", lines: []string{"HELLO 3", "SUBSCRIBE c", "PING", "PING hi", "GET a"}},
		{name: "QUIT while subscribed", lines: []string{"SUBSCRIBE c", "QUIT", "PING"}},
		{name: "RESET while subscribed", lines: []string{"SUBSCRIBE c d", "PSUBSCRIBE p", "RESET", "PING", "PUBLISH c x"}},
		{name: "RESET while subscribed, RESP3", lines: []string{"HELLO 3", "SUBSCRIBE c d", "RESET", "PING", "GET a"}},
		{name: "counts", lines: []string{
			"SUBSCRIBE a b a", "PSUBSCRIBE x y", "SSUBSCRIBE s", "UNSUBSCRIBE a none", "PUNSUBSCRIBE x", "SUNSUBSCRIBE", "UNSUBSCRIBE b",
			"PUNSUBSCRIBE", "PING",
		}},
		{name: "unsubscribing from nothing", lines: []string{"UNSUBSCRIBE", "PUNSUBSCRIBE", "SUNSUBSCRIBE", "UNSUBSCRIBE a b", "SUNSUBSCRIBE a", "PING"}},
		{name: "unsubscribing from nothing, RESP3", lines: []string{"HELLO 3", "UNSUBSCRIBE", "PUNSUBSCRIBE", "SUNSUBSCRIBE", "UNSUBSCRIBE a b", "PING"}},
		{name: "messages", lines: []string{
			"SUBSCRIBE news", "PSUBSCRIBE n*", "b> PUBLISH news hello", "b> PUBLISH no 'a b'", "b> PUBLISH other x", `b> PUBLISH news "\x00\r\n"`, "PING",
		}},
		{name: "messages, RESP3", lines: []string{
			"HELLO 3", "SUBSCRIBE news", "PSUBSCRIBE n*", "SSUBSCRIBE shard", "b> PUBLISH news hello", "b> SPUBLISH shard x", "GET a", "PUBLISH news me",
		}},
		{name: "messages of a transaction", lines: []string{"SUBSCRIBE c", "b> MULTI", "b> PUBLISH c 1", "b> PUBLISH c 2", "b> EXEC"}},
		{name: "messages of a script", lines: []string{"SUBSCRIBE c", `b> EVAL 'return redis.call("publish","c",ARGV[1])' 0 hi`}},
		{name: "messages to oneself in a transaction", lines: []string{"HELLO 3", "SUBSCRIBE c", "MULTI", "PUBLISH c 1", "GET a", "EXEC"}},
		{name: "introspection", lines: []string{
			"PUBSUB CHANNELS", "SUBSCRIBE c", "PSUBSCRIBE p*", "b> PUBSUB CHANNELS", "b> PUBSUB CHANNELS x*", "b> PUBSUB NUMSUB c d", "b> PUBSUB NUMSUB",
			"b> PUBSUB NUMPAT", "b> PUBSUB SHARDCHANNELS", "b> PUBSUB SHARDNUMSUB x", "b> HELLO 3", "b> PUBSUB NUMSUB c d", "b> PUBSUB CHANNELS",
		}},
	}, "")
}

func TestConnectionCommandsAreAnsweredAsByRedis(t *testing.T) {
	t.Parallel()
	compareExchanges(t, []exchange{
		{name: "HELLO", lines: []string{"HELLO", "HELLO 2", "HELLO 3", "HELLO", "HELLO 2", "GET none"}},
		{name: "HELLO with options", lines: []string{
			"HELLO 3 SETNAME me", "CLIENT GETNAME", "HELLO 2 AUTH default x", "HELLO 3 AUTH default x SETNAME you", "CLIENT GETNAME",
		}},
		{name: "HELLO refused", lines: []string{
			"HELLO x", "HELLO 1", "HELLO 4", "HELLO -3", "HELLO 99999999999999999999", "HELLO 3 NOSUCH", "HELLO 3 AUTH", "HELLO 3 AUTH a",
			"HELLO 3 SETNAME", "HELLO 3 SETNAME 'a b'", "HELLO 3 AUTH nobody x", "HELLO 3 AUTH default x AUTH", "HELLO '' x", "HELLO SETNAME a",
			"GET none",
		}},
		{name: "AUTH without a password", lines: []string{"AUTH x", "AUTH default x", "AUTH nobody x", "AUTH a b c", "PING"}},
		{name: "CLIENT SETNAME", lines: []string{
			"CLIENT GETNAME", "CLIENT SETNAME me", "CLIENT GETNAME", "CLIENT SETNAME 'a b'", `CLIENT SETNAME "a\n"`, `CLIENT SETNAME "\xff"`,
			"CLIENT GETNAME", "CLIENT SETNAME ''", "CLIENT GETNAME", "HELLO 3", "CLIENT GETNAME",
		}},
		{name: "CLIENT KILL refused", lines: []string{
			"CLIENT KILL 1.2.3.4:5", "CLIENT KILL ID x", "CLIENT KILL ID 0", "CLIENT KILL ID -1", "CLIENT KILL ID 999999", "CLIENT KILL NOSUCH x",
			"CLIENT KILL ID 999999 ADDR", "CLIENT KILL TYPE nosuch", "CLIENT KILL TYPE pubsub", "CLIENT KILL USER nobody", "CLIENT KILL SKIPME maybe",
			"CLIENT KILL ID 999999 SKIPME yes", "CLIENT KILL ADDR 1.2.3.4:5",
		}},
		{name: "CLIENT KILL by id", lines: []string{"b> PING", "CLIENT KILL ID {b}", "CLIENT KILL ID {b}", "CLIENT KILL ID {a}", "b> PING"}},
		{name: "CLIENT KILL of oneself", lines: []string{"CLIENT KILL ID {a} SKIPME no", "PING"}},
		{name: "CLIENT KILL by type", lines: []string{"b> SUBSCRIBE c", "CLIENT KILL TYPE pubsub", "PING"}},
		{name: "CLIENT UNBLOCK refused", lines: []string{
			"CLIENT UNBLOCK x", "CLIENT UNBLOCK 999999", "CLIENT UNBLOCK 999999 NOSUCH", "CLIENT UNBLOCK 999999 ERROR", "CLIENT UNBLOCK {a}",
		}},
		{name: "CLIENT UNBLOCK", lines: []string{"b> BLPOP k 0", "CLIENT UNBLOCK {b}", "b> PING", "CLIENT UNBLOCK {b}"}},
		{name: "CLIENT UNBLOCK of a move", lines: []string{"b> BLMOVE k l LEFT LEFT 0", "CLIENT UNBLOCK {b} TIMEOUT", "b> PING"}},
		{name: "CLIENT UNBLOCK of RESP3", lines: []string{"b> HELLO 3", "b> BLPOP k 0", "CLIENT UNBLOCK {b} timeout", "b> PING"}},
		{name: "CLIENT UNBLOCK with an error", lines: []string{"b> BLPOP k 0", "CLIENT UNBLOCK {b} error", "b> PING"}},
		{name: "SELECT", lines: []string{
			"SELECT 15", "SET a 1", "SELECT 0", "GET a", "SELECT 16", "SELECT -1", "SELECT x", "SELECT ''", "SELECT 1.0", "SELECT ' 1'", "SELECT +1",
			"SELECT 01", "SELECT 99999999999999999999", "SELECT 2147483648", "GET a",
		}},
		{name: "QUIT", lines: []string{"PING", "QUIT", "PING"}},
		{name: "QUIT with arguments", lines: []string{"QUIT a b", "PING"}},
		{name: "RESET", lines: []string{"HELLO 3 SETNAME me", "SELECT 3", "SET a 1", "RESET", "GET a", "CLIENT GETNAME", "HELLO 3", "GET a"}},
		{name: "PING", lines: []string{"PING", "ping hi", "PING ''", "PING a b", "ECHO hi"}},
		{name: "COMMAND", lines: []string{
			"COMMAND INFO nosuch", "COMMAND LIST x", "COMMAND LIST FILTERBY", "COMMAND LIST FILTERBY PATTERN getra*", "COMMAND LIST FILTERBY PATTERN ?info|stream",
			"COMMAND LIST FILTERBY NOSUCH x", "COMMAND LIST FILTERBY MODULE none", "COMMAND DOCS nosuch",
		}},
	}, "")
}

func TestStrangersAreAnsweredAsByRedis(t *testing.T) {
	t.Parallel()
	const afterwards = "PING\r\n"
	const login = "AUTH secret"
	compareExchanges(t, []exchange{
		{name: "refused", lines: []string{
			"GET a", "PING", "MULTI", "EXEC", "SUBSCRIBE c", "CLIENT ID", "COMMAND COUNT", "NOSUCH x", "GET", "CLIENT nosuch", "SELECT 1",
			"HELLO", "HELLO 3", "HELLO x", "HELLO 9", "HELLO 3 NOSUCH", "HELLO 3 SETNAME me", "QUIT",
		}},
		{name: "AUTH refused", lines: []string{"AUTH wrong", "AUTH default wrong", "AUTH nobody secret", "AUTH a b c", "PING", "HELLO 3 AUTH default wrong", "PING"}},
		{name: "AUTH", lines: []string{login, "PING", "AUTH wrong", "PING"}},
		{name: "AUTH with a name", lines: []string{"AUTH default secret", "PING"}},
		{name: "HELLO AUTH", lines: []string{"HELLO 3 AUTH default secret SETNAME me", "CLIENT GETNAME"}},
		{name: "HELLO without a version", lines: []string{login, "HELLO"}},
		{name: "RESET", lines: []string{login, "PING", "RESET", "PING", login, "PING"}},
		{name: "RESET at once", lines: []string{"RESET", "PING"}},
		{name: "QUIT", lines: []string{"QUIT", "PING"}},
		{name: "ten arguments", raw: "*10\r\n" + strings.Repeat("$1\r\na\r\n", 10) + afterwards},
		{name: "eleven arguments", raw: "*11\r\n" + strings.Repeat("$1\r\na\r\n", 11) + afterwards},
		{name: "bulk at the limit", raw: "*2\r\n$4\r\nAUTH\r\n$16384\r\n" + strings.Repeat("a", 16384) + "\r\n" + afterwards},
		{name: "bulk past the limit", raw: "*2\r\n$4\r\nAUTH\r\n$16385\r\n" + strings.Repeat("a", 16385) + "\r\n" + afterwards},
		{name: "eleven arguments after AUTH", raw: "AUTH secret\r\n*11\r\n$3\r\nDEL\r\n" + strings.Repeat("$1\r\na\r\n", 10) + afterwards},
		{name: "bulk after AUTH", raw: "AUTH secret\r\n*2\r\n$6\r\nSTRLEN\r\n$16385\r\n" + strings.Repeat("a", 16385) + "\r\n" + afterwards},
		{name: "eleven arguments after RESET", raw: "AUTH secret\r\nRESET\r\n*11\r\n" + strings.Repeat("$1\r\na\r\n", 11) + afterwards},
		{name: "inline of many words", lines: []string{"a b c d e f g h i j k l m n o"}},
	}, "secret")
}
