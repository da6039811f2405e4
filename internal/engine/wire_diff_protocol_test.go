package engine_test

import (
	"strings"
	"testing"
)

// TestMalformedRequestsAreAnsweredAsByRedis ends each malformed request with a PING that must not be answered any more.
func TestMalformedRequestsAreAnsweredAsByRedis(t *testing.T) {
	t.Parallel()
	const afterwards = "\r\nPING\r\n"
	var exchanges []exchange
	for name, raw := range map[string]string{
		"multibulk length not a number":     "*x\r\n",
		"multibulk length empty":            "*\r\n",
		"multibulk length with a plus sign": "*+1\r\n",
		"multibulk length leading zero":     "*01\r\n",
		"multibulk length with a space":     "* 1\r\n",
		"multibulk length minus zero":       "*-0\r\n",
		"multibulk length a fraction":       "*1.5\r\n",
		"multibulk length past 32 bits":     "*2147483648\r\n",
		"multibulk length past 64 bits":     "*9223372036854775808\r\n",
		"multibulk count string too big":    "*" + strings.Repeat("1", 70000),
		"bulk length not a number":          "*1\r\n$x\r\n",
		"bulk length empty":                 "*1\r\n$\r\n",
		"bulk length negative":              "*1\r\n$-1\r\n",
		"bulk length leading zero":          "*1\r\n$04\r\nPING\r\n",
		"bulk length past the limit":        "*1\r\n$536870913\r\n",
		"bulk length past 64 bits":          "*1\r\n$9223372036854775808\r\n",
		"bulk count string too big":         "*1\r\n$" + strings.Repeat("1", 70000),
		"expected $ got a colon":            "*1\r\n:1\r\n",
		"expected $ got an inline command":  "*1\r\nPING\r\n",
		"expected $ got a line feed":        "*1\r\n\r\n",
		"expected $ got a zero byte":        "*1\r\n\x00\r\n",
		"expected $ got a high byte":        "*1\r\n\xff\r\n",
		"expected $ in the second argument": "*2\r\n$4\r\nECHO\r\n+a\r\n",
		"inline request too big":            strings.Repeat("a", 70000),
		"quotes unbalanced":                 "SET key \"value\r\n",
		"single quotes unbalanced":          "SET key 'value\r\n",
		"quotes followed by a letter":       "SET \"key\"x value\r\n",
		"quotes unbalanced by an escape":    `GET "key\"` + "\r\n",
		"good requests before":              "PING\r\n*1\r\n$4\r\nPING\r\n*1\r\n%",
		"a RESP3 request":                   "HELLO 3\r\n*1\r\n%0\r\n",
		"inside MULTI":                      "MULTI\r\nSET a b\r\n*1\r\n!\r\n",
	} {
		exchanges = append(exchanges, exchange{name: name, raw: raw + afterwards, deviates: map[string]string{
			"expected $ got a zero byte": "Redis looks for the end of the line as in a C string, and waits for ever",
		}[name]})
	}
	compareExchanges(t, exchanges, "")
}

func TestWellFormedRequestsAreAnsweredAsByRedis(t *testing.T) {
	t.Parallel()
	compareExchanges(t, []exchange{
		{name: "empty array", raw: "*0\r\nPING\r\n"},
		{name: "negative array", raw: "*-1\r\nPING\r\n"},
		{name: "very negative array", raw: "*-10\r\nPING\r\n"},
		{name: "empty lines", raw: "\r\n\n   \r\nPING\r\n"},
		{name: "line feed alone", raw: "PING\nECHO a\n"},
		{name: "any byte for the carriage return's line feed", raw: "*1\rx$4\rxPINGxx"},
		{name: "bulk of no bytes", raw: "*2\r\n$4\r\nECHO\r\n$0\r\n\r\n"},
		{name: "empty command name", raw: "*1\r\n$0\r\n\r\n"},
		{name: "binary bulk", raw: "*2\r\n$4\r\nECHO\r\n$6\r\n\r\n\x00\xff*1\r\n"},
		{name: "request cut short", raw: "*2\r\n$4\r\nECHO\r\n$6\r\nab"},
		{name: "inline cut short", raw: "PING\r\nPING"},
		{name: "inline after array", raw: "*1\r\n$4\r\nPING\r\nPING\r\n*1\r\n$4\r\nping\r\n"},
		{name: "unknown command, binary", raw: "*3\r\n$4\r\nNO\x00E\r\n$3\r\n\x00\xff\n\r\n$2\r\n\r\n\r\n"},
		{name: "inline with quotes", lines: []string{
			`ECHO "a b"`, `ECHO 'a b'`, `ECHO "\x41\x00\xff\n\r\t\b\a\"\\\q"`, `ECHO 'it\'s \x41 "'`, `ECHO a"b"`, `ECHO ""`, `ECHO "" x`,
			`ECHO "\x4"`, "ECHO a\vb", `ECHO "\xzz"`, `"ECHO" 'a'`, "\tECHO\ta\v", "ECHO 'a'\tx",
		}},
		{name: "unknown command", lines: []string{
			"NOSUCH", "nosuch a b", "NoSuch '' 'a b'", "NOSUCH " + strings.Repeat("a", 200),
			"NOSUCH " + strings.Repeat("word ", 60), strings.Repeat("N", 200) + " x", "NOSUCH " + strings.Repeat("a", 126) + " b c",
			"NOSUCH " + strings.Repeat("a", 124) + " b c", `NOSUCH "\r\n" x`, `"NO\nSUCH" x`, `NOSUCH "a\tb\xff\x01"`, `"NO\xff" x`,
		}},
		{name: "wrong arity", lines: []string{
			"GET", "get a b", "SET a", "MGET", "HSET h f", "EXPIRE a", "ECHO", "ECHO a b", "PING a b", "SELECT", "SELECT 1 2", "BLPOP a",
			"BLMOVE a b", "XREAD STREAMS", "MULTI x", "EXEC x", "DISCARD x", "WATCH", "UNWATCH x", "SUBSCRIBE", "PSUBSCRIBE", "SSUBSCRIBE",
			"PUBLISH a", "SPUBLISH a", "AUTH", "CLIENT", "PUBSUB", "RESET x", "EVAL", "EVAL x", "OBJECT", "XGROUP", "XINFO", "SCRIPT", "MEMORY",
			"CLUSTER", "WAIT", "QUIT x",
		}},
		{name: "unknown subcommand", lines: []string{
			"CLIENT nosuch", "client NoSuch a b", "PUBSUB nosuch", "COMMAND nosuch", "SCRIPT nosuch", "OBJECT nosuch k", "XGROUP nosuch k g",
			"XINFO nosuch k", "MEMORY nosuch", "CLUSTER nosuch", "CLIENT " + strings.Repeat("x", 200), `CLIENT "no\nsuch"`, `CLIENT "\xff\x00x"`,
		}},
		{name: "wrong arity of a subcommand", lines: []string{
			"CLIENT SETNAME", "CLIENT setname a b", "CLIENT GETNAME x", "CLIENT ID x", "CLIENT KILL", "CLIENT UNBLOCK", "CLIENT UNBLOCK 1 2 3",
			"PUBSUB NUMPAT x", "COMMAND COUNT x", "COMMAND GETKEYS", "XGROUP CREATE k", "XINFO STREAM", "OBJECT ENCODING", "SCRIPT LOAD",
			"SCRIPT EXISTS", "CLIENT INFO x", "PUBSUB CHANNELS a b", "XGROUP DESTROY k", "XINFO GROUPS",
		}},
		{name: "commands for administrators", deviates: "the engine has none of them", lines: []string{
			"CONFIG", "CONFIG nosuch", "CONFIG GET", "ACL nosuch", "FUNCTION nosuch", "LATENCY nosuch", "SLOWLOG nosuch", "DEBUG nosuch",
		}},
		{name: "replies of both protocols", lines: []string{
			"HSET h f v", "ZADD z 1.5 m", "SADD s m", "GET none", "HGETALL h", "ZSCORE z m", "ZRANGE z 0 -1 WITHSCORES", "SMEMBERS s", "HELLO 3",
			"GET none", "HGETALL h", "ZSCORE z m", "SMEMBERS s", "HGETALL none", "MGET none none", "LPOP none 2", "RPOP none", "ZSCORE z none",
		}},
		{name: "members with scores, RESP3", deviates: "miniredis: members and scores are not in pairs", lines: []string{"ZADD z 1.5 m", "HELLO 3", "ZRANGE z 0 -1 WITHSCORES", "ZPOPMIN z 1"}},
	}, "")
}
