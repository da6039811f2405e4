package snapshot_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/compozy/rediskit/redistest"
	"github.com/compozy/rediskit/snapshot"
)

// inFolder calls use with a folder of its own. Tests use t.TempDir.
func inFolder(use func(folder string) error) {
	folder, err := os.MkdirTemp("", "example")
	if err == nil {
		err = errors.Join(use(folder), os.RemoveAll(folder))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
}

func ExampleOpenFileStore() {
	inFolder(func(folder string) error {
		ctx := context.TODO() // in a program: the context of main
		store, err := snapshot.OpenFileStore(folder, snapshot.Keep(2))
		if err != nil {
			return err
		}
		var keys snapshot.Builder
		for day := 1; day <= 3; day++ {
			keys.Set(0, snapshot.Key{Name: fmt.Sprintf("day:%d", day), Value: snapshot.String("sunny")})
			captured := time.Date(2026, 1, day, 12, 0, 0, 0, time.UTC)
			if _, err := store.Save(ctx, keys.Snapshot(), captured); err != nil {
				return err
			}
		}
		generations, err := store.List(ctx)
		if err != nil {
			return err
		}
		for _, g := range generations {
			fmt.Println(g.Name, g.Captured.Format(time.DateOnly), g.Keys, "keys")
		}
		text, err := os.ReadFile(filepath.Join(folder, generations[0].Name))
		if err != nil {
			return err
		}
		fmt.Print(string(text))
		return store.Close()
	})
	// Output:
	// 00000003.redis 2026-01-03 3 keys
	// 00000002.redis 2026-01-02 2 keys
	// # rediskit snapshot 1
	// # sha256 8f0d43b9c11bbfca9a54ffcee453e4945b5bb02c7bc555df3120dbddef3d3a28
	// # captured 2026-01-03T12:00:00Z
	// # keys 3
	// SELECT 0
	// SET day:1 sunny
	// SET day:2 sunny
	// SET day:3 sunny
}

func ExampleManager() {
	inFolder(func(folder string) error {
		run := func(use func(ctx context.Context, srv *redistest.Server) error) {
			served(func(ctx context.Context, srv *redistest.Server) error {
				store, err := snapshot.OpenFileStore(folder)
				if err != nil {
					return err
				}
				manager, err := snapshot.NewManager(ctx, srv, store,
					snapshot.Every(time.Minute), snapshot.FinalSnapshot(10*time.Second))
				if err != nil {
					return err
				}
				if _, err := manager.Restore(ctx); err != nil && !errors.Is(err, snapshot.ErrNoSnapshot) {
					return err
				}
				if err := manager.StartPeriodicSnapshots(ctx); err != nil {
					return err
				}
				return errors.Join(use(ctx, srv), manager.Stop(ctx), store.Close())
			})
		}
		run(func(ctx context.Context, srv *redistest.Server) error {
			return srv.Client().RPush(ctx, "todo", "buy milk", "call Ada").Err()
		})
		run(func(ctx context.Context, srv *redistest.Server) error {
			fmt.Println(srv.Client().LRange(ctx, "todo", 0, -1).Val())
			return nil
		})
		return nil
	})
	// Output:
	// [buy milk call Ada]
}
