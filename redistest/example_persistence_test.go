package redistest_test

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/compozy/rediskit/redistest"
)

// inFolder calls use with a folder of its own. Tests use t.TempDir.
func inFolder(use func(ctx context.Context, folder string) error) {
	folder, err := os.MkdirTemp("", "example")
	if err == nil {
		err = errors.Join(use(context.TODO(), folder), os.RemoveAll(folder)) // in a program: the context of main
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
}

// A program with a Redis of its own finds its data again the next day.
func ExampleWithPersistence() {
	inFolder(func(ctx context.Context, folder string) error {
		for range 3 {
			srv, err := redistest.Start(ctx, redistest.WithPersistence(redistest.Persistence{
				DataDir:            folder,
				SnapshotOnShutdown: true,
				RestoreOnStartup:   true,
			}))
			if err != nil {
				return err
			}
			fmt.Println("visits:", srv.Client().Incr(ctx, "visits").Val())
			if err := srv.Close(ctx); err != nil {
				return err
			}
		}
		return nil
	})
	// Output:
	// visits: 1
	// visits: 2
	// visits: 3
}

func ExampleServer_Crash() {
	inFolder(func(ctx context.Context, folder string) error {
		srv, err := redistest.Start(ctx, redistest.WithPersistence(redistest.Persistence{DataDir: folder}))
		if err != nil {
			return err
		}
		client := srv.Client()
		client.Set(ctx, "order:1", "paid", 0)
		client.Save(ctx)
		client.Set(ctx, "order:2", "paid", 0)
		srv.Crash()
		fmt.Println(client.Keys(ctx, "order:*").Val())
		return srv.Close(ctx)
	})
	// Output: [order:1]
}

func ExampleServer_Restart() {
	inFolder(func(ctx context.Context, folder string) error {
		srv, err := redistest.Start(ctx, redistest.WithPersistence(redistest.Persistence{DataDir: folder}))
		if err != nil {
			return err
		}
		client := srv.Client()
		sha := client.ScriptLoad(ctx, "return 1").Val()
		client.Set(ctx, "order:1", "paid", 0)
		srv.Restart()
		fmt.Println(client.Get(ctx, "order:1").Val())
		fmt.Println(client.EvalSha(ctx, sha, nil).Err())
		return srv.Close(ctx)
	})
	// Output:
	// paid
	// NOSCRIPT No matching script. Please use EVAL.
}
