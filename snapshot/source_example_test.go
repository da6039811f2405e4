package snapshot_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"

	"github.com/redis/go-redis/v9"

	"github.com/compozy/rediskit/redistest"
	"github.com/compozy/rediskit/snapshot"
)

// Options filter alike whatever the source is: a server, or a snapshot that was taken of one.
func ExampleMatch() {
	served(func(ctx context.Context, srv *redistest.Server) error {
		srv.Client().MSet(ctx, "user:1", "Ada", "user:2", "Bob", "user:2:draft", "Bobby", "order:7", "paid")
		users, err := snapshot.Capture(ctx, srv, snapshot.Databases(0), snapshot.Match("user:*"), snapshot.Except("*:draft"))
		if err != nil {
			return err
		}
		bob, err := snapshot.Capture(ctx, users, snapshot.Match("*:2"))
		if err != nil {
			return err
		}
		fmt.Println(users.Len(), "users")
		return snapshot.Encode(os.Stdout, bob)
	})
	// Output:
	// 2 users
	// SELECT 0
	// SET user:2 Bob
}

// On a server that others use as well one confines oneself to a database: to take what is in it, and to put it elsewhere.
func ExampleRemote_Database() {
	served(func(ctx context.Context, srv *redistest.Server) error {
		inDatabase := func(index int) *redis.Client { return srv.NewClient(func(o *redis.Options) { o.DB = index }) }
		inDatabase(0).Set(ctx, "theirs", "x", 0)
		inDatabase(3).Set(ctx, "greeting", "hello", 0)

		server := snapshot.Of(srv.Client())
		s, err := snapshot.Capture(ctx, server.Database(3))
		if err != nil {
			return err
		}
		if err := snapshot.Restore(ctx, server.Database(5), s); err != nil {
			return err
		}
		fmt.Println(s.Databases(), s.Len(), "key")
		fmt.Println(inDatabase(5).Get(ctx, "greeting").Val())
		return nil
	})
	// Output:
	// [0] 1 key
	// hello
}

// settings are what a program keeps in memory. As a Source they can be compared with what a server has.
type settings map[string]string

// Capture implements snapshot.Source.
func (held settings) Capture(_ context.Context, opts ...snapshot.CaptureOption) (*snapshot.Snapshot, error) {
	wanted := snapshot.Selects(opts...)
	var b snapshot.Builder
	for name, value := range held {
		if wanted(0, name) {
			b.Set(0, snapshot.Key{Name: name, Value: snapshot.String(value)})
		}
	}
	return b.Snapshot(), nil
}

func ExampleSelects() {
	served(func(ctx context.Context, srv *redistest.Server) error {
		held := settings{"setting:color": "green", "setting:size": "11", "secret": "s3cret"}
		srv.Client().MSet(ctx, "setting:color", "blue", "setting:size", 11, "visits", 3)

		only := snapshot.Match("setting:*")
		want, err := snapshot.Capture(ctx, held, only) // type settings, whose Capture calls Selects
		if err != nil {
			return err
		}
		got, err := snapshot.Capture(ctx, srv, only)
		if err != nil {
			return err
		}
		fmt.Print(snapshot.Diff(want, got))
		return nil
	})
	// Output:
	// setting:color (string): want green, got blue
}

// commandsOf stands for a client of another library: one connection, and replies as RESP2 has them.
func commandsOf(ctx context.Context, conn *redis.Conn) snapshot.Do {
	return func(args ...string) (any, error) {
		words := make([]any, len(args))
		for i, arg := range args {
			words[i] = arg
		}
		reply, err := conn.Do(ctx, words...).Result()
		if errors.Is(err, redis.Nil) {
			return nil, nil
		}
		return reply, err
	}
}

func asRESP2(o *redis.Options) { o.Protocol = 2 }

// A server that is reached through another library is a Source and a Target, too. No command of others may come in between:
// here all the users of its connection take a lock.
func ExampleExclusive() {
	served(func(ctx context.Context, srv *redistest.Server) error {
		conn := srv.NewClient(asRESP2).Conn()
		defer conn.Close() //nolint:errcheck // it goes back to its client
		var lock sync.Mutex
		server := snapshot.Exclusive(func(fn func(snapshot.Do) error) error {
			lock.Lock()
			defer lock.Unlock()
			return fn(commandsOf(ctx, conn))
		})

		srv.Client().HSet(ctx, "user:1", "name", "Ada")
		s, err := snapshot.Capture(ctx, server)
		if err != nil {
			return err
		}
		return snapshot.Encode(os.Stdout, s)
	})
	// Output:
	// SELECT 0
	// HSET user:1 name Ada
}

// A key of any type, its time to live included, goes to another server under another name.
func ExampleDo() {
	served(func(ctx context.Context, from *redistest.Server) error {
		from.Client().RPush(ctx, "queue", "mail ada", "mail bob")
		source := from.NewClient(asRESP2).Conn()
		defer source.Close() //nolint:errcheck // it goes back to its client
		key, ok, err := commandsOf(ctx, source).Key("queue")
		if err != nil || !ok {
			return err
		}
		served(func(ctx context.Context, to *redistest.Server) error {
			target := to.NewClient(asRESP2).Conn()
			defer target.Close() //nolint:errcheck // it goes back to its client
			key.Name = "backlog"
			if err := commandsOf(ctx, target).Set(key); err != nil {
				return err
			}
			fmt.Println(to.Client().LRange(ctx, "backlog", 0, -1).Val())
			return nil
		})
		return nil
	})
	// Output:
	// [mail ada mail bob]
}
