package redistest_test

import (
	"context"
	"fmt"
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
	ctx := context.TODO()
	srv, err := redistest.Start(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer srv.Close(ctx)

	long := regexp.MustCompile(`[0-9]{10,}`)
	err = srv.Load("../testdata/rdb/plain.rdb", redistest.Match("*:long"), redistest.Except("list:*"), redistest.Scrub(long, "NUMBER"), redistest.WithoutTTL())
	if err != nil {
		fmt.Println(err)
		return
	}
	fixture, err := srv.Capture(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := snapshot.Encode(os.Stdout, fixture); err != nil {
		fmt.Println(err)
	}
	// Output:
	// SELECT 0
	// HSET hash:long field NUMBER
	// SADD set:long NUMBER
	// ZADD zset:long 5e-324 NUMBER
}
