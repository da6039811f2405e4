package snapshot_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/compozy/rediskit/redistest"
	"github.com/compozy/rediskit/snapshot"
)

// served is an embedded server for an example. Tests use redistest.New.
func served(use func(ctx context.Context, srv *redistest.Server) error) {
	ctx := context.TODO() // in a program: the context of main
	srv, err := redistest.Start(ctx)
	if err == nil {
		err = errors.Join(use(ctx, srv), srv.Close(ctx))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
}

func ExampleCapture() {
	served(func(ctx context.Context, srv *redistest.Server) error {
		srv.Client().HSet(ctx, "user:1", "name", "Ada", "email", "ada@example.com")
		srv.Client().RPush(ctx, "queue", "mail ada")
		srv.Client().Set(ctx, "cache:x", "anything", 0)

		s, err := snapshot.Capture(ctx, snapshot.Of(srv.Client()), snapshot.Except("cache:*"))
		if err != nil {
			return err
		}
		for key := range s.Keys(0) {
			fmt.Println(key.Name, "is a", key.Value.Type())
		}
		return nil
	})
	// Output:
	// queue is a list
	// user:1 is a hash
}

func ExampleDiff() {
	served(func(ctx context.Context, srv *redistest.Server) error {
		client := srv.Client()
		client.HSet(ctx, "user:1", "name", "Ada", "visits", 1)
		client.RPush(ctx, "queue", "a", "b", "c")
		before, err := snapshot.Capture(ctx, srv)
		if err != nil {
			return err
		}
		client.HIncrBy(ctx, "user:1", "visits", 1)
		client.LRem(ctx, "queue", 1, "b")
		client.Set(ctx, "seen", "yes", 0)
		after, err := snapshot.Capture(ctx, srv)
		if err != nil {
			return err
		}
		fmt.Print(snapshot.Diff(before, after))
		return nil
	})
	// Output:
	// queue (list): missing element 1: b
	// seen: unexpected string yes
	// user:1 (hash): field visits: want 1, got 2
}

// On a server whose clock runs a key has never as long to live as it had before.
func ExampleTTLTolerance() {
	want := decoded("SET session:1 ada EX 3600")
	got := decoded("SET session:1 ada PX 3599200")
	fmt.Print(snapshot.Diff(want, got))
	fmt.Printf("%q\n", snapshot.Diff(want, got, snapshot.TTLTolerance(time.Second)))
	// Output:
	// session:1 (string): TTL: want 1h0m0s, got 59m59.2s
	// ""
}

func ExampleEncode() {
	served(func(ctx context.Context, srv *redistest.Server) error {
		srv.Client().HSet(ctx, "user:1", "name", `Ada "the Countess" Lovelace`)
		srv.Client().SAdd(ctx, "tags", "admin", "\x00\xff")
		s, err := snapshot.Capture(ctx, srv)
		if err != nil {
			return err
		}
		return snapshot.Encode(os.Stdout, s)
	})
	// Output:
	// SELECT 0
	// SADD tags "\x00\xff"
	// SADD tags admin
	// HSET user:1 name 'Ada "the Countess" Lovelace'
}

func ExampleDecode() {
	s, err := snapshot.Decode(strings.NewReader(`
# written by hand
SET session token EX 60
RPUSH queue a b c
`))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	session, _ := s.Key(0, "session")
	fmt.Println(s.Len(), session.Value, session.TTL)
	// Output:
	// 2 token 1m0s
}

// What is no snapshot may still be a list of commands for a server to run.
func ExampleSyntaxError() {
	for _, text := range []string{"SET visits 1\nINCR visits\n", "SET greeting 'hello\n"} {
		_, err := snapshot.Decode(strings.NewReader(text))
		var syntax *snapshot.SyntaxError
		if errors.As(err, &syntax) {
			fmt.Println("line", syntax.Line, "only for a server:", errors.Is(err, snapshot.ErrNotDeclarative))
			fmt.Println(err)
		}
	}
	// Output:
	// line 2 only for a server: true
	// line 2, column 1: INCR visits: is not a command that describes a keyspace; only a server can run it
	// line 1 only for a server: false
	// line 1, column 14: the quote that begins here is never closed
}
