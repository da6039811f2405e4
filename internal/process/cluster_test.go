package process

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestClusterIsReady(t *testing.T) {
	t.Parallel()
	for name, form := range map[string]formation{"seeded": seeded, "met": met} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := serveCluster(t, form, WithReplicas(1), WithNodes(WithPassword("secret")))
			require.Len(t, c.Nodes(), 6)
			require.Equal(t, 3, c.Shards())
			for i, node := range c.Nodes() {
				assert.Equal(t, i, node.Index())
				assert.Equal(t, i%3, node.Shard())
				assert.True(t, node.Running())
				assert.Contains(t, node.Output(), "Running mode=cluster")
				v, err := node.look(t.Context(), "secret")
				require.NoError(t, err)
				assert.Equal(t, "ok", v.state["cluster_state"])
				assert.Equal(t, "16384", v.state["cluster_slots_ok"])
				assert.Len(t, v.members, 6)
			}
			client := clientOf(t, c, func(o *redis.ClusterOptions) { o.Password = "secret" })
			for _, key := range []string{"a", "b", "c", "d", "e"} {
				require.NoError(t, client.Set(t.Context(), key, "value", 0).Err())
			}
			shards, err := client.ClusterShards(t.Context()).Result()
			require.NoError(t, err)
			assert.Len(t, shards, 3)
		})
	}
}

func TestSmallestCluster(t *testing.T) {
	t.Parallel()
	c := serveCluster(t, seeded, WithMasters(0))
	require.Len(t, c.Addrs(), 1)
	require.NoError(t, clientOf(t, c).Set(t.Context(), "key", "value", 0).Err())
}

func TestFailoverLosesNothing(t *testing.T) {
	t.Parallel()
	c := serveCluster(t, seeded, WithReplicas(1))
	client := clientOf(t, c)
	require.NoError(t, client.Set(t.Context(), "key", "value", 0).Err())
	for shard := range c.Shards() {
		before, err := c.Master(t.Context(), shard)
		require.NoError(t, err)
		require.Equal(t, c.Nodes()[shard], before)
		require.NoError(t, c.Failover(t.Context(), shard))
		after, err := c.Master(t.Context(), shard)
		require.NoError(t, err)
		require.Equal(t, c.Nodes()[3+shard], after)
	}
	require.NoError(t, c.Wait(t.Context()))
	require.Equal(t, "value", client.Get(t.Context(), "key").Val())

	require.NoError(t, c.Failover(t.Context(), 0))
	back, err := c.Master(t.Context(), 0)
	require.NoError(t, err)
	require.Equal(t, c.Nodes()[0], back)
}

func TestFailoverOfADeadMaster(t *testing.T) {
	t.Parallel()
	c := serveCluster(t, seeded, WithReplicas(1))
	client := clientOf(t, c)
	require.NoError(t, client.Set(t.Context(), "b", "value", 0).Err()) // slot 3300, in shard 0
	require.NoError(t, client.Wait(t.Context(), 1, time.Second).Err())
	master := c.Nodes()[0]
	address := master.Addr()
	require.NoError(t, c.Stop(master))
	assert.False(t, master.Running())
	assert.Zero(t, master.PID())
	require.NoError(t, c.Stop(master), "it is stopped already")

	require.NoError(t, c.Failover(t.Context(), 0))
	require.NoError(t, c.Wait(t.Context()))
	now, err := c.Master(t.Context(), 0)
	require.NoError(t, err)
	require.Equal(t, c.Nodes()[3], now)

	require.NoError(t, c.Start(t.Context(), master))
	assert.Equal(t, address, master.Addr())
	require.NoError(t, c.Start(t.Context(), master), "it runs already")
	v, err := master.look(t.Context(), "")
	require.NoError(t, err)
	assert.Equal(t, now.ID(), v.members[master.ID()].master, "it follows the one that took over")
	require.Equal(t, "value", clientOf(t, c).Get(t.Context(), "b").Val())
}

func TestAReplicaTakesOverByItself(t *testing.T) {
	t.Parallel()
	c := serveCluster(t, seeded, WithReplicas(1), WithNodeTimeout(500*time.Millisecond))
	require.NoError(t, c.Stop(c.Nodes()[1]))
	require.NoError(t, c.Wait(t.Context()))
	now, err := c.Master(t.Context(), 1)
	require.NoError(t, err)
	require.Equal(t, c.Nodes()[4], now)
}

func TestAMasterWithoutReplicasComesBack(t *testing.T) {
	t.Parallel()
	c := serveCluster(t, seeded)
	first, second := c.Nodes()[0], c.Nodes()[1]
	require.ErrorContains(t, c.Failover(t.Context(), 0), "failover of shard 0: node 0 is its master and has no running replica")
	require.NoError(t, c.Stop(first))
	require.NoError(t, c.Stop(second))

	ctx, cancel := context.WithTimeoutCause(t.Context(), 100*time.Millisecond, errPatience)
	defer cancel()
	err := c.Wait(ctx)
	require.ErrorIs(t, err, errPatience)
	require.ErrorContains(t, err, "wait for the cluster: ")

	require.NoError(t, c.Start(t.Context(), first), "slots of the other one are missing, and that is no reason to wait")
	require.NoError(t, c.Start(t.Context(), second))
	require.NoError(t, c.Wait(t.Context()))
}

func TestANodeThatCrashedEndsTheWait(t *testing.T) {
	t.Parallel()
	c := serveClusterLoosely(t, seeded)
	node := c.Nodes()[0]
	server, err := os.FindProcess(node.PID())
	require.NoError(t, err)
	require.NoError(t, server.Kill())
	require.ErrorContains(t, c.Wait(t.Context()), "node 0 is gone: signal: killed")
	require.ErrorContains(t, c.Stop(node), "stop node 0: close redis-server: it had exited before: signal: killed")
	require.NoError(t, c.Start(t.Context(), node))
	require.NoError(t, c.Wait(t.Context()))
}

func TestShardsThatAreNot(t *testing.T) {
	t.Parallel()
	c := serveCluster(t, seeded, WithMasters(1))
	for _, shard := range []int{-1, 1} {
		require.ErrorContains(t, c.Failover(t.Context(), shard), "there are 1 shards, from 0 on")
		_, err := c.Master(t.Context(), shard)
		require.ErrorContains(t, err, "there are 1 shards, from 0 on")
	}
}

func TestStartClusterFails(t *testing.T) {
	t.Parallel()
	find(t)
	_, err := StartCluster(t.Context(), WithNodes(WithMinVersion("99")))
	require.ErrorIs(t, err, ErrTooOld)
	_, err = StartCluster(t.Context(), WithNodes(WithArgs("--no-such-flag", "1")))
	require.ErrorContains(t, err, "start a cluster: start ")
	require.ErrorContains(t, err, "no-such-flag")
	_, err = StartCluster(t.Context(), WithNodes(WithPath(t.TempDir()+"/redis-server")))
	require.ErrorIs(t, err, os.ErrNotExist)
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errPatience)
	_, err = StartCluster(ctx)
	require.Error(t, err)
}

func TestStartClusterWithAnotherPortWhereOneIsTaken(t *testing.T) {
	t.Parallel()
	find(t)
	other := serve(t, WithTCP())
	attempts := 0
	c, err := startCluster(t.Context(), newClusterSettings(nil), func(ctx context.Context, c *Cluster) error {
		if attempts++; attempts == 1 {
			_, port, _ := strings.Cut(other.Addr(), ":")
			taken, err := strconv.Atoi(port)
			require.NoError(t, err)
			c.nodes[1].port = taken
		}
		return seeded(ctx, c)
	})
	require.NoError(t, err)
	assert.Equal(t, 2, attempts)
	require.NoError(t, c.Close())
}

// TestStartClusterOfServersThatRefuseTheSeed has servers that do not start with a file of nodes that they did not write.
func TestStartClusterOfServersThatRefuseTheSeed(t *testing.T) {
	t.Parallel()
	picky := filepath.Join(t.TempDir(), "redis-server")
	writeProgram(t, picky, "#!/bin/sh\nif [ -s "+nodesFile+" ]; then echo corrupted; exit 1; fi\nexec "+find(t)+" \"$@\"\n")
	c, err := StartCluster(t.Context(), WithNodes(WithPath(picky)))
	require.NoError(t, err)
	require.NoError(t, c.Wait(t.Context()))
	require.NoError(t, c.Close())
}

func TestClusterClosesTwice(t *testing.T) {
	t.Parallel()
	c := serveCluster(t, seeded)
	require.NoError(t, c.Close())
	for _, node := range c.Nodes() {
		assert.False(t, node.Running())
		assert.NoDirExists(t, node.folder)
	}
	require.NoError(t, c.Close())
	require.ErrorContains(t, c.Wait(t.Context()), "no node runs")
}

func serveCluster(t testing.TB, form formation, opts ...ClusterOption) *Cluster {
	t.Helper()
	c := serveClusterLoosely(t, form, opts...)
	t.Cleanup(func() { require.NoError(t, c.Close()) })
	return c
}

// serveClusterLoosely is for tests that have nodes crash.
func serveClusterLoosely(t testing.TB, form formation, opts ...ClusterOption) *Cluster {
	t.Helper()
	find(t)
	c, err := startCluster(t.Context(), newClusterSettings(opts), form)
	require.NoError(t, err)
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func clientOf(t testing.TB, c *Cluster, change ...func(*redis.ClusterOptions)) *redis.ClusterClient {
	t.Helper()
	options := &redis.ClusterOptions{Addrs: c.Addrs(), DisableIdentity: true}
	for _, f := range change {
		f(options)
	}
	client := redis.NewClusterClient(options)
	t.Cleanup(func() { require.NoError(t, client.Close()) })
	return client
}

// BenchmarkStartCluster is three masters, without and with replicas.
func BenchmarkStartCluster(b *testing.B) {
	find(b)
	for name, opts := range map[string][]ClusterOption{"3": nil, "3+3": {WithReplicas(1)}} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				c, err := StartCluster(b.Context(), opts...)
				require.NoError(b, err)
				b.StopTimer()
				require.NoError(b, c.Close())
				b.StartTimer()
			}
		})
	}
}
