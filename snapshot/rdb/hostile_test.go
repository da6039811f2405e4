package rdb_test

import (
	"bytes"
	"errors"
	"io"
	"math"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/snapshot"
	"github.com/compozy/rediskit/snapshot/rdb"
)

// hostileValue is a value that cannot be, or must not.
type hostileValue struct {
	value []byte // type, and what follows the key
	want  string // of the error; the key begins at byte 9
}

func hostileValues() map[string]hostileValue {
	const two63 = math.MinInt64 // as big writes it
	nan := little(8, int64(math.Float64bits(math.NaN())))
	entry := func(body ...string) string {
		return listpack(append([]string{tiny(1), tiny(0), tiny(0), tiny(0)}, body...)...)
	}
	stream := func(node string, rest ...any) []byte {
		return bytesOf(append([]any{19, 1, string(rawID(5, 0)), node}, rest...)...)
	}
	group := func(rest ...any) []byte {
		return bytesOf(append([]any{19, 0, 0, 6, 0, 0, 0, 0, 0, 0, 1, "g", 0, 0, 0}, rest...)...)
	}
	return map[string]hostileValue{
		"string beyond the file":          {bytesOf(0, 0x80, big(4, 1<<30), "short"), "unexpected EOF"},
		"string of 2^63 bytes":            {bytesOf(0, 0x81, big(8, two63), "short"), "unexpected EOF"},
		"string of an unknown encoding":   {bytesOf(0, 0xc4), "byte 16: 4 is no encoding of a string"},
		"string of an unknown length":     {bytesOf(0, 0x82), "byte 16: 0x82 begins no length"},
		"compressed string of 2^63 bytes": {bytesOf(0, 0xc3, 3, 0x81, big(8, two63), 1, 'h', 'i'), "byte 26: the compressed string is damaged"},
		"compressed string, too short":    {bytesOf(0, 0xc3, 3, 3, 1, 'h', 'i'), "the compressed string is damaged"},
		"compressed string, too long":     {bytesOf(0, 0xc3, 3, 1, 1, 'h', 'i'), "the compressed string is damaged"},
		"compressed string, cut off":      {bytesOf(0, 0xc3, 2, 5, 0xe0, 0), "the compressed string is damaged"},
		"compressed string, backwards":    {bytesOf(0, 0xc3, 3, 10, 0xe0, 1, 5), "the compressed string is damaged"},
		"list of 2^63 elements":           {bytesOf(1, 0x81, big(8, two63), "a"), "EOF"},
		"list of 2^63 nodes":              {bytesOf(14, 0x81, big(8, two63), ziplist()), "EOF"},
		"list with a node of no kind":     {bytesOf(18, 1, 3, "a"), "quicklist: 3 is no kind of node"},
		"list of an encoded length":       {bytesOf(1, 0xc0, 1, "a"), "a string stands where a number should"},
		"ziplist without a header":        {bytesOf(10, "short"), "ziplist: 5 bytes are too few"},
		"ziplist of a wrong length":       {bytesOf(10, ziplist(short("a"))+"\xff"), "ziplist: 15 bytes claim to be 14"},
		"ziplist without an end":          {bytesOf(10, strings.TrimSuffix(ziplist(short("a")), "\xff")+"\x00"), "byte 29: ziplist: no end mark"},
		"ziplist with a wrong previous length": {
			bytesOf(10, strings.ReplaceAll(ziplist(short("a"), short("b")), "\x03\x01b", "\x0d\x01b")),
			"ziplist: element 1 claims that 13 bytes come before, which are 3",
		},
		"ziplist with a wrong tail":  {bytesOf(10, little2(ziplist(short("a")), 4, 11)), "byte 20: ziplist: the last element is at 10 and claims to be at 11"},
		"ziplist with a wrong count": {bytesOf(10, little2(ziplist(short("a")), 8, 2)), "ziplist: 1 elements claim to be 2"},
		"ziplist beyond its end":     {bytesOf(10, ziplist("\x05a")), "byte 27: ziplist: element 0 is no element, or reaches beyond the end"},
		"ziplist of no encoding":     {bytesOf(10, ziplist("\xff")), "ziplist: element 0 is no element"},
		"listpack of a wrong length": {bytesOf(16, listpack()+"\xff"), "listpack: 8 bytes claim to be 7"},
		"listpack with a wrong back-length": {
			bytesOf(16, strings.ReplaceAll(listpack(small("a"), small("b")), "b\x02", "b\x03")),
			"byte 27: listpack: element 1 of 2 bytes has a wrong back-length",
		},
		"listpack with a wrong count": {bytesOf(20, little2(listpack(small("a")), 4, 9)), "listpack: 1 elements claim to be 9"},
		"listpack beyond its end":     {bytesOf(20, listpack("\xf0\xff\xff\xff\xffa")), "listpack: element 0 is no element, or reaches beyond the end"},
		"listpack of no encoding":     {bytesOf(20, listpack("\xf5")), "listpack: element 0 is no element"},
		"intset of a wrong length":    {bytesOf(11, little2(intset(2, 1, 2), 4, 1<<15)), "intset: 32768 numbers of 2 bytes do not fill 4 bytes"},
		"intset of a wrong width":     {bytesOf(11, little2(intset(2, 1), 0, 3)), "intset: numbers of 3 bytes"},
		"intset without order":        {bytesOf(11, intset(2, 2, 1)), "byte 26: intset: 1 comes after 2"},
		"intset with a number twice":  {bytesOf(11, intset(2, 2, 2)), "intset: 2 comes after 2"},
		"zipmap beyond its end":       {bytesOf(9, "\x01\x05f\xff"), "zipmap: element 0 reaches beyond the end"},
		"zipmap with a wrong count":   {bytesOf(9, "\x02\x01f\x01\x00v\xff"), "zipmap: 2 keys and values claim to be 4"},
		"zipmap without a value":      {bytesOf(9, "\x01\x01f\xff"), "zipmap: no element 1"},
		"zipmap that ends early":      {bytesOf(9, "\x01\x01f\xff\xff"), "zipmap: it ends before its last byte"},
		"zipmap with a long length":   {bytesOf(9, "\x01\xfe\x01\x00\x00\x00f\x01\x00v\xff"), "a longer length than it needs"},
		"set with a member twice":     {bytesOf(2, 2, "a", "a"), "set: a member comes twice"},
		"packed set with one twice":   {bytesOf(20, listpack(small("1"), tiny(1))), "set: a member comes twice"},
		"hash with a field twice":     {bytesOf(4, 2, "f", "v", "f", "w"), "hash: a field comes twice"},
		"hash with half a field":      {bytesOf(16, listpack(small("f"))), "listpack: no element 1"},
		"hash of 2^63 fields":         {bytesOf(4, 0x81, big(8, two63), "a", "b"), "EOF"},
		"hash with a late TTL":        {bytesOf(24, little(8, 2), 1, 0x81, big(8, math.MaxInt64), "f", "v"), "hash: a field expires at 2 + 9223372036854775807"},
		"hash with a TTL of words":    {bytesOf(23, listpack(small("f"), small("v"), small("w"))), `hash: a field expires at "w"`},
		"sorted set, member twice":    {bytesOf(17, listpack(small("a"), tiny(1), small("a"), tiny(2))), "sorted set: a member comes twice"},
		"sorted set, not a number":    {bytesOf(5, 1, "a", nan), "a score is not a number"},
		"sorted set, old NaN":         {bytesOf(3, 1, "a", 253), "a score is not a number"},
		"sorted set, NaN in text":     {bytesOf(17, listpack(small("a"), small("nan"))), "a score is not a number"},
		"sorted set, score of words":  {bytesOf(3, 1, "a", "one"), `score "one" is no number`},
		"stream with a short id":      {bytesOf(19, 1, "12345", listpack()), "stream: an id of 5 bytes"},
		"stream with a bad listpack":  {stream("short"), "stream: listpack: 5 bytes are too few"},
		"stream of 2^63 listpacks":    {bytesOf(19, 0x81, big(8, two63)), "EOF"},
		"stream of 2^63 fields":       {stream(listpack(tiny(1), tiny(0), "\xf4"+string(little(8, math.MaxInt64)))), "9223372036854775807 fields or values cannot be"},
		"stream of -1 fields":         {stream(listpack(tiny(1), tiny(0), "\xdf\xff")), "-1 fields or values cannot be"},
		"stream entry of many fields": {stream(entry(tiny(0), tiny(0), tiny(0), "\xf4"+string(little(8, math.MaxInt64/2)))), "fields or values cannot be"},
		"stream entry with a count":   {stream(entry(tiny(2), tiny(0), tiny(0), tiny(9))), "entry 5-0 of 3 elements claims to have 9"},
		"stream entry with flags":     {stream(entry(tiny(4), tiny(0), tiny(0), tiny(3))), "an entry has the flags 4"},
		"stream entry with words":     {stream(entry(small("x"))), `"x" should be a number`},
		"stream with an open master":  {stream(listpack(tiny(0), tiny(0), tiny(0), tiny(1))), "the first entry's fields are not ended"},
		"stream with fewer entries":   {stream(entry()), "0 entries and 0 deleted ones claim to be 1 and 0"},
		"stream without order": {
			stream(listpack(tiny(2), tiny(0), tiny(0), tiny(0), tiny(2), tiny(0), tiny(0), tiny(3), tiny(2), tiny(0), tiny(0), tiny(3))),
			"id 5-0 comes after 5-0",
		},
		"stream whose last id is not": {stream(entry(tiny(2), tiny(0), tiny(0), tiny(3)), 1, 4, 0), "the last id 4-0 comes before the last entry's, 5-0"},
		"stream of entries nowhere":   {bytesOf(19, 0, 1, 6, 0), "stream: 1 entries are nowhere"},
		"stream of 2^63 entries":      {bytesOf(19, 0, 0x81, big(8, two63)), "a stream's length of 9223372036854775808 is too much"},
		"stream of 2^63 groups":       {bytesOf(19, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0x81, big(8, two63)), "EOF"},
		"group twice":                 {bytesOf(19, 0, 0, 6, 0, 0, 0, 0, 0, 0, 2, "g", 0, 0, 0, 0, 0, "g", 0, 0, 0, 0, 0), "stream: a group comes twice"},
		"group of 2^63 entries":       {group(0x81, big(8, two63)), "EOF"},
		"group without order":         {group(2, rawID(2, 0), little(8, 0), 1, rawID(1, 0), little(8, 0), 1), "stream: group g: pending entry 1-0 comes after 2-0"},
		"group with 2^63 deliveries":  {group(1, rawID(2, 0), little(8, 0), 0x81, big(8, two63)), "a number of deliveries of 9223372036854775808 is too much"},
		"entry of no consumer":        {group(1, rawID(2, 0), little(8, 0), 1, 0), "a pending entry belongs to no consumer: 2-0"},
		"entry of two consumers": {
			group(1, rawID(2, 0), little(8, 0), 1, 2, "c", little(8, 0), 1, rawID(2, 0), "d", little(8, 0), 1, rawID(2, 0)),
			"consumer d: entry 2-0 is pending already",
		},
		"entry that is not pending": {group(0, 1, "c", little(8, 0), 1, rawID(2, 0)), "consumer c: entry 2-0 is not pending"},
		"consumer twice":            {group(0, 2, "c", little(8, 0), 0, "c", little(8, 0), 0), "group g: a consumer comes twice"},
		"type that is none":         {bytesOf(8), "8 is no type of a value"},
		"type of tomorrow":          {bytesOf(26), "26 is no type of a value"},
		"module without framing":    {bytesOf(6, 0x81, big(8, 1)), "data of a module AAAAAAAAA, version 1 in a form whose end only the module knows"},
		"module with a bad part":    {bytesOf(7, 0x81, big(8, 1), 9), "data of a module AAAAAAAAA, version 1: 9 is no part of a module's data"},
		"module beyond the file":    {bytesOf(7, 0x81, big(8, 1), 5, 0x81, big(8, two63)), "unexpected EOF"},
	}
}

// little2 writes a number of two bytes into a string.
func little2(s string, at int, n int64) string { return s[:at] + string(little(2, n)) + s[at+2:] }

func TestHostileValues(t *testing.T) {
	t.Parallel()
	for name, test := range hostileValues() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := bytesOf(raw("REDIS0003"), int(test.value[0]), "key:", test.value[1:])
			for _, r := range []io.Reader{bytes.NewReader(file), iotest.OneByteReader(bytes.NewReader(file))} {
				_, err := rdb.Decode(r)
				var located *rdb.Error
				require.ErrorAs(t, err, &located)
				assert.Contains(t, err.Error(), test.want)
				assert.True(t, located.HasKey)
				assert.Equal(t, "key:", located.Key)
				assert.GreaterOrEqual(t, located.Offset, int64(14))
				assert.LessOrEqual(t, located.Offset, int64(len(file)))
			}
			_, err := rdb.DecodeValue(payloadOf(test.value))
			var located *rdb.Error
			require.ErrorAs(t, err, &located)
			assert.False(t, located.HasKey)
		})
	}
}

func TestHostileFiles(t *testing.T) {
	t.Parallel()
	twice := bytesOf(0, "k", "v", 0, "k", "w")
	damaged := fileOf(10, 0, "k", "v")
	damaged[11] ^= 1
	for name, test := range map[string]struct {
		file []byte
		want string
	}{
		"nothing":               {nil, "decode rdb: byte 0: not an RDB file of version 1 to 12: unexpected EOF"},
		"something else":        {[]byte("<html><body>not found</body></html>"), `byte 0: not an RDB file of version 1 to 12: it begins with "<html><bo"`},
		"version 0":             {fileOf(0), "not an RDB file of version 1 to 12"},
		"version 13":            {fileOf(13), "not an RDB file of version 1 to 12"},
		"version -1":            {[]byte("REDIS-001\xff"), "not an RDB file of version 1 to 12"},
		"no end":                {[]byte("REDIS0003"), "decode rdb: byte 9: unexpected EOF"},
		"no sum":                {[]byte("REDIS0010\xff\x00"), "unexpected EOF"},
		"a wrong sum":           {damaged, "byte 15: the checksum does not match"},
		"a key twice":           {fileOf(10, 254, 3, twice), "decode rdb: database 3: key k: byte 16: the key comes twice"},
		"a database of 2^63":    {fileOf(10, 254, 0x81, big(8, math.MinInt64)), "9223372036854775808 is no database"},
		"a function cut off":    {fileOf(3, 245, 30), "function: unexpected EOF"},
		"a strange module aux":  {fileOf(10, 247, 0x81, big(8, 1), 7), "data of a module AAAAAAAAA, version 1: 7 is no part"},
		"a creation that isn't": {fileOf(10, 250, "ctime", "soon"), `"soon" is no time of creation`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := rdb.Decode(bytes.NewReader(test.file), rdb.AtCreation())
			var located *rdb.Error
			require.ErrorAs(t, err, &located)
			assert.Contains(t, err.Error(), test.want)
		})
	}
}

func TestReadersThatFail(t *testing.T) {
	t.Parallel()
	failure := errors.New("the disk is gone")
	_, err := rdb.Decode(io.MultiReader(strings.NewReader("REDIS0003"), iotest.ErrReader(failure)))
	require.ErrorIs(t, err, failure)
	require.EqualError(t, err, "decode rdb: byte 9: the disk is gone")

	file := readCorpus(t, "packed.rdb")
	for n := range file {
		_, err := rdb.Decode(bytes.NewReader(file[:n]))
		require.ErrorIs(t, err, io.ErrUnexpectedEOF, "%d bytes", n)
	}
	want := decode(t, file, rdb.AtCreation())
	got, err := rdb.Decode(iotest.DataErrReader(iotest.HalfReader(bytes.NewReader(file))), rdb.AtCreation())
	require.NoError(t, err)
	require.Empty(t, snapshot.Diff(want, got))
}

// bombs are small files that claim or become something big.
func bombs() map[string][]byte {
	zeros := func(n int) []byte { // compresses zeros to 1/88
		b := bytesOf(0, 0)
		for range n/264 - 1 {
			b = append(b, 0xe0, 0xff, 0)
		}
		return b
	}
	compressed := func(packed []byte, length int) []byte {
		return bytesOf(0xc3, 0x80, big(4, int64(len(packed))), 0x80, big(4, int64(length)), packed)
	}
	// A listpack of empty texts, compressed: its first two of them, and then repetitions.
	const repetitions = 20_000
	length := 6 + 4 + 264*repetitions + 1
	empties := bytesOf(9, little(4, int64(length)), raw("\xff\xff\x80\x01\x80\x01"))
	for range repetitions {
		empties = append(empties, 0xe0, 0xff, 1)
	}
	empties = append(empties, 0, 0xff)
	var pending []byte
	for i := range 12_000 {
		pending = append(pending, bytesOf(rawID(1, int64(i)), little(8, 0), 1)...)
	}
	var sets []byte
	for i := range 40_000 {
		sets = append(sets, bytesOf(20, 4, little(4, int64(i)), little2(listpack(tiny(1)), 4, 0xffff))...)
	}
	bomb := zeros(88 << 20)
	return map[string][]byte{
		"a string of zeros":                bytesOf(raw("REDIS0003"), 0, "k", compressed(bomb, 1+264*(len(bomb)/3))),
		"a list of zeros":                  bytesOf(raw("REDIS0003"), 1, "k", 0x80, big(4, 1<<30), bytes.Repeat(compressed(zeros(1<<20), 264*(1<<20/264-1)+1), 40)),
		"a list of empty texts":            bytesOf(raw("REDIS0003"), 1, "k", 0x80, big(4, 1<<30), make([]byte, 300_000)),
		"a listpack of empty texts":        bytesOf(raw("REDIS0003"), 18, "k", 1, 2, compressed(empties, length)),
		"listpacks of empty texts":         bytesOf(raw("REDIS0003"), 18, "k", 3, bytes.Repeat(bytesOf(2, compressed(empties, length)), 3)),
		"a stream of empty texts":          bytesOf(raw("REDIS0003"), 19, "k", 1, string(rawID(1, 1)), compressed(empties, length)),
		"a string that claims 2^40 bytes":  bytesOf(raw("REDIS0003"), 0, "k", 0x81, big(8, 1<<40), make([]byte, 300_000)),
		"a hash that claims 2^40 fields":   bytesOf(raw("REDIS0003"), 4, "k", 0x81, big(8, 1<<40), make([]byte, 300_000)),
		"a group that claims 2^40 entries": bytesOf(raw("REDIS0003"), 19, "k", 0, 0, 6, 0, 0, 0, 0, 0, 0, 1, "g", 0, 0, 0, 0x81, big(8, 1<<40), pending),
		"sets that claim many members":     bytesOf(raw("REDIS0003"), sets),
		"aux fields without end":           bytesOf(raw("REDIS0003"), bytes.Repeat([]byte{250, 0, 0}, 100_000)),
		"functions without end":            bytesOf(raw("REDIS0003"), bytes.Repeat([]byte{245, 0}, 150_000)),
		"empty lists without end":          bytesOf(raw("REDIS0003"), bytes.Repeat([]byte{1, 0, 0}, 100_000)),
	}
}

//nolint:paralleltest // it measures the memory of the process
func TestBombsAreDefused(t *testing.T) {
	const most = 64 << 20
	for name, file := range bombs() {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := rdb.Decode(bytes.NewReader(file))
			runtime.ReadMemStats(&after)
			var located *rdb.Error
			require.ErrorAs(t, err, &located)
			used := after.TotalAlloc - before.TotalAlloc // no less than what was in use at any time
			t.Logf("%d bytes: %d MiB: %v", len(file), used>>20, err)
			assert.LessOrEqual(t, used, uint64(most))
		})
	}
}
