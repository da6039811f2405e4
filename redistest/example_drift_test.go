package redistest_test

import (
	"fmt"
	"regexp"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/compozy/rediskit/redistest"
)

// One test, on every backend there is. It fails where they do not reply the same, or do not hold the same in the end.
func ExampleForEachBackend() {
	testRanking := func(t *testing.T) { //nolint:thelper // a test, not a helper
		redistest.ForEachBackend(t, func(t *testing.T, srv *redistest.Server) {
			client := srv.Client()
			client.ZAdd(t.Context(), "board", redis.Z{Score: 12, Member: "ada"}, redis.Z{Score: 7, Member: "bob"})
			if rank := client.ZRevRank(t.Context(), "board", "ada").Val(); rank != 0 {
				t.Errorf("ada is number %d", rank)
			}
		})
	}
	fmt.Printf("%T\n", testRanking)
	// Output: func(*testing.T)
}

// What may differ is said, with the reason.
func ExampleDrift() {
	testIndex := func(t *testing.T) { //nolint:thelper // a test, not a helper
		redistest.Drift(t, func(srv *redistest.Server) {
			NewVisits(srv.Client()).Add(t.Context(), "ada")
			srv.Client().ObjectEncoding(t.Context(), "visits:ada")
		},
			redistest.Scrub(regexp.MustCompile(`token-\d+`), "<token>"),
			redistest.AllowDrift("OBJECT ENCODING", "numbers are kept in another way"),
		)
	}
	fmt.Printf("%T\n", testIndex)
	// Output: func(*testing.T)
}
