package redistest

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/big"
	"os"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/internal/config"
)

func TestLikeness(t *testing.T) {
	t.Parallel()
	words := func(words ...string) []string { return words }
	for _, test := range []struct {
		words     []string
		want, got any
		alike     bool
	}{
		{words("get", "k"), "v", "v", true},
		{words("get", "k"), "v", "w", false},
		{words("get", "k"), "1", int64(1), false},
		{words("get", "k"), nil, failure("WRONGTYPE"), false},
		{words("zscore", "k", "m"), math.NaN(), math.NaN(), true},
		{words("lrange", "k", "0", "1"), list{"a", "b"}, list{"b", "a"}, false},
		{words("lrange", "k", "0", "1"), list{"a", "b"}, nil, false},
		{words("smembers", "k"), list{"a", "b"}, list{"b", "a"}, true},
		{words("smembers", "k"), list{"a", "b"}, list{"a", "a"}, false},
		{words("hgetall", "k"), list{"a", "1", "b", "2"}, list{"b", "2", "a", "1"}, true},
		{words("hgetall", "k"), list{"a", "1", "b", "2"}, list{"b", "1", "a", "2"}, false},
		{words("hgetall", "k"), table{{"a", "1"}}, table{{"a", "1"}}, true},
		{words("hgetall", "k"), table{{"a", "1"}}, table{{"a", "2"}}, false},
		{words("spop", "k"), "a", "b", true},
		{words("spop", "k"), "a", nil, false},
		{words("spop", "k"), nil, "b", false},
		{words("spop", "k", "2"), list{"a", "b"}, list{"c", "d"}, true},
		{words("spop", "k", "2"), list{"a", "b"}, list{"c"}, false},
		{words("hrandfield", "k", "1"), table{{"a", "1"}}, table{{"b", "1"}}, true},
		{words("spop", "k"), failure("WRONGTYPE x"), failure("WRONGTYPE x"), true},
		{words("spop", "k"), failure("WRONGTYPE x"), failure("WRONGTYPE y"), false},
		{words("ttl", "k"), int64(60), int64(57), true},
		{words("ttl", "k"), int64(60), int64(50), false},
		{words("ttl", "k"), int64(1), int64(-2), false},
		{words("ttl", "k"), int64(-1), int64(-2), false},
		{words("pttl", "k"), int64(60000), int64(57000), true},
		{words("pttl", "k"), time.Minute, 57 * time.Second, true},
		{words("ttl", "k"), time.Duration(-1), time.Duration(-2), false},
		{words("hpttl", "k", "fields", "1", "f"), list{int64(2000)}, list{int64(1000)}, true},
		{words("pexpiretime", "k"), int64(1700000000000), int64(1800000000000), true},
		{words("pexpiretime", "k"), int64(1700000000000), int64(-1), false},
		{words("pexpiretime", "k"), int64(-1), int64(-2), false},
		{words("expiretime", "k"), time.Hour, 2 * time.Hour, true},
		{words("hexpiretime", "k"), list{int64(5)}, list{int64(-1)}, false},
		{words("object", "idletime", "k"), int64(1), int64(99), true},
		{words("object", "idletime", "k"), int64(1), failure("ERR no such key"), false},
		{words("object", "encoding", "k"), "raw", "embstr", false},
		{words("time"), time.Unix(1, 0), time.Unix(1e9, 0), true},
		{words("xinfo", "stream", "s"), table{{"Length", int64(1)}, {"RadixTreeKeys", int64(1)}}, table{{"Length", int64(1)}, {"RadixTreeKeys", int64(2)}}, true},
		{words("xinfo", "stream", "s"), list{"length", int64(1), "radix-tree-keys", int64(1)}, list{"length", int64(2), "radix-tree-keys", int64(2)}, false},
		{words("xinfo", "consumers", "s", "g"), list{table{{"Idle", time.Second}}}, list{table{{"Idle", 2 * time.Second}}}, true},
	} {
		assert.Equal(t, test.alike, likenessOf(test.words)(test.want, test.got, 5*time.Second), "%q: %s and %s", test.words, showReply(test.want), showReply(test.got))
	}
}

func TestScansAreMerged(t *testing.T) {
	t.Parallel()
	step := func(cursor, next string, found ...any) *call {
		return &call{words: []string{"scan", cursor, "count", "2"}, reply: list{next, list(found)}, ended: true}
	}
	typed := &call{words: []string{"sscan", "k", "0"}, reply: list{list{"m"}, uint64(0)}, ended: true}
	failed := &call{words: []string{"scan", "0", "count", "2"}, reply: failure("ERR syntax error"), ended: true}
	pairs := &call{words: []string{"zscan", "z", "0"}, reply: list{"0", list{"a", "1", "b", "1"}}, ended: true}
	ping := &call{words: []string{"ping"}, reply: status("PONG"), ended: true}

	merged := mergeScans([]*call{step("0", "7", "a", "b"), ping, typed, step("7", "0", "b", "c"), pairs, step("0", "3", "d"), failed})
	require.Len(t, merged, 6)
	assert.Equal(t, list{"a", "b", "c"}, merged[0].reply)
	assert.True(t, merged[0].ended)
	assert.Same(t, ping, merged[1])
	assert.Equal(t, list{"m"}, merged[2].reply)
	assert.Equal(t, list{"a", "1", "b", "1"}, merged[3].reply)
	assert.False(t, merged[4].ended, "nobody has asked for the rest")
	assert.Same(t, failed, merged[5])
}

func TestStreamIDsAreNumbered(t *testing.T) {
	t.Parallel()
	const first, second = "1700000000000-0", "1700000000000-1"
	ids := streamIDs{}
	rename := func(reply any, words ...string) *call {
		c := &call{words: words, reply: reply}
		ids.rename(c)
		return c
	}
	assert.Equal(t, "<id 1>", rename(first, "xadd", "s", "*", "f", "v").reply)
	assert.Equal(t, "<id 2>", rename(first, "xadd", "t", "*", "f", "v").reply, "another stream's")
	assert.Equal(t, "5-1", rename("5-1", "xadd", "s", "5-1", "f", "v").reply, "no clock has made it")
	c := rename(list{table{{"ID", second}, {"Values", table{{"ref", first}}}}}, "xrange", "s", first, "+")
	assert.Equal(t, []string{"xrange", "s", "<id 1>", "+"}, c.words)
	assert.Equal(t, list{table{{"ID", "<id 3>"}, {"Values", table{{"ref", someID}}}}}, c.reply)
	c = rename(list{list{"s", list{list{second, list{"ref", first}}}}}, "XREAD", "COUNT", "1", "STREAMS", "s", "t", first, first)
	assert.Equal(t, []string{"XREAD", "COUNT", "1", "STREAMS", "s", "t", "<id 1>", "<id 2>"}, c.words)
	assert.Equal(t, list{list{"s", list{list{"<id 3>", list{"ref", someID}}}}}, c.reply)
	c = rename(table{{"t", list{list{first, list{"f", "v"}}}}}, "xread", "streams", "t", "$")
	assert.Equal(t, table{{"t", list{list{"<id 2>", list{"f", "v"}}}}}, c.reply)
	c = rename(status("OK"), "xgroup", "create", "s", "g", first)
	assert.Equal(t, []string{"xgroup", "create", "s", "g", "<id 1>"}, c.words)
	c = rename("at "+first, "get", "last:"+first)
	assert.Equal(t, []string{"get", "last:" + someID}, c.words)
	assert.Equal(t, "at "+someID, c.reply)
}

func TestRepliesHaveOneForm(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	for _, test := range []struct {
		cmd  redis.Cmder
		want string
	}{
		{redis.NewStatusResult("OK", nil), `OK`},
		{redis.NewCmdResult("OK", nil), `"OK"`},
		{redis.NewCmdResult([]any{"a", int64(1), nil, errors.New("ERR x")}, nil), `["a" 1 nil the error ERR x]`},
		{redis.NewMapStringIntCmdResult(map[string]int64{"b": 2, "a": 1}, nil), `{"a": 1, "b": 2}`},
		{redis.NewZSliceCmdResult([]redis.Z{{Score: 1.5, Member: "m"}}, nil), `[{"Score": 1.5, "Member": "m"}]`},
		{redis.NewScanCmdResult([]string{"k"}, 7, nil), `[["k"] 7]`},
		{redis.NewDurationResult(time.Minute, nil), `1m0s`},
		{redis.NewTimeCmdResult(time.Unix(1, 5), nil), `1970-01-01T00:00:01.000000005Z`},
		{redis.NewCmdResult(new(big.Int).Mul(big.NewInt(1e18), big.NewInt(12345)), nil), `"12345000000000000000000"`},
	} {
		assert.Equal(t, test.want, showReply(replyOf(test.cmd, test.cmd.Err())))
	}
	assert.Nil(t, replyOf(redis.NewCmd(ctx), redis.Nil))
	assert.Equal(t, failure("timed out"), failureOf(fmt.Errorf("read unix @->/tmp/1/redis.sock: %w", os.ErrDeadlineExceeded)))
	assert.Equal(t, failure("context canceled"), failureOf(fmt.Errorf("get: %w", context.Canceled)))
}

func TestWordsAreThoseThatAreSent(t *testing.T) {
	t.Parallel()
	text := "pointed at"
	cmd := redis.NewCmd(t.Context(), "SET", []byte("k"), 1, int64(-2), 1.5, float32(2.5), true, false, nil, &text, time.Second,
		time.Unix(0, 0).UTC(), big.NewInt(7))
	require.Equal(t, []string{"SET", "k", "1", "-2", "1.5", "2.5", "1", "0", "", "pointed at", "1000000000", "1970-01-01T00:00:00Z", "7"}, wordsOf(cmd))
}

func TestBackendsOfTheEnvironment(t *testing.T) {
	t.Parallel()
	names := func(env config.Env, opts ...DriftOption) (names []string) {
		for _, b := range newDrift(env, opts).backends {
			names = append(names, b.label())
		}
		return names
	}
	assert.Equal(t, []string{"embedded", "redis-server"}, names(config.Env{Backend: "redis-server"}))
	assert.Equal(t, []string{"embedded", "redis-server", "external"}, names(config.Env{URL: "redis://ada:secret@here"}))
	assert.Equal(t, []string{"embedded", "redis-server", "external"}, names(config.Env{Backend: "redis://here"}))
	assert.Equal(t, []string{"redis-server"}, names(config.Env{URL: "redis://here"}, WithBackend(RedisServer()), WithLiveClock()))
}
