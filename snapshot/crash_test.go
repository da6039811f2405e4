package snapshot_test

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/redistest"
	"github.com/compozy/rediskit/snapshot"
)

var kills = flag.Int("kills", 15, "how many times a process that takes snapshots is killed")

const (
	loadRole    = "load"
	loadWriters = 3
)

// serveLoad restores what is in a folder, and then writes and takes snapshots until it is killed. It tells the number and
// the step of each snapshot when that is complete.
func serveLoad(folder string) (code int) {
	if err := load(context.TODO(), folder); err != nil { // a program, and no test, so there is no context yet
		fmt.Fprintln(os.Stderr, err)
	}
	return 1 // it should have been killed
}

func load(ctx context.Context, folder string) error {
	srv, err := redistest.Start(ctx)
	if err != nil {
		return err
	}
	store, err := snapshot.OpenFileStore(folder)
	if err != nil {
		return err
	}
	manager, err := snapshot.NewManager(ctx, srv, store)
	if err != nil {
		return err
	}
	_, err = manager.Restore(ctx)
	if errors.Is(err, snapshot.ErrNoSnapshot) {
		err = snapshot.Restore(ctx, srv, bank())
	}
	if err != nil {
		return err
	}
	var once sync.Once
	failed := make(chan error, 1)
	for writer := range loadWriters {
		client := srv.NewClient(func(o *redis.Options) { o.PoolSize = 1 })
		go func() {
			for step := 0; ; step++ {
				if err := write(ctx, client, writer, step); err != nil {
					once.Do(func() { failed <- err })
					return
				}
			}
		}()
	}
	for {
		step, err := srv.Client().Incr(ctx, "step").Result()
		if err != nil {
			return err
		}
		g, err := manager.Snapshot(ctx)
		if err != nil {
			return err
		}
		fmt.Println(g.Number, step)
		select {
		case err := <-failed:
			return err
		case <-time.After(time.Duration(rand.IntN(3)) * time.Millisecond):
		}
	}
}

// bank is where the load begins.
func bank() *snapshot.Snapshot {
	var b snapshot.Builder
	for db := range 2 {
		for i := range accounts {
			b.Set(db, snapshot.Key{Name: fmt.Sprintf("account:%d", i), Value: snapshot.String("1000")})
		}
	}
	return b.Snapshot()
}

// A process that is killed at any moment loses nothing that it said was saved, and nothing is torn.
func TestKilledProcessesLoseNothing(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	saves, beyond, leftovers := 0, 0, 0
	number, step := 0, 0 // of the last snapshot that was announced
	for range *kills {
		for _, said := range killedLoad(t, folder, number > 0) {
			saves++
			_, err := fmt.Sscan(said, &number, &step)
			require.NoError(t, err)
		}
		leftovers += temporaries(t, folder)
		corrupt := 0
		store, err := snapshot.OpenFileStore(folder, snapshot.OnCorrupt(func(*snapshot.CorruptError) { corrupt++ }))
		require.NoError(t, err)
		s, g, err := store.Latest(t.Context())
		require.NoError(t, err)
		require.Zero(t, corrupt)
		requireWhole(t, s)
		require.GreaterOrEqual(t, g.Number, number)
		require.GreaterOrEqual(t, stepOf(t, s), step)
		if g.Number > number {
			beyond++
		}
		require.Zero(t, temporaries(t, folder))
		require.NoError(t, store.Close())
	}
	t.Logf("%d kills, %d snapshots: 0 lost, 0 corrupt, 0 torn; %d were complete but unannounced, %d half written", *kills, saves,
		beyond, leftovers)
}

// killedLoad runs a load, kills it at any moment, or at any moment after its first snapshot, and returns what it has said.
func killedLoad(t *testing.T, folder string, anyMoment bool) (said []string) {
	t.Helper()
	process := startChild(t, loadRole, folder)
	moment := func() time.Duration { return time.Duration(rand.IntN(100_000)) * time.Microsecond }
	timer := time.AfterFunc(time.Hour, func() { _ = process.Process.Kill() })
	defer timer.Stop()
	if anyMoment {
		timer.Reset(moment())
	}
	for lines := bufio.NewScanner(process.output); lines.Scan(); {
		if said = append(said, lines.Text()); len(said) == 1 && !anyMoment {
			timer.Reset(moment())
		}
	}
	_ = process.Wait()
	require.False(t, process.ProcessState.Exited(), "it was killed, and did not end by itself")
	return said
}

func temporaries(t *testing.T, folder string) (n int) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	for _, entry := range entries {
		if strings.HasSuffix(entry.Name(), ".tmp") {
			n++
		}
	}
	return n
}

func stepOf(t *testing.T, s *snapshot.Snapshot) int {
	t.Helper()
	key, ok := s.Key(0, "step")
	require.True(t, ok)
	text, ok := key.Value.(snapshot.String)
	require.True(t, ok)
	n, err := strconv.Atoi(string(text))
	require.NoError(t, err)
	return n
}
