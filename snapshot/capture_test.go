package snapshot_test

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/internal/keyspacetest"
	"github.com/compozy/rediskit/internal/process"
	"github.com/compozy/rediskit/internal/process/processtest"
	"github.com/compozy/rediskit/redistest"
	"github.com/compozy/rediskit/snapshot"
)

func TestFiltersLeaveTheSameOnEveryServer(t *testing.T) {
	t.Parallel()
	const all = `SELECT 0
SET order:1 a
SET user:1 a
SET user:1:draft a
SET user:2 a
SELECT 1
SET us[r a
SET user:1 a
SELECT 5
SET x a
`
	cases := map[string]struct {
		opts []snapshot.CaptureOption
		want string
	}{
		"nothing":        {nil, all},
		"match":          {[]snapshot.CaptureOption{snapshot.Match("user:?")}, "SELECT 0\nSET user:1 a\nSET user:2 a\nSELECT 1\nSET user:1 a\n"},
		"two matches":    {[]snapshot.CaptureOption{snapshot.Match("order:*"), snapshot.Match("*:1"), snapshot.Match("x")}, "SELECT 0\nSET order:1 a\nSET user:1 a\nSELECT 1\nSET user:1 a\nSELECT 5\nSET x a\n"},
		"class":          {[]snapshot.CaptureOption{snapshot.Match("user:[^1]"), snapshot.Match(`us\[r`)}, "SELECT 0\nSET user:2 a\nSELECT 1\nSET us[r a\n"},
		"except":         {[]snapshot.CaptureOption{snapshot.Except("user:*")}, "SELECT 0\nSET order:1 a\nSELECT 1\nSET us[r a\nSELECT 5\nSET x a\n"},
		"except of some": {[]snapshot.CaptureOption{snapshot.Match("user:*"), snapshot.Except("*:draft"), snapshot.Except("*2")}, "SELECT 0\nSET user:1 a\nSELECT 1\nSET user:1 a\n"},
		"databases":      {[]snapshot.CaptureOption{snapshot.Databases(5, 1)}, "SELECT 1\nSET us[r a\nSET user:1 a\nSELECT 5\nSET x a\n"},
		"no such one":    {[]snapshot.CaptureOption{snapshot.Databases(99, 5, 7)}, "SELECT 5\nSET x a\n"},
		"none of them":   {[]snapshot.CaptureOption{snapshot.Databases(2), snapshot.Match("*")}, ""},
	}
	check := func(t *testing.T, source snapshot.Source) {
		t.Helper()
		for name, c := range cases {
			require.Equal(t, c.want, encode(t, capture(t, source, c.opts...)), name)
		}
	}
	eachServer(t, func(on trial) {
		t, target := on.T, on.target
		require.NoError(t, snapshot.Restore(t.Context(), target, decode(t, all)))
		check(t, target)
	})
	t.Run("snapshot", func(t *testing.T) {
		t.Parallel()
		check(t, decode(t, all))
	})
}

func TestScriptsSeeOfAnEmbeddedServerWhatItSeesItself(t *testing.T) {
	t.Parallel()
	srv := redistest.New(t)
	made := keyspacetest.Generate(rand.New(rand.NewPCG(3, 4)), 600, keyspacetest.Options{Databases: 16, FieldTTLs: true})
	require.NoError(t, snapshot.Restore(t.Context(), srv, made))
	require.Equal(t, encode(t, capture(t, srv)), encode(t, capture(t, snapshot.Of(srv.Client()))))
}

// A client may begin in any database, and stays there.
func TestAClientStaysInItsDatabase(t *testing.T) {
	t.Parallel()
	srv := redistest.New(t)
	embedded := srv.NewClient(func(o *redis.Options) { o.DB, o.PoolSize = 3, 1 })
	genuine := redis.NewClient(&redis.Options{Network: "unix", Addr: processtest.Start(t).Socket(), DB: 3, PoolSize: 1})
	t.Cleanup(func() { require.NoError(t, genuine.Close()) })
	for name, client := range map[string]*redis.Client{"embedded": embedded, "redis-server": genuine} {
		require.NoError(t, snapshot.Restore(t.Context(), snapshot.Of(client), decode(t, "SET a zero\nSELECT 7\nSET a seven\n")), name)
		require.NoError(t, client.Set(t.Context(), "a", "three", 0).Err())
		require.Equal(t, "SELECT 0\nSET a zero\nSELECT 3\nSET a three\nSELECT 7\nSET a seven\n", encode(t, capture(t, snapshot.Of(client))), name)
		require.Equal(t, "three", client.Get(t.Context(), "a").Val(), name)
	}
}

// A client's own timeouts are for single commands. What takes longer must not fail, nor happen twice.
func TestTimeoutsOfTheClientDoNotCount(t *testing.T) {
	t.Parallel()
	client := redis.NewClient(&redis.Options{
		Network: "unix", Addr: processtest.Start(t).Socket(), ReadTimeout: time.Nanosecond, MaxRetries: 5,
	})
	t.Cleanup(func() { require.NoError(t, client.Close()) })
	require.NoError(t, snapshot.Restore(t.Context(), snapshot.Of(client), decode(t, "SET a 1\n")))
	require.Equal(t, "SELECT 0\nSET a 1\n", encode(t, capture(t, snapshot.Of(client))))
	require.Equal(t, time.Nanosecond, client.Options().ReadTimeout)
	require.Equal(t, 5, client.Options().MaxRetries)
}

func TestAPermissionThatIsMissingIsAnError(t *testing.T) {
	t.Parallel()
	socket := processtest.Start(t).Socket()
	admin := redis.NewClient(&redis.Options{Network: "unix", Addr: socket})
	t.Cleanup(func() { require.NoError(t, admin.Close()) })
	require.NoError(t, snapshot.Restore(t.Context(), snapshot.Of(admin), decode(t, held)))
	require.NoError(t, admin.Do(t.Context(), "ACL", "SETUSER", "reader", "on", ">secret", "~*", "+@all", "-lrange", "-hset").Err())
	reader := redis.NewClient(&redis.Options{Network: "unix", Addr: socket, Username: "reader", Password: "secret"})
	t.Cleanup(func() { require.NoError(t, reader.Close()) })
	_, err := snapshot.Capture(t.Context(), snapshot.Of(reader))
	const refused = "ERR The user executing the script can't run this command"
	require.ErrorContains(t, err, "capture: "+refused)
	require.ErrorContains(t, snapshot.Restore(t.Context(), snapshot.Of(reader), decode(t, held), snapshot.Replace()), "restore: "+refused)
	requireSame(t, decode(t, held), capture(t, snapshot.Of(admin)))
}

func TestAClusterIsCapturedAndNeverRestored(t *testing.T) {
	t.Parallel()
	node := processtest.Start(t, process.WithTCP(), process.WithArgs("--cluster-enabled", "yes"))
	cluster := redis.NewClusterClient(&redis.ClusterOptions{Addrs: []string{node.Addr()}})
	t.Cleanup(func() { require.NoError(t, cluster.Close()) })
	single := redis.NewClient(&redis.Options{Addr: node.Addr()})
	t.Cleanup(func() { require.NoError(t, single.Close()) })
	require.NoError(t, single.Do(t.Context(), "CLUSTER", "ADDSLOTSRANGE", 0, 16383).Err())
	require.Eventually(t, func() bool {
		return strings.Contains(single.ClusterInfo(t.Context()).Val(), "cluster_state:ok")
	}, waitLimit, waitTick)

	const keys = "SELECT 0\nSET a 1\nRPUSH list x\nSET z 2\n"
	require.NoError(t, snapshot.Restore(t.Context(), snapshot.Of(single), decode(t, keys)), "of a single node")
	require.Equal(t, keys, encode(t, capture(t, snapshot.Of(cluster))))
	require.Equal(t, "SELECT 0\nSET z 2\n", encode(t, capture(t, snapshot.Of(cluster), snapshot.Match("z"), snapshot.Databases(0, 1))))
	require.Zero(t, capture(t, snapshot.Of(cluster), snapshot.Databases(1)).Len())

	for _, options := range [][]snapshot.RestoreOption{nil, {snapshot.Replace()}, {snapshot.Merge()}} {
		err := snapshot.Restore(t.Context(), snapshot.Of(cluster), decode(t, keys), options...)
		require.EqualError(t, err, "restore: a cluster cannot be restored in one go")
	}
	require.Equal(t, keys, encode(t, capture(t, snapshot.Of(cluster))))
}

func TestARingIsCapturedAndNeverRestored(t *testing.T) {
	t.Parallel()
	first, second := redistest.New(t), redistest.New(t)
	require.NoError(t, snapshot.Restore(t.Context(), first, decode(t, "SET a 1\nSELECT 2\nSET c 3\n")))
	require.NoError(t, snapshot.Restore(t.Context(), second, decode(t, "SET b 2\n")))
	ring := redis.NewRing(&redis.RingOptions{Addrs: map[string]string{"first": first.Addr(), "second": second.Addr()}})
	t.Cleanup(func() { require.NoError(t, ring.Close()) })
	require.Equal(t, "SELECT 0\nSET a 1\nSET b 2\nSELECT 2\nSET c 3\n", encode(t, capture(t, snapshot.Of(ring))))
	err := snapshot.Restore(t.Context(), snapshot.Of(ring), decode(t, ""))
	require.EqualError(t, err, "restore: a cluster cannot be restored in one go")
}

func TestARemoteServerCanBeConfinedToADatabase(t *testing.T) {
	t.Parallel()
	for name, client := range map[string]*redis.Client{"embedded": redistest.New(t).Client(), "redis-server": realServer(t)} {
		ctx := t.Context()
		var b snapshot.Builder
		b.Set(2, snapshot.Key{Name: "mine", Value: snapshot.String("v")})
		b.Set(3, snapshot.Key{Name: "theirs", Value: snapshot.String("v")})
		whole := b.Snapshot()
		require.NoError(t, snapshot.Restore(ctx, snapshot.Of(client), whole))
		second := snapshot.Of(client).Database(2)

		got, err := snapshot.Capture(ctx, second)
		require.NoError(t, err)
		var mine snapshot.Builder
		mine.Set(0, snapshot.Key{Name: "mine", Value: snapshot.String("v")})
		require.Empty(t, snapshot.Diff(mine.Snapshot(), got))
		got, err = snapshot.Capture(ctx, second, snapshot.Databases(1))
		require.NoError(t, err)
		require.Zero(t, got.Len())

		require.ErrorIs(t, snapshot.Restore(ctx, second, got), snapshot.ErrNotEmpty)
		require.NoError(t, snapshot.Restore(ctx, second, got, snapshot.Replace()))
		require.ErrorContains(t, snapshot.Restore(ctx, second, whole), "database 2")
		require.NoError(t, snapshot.Restore(ctx, second, mine.Snapshot()))
		got, err = snapshot.Capture(ctx, snapshot.Of(client))
		require.NoError(t, err)
		require.Empty(t, snapshot.Diff(whole, got), name)
	}
}
