package redistest

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
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
