package redistest_test

import (
	"context"
	"fmt"
	"os"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/compozy/rediskit/redistest"
)

// In a test, pass t: the server is closed with the test.
func ExampleNew() {
	testVisits := func(t *testing.T) { //nolint:thelper // a test, not a helper
		t.Parallel()
		client := redistest.New(t).Client()
		client.Incr(t.Context(), "visits:ada")
		if got := client.Get(t.Context(), "visits:ada").Val(); got != "1" {
			t.Errorf("ada has visited %s times, want 1", got)
		}
	}
	fmt.Printf("%T\n", testVisits)
	// Output: func(*testing.T)
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

// One server can be shared by the tests of a package.
func ExampleStart_testMain() {
	var srv *redistest.Server
	testMain := func(m *testing.M) int {
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
	fmt.Printf("%T\n", testMain)
	// Output: func(*testing.M) int
}

func ExampleServer_NewClient() {
	ctx := context.TODO()
	srv, err := redistest.Start(ctx)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	defer func() { _ = srv.Close(ctx) }()

	other := srv.NewClient(func(o *redis.Options) { o.DB = 1 })
	other.Set(ctx, "greeting", "hello", 0)
	fmt.Println("database 0:", srv.Client().Exists(ctx, "greeting").Val())
	fmt.Println("database 1:", other.Exists(ctx, "greeting").Val())
	// Output:
	// database 0: 0
	// database 1: 1
}

// Any client library can connect to the server's URL.
func ExampleServer_URL() {
	ctx := context.TODO()
	srv, err := redistest.Start(ctx, redistest.WithPassword("secret"))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	defer func() { _ = srv.Close(ctx) }()

	options, err := redis.ParseURL(srv.URL())
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	client := redis.NewClient(options)
	defer func() { _ = client.Close() }()
	fmt.Println(client.Ping(ctx).Val())
	// Output: PONG
}
