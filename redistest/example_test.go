package redistest_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/compozy/rediskit/redistest"
)

// In a test, pass t: the server is closed with the test. Here and in other examples runTest stands in for go test, and prints
// what the test logs and how it fails.
func ExampleNew() {
	runTest("TestVisits", func(t redistest.TB) { // func TestVisits(t *testing.T)
		client := redistest.New(t).Client()
		client.Incr(t.Context(), "visits:ada")
		client.Incr(t.Context(), "visits:ada")
		if got := client.Get(t.Context(), "visits:ada").Val(); got != "3" {
			t.Errorf("ada has visited %s times, want 3", got)
		}
	})
	// Output: ada has visited 2 times, want 3
}

// A program that is no test starts and closes its server itself.
func ExampleStart() {
	ctx := context.TODO() // in a program: the context of main
	srv, err := redistest.Start(ctx)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	defer func() {
		if err := srv.Close(ctx); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	}()
	fmt.Println(srv.Client().Ping(ctx).Val())
	// Output: PONG
}

// One server can be shared by the tests of a package. Only go test has an m, so this is compiled and not run.
func ExampleStart_testMain() {
	var srv *redistest.Server
	TestMain := func(m *testing.M) int {
		ctx := context.TODO()
		var err error
		if srv, err = redistest.Start(ctx); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		code := m.Run()
		if err := srv.Close(ctx); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		return code
	}
	_ = TestMain
}

// An application that keeps its counters in another database.
func ExampleServer_NewClient() {
	runTest("TestDatabases", func(t redistest.TB) {
		srv := redistest.New(t)
		counters := srv.NewClient(func(o *redis.Options) { o.DB = 1 })
		counters.Incr(t.Context(), "visits")
		t.Logf("database 0: %d", srv.Client().DBSize(t.Context()).Val())
		t.Logf("database 1: %d", counters.DBSize(t.Context()).Val())
	})
	// Output:
	// database 0: 0
	// database 1: 1
}

// What goes on in a server, for whoever looks for the one that hangs. Without it a test's log has the warnings.
func ExampleWithLogger() {
	withoutTime := func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}
	log := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{Level: slog.LevelDebug, ReplaceAttr: withoutTime}))
	runTest("TestNothing", func(t redistest.TB) {
		redistest.New(t, redistest.WithLogger(log.With("suite", "shop")))
	})
	// Output:
	// level=DEBUG msg="redis started" suite=shop
	// level=DEBUG msg="redis closed" suite=shop error=<nil>
}

// For what has no other way yet: how does the application bear a Redis that is out of memory?
func ExampleServer_Miniredis() {
	runTest("TestOutOfMemory", func(t redistest.TB) {
		srv := redistest.New(t)
		srv.Miniredis().SetError("OOM command not allowed when used memory > 'maxmemory'.")
		t.Logf("%v", srv.Client().RPush(t.Context(), "queue", "mail").Err())
		srv.Miniredis().SetError("")
		t.Logf("%v", srv.Client().RPush(t.Context(), "queue", "mail").Err())
	})
	// Output:
	// OOM command not allowed when used memory > 'maxmemory'.
	// <nil>
}
