package snapshot_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/compozy/rediskit/redistest"
	"github.com/compozy/rediskit/snapshot"
)

// What a server holds is safe, unless one says what is to become of it.
func ExampleRestore() {
	served(func(ctx context.Context, srv *redistest.Server) error {
		client := srv.Client()
		client.Set(ctx, "greeting", "hello", 0)
		before, err := snapshot.Capture(ctx, srv)
		if err != nil {
			return err
		}
		client.MSet(ctx, "greeting", "goodbye", "other", "x")

		err = snapshot.Restore(ctx, srv, before)
		fmt.Println(errors.Is(err, snapshot.ErrNotEmpty), err)
		if err := snapshot.Restore(ctx, srv, before, snapshot.Merge()); err != nil {
			return err
		}
		fmt.Println(client.MGet(ctx, "greeting", "other").Val())
		if err := snapshot.Restore(ctx, srv, before, snapshot.Replace()); err != nil {
			return err
		}
		fmt.Println(client.MGet(ctx, "greeting", "other").Val())
		return nil
	})
	// Output:
	// true restore: the target is not empty; use Replace or Merge (it holds 2 keys)
	// [hello x]
	// [hello <nil>]
}

// What a server has no place for is an error, and nothing is written, or it is left out and reported.
func ExampleLossy() {
	served(func(ctx context.Context, srv *redistest.Server) error {
		s := decoded("SET greeting hello\nSELECT 20\nSET archive x\n") // the server has databases 0 to 15

		err := snapshot.Restore(ctx, srv, s)
		var unsupported *snapshot.UnsupportedError
		if errors.As(err, &unsupported) {
			fmt.Println("not in this server:", unsupported.Loss.Key)
		}
		err = snapshot.Restore(ctx, srv, s, snapshot.Lossy(func(loss snapshot.Loss) {
			fmt.Println("left out:", loss)
		}))
		fmt.Println(srv.Client().Get(ctx, "greeting").Val(), err)
		return nil
	})
	// Output:
	// not in this server: archive
	// left out: database 20: key archive: a database above 15
	// hello <nil>
}
