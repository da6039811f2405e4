package snapshot_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"

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

func ExampleRestore() {
	served(func(ctx context.Context, srv *redistest.Server) error {
		client := srv.Client()
		client.Set(ctx, "greeting", "hello", 0)
		before, err := snapshot.Capture(ctx, srv)
		if err != nil {
			return err
		}
		client.Set(ctx, "greeting", "goodbye", 0)
		client.Set(ctx, "other", "x", 0)

		fmt.Println(snapshot.Restore(ctx, srv, before))
		if err := snapshot.Restore(ctx, srv, before, snapshot.Replace()); err != nil {
			return err
		}
		fmt.Println(client.Get(ctx, "greeting").Val(), client.Exists(ctx, "other").Val())
		return nil
	})
	// Output:
	// restore: the target is not empty; use Replace or Merge (it holds 2 keys)
	// hello 0
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

	_, err = snapshot.Decode(strings.NewReader("SET visits 1\nINCR visits\n"))
	fmt.Println(err)
	// Output:
	// 2 token 1m0s
	// line 2, column 1: INCR visits: is not a command that describes a keyspace; only a server can run it
}

func ExampleScrub() {
	s, err := snapshot.Decode(strings.NewReader("SET order:8f14e45f '{\"id\":\"8f14e45f\"}'\n"))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	clean := snapshot.Scrub(s, regexp.MustCompile(`[0-9a-f]{8}`), "ID")
	if err := snapshot.Encode(os.Stdout, clean); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	// Output:
	// SELECT 0
	// SET order:ID '{"id":"ID"}'
}
