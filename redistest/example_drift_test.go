package redistest_test

import (
	"regexp"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/compozy/rediskit/redistest"
)

// One test, on every backend there is. It fails where they do not reply the same, or do not hold the same in the end. It needs
// a *testing.T, so it is compiled and not run.
func ExampleForEachBackend() {
	TestRanking := func(t *testing.T) { //nolint:thelper // a test, not a helper
		redistest.ForEachBackend(t, func(t *testing.T, srv *redistest.Server) {
			client := srv.Client()
			client.ZAdd(t.Context(), "board", redis.Z{Score: 12, Member: "ada"}, redis.Z{Score: 7, Member: "bob"})
			if rank := client.ZRevRank(t.Context(), "board", "ada").Val(); rank != 0 {
				t.Errorf("ada is number %d", rank)
			}
		})
	}
	_ = TestRanking
}

// The application numbers its orders itself, so the second run is not like the first one; an option overlooks that. Unless told
// otherwise Drift compares with redis-server, and here with a server that runs already.
func ExampleDrift() {
	runTest("TestOrders", func(t redistest.TB) {
		embedded := redistest.WithBackend(redistest.Embedded())
		staging := redistest.WithBackend(redistest.External(redistest.New(t).URL()))
		orders := 0
		placeOrder := func(srv *redistest.Server) { // the application
			orders++
			srv.Client().HSet(t.Context(), "order:"+strconv.Itoa(orders), "customer", "ada")
		}
		redistest.Drift(t, placeOrder, embedded, staging)
		redistest.Drift(t, placeOrder, embedded, staging, redistest.Scrub(regexp.MustCompile(`order:\d+`), "order:N"))
	})
	// Output:
	// redistest: embedded is not as external:
	// 	command 1: the test has sent another command
	// 		external: HSET order:2 customer ada
	// 		embedded: HSET order:1 customer ada
	// 	the keyspace, where external is right:
	// 		order:1: unexpected hash of 1
	// 		order:2: missing, want hash of 1
	// if that is to be: redistest.AllowDrift("HSET", "the reason")
}

// Goroutines take turns by chance, and a busy machine takes its time: what they leave behind is to be the same, and no more.
func ExampleKeyspacesOnly() {
	runTest("TestIndex", func(t redistest.TB) {
		buildIndex := func(srv *redistest.Server) { // the application
			var workers sync.WaitGroup
			for _, member := range []string{"ada", "bob", "eve"} {
				workers.Go(func() {
					srv.Client().SAdd(t.Context(), "index", member)
					srv.Client().Expire(t.Context(), "index", time.Hour)
				})
			}
			workers.Wait()
			t.Logf("%d members", srv.Client().SCard(t.Context(), "index").Val())
		}
		redistest.Drift(t, buildIndex,
			redistest.WithBackend(redistest.Embedded()),
			redistest.WithBackend(redistest.External(redistest.New(t).URL())),
			redistest.KeyspacesOnly(),
			redistest.ClockTolerance(time.Minute),
		)
	})
	// Output:
	// 3 members
	// 3 members
}

// What a server is known to do otherwise is allowed, with the reason. It needs redis-server, so it is compiled and not run.
func ExampleAllowDrift() {
	runTest("TestEncoding", func(t redistest.TB) {
		redistest.Drift(t, func(srv *redistest.Server) {
			srv.Client().RPush(t.Context(), "queue", "a", "b")
			srv.Client().ObjectEncoding(t.Context(), "queue")
		}, redistest.AllowDrift("OBJECT ENCODING", "short lists are stored in another way"))
	})
}
