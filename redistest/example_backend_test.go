package redistest_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/compozy/rediskit/redistest"
)

// REDISTEST_BACKEND=redis-server go test ./... runs a suite on a real server. A test of what that cannot do says so, and runs
// where it did before.
func ExampleWithBackend() {
	runTest("TestNewYear", func(t redistest.TB) {
		srv := redistest.New(t,
			redistest.WithBackend(redistest.Embedded()),
			redistest.WithTime(time.Date(2026, time.December, 31, 23, 59, 59, 0, time.UTC)),
		)
		id := srv.Client().XAdd(t.Context(), &redis.XAddArgs{Stream: "events", Values: []string{"corks", "popped"}}).Val()
		t.Logf("%s", id)
	})
	// Output: 1798761599000-0
}

// What a backend cannot do is an error that says so, before anything is started.
func ExampleUnsupportedError() {
	ctx := context.TODO()
	_, err := redistest.Start(ctx, redistest.WithBackend(redistest.RedisServer()), redistest.WithTLS(nil))
	fmt.Println(err)
	fmt.Println(errors.Is(err, redistest.ErrUnsupported))
	// Output:
	// redistest: WithTLS: unsupported by the backend redis-server
	// true
}

// What only a real server does: it evicts what was not used for long when its memory is full. It needs redis-server, so it is
// compiled and not run.
func ExampleRedisServer() {
	runTest("TestEviction", func(t redistest.TB) {
		srv := redistest.New(t, redistest.WithBackend(redistest.RedisServer(
			redistest.MinVersion("7.0"),
			redistest.Fresh(),         // nobody else gets a process with these settings
			redistest.MaxProcesses(2), // as the machine has little memory itself
		)))
		client := srv.Client()
		client.ConfigSet(t.Context(), "maxmemory-policy", "allkeys-lru")
		client.ConfigSet(t.Context(), "maxmemory", "4mb")
		page := strings.Repeat("x", 100_000)
		for n := range 100 {
			if err := client.Set(t.Context(), "page:"+strconv.Itoa(n), page, 0).Err(); err != nil {
				t.Errorf("%v", err)
			}
		}
		t.Logf("%d of 100 pages are left", client.DBSize(t.Context()).Val())
	})
}

// The same test on two versions that are installed side by side. It needs them, so it is compiled and not run.
func ExampleBinary() {
	for _, program := range []string{"/opt/redis-7.0/bin/redis-server", "/opt/valkey-8.0/bin/valkey-server"} {
		runTest("TestScript", func(t redistest.TB) {
			srv := redistest.New(t, redistest.WithBackend(redistest.RedisServer(redistest.Binary(program))))
			if err := srv.Client().Eval(t.Context(), "return redis.call('PING')", nil).Err(); err != nil {
				t.Errorf("%v", err)
			}
		})
	}
}

// A server that runs already. A test has one of its databases for itself, and what is in the others stays.
func ExampleExternal() {
	runTest("TestOnStaging", func(t redistest.TB) {
		staging := redistest.New(t) // which may be anywhere, and is known by its URL
		staging.Client().Set(t.Context(), "precious", "data", 0)
		another := staging.NewClient(func(o *redis.Options) { o.DB = 1 })
		another.Set(t.Context(), "left", "behind", 0)

		srv := redistest.New(t, redistest.WithBackend(redistest.External(staging.URL())))
		t.Logf("database %d, which holds %d keys", srv.Options().DB, srv.Client().DBSize(t.Context()).Val())

		// Where nobody minds, what others have left is deleted.
		srv = redistest.New(t, redistest.WithBackend(redistest.External(staging.URL(), redistest.AllowDirty())))
		t.Logf("database %d, which holds %d keys", srv.Options().DB, srv.Client().DBSize(t.Context()).Val())
		t.Logf("database 0: %v", staging.Client().Get(t.Context(), "precious"))
	})
	// Output:
	// database 2, which holds 0 keys
	// database 1, which holds 0 keys
	// database 0: get precious: data
}
