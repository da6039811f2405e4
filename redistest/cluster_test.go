package redistest_test

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/redistest"
	"github.com/compozy/rediskit/snapshot"
)

// journal is an application that writes each entry under a key of its own, which puts them into all shards.
type journal struct {
	client   *redis.ClusterClient
	replicas int // that have to have an entry before it counts as written
}

func (j journal) key(n int) string { return "entry:" + strconv.Itoa(n) }

// Write writes an entry.
func (j journal) Write(ctx context.Context, n int) error {
	if j.replicas == 0 {
		return j.client.Set(ctx, j.key(n), n, 0).Err()
	}
	// SET and WAIT have to go through one connection.
	master, err := j.client.MasterForKey(ctx, j.key(n))
	if err != nil {
		return err
	}
	conn := master.Conn()
	defer func() { _ = conn.Close() }()
	if err := conn.Set(ctx, j.key(n), n, 0).Err(); err != nil {
		return err
	}
	switch got, err := conn.Wait(ctx, j.replicas, time.Second).Result(); {
	case err != nil:
		return err
	case int(got) < j.replicas:
		return errors.New("not replicated in time")
	}
	return nil
}

// Has tells whether an entry is there.
func (j journal) Has(ctx context.Context, n int) (bool, error) {
	found, err := j.client.Exists(ctx, j.key(n)).Result()
	return found == 1, err
}

func TestAFailoverLosesNoWrite(t *testing.T) {
	t.Parallel()
	cluster := redistest.NewCluster(t, redistest.Replicas(1))
	log := journal{client: cluster.Client()}
	load := redistest.NewWorkload(t, 4, log.Write)
	for shard := range 3 {
		load.Await(50)
		before, err := cluster.Master(shard)
		require.NoError(t, err)
		require.NoError(t, cluster.Failover(shard))
		after, err := cluster.Master(shard)
		require.NoError(t, err)
		require.NotEqual(t, before, after)
		require.Equal(t, shard, after.Shard())
	}
	load.Await(50)
	tally := load.Stop(journal{client: cluster.NewClient()}.Has)
	t.Log(tally)
	require.Empty(t, tally.Lost)
	require.GreaterOrEqual(t, tally.Acknowledged(), 200)
}

func TestTheLossOfANodeLosesWritesOfItsShardOnly(t *testing.T) {
	t.Parallel()
	cluster := redistest.NewCluster(t, redistest.Replicas(1))
	log := journal{client: cluster.Client()}
	load := redistest.NewWorkload(t, 4, log.Write)
	load.Await(100)
	master, err := cluster.Master(1)
	require.NoError(t, err)
	require.NoError(t, cluster.Stop(master))
	require.False(t, master.Running())
	require.NoError(t, cluster.Failover(1))
	load.Await(100)
	require.NoError(t, cluster.Start(master))
	require.True(t, master.Running())
	load.Await(100)
	tally := load.Stop(journal{client: cluster.NewClient()}.Has)
	t.Log(tally)
	for _, n := range tally.Lost {
		slot, err := cluster.Client().ClusterKeySlot(t.Context(), log.key(n)).Result()
		require.NoError(t, err)
		require.Equal(t, int64(1), slot*3/16384, "entry %d", n)
	}
	require.GreaterOrEqual(t, tally.Acknowledged(), 300)
}

func TestReplicatedWritesOutliveTheirNode(t *testing.T) {
	t.Parallel()
	cluster := redistest.NewCluster(t, redistest.Replicas(1))
	log := journal{client: cluster.Client(), replicas: 1}
	load := redistest.NewWorkload(t, 4, log.Write)
	load.Await(50)
	master, err := cluster.Master(2)
	require.NoError(t, err)
	require.NoError(t, cluster.Stop(master))
	require.NoError(t, cluster.Wait(), "the nodes elect the replica by themselves")
	now, err := cluster.Master(2)
	require.NoError(t, err)
	require.NotEqual(t, master, now)
	require.NoError(t, cluster.Start(master))
	load.Await(50)
	tally := load.Stop(journal{client: cluster.NewClient()}.Has)
	t.Log(tally)
	require.Empty(t, tally.Lost)
}

func TestClusterIsASource(t *testing.T) {
	t.Parallel()
	cluster := redistest.NewCluster(t, redistest.NodePassword("secret"))
	client := cluster.NewClient()
	for n := range 10 {
		require.NoError(t, client.RPush(t.Context(), "queue:"+strconv.Itoa(n), "first", n).Err())
	}
	require.NoError(t, client.HSet(t.Context(), "user:{1}", "name", "ada").Err())
	redistest.AssertGolden(t, cluster, "whole")
	part, err := cluster.Capture(t.Context(), snapshot.Match("user:*"))
	require.NoError(t, err)
	require.Equal(t, 1, part.Len())

	require.Len(t, cluster.Nodes(), 3)
	require.Equal(t, 2, cluster.Nodes()[2].Shard())
	require.Len(t, cluster.Options().Addrs, 3)
	options, err := redis.ParseClusterURL(cluster.URL())
	require.NoError(t, err)
	assert.ElementsMatch(t, cluster.Options().Addrs, options.Addrs)
	outer := redis.NewClusterClient(options)
	t.Cleanup(func() { require.NoError(t, outer.Close()) })
	require.Equal(t, "ada", outer.HGet(t.Context(), "user:{1}", "name").Val())
}

func TestNodesOfAFailedTestTellWhatTheyHavePrinted(t *testing.T) {
	t.Parallel()
	var fake *fakeTB
	failures := runFake(t, func(tb *fakeTB) {
		fake = tb
		cluster := redistest.NewCluster(failing{tb}, redistest.Masters(1))
		require.NoError(t, cluster.Stop(cluster.Nodes()[0]))
	})
	require.Empty(t, failures)
	if slices.ContainsFunc(fake.log, func(line string) bool { return strings.Contains(line, "SKIP") }) {
		t.Skip("*** NOT RUN: there is no redis-server ***")
	}
	require.Contains(t, strings.Join(fake.log, "\n"), "redistest: node 0 (127.0.0.1:")
	require.Contains(t, strings.Join(fake.log, "\n"), "Running mode=cluster")
}

// failing is a test that has failed.
type failing struct{ *fakeTB }

func (failing) Failed() bool { return true }

func (f failing) Skipf(format string, args ...any) {
	f.Logf("SKIP "+format, args...)
	runtime.Goexit()
}

func TestNewClusterWithoutRedisServer(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	t.Setenv("REDISTEST_URL", "")
	const reason = `redistest: start a cluster: find redis-server: redis-server is not installed (exec: "redis-server": ` +
		`executable file not found in $PATH; nor is there a valkey-server); install it with: apt-get install redis-server, or: brew install redis`
	for demanded, want := range map[string]string{
		"":  "SKIP " + reason + "; REDISTEST_REQUIRE=1 makes this a failure",
		"1": reason,
	} {
		t.Setenv("REDISTEST_REQUIRE", demanded)
		var fake *fakeTB
		failures := runFake(t, func(tb *fakeTB) {
			fake = tb
			redistest.NewCluster(failing{tb})
		})
		require.Equal(t, []string{want}, append(fake.log, failures...))
	}
}
