package redistest_test

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/redistest"
)

var kills = flag.Int("kills", 10, "how many times a process with a persistent server is killed")

// loadFolder is the environment variable that makes the test binary a program that keeps a server in this folder busy.
const loadFolder = "REDISTEST_TEST_LOAD"

const loadWriters = 3

// serveLoad restores what is in a folder, and then writes, with snapshots every few milliseconds, until it is killed. It
// tells the step that is on the disk for sure.
func serveLoad(ctx context.Context, folder string) (code int) {
	if err := keepBusy(ctx, folder); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	return 1 // it should have been killed
}

func keepBusy(ctx context.Context, folder string) error {
	srv, err := redistest.Start(ctx, redistest.WithPersistence(redistest.Persistence{
		DataDir: folder, SnapshotInterval: 3 * time.Millisecond, RestoreOnStartup: true,
	}))
	if err != nil {
		return err
	}
	failed := make(chan error, loadWriters)
	for writer := range loadWriters {
		client := srv.NewClient()
		go func() {
			for {
				if err := writeStep(ctx, client, writer); err != nil {
					failed <- err
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
		err = srv.Client().Save(ctx).Err()
		for err != nil && strings.HasPrefix(err.Error(), "ERR Background save") {
			err = srv.Client().Save(ctx).Err()
		}
		if err != nil {
			return err
		}
		fmt.Println(step)
		select {
		case err := <-failed:
			return err
		case <-time.After(time.Duration(rand.IntN(10)) * time.Millisecond):
		}
	}
}

// writeStep is a transaction after which the writer's log ends with its counter, and the money is all there.
func writeStep(ctx context.Context, client *redis.Client, writer int) error {
	counter, log := fmt.Sprint("counter:", writer), fmt.Sprint("log:", writer)
	n, err := client.Get(ctx, counter).Int()
	if err != nil && !errors.Is(err, redis.Nil) {
		return err
	}
	amount := rand.IntN(100)
	_, err = client.TxPipelined(ctx, func(p redis.Pipeliner) error {
		p.HIncrBy(ctx, "hash", "account:"+strconv.Itoa(rand.IntN(20)), -int64(amount))
		p.SetEx(ctx, counter, n+1, time.Hour)
		p.ZIncrBy(ctx, "zset", float64(amount), "account:"+strconv.Itoa(rand.IntN(20)))
		p.RPush(ctx, log, n+1)
		p.LTrim(ctx, log, -10, -1)
		return nil
	})
	return err
}

// requireWhole makes sure that no transaction was kept by halves.
func requireWhole(t *testing.T, srv *redistest.Server) {
	t.Helper()
	ctx := t.Context()
	money := 0.0
	for _, amount := range srv.Client().HGetAll(ctx, "hash").Val() {
		n, err := strconv.ParseFloat(amount, 64)
		require.NoError(t, err)
		money += n
	}
	for _, account := range srv.Client().ZRangeWithScores(ctx, "zset", 0, -1).Val() {
		money += account.Score
	}
	require.Zero(t, money)
	for writer := range loadWriters {
		counter, log := fmt.Sprint("counter:", writer), fmt.Sprint("log:", writer)
		require.Equal(t, srv.Client().Get(ctx, counter).Val(), srv.Client().LIndex(ctx, log, -1).Val())
		if srv.Client().Exists(ctx, counter).Val() == 1 {
			require.Positive(t, srv.Client().TTL(ctx, counter).Val())
		}
	}
}

// A server that is killed at any moment, and started again on the same folder, has all that it said was saved, and no
// transaction by halves.
func TestKilledServersLoseNothing(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	saved, announced, newer := 0, 0, 0
	for range *kills {
		for _, said := range killedLoad(t, folder, announced > 0) {
			announced++
			var err error
			saved, err = strconv.Atoi(said)
			require.NoError(t, err)
		}
		srv, err := redistest.Start(t.Context(), redistest.WithPersistence(redistest.Persistence{DataDir: folder, RestoreOnStartup: true}))
		require.NoError(t, err)
		requireWhole(t, srv)
		step, err := srv.Client().Get(t.Context(), "step").Int()
		if !errors.Is(err, redis.Nil) || saved > 0 {
			require.NoError(t, err)
		}
		require.GreaterOrEqual(t, step, saved)
		if step > saved {
			newer++
			saved = step // that is on the disk, too
		}
		require.NoError(t, srv.Close(t.Context()))
	}
	corrupt, err := filepath.Glob(filepath.Join(folder, "*.corrupt"))
	require.NoError(t, err)
	require.Empty(t, corrupt)
	t.Logf("%d kills, %d saves announced: 0 lost, 0 corrupt, 0 torn; %d times there was a newer snapshot than announced",
		*kills, announced, newer)
}

// killedLoad runs a load, kills it at any moment, or at any moment after its first save, and returns what it has said.
func killedLoad(t *testing.T, folder string, anyMoment bool) (said []string) {
	t.Helper()
	binary, err := os.Executable()
	require.NoError(t, err)
	process := exec.CommandContext(context.WithoutCancel(t.Context()), binary)
	process.Env = append(os.Environ(), loadFolder+"="+folder)
	process.Stderr = os.Stderr
	output, err := process.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, process.Start())
	var killed atomic.Bool
	kill := func() {
		killed.Store(true)
		_ = process.Process.Kill() // it may have ended by itself, which is noticed below
	}
	moment := func() time.Duration { return time.Duration(rand.IntN(100_000)) * time.Microsecond }
	timer := time.AfterFunc(time.Minute, kill)
	defer timer.Stop()
	if anyMoment {
		timer.Reset(moment())
	}
	for lines := bufio.NewScanner(output); lines.Scan(); {
		if said = append(said, lines.Text()); len(said) == 1 && !anyMoment {
			timer.Reset(moment())
		}
	}
	_ = process.Wait() // that it was killed is no news
	require.True(t, killed.Load(), "it was killed, and did not end by itself")
	return said
}
