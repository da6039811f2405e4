package snapshot_test

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/internal/keyspacetest"
	"github.com/compozy/rediskit/snapshot"
)

const streamWithGroup = "XADD s 1-0 f v\nXADD s 2-0 f v\nXGROUP CREATE s g 2-0 ENTRIESREAD 2\n" +
	"XCLAIM s g c 0 1-0 TIME 1700000000000 RETRYCOUNT 1 FORCE JUSTID\n"

func TestDiffSaysWhatIsDifferent(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ want, got, diff string }{
		"nothing":           {everyType, everyType, ""},
		"missing key":       {"SET a hello", "", "a: missing, want string hello\n"},
		"missing keys":      {"RPUSH l a b\nHSET h f v\nSADD s x\nZADD z 1 x\nXADD st 1 f v", "", "h: missing, want hash of 1\nl: missing, want list of 2\ns: missing, want set of 1\nst: missing, want stream of 1\nz: missing, want zset of 1\n"},
		"unexpected key":    {"", "SELECT 3\nSET 'a b' ''", "db 3: 'a b': unexpected string \"\"\n"},
		"another type":      {"SET a 1", "RPUSH a 1 2", "a: want string 1, got list of 2\n"},
		"string":            {"SET a 1", "SET a 'it is'", "a (string): want 1, got 'it is'\n"},
		"time to live":      {"SET a 1 EX 60", "SET a 1", "a (string): TTL: want 1m0s, got none\n"},
		"times to live":     {"SET a 1 EX 60", "SET a 1 PX 1500", "a (string): TTL: want 1m0s, got 1.5s\n"},
		"no time to live":   {"SET a 1", "SET a 2 PX 1", "a (string): want 1, got 2\na (string): TTL: want none, got 1ms\n"},
		"hash":              {"HSET h a 1 b 2 c 3", "HSET h b 2 c 4 d 5", "h (hash): missing field a, want 1\nh (hash): field c: want 3, got 4\nh (hash): unexpected field d: 5\n"},
		"field's time":      {"HSET h a 1\nHPEXPIRE h 100 FIELDS 1 a", "HSET h a 2", "h (hash): field a: want 1, got 2\nh (hash): field a: TTL: want 100ms, got none\n"},
		"set":               {"SADD s a b", "SADD s b 'c d'", "s (set): missing member a\ns (set): unexpected member 'c d'\n"},
		"sorted set":        {"ZADD z 1 a 2 b inf c", "ZADD z 1.5 a -inf c 7 d", "z (zset): member a: want score 1, got 1.5\nz (zset): missing member b, want score 2\nz (zset): member c: want score inf, got -inf\nz (zset): unexpected member d with score 7\n"},
		"element":           {"RPUSH l a b c", "RPUSH l a x c", "l (list): element 1: want b, got x\n"},
		"element at front":  {"RPUSH l a b c", "RPUSH l x a b c", "l (list): unexpected element 0: x\n"},
		"element at end":    {"RPUSH l a b c", "RPUSH l a b", "l (list): missing element 2: c\n"},
		"elements":          {"RPUSH l a b c d e f", "RPUSH l b c x e y f", "l (list): missing element 0: a\nl (list): element 2: want d, got x\nl (list): unexpected element 4: y\n"},
		"nothing in common": {"RPUSH l a b", "RPUSH l c", "l (list): element 0: want a, got c\nl (list): missing element 1: b\n"},
		"entries":           {"XADD s 1 a 1\nXADD s 2 a 1 a 2", "XADD s 2 a 2 a 1\nXADD s 3 b 'x y'", "s (stream): missing entry 1-0: a 1\ns (stream): entry 2-0: want a 1 a 2, got a 2 a 1\ns (stream): unexpected entry 3-0: b 'x y'\ns (stream): last id: want 2-0, got 3-0\n"},
		"counters":          {"XADD s 1 a 1\nXSETID s 1 ENTRIESADDED 3 MAXDELETEDID 0", "XADD s 1 a 1\nXSETID s 1 ENTRIESADDED 4 MAXDELETEDID 1", "s (stream): counters: want 3 added and 0-0 the last deleted, got 4 and 1-0\n"},
		"counters unknown":  {"XADD s 1 a 1\nXSETID s 1 ENTRIESADDED 3", "XADD s 1 a 1", ""},
		"groups":            {streamWithGroup, strings.ReplaceAll(streamWithGroup, " g ", " h "), "s (stream): missing group g\ns (stream): unexpected group h\n"},
		"group":             {streamWithGroup, strings.Replace(streamWithGroup, "g 2-0 ENTRIESREAD 2", "g 1-0 ENTRIESREAD 1", 1), "s (stream): group g: last id: want 2-0, got 1-0\ns (stream): group g: entries read: want 2, got 1\n"},
		"consumers":         {streamWithGroup + "XGROUP CREATECONSUMER s g x", streamWithGroup + "XGROUP CREATECONSUMER s g y", "s (stream): group g: missing consumer x\ns (stream): group g: unexpected consumer y\n"},
		"pending": {
			streamWithGroup, streamWithGroup + "XCLAIM s g c 0 1-0 TIME 1700000000500 RETRYCOUNT 4 FORCE JUSTID\n",
			"s (stream): group g: pending entry 1-0: want 1 deliveries, got 4\ns (stream): group g: pending entry 1-0: want delivered at 2023-11-14T22:13:20.000Z, got 2023-11-14T22:13:20.500Z\n",
		},
		"pending elsewhere": {
			streamWithGroup + "XGROUP CREATECONSUMER s g d\n", streamWithGroup + "XGROUP CREATECONSUMER s g c\nXCLAIM s g d 0 1-0 TIME 1700000000000 RETRYCOUNT 1 FORCE JUSTID\n",
			"s (stream): group g: pending entry 1-0: want consumer c, got d\n",
		},
		"pending or not": {
			streamWithGroup, strings.Replace(streamWithGroup, "c 0 1-0", "c 0 2-0", 1),
			"s (stream): group g: missing pending entry 1-0 of c\ns (stream): group g: unexpected pending entry 2-0 of c\n",
		},
		"a millisecond of the clock": {streamWithGroup, strings.Replace(streamWithGroup, "TIME 1700000000000", "TIME 1700000000001", 1), ""},
		"databases":                  {"SET a 1\nSELECT 2\nSET b 1", "SELECT 1\nSET a 1\nSELECT 2\nSET b 2", "a: missing, want string 1\ndb 1: a: unexpected string 1\ndb 2: b (string): want 1, got 2\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.diff, snapshot.Diff(decode(t, c.want), decode(t, c.got)))
		})
	}
}

func TestDiffOverlooksTimesToLiveWithinTheTolerance(t *testing.T) {
	t.Parallel()
	want := decode(t, "SET k v PX 1000\nHSET h f v\nHPEXPIRE h 1000 FIELDS 1 f\n")
	for text, same := range map[string]bool{
		"SET k v PX 1100\nHSET h f v\nHPEXPIRE h 900 FIELDS 1 f\n":  true,
		"SET k v PX 1101\nHSET h f v\nHPEXPIRE h 1000 FIELDS 1 f\n": false,
		"SET k v PX 1000\nHSET h f v\nHPEXPIRE h 899 FIELDS 1 f\n":  false,
		"SET k v\nHSET h f v\nHPEXPIRE h 1000 FIELDS 1 f\n":         false,
	} {
		diff := snapshot.Diff(want, decode(t, text), snapshot.TTLTolerance(100*time.Millisecond))
		require.Equal(t, same, diff == "", "%s%s", text, diff)
		require.NotEmpty(t, snapshot.Diff(want, decode(t, text)))
	}
}

// few changes to a long list are few lines, wherever they are.
func TestDiffOfLongListsIsMinimal(t *testing.T) {
	t.Parallel()
	elements := make([]string, 50_000)
	for i := range elements {
		elements[i] = strconv.Itoa(i)
	}
	changed := slices.Delete(slices.Clone(elements), 100, 101)
	changed = slices.Insert(changed, 25_000, "new")
	changed[40_000] = "other"
	require.Equal(t, "l (list): missing element 100: 100\nl (list): unexpected element 25000: new\nl (list): element 40000: want 40000, got other\n",
		snapshot.Diff(ofList(elements), ofList(changed)))
}

// listLines are the fewest lines that a difference of lists can have if what both have in their order is kept.
func TestDiffOfListsKeepsWhatIsCommon(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(11, 12))
	for range 500 {
		a, b := letters(random), letters(random)
		diff := snapshot.Diff(ofList(a), ofList(b))
		common := longestCommon(a, b)
		changes, missing, unexpected := strings.Count(diff, "want "), strings.Count(diff, "missing "), strings.Count(diff, "unexpected ")
		require.Equal(t, len(a)-common, changes+missing, "%v %v\n%s", a, b, diff)
		require.Equal(t, len(b)-common, changes+unexpected, "%v %v\n%s", a, b, diff)
	}
}

func ofList(elements []string) *snapshot.Snapshot {
	var b snapshot.Builder
	b.Set(0, snapshot.Key{Name: "l", Value: snapshot.NewList(slices.Clone(elements)...)})
	return b.Snapshot()
}

func letters(random *rand.Rand) []string {
	list := make([]string, 1+random.IntN(12))
	for i := range list {
		list[i] = string(rune('a' + random.IntN(4)))
	}
	return list
}

// longestCommon is the length of a longest common subsequence, by the definition.
func longestCommon(a, b []string) int {
	switch {
	case len(a) == 0 || len(b) == 0:
		return 0
	case a[0] == b[0]:
		return 1 + longestCommon(a[1:], b[1:])
	default:
		return max(longestCommon(a[1:], b), longestCommon(a, b[1:]))
	}
}

func TestDiffOfListsWithNothingInCommonEnds(t *testing.T) {
	t.Parallel()
	a, b := make([]string, 5000), make([]string, 6000)
	for i := range a {
		a[i] = "a" + strconv.Itoa(i)
	}
	for i := range b {
		b[i] = "b" + strconv.Itoa(i)
	}
	require.Equal(t, 6000, strings.Count(snapshot.Diff(ofList(a), ofList(b)), "\n"))
}

func TestDiffCutsLongWordsBetweenCharacters(t *testing.T) {
	t.Parallel()
	of := func(text string) *snapshot.Snapshot {
		var b snapshot.Builder
		b.Set(0, snapshot.Key{Name: "k", Value: snapshot.String(text)})
		return b.Snapshot()
	}
	for before := range 4 {
		long := strings.Repeat("x", before) + strings.Repeat("日", 400)
		missing := snapshot.Diff(of(long), &snapshot.Snapshot{})
		require.True(t, utf8.ValidString(missing))
		require.NotContains(t, missing, `\x`)
		require.Contains(t, missing, "日… ("+strconv.Itoa(len(long))+" bytes)\n")

		changed := snapshot.Diff(of(long+"abc"), of(long+"語xyz"))
		require.NotContains(t, changed, `\x`)
		require.Contains(t, changed, "k (string): differ at byte "+strconv.Itoa(len(long))+": want …日")
		require.Contains(t, changed, "日abc ("+strconv.Itoa(len(long)+3)+" bytes), got …日")
		require.Contains(t, changed, "日語xyz ("+strconv.Itoa(len(long)+6)+" bytes)\n")
	}
	require.Equal(t, `k (string): want "`+strings.Repeat(`\xff`, 200)+`"… (300 bytes), got x`+"\n",
		snapshot.Diff(of(strings.Repeat("\xff", 300)), of("x")))
}

// Nothing is different exactly where the texts are equal.
func TestDiffAndTextAgree(t *testing.T) {
	t.Parallel()
	o := keyspacetest.Options{Databases: 2, FieldTTLs: true}
	for seed := range uint64(40) {
		whole := keyspacetest.Generate(rand.New(rand.NewPCG(seed, 2)), 12, o)
		same := keyspacetest.Generate(rand.New(rand.NewPCG(seed, 2)), 12, o)
		require.Equal(t, encode(t, whole), encode(t, same))
		require.Empty(t, snapshot.Diff(whole, same))

		// The text without any one of its lines, where that can be read, is another keyspace or the same.
		lines := strings.SplitAfter(encode(t, whole), "\n")
		for i := range lines {
			less, err := snapshot.Decode(strings.NewReader(strings.Join(slices.Delete(slices.Clone(lines), i, i+1), "")))
			if err != nil {
				continue
			}
			equal := encode(t, whole) == encode(t, less)
			require.Equal(t, equal, snapshot.Diff(whole, less) == "", "seed %d without %s", seed, lines[i])
			require.Equal(t, equal, snapshot.Diff(less, whole) == "", "seed %d without %s", seed, lines[i])
		}
	}
}
