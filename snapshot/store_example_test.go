package snapshot_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

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

// A folder that a program has open can be looked into meanwhile.
func ExampleReadOnly() {
	inFolder(func(folder string) error {
		ctx := context.TODO() // in a program: the context of main
		store, err := snapshot.OpenFileStore(folder, snapshot.Compressed())
		if err != nil {
			return err
		}
		defer store.Close() //nolint:errcheck // everything was saved
		for _, weather := range []string{"sunny", "cloudy"} {
			if _, err := store.Save(ctx, day(weather), time.Now()); err != nil {
				return err
			}
		}

		_, err = snapshot.OpenFileStore(folder)
		var locked *snapshot.LockedError
		fmt.Println("in use:", errors.As(err, &locked))
		reader, err := snapshot.OpenFileStore(folder, snapshot.ReadOnly())
		if err != nil {
			return err
		}
		latest, g, err := reader.Latest(ctx)
		if err != nil {
			return err
		}
		first, _, err := reader.Open(ctx, 1)
		if err != nil {
			return err
		}
		fmt.Println(g.Name)
		fmt.Print(snapshot.Diff(first, latest))
		_, err = reader.Save(ctx, first, time.Now())
		fmt.Println("refused:", errors.Is(err, snapshot.ErrReadOnly))
		return reader.Close()
	})
	// Output:
	// in use: true
	// 00000002.redis.zst
	// weather (string): want sunny, got cloudy
	// refused: true
}

func day(weather string) *snapshot.Snapshot {
	var keys snapshot.Builder
	keys.Set(0, snapshot.Key{Name: "weather", Value: snapshot.String(weather)})
	return keys.Snapshot()
}

// A damaged file is found out, and the one before it counts.
func ExampleOnCorrupt() {
	inFolder(func(folder string) error {
		ctx := context.TODO() // in a program: the context of main
		alarm := func(found *snapshot.CorruptError) {
			fmt.Println(filepath.Base(found.File), "is kept as", filepath.Base(found.MovedTo)+":", found.Reason)
		}
		store, err := snapshot.OpenFileStore(folder, snapshot.OnCorrupt(alarm))
		if err != nil {
			return err
		}
		for _, weather := range []string{"sunny", "cloudy"} {
			if _, err := store.Save(ctx, day(weather), time.Now()); err != nil {
				return err
			}
		}
		if err := os.Truncate(filepath.Join(folder, "00000002.redis"), 150); err != nil {
			return err
		}
		s, _, err := store.Latest(ctx)
		if err != nil {
			return err
		}
		weather, _ := s.Key(0, "weather")
		fmt.Println(weather.Value)
		return store.Close()
	})
	// Output:
	// 00000002.redis is kept as 00000002.redis.corrupt: its contents do not match its checksum
	// sunny
}

// A program of an older version begins anew, and leaves the files of the newer one to that.
func ExampleFileStore_SetAside() {
	inFolder(func(folder string) error {
		ctx := context.TODO() // in a program: the context of main
		const title, rest = "# rediskit snapshot 99\n", "who knows what\n"
		newer := fmt.Sprintf("%s# sha256 %x\n%s", title, sha256.Sum256([]byte(title+rest)), rest)
		if err := os.WriteFile(filepath.Join(folder, "00000001.redis"), []byte(newer), 0o600); err != nil {
			return err
		}
		store, err := snapshot.OpenFileStore(folder)
		if err != nil {
			return err
		}
		if _, _, err := store.Latest(ctx); errors.Is(err, snapshot.ErrNewerFormat) {
			if err := store.SetAside(ctx); err != nil {
				return err
			}
		}
		_, _, err = store.Latest(ctx)
		fmt.Println("nothing left:", errors.Is(err, snapshot.ErrNoneGood))
		g, err := store.Save(ctx, day("sunny"), time.Now())
		fmt.Println(g.Name)
		return errors.Join(err, store.Close())
	})
	// Output:
	// nothing left: true
	// 00000002.redis
}
