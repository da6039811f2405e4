package rdb_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/snapshot"
	"github.com/compozy/rediskit/snapshot/rdb"
)

// moment is when the files of these tests are read, in milliseconds.
const moment = 1_700_000_000_000

func hashOf(words ...string) snapshot.Hash {
	var fields []snapshot.Field
	for i := 0; i < len(words); i += 2 {
		fields = append(fields, snapshot.Field{Name: words[i], Value: words[i+1]})
	}
	return snapshot.NewHash(fields...)
}

// handmade is a value built byte by byte.
type handmade struct {
	value []byte // type, and what follows the key
	want  snapshot.Value
}

// handmadeValues have the encodings that redis-server 7.0 does not write any more, or not yet, and the odd ones of those
// that it does.
func handmadeValues() map[string]handmade {
	long := strings.Repeat("x", 300)
	twoDays, inADay := 48*time.Hour, int64(moment+86_400_000)
	return map[string]handmade{
		"string": {bytesOf(0, "hello"), snapshot.String("hello")},
		"string with a length in 14 bits": {
			bytesOf(0, 0x41, 0x2c, raw(long)), snapshot.String(long),
		},
		"string with a length in 32 bits":        {bytesOf(0, 0x80, 0, 0, 0, 2, 'h', 'i'), snapshot.String("hi")},
		"string with a length in 64 bits":        {bytesOf(0, 0x81, big(8, 2), 'h', 'i'), snapshot.String("hi")},
		"string of a number in 8 bits":           {bytesOf(0, 0xc0, 0xff), snapshot.String("-1")},
		"string of a number in 16 bits":          {bytesOf(0, 0xc1, little(2, -300)), snapshot.String("-300")},
		"string of a number in 32 bits":          {bytesOf(0, 0xc2, little(4, math.MinInt32)), snapshot.String("-2147483648")},
		"string compressed":                      {bytesOf(0, 0xc3, 5, 10, 0, 'a', 0xe0, 0, 0), snapshot.String("aaaaaaaaaa")},
		"string compressed, of literals":         {bytesOf(0, 0xc3, 3, 2, 1, 'h', 'i'), snapshot.String("hi")},
		"string compressed, with a short repeat": {bytesOf(0, 0xc3, 6, 6, 2, 'a', 'b', 'c', raw("\x20\x02")), snapshot.String("abcabc")},
		"list":                                   {bytesOf(1, 2, "a", 0xc0, 7), snapshot.NewList("a", "7")},
		"list in a ziplist": {
			bytesOf(10, ziplist(
				short("a"), "\x41\x2c"+long, "\x80\x00\x00\x01\x2c"+long, short("behind something long"),
				"\xc0\xff\xff", "\xd0\xff\xff\xff\xff", "\xe0\xff\xff\xff\xff\xff\xff\xff\x7f", "\xf0\x00\x00\x80", "\xfe\x80", "\xf1", "\xfd",
			)),
			snapshot.NewList("a", long, long, "behind something long", "-1", "-1", "9223372036854775807", "-8388608", "-128", "0", "12"),
		},
		"list of ziplists": {
			bytesOf(14, 3, ziplist(short("a"), short("b")), ziplist(), ziplist(short("c"))), snapshot.NewList("a", "b", "c"),
		},
		"list of listpacks": {
			bytesOf(18, 3, 2, listpack(
				small("a"), "\x7f", "\xdf\xff", "\xd0\x00", "\xf1\x00\x80", "\xf2\xff\xff\x7f", "\xf3\xff\xff\xff\xff",
				"\xf4\x00\x00\x00\x00\x00\x00\x00\x80", "\xe0\x01b", "\xf0\x01\x00\x00\x00c",
			), 1, "plain", 2, listpack()),
			snapshot.NewList("a", "127", "-1", "-4096", "-32768", "8388607", "-1", "-9223372036854775808", "b", "c", "plain"),
		},
		"set":                       {bytesOf(2, 2, "a", "b"), snapshot.NewSet("a", "b")},
		"set of numbers in 16 bits": {bytesOf(11, intset(2, -5, 7)), snapshot.NewSet("-5", "7")},
		"set of numbers in 32 bits": {bytesOf(11, intset(4, -70000, 7)), snapshot.NewSet("-70000", "7")},
		"set of numbers in 64 bits": {bytesOf(11, intset(8, math.MinInt64, math.MaxInt64)), snapshot.NewSet("-9223372036854775808", "9223372036854775807")},
		"set in a listpack":         {bytesOf(20, listpack(small("a"), tiny(1))), snapshot.NewSet("a", "1")},
		"sorted set with decimal scores": {
			bytesOf(3, 4, "a", "1.5", "b", 254, "c", 255, "d", "-17"),
			snapshot.NewSortedSet(snapshot.Member{Name: "a", Score: 1.5}, snapshot.Member{Name: "b", Score: math.Inf(1)},
				snapshot.Member{Name: "c", Score: math.Inf(-1)}, snapshot.Member{Name: "d", Score: -17}),
		},
		"sorted set with binary scores": {
			bytesOf(5, 1, "a", little(8, int64(math.Float64bits(0.1)))), snapshot.NewSortedSet(snapshot.Member{Name: "a", Score: 0.1}),
		},
		"sorted set in a ziplist": {
			bytesOf(12, ziplist(short("a"), "\xf2", short("b"), short("2.5"))),
			snapshot.NewSortedSet(snapshot.Member{Name: "a", Score: 1}, snapshot.Member{Name: "b", Score: 2.5}),
		},
		"sorted set in a listpack": {
			bytesOf(17, listpack(small("a"), tiny(1), tiny(2), small("-inf"))),
			snapshot.NewSortedSet(snapshot.Member{Name: "a", Score: 1}, snapshot.Member{Name: "2", Score: math.Inf(-1)}),
		},
		"hash": {bytesOf(4, 2, "f", "v", "g", ""), hashOf("f", "v", "g", "")},
		"hash in a zipmap": {
			bytesOf(9, "\x02\x01f\x01\x03v...\x01g\xfe\x2c\x01\x00\x00\x00"+long+"\xff"), hashOf("f", "v", "g", long),
		},
		"hash in a zipmap without a count": {bytesOf(9, "\xfe\x01f\x01\x00v\xff"), hashOf("f", "v")},
		"hash in a ziplist":                {bytesOf(13, ziplist(short("f"), short("v"), short("g"), "\xf1")), hashOf("f", "v", "g", "0")},
		"hash in a listpack":               {bytesOf(16, listpack(small("f"), small("v"))), hashOf("f", "v")},
		"hash with TTLs": {
			bytesOf(24, little(8, inADay), 3, 0, "f", "v", 1, "g", "w", 0x80, big(4, 86_400_001), "h", "x"),
			snapshot.NewHash(snapshot.Field{Name: "f", Value: "v"}, snapshot.Field{Name: "g", Value: "w", TTL: twoDays / 2},
				snapshot.Field{Name: "h", Value: "x", TTL: twoDays}),
		},
		"hash with TTLs, early form": {
			bytesOf(22, 2, 0, "f", "v", 0x81, big(8, inADay), "g", "w"),
			snapshot.NewHash(snapshot.Field{Name: "f", Value: "v"}, snapshot.Field{Name: "g", Value: "w", TTL: twoDays / 2}),
		},
		"hash with TTLs in a listpack": {
			bytesOf(25, little(8, inADay), listpack(small("g"), small("w"), "\xf4"+string(little(8, inADay)), small("f"), small("v"), tiny(0))),
			snapshot.NewHash(snapshot.Field{Name: "f", Value: "v"}, snapshot.Field{Name: "g", Value: "w", TTL: twoDays / 2}),
		},
		"hash with TTLs in a listpack, early form": {
			bytesOf(23, listpack(small("g"), small("w"), "\xf4"+string(little(8, inADay)), small("f"), small("v"), tiny(0))),
			snapshot.NewHash(snapshot.Field{Name: "f", Value: "v"}, snapshot.Field{Name: "g", Value: "w", TTL: twoDays / 2}),
		},
	}
}

func TestEveryEncoding(t *testing.T) {
	t.Parallel()
	for name, test := range handmadeValues() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at := rdb.At(time.UnixMilli(moment))
			got, err := rdb.DecodeValue(payloadOf(test.value), at)
			require.NoError(t, err)
			assert.Equal(t, test.want, got)

			file := fileOf(12, int(test.value[0]), "key", test.value[1:])
			key, ok := decode(t, file, at).Key(0, "key")
			require.True(t, ok)
			assert.Equal(t, test.want, key.Value)
		})
	}
}

// What redis-server can read of it, it reads in the same way.
func TestEveryEncodingMeansTheSameToRedis(t *testing.T) {
	t.Parallel()
	const newestOfRedis7 = 19
	client := realServer(t)
	var want snapshot.Builder
	for name, test := range handmadeValues() {
		if test.value[0] <= newestOfRedis7 {
			require.NoError(t, client.Restore(t.Context(), name, 0, string(payloadOf(test.value))).Err(), name)
			want.Set(0, snapshot.Key{Name: name, Value: test.want})
		}
	}
	require.Empty(t, snapshot.Diff(want.Snapshot(), capture(t, snapshot.Of(client))))
}
