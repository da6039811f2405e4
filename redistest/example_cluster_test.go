package redistest_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/compozy/rediskit/redistest"
)

// On a cluster the keys of one command have to be in one slot. Nothing has to be installed to find out that they are not.
func ExampleWithClusterRules() {
	runTest("TestCart", func(t redistest.TB) {
		srv := redistest.New(t, redistest.WithClusterRules())
		client := srv.ClusterClient()
		t.Logf("%v", client.Rename(t.Context(), "cart:7", "order:7").Err())

		// What stands in braces, if anything, is what counts.
		client.RPush(t.Context(), "cart:{7}", "tea")
		t.Logf("%v", client.Rename(t.Context(), "cart:{7}", "order:{7}").Err())
	})
	// Output:
	// CROSSSLOT Keys in request don't hash to the same slot
	// <nil>
}

// A script that makes a key of another one works on a cluster as long as both are in one slot.
func ExampleAllowDerivedKeys() {
	lock := redis.NewScript("return redis.call('SET', KEYS[1] .. ':lock', ARGV[1], 'NX', 'PX', 5000)")
	runTest("TestLock", func(t redistest.TB) {
		strict := redistest.New(t, redistest.WithClusterRules()).ClusterClient()
		t.Logf("declared keys only: %t", lock.Run(t.Context(), strict, []string{"cart:{7}"}, "mine").Err() == nil)

		client := redistest.New(t, redistest.WithClusterRules(redistest.AllowDerivedKeys())).ClusterClient()
		t.Logf("in the same slot: %t", lock.Run(t.Context(), client, []string{"cart:{7}"}, "mine").Err() == nil)
		t.Logf("in another slot: %t", lock.Run(t.Context(), client, []string{"cart:7"}, "mine").Err() == nil)
	})
	// Output:
	// declared keys only: false
	// in the same slot: true
	// in another slot: false
}

// A cluster for all tests of a package. It needs redis-server, so it is compiled and not run.
func ExampleStartCluster() {
	TestMain := func(m *testing.M) int {
		ctx := context.TODO()
		cluster, err := redistest.StartCluster(ctx, redistest.Masters(5), redistest.NodePassword("secret"))
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer func() { _ = cluster.Close(ctx) }()
		for _, node := range cluster.Nodes() {
			fmt.Println("shard", node.Shard(), "is at", node.Addr())
		}
		return m.Run()
	}
	_ = TestMain
}

// A cluster that runs already, which is this test's as long as that lasts.
func ExampleExistingCluster() {
	runTest("TestOnStaging", func(t redistest.TB) {
		staging := redistest.New(t, redistest.WithClusterRules())
		cluster := redistest.NewCluster(t, redistest.ExistingCluster(staging.URL()))
		t.Logf("%v", cluster.Client().Set(t.Context(), "cart:7", "tea", 0))

		err := cluster.Failover(0) // it is not ours
		t.Logf("%v: %t", err, errors.Is(err, redistest.ErrUnsupported))
	})
	// Output:
	// set cart:7 tea: OK
	// Failover: unsupported by the backend external cluster: true
}

// The nodes themselves find out that one is gone, and choose another one. It needs redis-server, so it is compiled and not run.
func ExampleCluster_Wait() {
	runTest("TestElection", func(t redistest.TB) {
		cluster := redistest.NewCluster(t, redistest.Replicas(1), redistest.NodeTimeout(500*time.Millisecond))
		lost, err := cluster.Master(0)
		if err != nil {
			t.Fatalf("%v", err)
		}
		if err := cluster.Stop(lost); err != nil {
			t.Fatalf("%v", err)
		}
		t.Logf("%v runs: %t", lost, lost.Running())
		if err := cluster.Wait(); err != nil {
			t.Fatalf("%v", err)
		}
		elected, err := cluster.Master(0)
		t.Logf("its place has %v (%v)", elected, err)
		t.Logf("it comes back as a replica: %v", cluster.Start(lost))
	})
}

// What becomes of the entries that an application writes while a node is lost? It needs redis-server, so it is compiled and not
// run.
func ExampleNewWorkload() {
	runTest("TestJournal", func(t redistest.TB) {
		cluster := redistest.NewCluster(t, redistest.Replicas(1))
		key := func(n int) string { return "entry:" + strconv.Itoa(n) }
		load := redistest.NewWorkload(t, 4, func(ctx context.Context, n int) error {
			return cluster.Client().Set(ctx, key(n), "written", 0).Err()
		})
		load.Await(100)
		master, err := cluster.Master(1)
		if err != nil {
			t.Fatalf("%v", err)
		}
		if err := errors.Join(cluster.Stop(master), cluster.Failover(1)); err != nil { // its replica takes over
			t.Fatalf("%v", err)
		}
		load.Await(100)
		later := cluster.NewClient() // the writers' may still have to find out who is master now
		tally := load.Stop(func(ctx context.Context, n int) (bool, error) {
			found, err := later.Exists(ctx, key(n)).Result()
			return found == 1, err
		})
		t.Logf("%v", tally) // for example: 412 acknowledged, of which 3 lost; 57 failed, of which 1 were applied all the same
	})
}
