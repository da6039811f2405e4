package redistest_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/redistest"
)

// On a cluster the keys of one command have to be in one slot. Nothing has to be installed to find out that they are not.
func ExampleWithClusterRules() {
	ctx := context.TODO() // in a test: t.Context(), and New(t) in place of Start
	srv, err := redistest.Start(ctx, redistest.WithClusterRules())
	if err != nil {
		fmt.Println(err)
		return
	}
	defer srv.Close(ctx)
	client := srv.ClusterClient()

	fmt.Println(client.Rename(ctx, "cart:7", "order:7").Err())

	// What stands in braces, if anything, is what counts.
	client.RPush(ctx, "cart:{7}", "tea")
	fmt.Println(client.Rename(ctx, "cart:{7}", "order:{7}").Err())

	// A script has to name its keys.
	script := "return redis.call('LLEN', 'order:' .. ARGV[1])"
	fmt.Println(srv.Client().Eval(ctx, script, nil, "{7}").Err() != nil)
	// Output:
	// CROSSSLOT Keys in request don't hash to the same slot
	// <nil>
	// true
}

// What becomes of the entries that an application writes while a node is lost?
func ExampleNewWorkload() {
	TestJournal := func(t *testing.T) { //nolint:thelper // it is no helper but the test
		cluster := redistest.NewCluster(t, redistest.Replicas(1))
		log := journal{client: cluster.Client()}
		load := redistest.NewWorkload(t, 4, log.Write)

		// What an operator does before maintenance: nothing is lost.
		load.Await(100)
		require.NoError(t, cluster.Failover(0))

		// What no operator does: the master of a shard is gone, and its replica takes over.
		load.Await(100)
		master, err := cluster.Master(1)
		require.NoError(t, err)
		require.NoError(t, cluster.Stop(master))
		require.NoError(t, cluster.Failover(1))

		load.Await(100)
		later := journal{client: cluster.NewClient()} // the writers' may still have to find out who is master now
		tally := load.Stop(later.Has)
		t.Log(tally) // 412 acknowledged, of which 3 lost; 57 failed, of which 1 were applied all the same
		require.Less(t, len(tally.Lost), tally.Acknowledged()/10)
	}
	_ = TestJournal
}
