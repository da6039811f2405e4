package redistest_test

import (
	"os"
	"regexp"

	"github.com/compozy/rediskit/redistest"
	"github.com/compozy/rediskit/snapshot"
)

// From a dump of production to a fixture that can be reviewed. First save what the server holds, which changes nothing there:
//
//	redis-cli -h production --rdb prod.rdb
//
// Then take from it what the test needs, without what must not get into a repository, and write that as commands. The text
// is what belongs into testdata, reviewed like code; the dump does not.
func ExampleServer_Load_dump() {
	runTest("TestDump", func(t redistest.TB) {
		srv := redistest.New(t)
		long := regexp.MustCompile(`[0-9]{10,}`)
		err := srv.Load("../testdata/rdb/plain.rdb", redistest.Match("*:long"), redistest.Except("list:*"), redistest.Scrub(long, "NUMBER"), redistest.WithoutTTL())
		if err != nil {
			t.Fatalf("%v", err)
		}
		fixture, err := srv.Capture(t.Context())
		if err != nil {
			t.Fatalf("%v", err)
		}
		if err := snapshot.Encode(os.Stdout, fixture); err != nil {
			t.Fatalf("%v", err)
		}
	})
	// Output:
	// SELECT 0
	// HSET hash:long field NUMBER
	// SADD set:long NUMBER
	// ZADD zset:long 5e-324 NUMBER
}
