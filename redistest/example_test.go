package redistest_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
	"time"

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

// The keyspace that a test leaves behind is compared with testdata/<test>/signed-up.redis.
func ExampleAssertGolden() {
	testSignUp := func(t *testing.T) { //nolint:thelper // a test, not a helper
		t.Parallel()
		srv := redistest.New(t)
		srv.Client().HSet(t.Context(), "user:"+rand.Text(), "name", "Ada")
		redistest.AssertGolden(t, srv, "signed-up", redistest.Scrub(regexp.MustCompile(`user:[A-Z2-7]{26}`), "user:ID"))
	}
	fmt.Printf("%T\n", testSignUp)
	// Output: func(*testing.T)
}

// TestMain can insist on there being no golden that no test needs.
func ExampleObsoleteGoldens() {
	testMain := func(m *testing.M) int {
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
	fmt.Printf("%T\n", testMain)
	// Output: func(*testing.M) int
}

func ExampleServer_Load() {
	ctx := context.TODO()
	srv, err := redistest.Start(ctx)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	defer func() { _ = srv.Close(ctx) }()

	if err := srv.Load("testdata/every-type.redis"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	fmt.Println(srv.Client().HGet(ctx, "user:1", "name").Val())
	fmt.Println(srv.Client().LRange(ctx, "queue:mail", 0, -1).Val())
	fmt.Println(srv.Client().TTL(ctx, "session:1").Val())
	// Output:
	// Ada Lovelace
	// [{"to":"ada","retry":0} {"to":"bob","retry":1}]
	// 30m0s
}

// An error names the file, the line, the column and the command, and the server is as it was.
func ExampleServer_LoadFS() {
	ctx := context.TODO()
	srv, err := redistest.Start(ctx)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	defer func() { _ = srv.Close(ctx) }()

	err = srv.LoadFS(fstest.MapFS{
		"users.redis": {Data: []byte("HSET user:1 name Ada\nINCR users\nLPUSH user:1 x\n")},
	}, "users.redis")
	fmt.Println(err)
	fmt.Println("keys:", srv.Client().DBSize(ctx).Val())
	// Output:
	// load users.redis:3:1: LPUSH user:1: WRONGTYPE Operation against a key holding the wrong kind of value
	// keys: 0
}

func ExampleServer_Checkpoint() {
	ctx := context.TODO()
	srv, err := redistest.Start(ctx)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	defer func() { _ = srv.Close(ctx) }()
	client := srv.Client()

	client.Set(ctx, "session", "ada", time.Hour)
	cp := srv.Checkpoint()
	for _, harm := range []string{"flushall", "persist session", "rename session lost"} {
		words := strings.Fields(harm)
		args := make([]any, len(words))
		for i, word := range words {
			args[i] = word
		}
		client.Do(ctx, args...)
		srv.Rewind(cp)
		fmt.Println(client.Get(ctx, "session").Val(), client.TTL(ctx, "session").Val())
	}
	// Output:
	// ada 1h0m0s
	// ada 1h0m0s
	// ada 1h0m0s
}
