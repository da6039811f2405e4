package redistest_test

import (
	"crypto/rand"
	"fmt"
	"os"
	"regexp"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/compozy/rediskit/redistest"
)

// The keyspace that a test leaves behind is compared with testdata/TestSignUp/signed-up.redis, of which this one is not.
func ExampleAssertGolden() {
	runTest("TestSignUp", func(t redistest.TB) {
		srv := redistest.New(t)
		srv.Client().HSet(t.Context(), "user:1", "name", "Ada", "plan", "team")
		srv.Client().Expire(t.Context(), "user:1", 30*time.Minute)
		srv.Client().RPush(t.Context(), "queue:mail", "welcome", "upgrade")
		redistest.AssertGolden(t, srv, "signed-up")
	})
	// Output:
	// redistest: the keyspace is not that of golden testdata/TestSignUp/signed-up.redis:
	// 	queue:mail (list): unexpected element 1: upgrade
	// 	user:1 (hash): field plan: want free, got team
	// to accept it: REDISTEST_UPDATE=1 go test -run '^TestSignUp$'
}

// Options see to it that a golden is the same every time: no random ids, no times, nothing that is beside the point.
func ExampleGoldenOption() {
	runTest("TestCheckout", func(t redistest.TB) {
		srv := redistest.New(t, redistest.WithLiveClock()) // as a real server's
		order := rand.Text()
		srv.Client().HSet(t.Context(), "order:"+order, "customer", "ada")
		srv.Client().Expire(t.Context(), "order:"+order, 30*time.Minute)
		srv.Client().XAdd(t.Context(), &redis.XAddArgs{Stream: "events", Values: []string{"paid", order}})
		srv.Client().Set(t.Context(), "cache:rates", "1.08", 0)
		redistest.AssertGolden(t, srv, "paid",
			redistest.Scrub(regexp.MustCompile(`[A-Z2-7]{26}`), "ID"),
			redistest.Renumber(), // the entries of streams
			redistest.TTLTolerance(time.Minute),
			redistest.Except("cache:*"),
		)
		golden, err := os.ReadFile("testdata/TestCheckout/paid.redis")
		if err != nil {
			t.Fatalf("%v", err)
		}
		t.Logf("%s", golden)
	})
	// Output:
	// SELECT 0
	// XADD events 1-0 paid ID
	// HSET order:ID customer ada
	// PEXPIRE order:ID 1800000
}

// TestMain can insist on there being no golden that no test needs. Only go test has an m, so this is compiled and not run.
func ExampleObsoleteGoldens() {
	TestMain := func(m *testing.M) int {
		if code := m.Run(); code != 0 {
			return code
		}
		obsolete, err := redistest.ObsoleteGoldens()
		if err != nil || len(obsolete) > 0 {
			fmt.Fprintln(os.Stderr, "no test needs", obsolete, err)
			return 1
		}
		return 0
	}
	_ = TestMain
}
