package snapshot_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/compozy/rediskit/redistest"
	"github.com/compozy/rediskit/snapshot"
)

// storing is an embedded server and a store for an example.
func storing(use func(ctx context.Context, srv *redistest.Server, store *snapshot.FileStore) error) {
	inFolder(func(folder string) error {
		store, err := snapshot.OpenFileStore(folder)
		if err != nil {
			return err
		}
		served(func(ctx context.Context, srv *redistest.Server) error { return use(ctx, srv, store) })
		return store.Close()
	})
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
				_, err = manager.Restore(ctx)
				switch {
				case errors.Is(err, snapshot.ErrNoSnapshot): // the first time
				case errors.Is(err, snapshot.ErrNoneGood): // better nothing than no server
					if err := manager.StartOver(ctx); err != nil {
						return err
					}
				case err != nil:
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

func ExampleManager_Stats() {
	storing(func(ctx context.Context, srv *redistest.Server, store *snapshot.FileStore) error {
		manager, err := snapshot.NewManager(ctx, srv, store, snapshot.FinalSnapshot(10*time.Second))
		if err != nil {
			return err
		}
		srv.Client().Set(ctx, "visits", 1, 0)
		if _, err := manager.Snapshot(ctx); err != nil {
			return err
		}
		srv.Client().Set(ctx, "visitor", "Ada", 0)
		if err := manager.Stop(ctx); err != nil {
			return err
		}
		stats := manager.Stats()
		fmt.Println(stats.Taken, "taken,", stats.Failed, "failed, the last has", stats.Last.Keys, "keys")

		_, err = manager.Snapshot(ctx)
		fmt.Println("too late:", errors.Is(err, snapshot.ErrStopped))
		return nil
	})
	// Output:
	// 2 taken, 0 failed, the last has 2 keys
	// too late: true
}

// A migration that fails is undone, and no periodic snapshot has seen it.
func ExampleManager_Alone() {
	storing(func(ctx context.Context, srv *redistest.Server, store *snapshot.FileStore) error {
		manager, err := snapshot.NewManager(ctx, srv, store)
		if err != nil {
			return err
		}
		client := srv.Client()
		client.Set(ctx, "visits", "many", 0)
		err = manager.Alone(ctx, func(turn snapshot.Turn) error {
			if _, err := turn.Snapshot(ctx, srv); err != nil {
				return err
			}
			client.Rename(ctx, "visits", "stats:visits")
			failure := client.Incr(ctx, "stats:visits").Err()
			if failure == nil {
				return nil
			}
			_, err := turn.Restore(ctx, srv, snapshot.Replace())
			return errors.Join(failure, err)
		})
		fmt.Println(err)
		fmt.Println(client.Keys(ctx, "*").Val())
		return manager.Stop(ctx)
	})
	// Output:
	// ERR value is not an integer or out of range
	// [visits]
}

// Whoever asks for a backup need not wait for one that is being taken.
func ExampleManager_TryAlone() {
	storing(func(ctx context.Context, srv *redistest.Server, store *snapshot.FileStore) error {
		manager, err := snapshot.NewManager(ctx, srv, store)
		if err != nil {
			return err
		}
		backUp := func() string {
			err := manager.TryAlone(func(turn snapshot.Turn) error {
				_, err := turn.Snapshot(ctx, srv)
				return err
			})
			switch {
			case errors.Is(err, snapshot.ErrBusy):
				return "409 Conflict: a backup is being taken"
			case err != nil:
				return "500 " + err.Error()
			}
			return "201 Created"
		}
		err = manager.Alone(ctx, func(snapshot.Turn) error { // stands for another backup
			fmt.Println(backUp())
			return nil
		})
		fmt.Println(backUp())
		return errors.Join(err, manager.Stop(ctx))
	})
	// Output:
	// 409 Conflict: a backup is being taken
	// 201 Created
}

// What cannot be restored is not replaced before somebody says so. What he begins with instead is saved in the same turn.
func ExampleTurn_StartOver() {
	inFolder(func(folder string) error {
		ruin := filepath.Join(folder, "00000001.redis")
		if err := os.WriteFile(ruin, []byte("SET half of a fi"), 0o600); err != nil {
			return err
		}
		silent := snapshot.OnCorrupt(func(*snapshot.CorruptError) {})
		store, err := snapshot.OpenFileStore(folder, silent)
		if err != nil {
			return err
		}
		served(func(ctx context.Context, srv *redistest.Server) error {
			manager, err := snapshot.NewManager(ctx, srv, store)
			if err != nil {
				return err
			}
			_, err = manager.Restore(ctx)
			fmt.Println("none is good:", errors.Is(err, snapshot.ErrNoneGood))
			_, err = manager.Snapshot(ctx)
			fmt.Println("refused:", errors.Is(err, snapshot.ErrUnrestored))

			return manager.Alone(ctx, func(turn snapshot.Turn) error {
				if err := turn.StartOver(ctx); err != nil {
					return err
				}
				srv.Client().Set(ctx, "plan", "free", 0)
				g, err := turn.Snapshot(ctx, srv)
				fmt.Println(g.Name)
				return err
			})
		})
		return store.Close()
	})
	// Output:
	// none is good: true
	// refused: true
	// 00000002.redis
}

// A session is restored with what is left of its time, by the server's clock, or with all that it had.
func ExampleFreezeTTL() {
	for _, opts := range [][]snapshot.ManagerOption{nil, {snapshot.FreezeTTL()}} {
		storing(func(ctx context.Context, srv *redistest.Server, store *snapshot.FileStore) error {
			manager, err := snapshot.NewManager(ctx, srv, store, append(opts, snapshot.Now(srv.Now))...)
			if err != nil {
				return err
			}
			srv.Client().Set(ctx, "session", "Ada", 30*time.Minute)
			if _, err := manager.Snapshot(ctx); err != nil {
				return err
			}
			srv.Advance(20 * time.Minute)
			if _, err := manager.Restore(ctx, snapshot.Replace()); err != nil {
				return err
			}
			fmt.Println(srv.Client().TTL(ctx, "session").Val())
			return nil
		})
	}
	// Output:
	// 10m0s
	// 30m0s
}

// shop is a Redis to which an order is more than one command.
type shop struct {
	*redistest.Server

	orders sync.RWMutex // read-locked by whoever is in the midst of one
}

func (s *shop) order(ctx context.Context, item string, halfway func()) {
	s.orders.RLock()
	defer s.orders.RUnlock()
	s.Client().Decr(ctx, "stock:"+item)
	halfway()
	s.Client().RPush(ctx, "orders", item)
}

// Alone implements snapshot.Clocked: no snapshot has a part of an order only.
func (s *shop) Alone(_ context.Context, fn func(held snapshot.Target, now time.Time) error) error {
	s.orders.Lock()
	defer s.orders.Unlock()
	return fn(s.Server, s.Now())
}

func ExampleClocked() {
	storing(func(ctx context.Context, srv *redistest.Server, store *snapshot.FileStore) error {
		shop := &shop{Server: srv}
		manager, err := snapshot.NewManager(ctx, shop, store)
		if err != nil {
			return err
		}
		srv.Client().Set(ctx, "stock:tea", 10, 0)
		taken := make(chan error)
		shop.order(ctx, "tea", func() {
			go func() {
				_, err := manager.Snapshot(ctx)
				taken <- err
			}()
		})
		if err := <-taken; err != nil {
			return err
		}
		s, _, err := store.Latest(ctx)
		if err != nil {
			return err
		}
		return snapshot.Encode(os.Stdout, s)
	})
	// Output:
	// SELECT 0
	// RPUSH orders tea
	// SET stock:tea 9
}

// archive is a folder where nothing may be removed for now.
type archive struct{ *snapshot.FileStore }

func (a archive) Save(ctx context.Context, s *snapshot.Snapshot, captured time.Time) (snapshot.Generation, error) {
	g, err := a.FileStore.Save(ctx, s, captured)
	if err == nil {
		err = &snapshot.PruneError{Reason: errors.New("the auditors are here")}
	}
	return g, err
}

func ExamplePruneError() {
	storing(func(ctx context.Context, srv *redistest.Server, store *snapshot.FileStore) error {
		manager, err := snapshot.NewManager(ctx, srv, archive{store})
		if err != nil {
			return err
		}
		g, err := manager.Snapshot(ctx)
		var remains *snapshot.PruneError
		if err != nil && !errors.As(err, &remains) {
			return err
		}
		fmt.Println(g.Name, "is saved; older ones remain:", remains.Reason)
		return nil
	})
	// Output:
	// 00000001.redis is saved; older ones remain: the auditors are here
}
