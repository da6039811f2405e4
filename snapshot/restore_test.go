package snapshot_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/internal/keyspacetest"
	"github.com/compozy/rediskit/redistest"
	"github.com/compozy/rediskit/snapshot"
)

// How long a test waits for what happens on another goroutine, and how often it looks.
const (
	waitLimit = 30 * time.Second
	waitTick  = time.Millisecond
)

// allServers are the backends, and the embedded one again through a client's scripts.
func allServers() []server {
	scripted := server{"embedded by scripts", func(t testing.TB) snapshot.Target {
		t.Helper()
		return snapshot.Of(redistest.New(t).Client())
	}, keyspacetest.Options{Databases: 16, FieldTTLs: true}}
	return append(servers(), scripted)
}

// trial is a test on one of the servers.
type trial struct {
	*testing.T
	target snapshot.Target
}

func eachServer(t *testing.T, test func(trial)) {
	t.Helper()
	for _, s := range allServers() {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			test(trial{t, s.start(t)})
		})
	}
}

func capture(t *testing.T, source snapshot.Source, opts ...snapshot.CaptureOption) *snapshot.Snapshot {
	t.Helper()
	s, err := snapshot.Capture(t.Context(), source, opts...)
	require.NoError(t, err)
	return s
}

// held is what the targets of these tests have: every type, in two databases.
const held = `SELECT 0
HSET both field old
RPUSH list a
RPUSH list b
XADD stream 5-0 f v
XGROUP CREATE stream g 0-0
XCLAIM stream g c 0 5-0 TIME 1700000000000 RETRYCOUNT 2 FORCE JUSTID
SET text kept
PEXPIRE text 3600000
SELECT 2
SADD other member
ZADD scores 1.5 a
`

const brought = `SELECT 0
SET both new
SET fresh value
SELECT 1
SET elsewhere value
`

func TestATargetThatIsNotEmptyIsLeftAlone(t *testing.T) {
	t.Parallel()
	eachServer(t, func(on trial) {
		t, target := on.T, on.target
		require.NoError(t, snapshot.Restore(t.Context(), target, decode(t, held)))
		err := snapshot.Restore(t.Context(), target, decode(t, brought))
		require.ErrorIs(t, err, snapshot.ErrNotEmpty)
		require.EqualError(t, err, "restore: the target is not empty; use Replace or Merge (it holds 6 keys)")
		requireSame(t, decode(t, held), capture(t, target))
	})
}

func TestReplaceLeavesNothingElse(t *testing.T) {
	t.Parallel()
	eachServer(t, func(on trial) {
		t, target := on.T, on.target
		require.NoError(t, snapshot.Restore(t.Context(), target, decode(t, held)))
		require.NoError(t, snapshot.Restore(t.Context(), target, decode(t, brought), snapshot.Replace()))
		require.Equal(t, brought, encode(t, capture(t, target)))
		require.NoError(t, snapshot.Restore(t.Context(), target, &snapshot.Snapshot{}, snapshot.Replace()))
		require.Zero(t, capture(t, target).Len())
	})
}

func TestMergeReplacesKeysAndKeepsTheOthers(t *testing.T) {
	t.Parallel()
	eachServer(t, func(on trial) {
		t, target := on.T, on.target
		require.NoError(t, snapshot.Restore(t.Context(), target, decode(t, held)))
		require.NoError(t, snapshot.Restore(t.Context(), target, decode(t, brought), snapshot.Merge()))
		want := strings.Replace(held, "HSET both field old\n", "SET both new\nSET fresh value\n", 1)
		want = strings.Replace(want, "SELECT 2\n", "SELECT 1\nSET elsewhere value\nSELECT 2\n", 1)
		requireSame(t, decode(t, want), capture(t, target))
		require.NoError(t, snapshot.Restore(t.Context(), target, decode(t, held), snapshot.Merge()), "and again")
	})
}

// A stream whose entries are not in their order is refused when some keys have been written already.
func TestAFailureHalfWayLeavesTheTargetAsItWas(t *testing.T) {
	t.Parallel()
	var b snapshot.Builder
	b.Set(0, snapshot.Key{Name: "both", Value: snapshot.String("new")})
	b.Set(0, snapshot.Key{Name: "stream", Value: snapshot.String("new")})
	b.Set(1, snapshot.Key{Name: "first", Value: snapshot.NewList("a", "b")})
	five, four := snapshot.StreamID{Milliseconds: 5}, snapshot.StreamID{Milliseconds: 4}
	b.Set(2, snapshot.Key{Name: "scores", Value: snapshot.NewStream(five, []snapshot.Entry{
		snapshot.NewEntry(five, "f", "v"), snapshot.NewEntry(four, "f", "v"),
	}, nil)})
	b.Set(2, snapshot.Key{Name: "text", Value: snapshot.String("new")})
	bad := b.Snapshot()
	eachServer(t, func(on trial) {
		t, target := on.T, on.target
		err := snapshot.Restore(t.Context(), target, bad)
		require.ErrorContains(t, err, "ERR The ID specified in XADD is equal or smaller than the target stream top item")
		require.Zero(t, capture(t, target).Len())
		require.NoError(t, snapshot.Restore(t.Context(), target, decode(t, held)))
		for mode, option := range map[string]snapshot.RestoreOption{"replace": snapshot.Replace(), "merge": snapshot.Merge()} {
			require.Error(t, snapshot.Restore(t.Context(), target, bad, option), mode)
			requireSame(t, decode(t, held), capture(t, target))
		}
	})
}

func TestACancelledContextChangesNothing(t *testing.T) {
	t.Parallel()
	eachServer(t, func(on trial) {
		t, target := on.T, on.target
		require.NoError(t, snapshot.Restore(t.Context(), target, decode(t, held)))
		cancelled, cancel := context.WithCancel(t.Context())
		cancel()
		require.ErrorIs(t, snapshot.Restore(cancelled, target, decode(t, brought), snapshot.Replace()), context.Canceled)
		_, err := snapshot.Capture(cancelled, target)
		require.ErrorIs(t, err, context.Canceled)
		requireSame(t, decode(t, held), capture(t, target))
	})
}

func TestWhatATargetCannotHoldIsFoundBeforeAnythingIsWritten(t *testing.T) {
	t.Parallel()
	const fields = "SELECT 0\nHSET a f v\nHSET user name y\nHSET user 'the mail' x\n"
	expiring := decode(t, fields+"HPEXPIRE user 60000 FIELDS 1 'the mail'\nHPEXPIRE user 60000 FIELDS 1 name\n")
	target := genuine(t)
	err := snapshot.Restore(t.Context(), target, expiring)
	var unsupported *snapshot.UnsupportedError
	require.ErrorAs(t, err, &unsupported)
	require.Equal(t, snapshot.Loss{Database: 0, Key: "user", Attribute: "TTL of field name"}, unsupported.Loss)
	require.EqualError(t, err, "restore: database 0: key user: TTL of field name: the target cannot hold it")
	require.Zero(t, capture(t, target).Len())

	var lost []string
	lossy := snapshot.Lossy(func(l snapshot.Loss) { lost = append(lost, l.String()) })
	require.NoError(t, snapshot.Restore(t.Context(), target, expiring, lossy))
	require.Equal(t, []string{"database 0: key user: TTL of field name", "database 0: key user: TTL of field 'the mail'"}, lost)
	require.Equal(t, fields, encode(t, capture(t, target)))
}

func TestADatabaseThatThereIsNotIsALoss(t *testing.T) {
	t.Parallel()
	eachServer(t, func(on trial) {
		t, target := on.T, on.target
		high := decode(t, "SELECT 15\nSET a 1\nSELECT 16\nSET b 2\n")
		err := snapshot.Restore(t.Context(), target, high)
		require.EqualError(t, err, "restore: database 16: key b: a database above 15: the target cannot hold it")
		require.Zero(t, capture(t, target).Len())
		var lost []snapshot.Loss
		require.NoError(t, snapshot.Restore(t.Context(), target, high, snapshot.Lossy(func(l snapshot.Loss) { lost = append(lost, l) })))
		require.Equal(t, []snapshot.Loss{{Database: 16, Key: "b", Attribute: "a database above 15"}}, lost)
		require.Equal(t, "SELECT 15\nSET a 1\n", encode(t, capture(t, target)))
	})
}

// Scripts cannot call a command of any length.
func TestAnEntryThatNoScriptCanAddIsALoss(t *testing.T) {
	t.Parallel()
	id := snapshot.StreamID{Milliseconds: 1}
	entry := func(fields int) *snapshot.Snapshot {
		var b snapshot.Builder
		b.Set(0, snapshot.Key{Name: "s", Value: snapshot.NewStream(id, []snapshot.Entry{
			snapshot.NewEntry(id, slices.Repeat([]string{"f", "v"}, fields)...),
		}, nil)})
		return b.Snapshot()
	}
	target := genuine(t)
	require.EqualError(t, snapshot.Restore(t.Context(), target, entry(4000)),
		"restore: database 0: key s: entry 1-0 of 4000 fields: the target cannot hold it")
	require.NoError(t, snapshot.Restore(t.Context(), target, entry(3500)))
	requireSame(t, entry(3500), capture(t, target))
	require.NoError(t, snapshot.Restore(t.Context(), redistest.New(t), entry(4000)))
}

func TestLongCollectionsArePutBack(t *testing.T) {
	t.Parallel()
	words := make([]string, 20_000)
	fields := make([]snapshot.Field, len(words))
	for i := range words {
		words[i] = strings.Repeat("x", i%5) + string(rune('a'+i%26)) + time.Duration(i).String()
		fields[i] = snapshot.Field{Name: words[i], Value: words[i]}
	}
	var b snapshot.Builder
	b.Set(0, snapshot.Key{Name: "list", Value: snapshot.NewList(slices.Clone(words)...)})
	b.Set(0, snapshot.Key{Name: "set", Value: snapshot.NewSet(slices.Clone(words)...)})
	b.Set(0, snapshot.Key{Name: "hash", Value: snapshot.NewHash(fields...)})
	b.Set(0, snapshot.Key{Name: "text", Value: snapshot.String(strings.Repeat("y", 4<<20))})
	long := b.Snapshot()
	eachServer(t, func(on trial) {
		t, target := on.T, on.target
		require.NoError(t, snapshot.Restore(t.Context(), target, long))
		requireSame(t, long, capture(t, target))
	})
}

// A stream goes on after its last id, which is not always that of an entry.
func TestAStreamGoesOnAfterItsLastID(t *testing.T) {
	t.Parallel()
	srv := redistest.New(t)
	require.NoError(t, snapshot.Restore(t.Context(), srv, decode(t, "XADD s 5-0 f v\nXSETID s 9999999999999-3\n")))
	id, err := srv.Client().Do(t.Context(), "XADD", "s", "*", "f", "v").Text()
	require.NoError(t, err)
	require.Equal(t, "9999999999999-4", id)
}

func TestHyperLogLogsGoBothWays(t *testing.T) {
	t.Parallel()
	srv, client := redistest.New(t), realServer(t)
	for i := range 3000 {
		element := time.Duration(i).String()
		require.NoError(t, srv.Client().PFAdd(t.Context(), "dense", element).Err())
		require.NoError(t, client.PFAdd(t.Context(), "dense", element).Err())
	}
	require.NoError(t, srv.Client().PFAdd(t.Context(), "sparse", "a", "b").Err())
	require.NoError(t, client.PFAdd(t.Context(), "sparse", "a", "b").Err())
	ours, theirs := capture(t, srv), capture(t, snapshot.Of(client))
	require.Empty(t, snapshot.Diff(theirs, ours))

	require.NoError(t, snapshot.Restore(t.Context(), snapshot.Of(client), ours, snapshot.Replace()))
	require.NoError(t, snapshot.Restore(t.Context(), srv, theirs, snapshot.Replace()))
	for _, key := range []string{"dense", "sparse"} {
		want, err := client.PFCount(t.Context(), key).Result()
		require.NoError(t, err)
		got, err := srv.Client().PFCount(t.Context(), key).Result()
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
}

// What lives for less than a millisecond more, or for longer than a duration can say, is not without a time to live.
func TestTheShortestAndTheLongestTimesToLiveAreKept(t *testing.T) {
	t.Parallel()
	client := realServer(t)
	require.NoError(t, client.Do(t.Context(), "SET", "k", "v", "EX", "99999999999").Err())
	key, ok := capture(t, snapshot.Of(client)).Key(0, "k")
	require.True(t, ok)
	require.Equal(t, 9223372036854*time.Millisecond, key.TTL)

	srv := redistest.New(t)
	require.NoError(t, srv.Client().Set(t.Context(), "k", "v", time.Second).Err())
	srv.Miniredis().FastForward(time.Second - 10*time.Microsecond)
	key, ok = capture(t, srv).Key(0, "k")
	require.True(t, ok)
	require.Equal(t, time.Millisecond, key.TTL)
}
