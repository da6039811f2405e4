package snapshot_test

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/internal/process/processtest"
	"github.com/compozy/rediskit/redistest"
	"github.com/compozy/rediskit/snapshot"
)

var (
	captures = flag.Int("captures", 50, "how many captures are taken while others write")
	restores = flag.Int("restores", 30, "how many times a keyspace is put back while others read")
)

// shared is a server that many clients use, each through a connection of its own.
type shared struct {
	target  snapshot.Target
	connect func(t testing.TB) *redis.Client
}

func sharedServers() map[string]func(t *testing.T) shared {
	return map[string]func(t *testing.T) shared{"embedded": sharedEmbedded, "redis-server": sharedGenuine}
}

func sharedEmbedded(t *testing.T) shared {
	t.Helper()
	srv := redistest.New(t)
	return shared{srv, func(testing.TB) *redis.Client {
		return srv.NewClient(func(o *redis.Options) { o.PoolSize = 1 })
	}}
}

func sharedGenuine(t *testing.T) shared {
	t.Helper()
	socket := processtest.Start(t).Socket()
	connect := func(t testing.TB) *redis.Client {
		t.Helper()
		client := redis.NewClient(&redis.Options{Network: "unix", Addr: socket, PoolSize: 1})
		t.Cleanup(func() { require.NoError(t, client.Close()) })
		return client
	}
	return shared{snapshot.Of(connect(t)), connect}
}

// The writers keep, over two databases: the sum of all accounts; the same churning keys in both; as many elements in a
// list as a hash counts.
const (
	writers  = 8
	accounts = 4
	total    = 1000 * accounts * 2
)

func opened(t *testing.T, client *redis.Client) {
	t.Helper()
	var b snapshot.Builder
	for db := range 2 {
		for i := range accounts {
			b.Set(db, snapshot.Key{Name: fmt.Sprintf("account:%d", i), Value: snapshot.String("1000")})
		}
	}
	require.NoError(t, snapshot.Restore(t.Context(), snapshot.Of(client), b.Snapshot()))
}

const transferScript = `
redis.call('SELECT', 0) redis.call('DECRBY', ARGV[1], ARGV[3])
redis.call('SELECT', 1) redis.call('INCRBY', ARGV[2], ARGV[3])
for db = 0, 1 do
	redis.call('SELECT', db)
	if redis.call('DEL', ARGV[4]) == 0 then redis.call('SADD', ARGV[4], 'x', 'y') end
end
return 1`

// write makes one step that keeps all that is to be kept.
func write(ctx context.Context, client *redis.Client, writer, step int) error {
	from, to := fmt.Sprintf("account:%d", step%accounts), fmt.Sprintf("account:%d", (step/accounts+writer)%accounts)
	churning := fmt.Sprintf("churn:%d:%d", writer, step%7)
	if step%2 == 1 {
		return client.Eval(ctx, transferScript, nil, from, to, step%13, churning+":script").Err()
	}
	_, err := client.TxPipelined(ctx, func(p redis.Pipeliner) error {
		p.Do(ctx, "SELECT", 0)
		p.DecrBy(ctx, from, int64(step%11))
		if step%4 == 0 {
			p.HSet(ctx, churning, "f", step)
			p.RPush(ctx, "list", step)
		} else {
			p.Del(ctx, fmt.Sprintf("churn:%d:%d", writer, (step-2)%7))
			p.RPush(ctx, "list", step)
		}
		p.Do(ctx, "SELECT", 1)
		p.IncrBy(ctx, to, int64(step%11))
		p.HIncrBy(ctx, "count", "elements", 1)
		if step%4 == 0 {
			p.RPush(ctx, churning, step)
		} else {
			p.Del(ctx, fmt.Sprintf("churn:%d:%d", writer, (step-2)%7))
		}
		if step%50 == 0 {
			p.HDel(ctx, "count", "elements")
			p.Do(ctx, "SELECT", 0)
			p.Del(ctx, "list")
		}
		return nil
	})
	return err
}

// requireWhole fails where a capture has a part of a step.
func requireWhole(t *testing.T, s *snapshot.Snapshot) {
	t.Helper()
	sum := 0
	churning := [2]map[string]bool{{}, {}}
	for db := range 2 {
		for key := range s.Keys(db) {
			switch {
			case strings.HasPrefix(key.Name, "account:"):
				text, ok := key.Value.(snapshot.String)
				require.True(t, ok)
				n, err := strconv.Atoi(string(text))
				require.NoError(t, err)
				sum += n
			case strings.HasPrefix(key.Name, "churn:"):
				churning[db][key.Name] = true
			}
		}
	}
	require.Equal(t, total, sum)
	require.True(t, maps.Equal(churning[0], churning[1]), "%v and %v", churning[0], churning[1])
	elements, counted := 0, "0"
	if key, ok := s.Key(0, "list"); ok {
		list, ok := key.Value.(snapshot.List)
		require.True(t, ok)
		elements = list.Len()
	}
	if key, ok := s.Key(1, "count"); ok {
		hash, ok := key.Value.(snapshot.Hash)
		require.True(t, ok)
		for field := range hash.All() {
			counted = field.Value
		}
	}
	require.Equal(t, counted, strconv.Itoa(elements))
}

func TestNoCaptureIsTorn(t *testing.T) {
	t.Parallel()
	for name, start := range sharedServers() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := start(t)
			opened(t, srv.connect(t))
			done := make(chan struct{})
			var steps atomic.Int64
			var working sync.WaitGroup
			for writer := range writers {
				client := srv.connect(t)
				working.Go(func() {
					for step := 0; ; step++ {
						select {
						case <-done:
							return
						default:
						}
						if !assert.NoError(t, write(t.Context(), client, writer, step)) {
							return
						}
						steps.Add(1)
					}
				})
			}
			defer working.Wait()
			defer close(done)
			for range *captures {
				s, err := snapshot.Capture(t.Context(), srv.target)
				require.NoError(t, err)
				requireWhole(t, s)
			}
			t.Logf("%d captures, %d steps", *captures, steps.Load())
		})
	}
}

// uniform is a keyspace of two databases in which every value is the same word.
func uniform(word string) *snapshot.Snapshot {
	var b snapshot.Builder
	for db := range 2 {
		for i := range 20 {
			b.Set(db, snapshot.Key{Name: fmt.Sprintf("key:%d", i), Value: snapshot.String(word)})
		}
		b.Set(db, snapshot.Key{Name: "list", Value: snapshot.NewList(word, word, word)})
	}
	return b.Snapshot()
}

const readScript = `
local seen = {}
for db = 0, 1 do
	redis.call('SELECT', db)
	for i = 0, 19 do seen[#seen + 1] = redis.call('GET', 'key:' .. i) or 'missing' end
	for _, element in ipairs(redis.call('LRANGE', 'list', 0, -1)) do seen[#seen + 1] = element end
end
return seen`

// readByScript returns all the words that there are in both databases, at one moment.
func readByScript(ctx context.Context, client *redis.Client) ([]string, error) {
	return client.Eval(ctx, readScript, nil).StringSlice()
}

// readByTransaction does the same with MULTI and EXEC.
func readByTransaction(ctx context.Context, client *redis.Client) ([]string, error) {
	var gets []*redis.StringCmd
	var lists []*redis.StringSliceCmd
	_, err := client.TxPipelined(ctx, func(p redis.Pipeliner) error {
		for db := range 2 {
			p.Do(ctx, "SELECT", db)
			for i := range 20 {
				gets = append(gets, p.Get(ctx, fmt.Sprintf("key:%d", i)))
			}
			lists = append(lists, p.LRange(ctx, "list", 0, -1))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	var seen []string
	for _, get := range gets {
		seen = append(seen, get.Val())
	}
	for _, list := range lists {
		seen = append(seen, list.Val()...)
	}
	return seen, nil
}

func TestNoReaderSeesAHalfRestoredKeyspace(t *testing.T) {
	t.Parallel()
	for name, start := range sharedServers() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := start(t)
			states := []*snapshot.Snapshot{uniform("before"), uniform("after")}
			require.NoError(t, snapshot.Restore(t.Context(), srv.target, states[1]))
			done := make(chan struct{})
			var working sync.WaitGroup
			var reads atomic.Int64
			for reader := range 4 {
				read := []func(context.Context, *redis.Client) ([]string, error){readByScript, readByTransaction}[reader%2]
				client := srv.connect(t)
				working.Go(func() {
					for {
						select {
						case <-done:
							return
						default:
						}
						seen, err := read(t.Context(), client)
						if !assert.NoError(t, err) || !assert.Len(t, seen, 46) || !assert.Equal(t, 46, count(seen, seen[0])) {
							return
						}
						reads.Add(1)
					}
				})
			}
			defer working.Wait()
			defer close(done)
			for i := range *restores {
				require.NoError(t, snapshot.Restore(t.Context(), srv.target, states[i%2], snapshot.Replace()))
			}
			t.Logf("%d restores, %d reads", *restores, reads.Load())
		})
	}
}

func count(words []string, word string) int {
	n := 0
	for _, w := range words {
		if w == word {
			n++
		}
	}
	return n
}

// A client that waits for a list's element gets it when all the rest is there as well.
func TestABlockedClientIsServedWhenEverythingIsThere(t *testing.T) {
	t.Parallel()
	for name, start := range sharedServers() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := start(t)
			waiting, watching := srv.connect(t), srv.connect(t)
			const last = 300
			var b snapshot.Builder
			b.Set(0, snapshot.Key{Name: "a:queue", Value: snapshot.NewList("job 1", "job 2", "job 3")})
			for i := range last + 1 {
				b.Set(0, snapshot.Key{Name: fmt.Sprintf("b:%d", i), Value: snapshot.String("there")})
			}
			state := b.Snapshot()
			for range 5 {
				require.NoError(t, watching.FlushAll(t.Context()).Err())
				served := make(chan error, 1)
				go func() { served <- popAndCount(t.Context(), waiting, last+2) }()
				require.Eventually(t, func() bool {
					clients, err := watching.ClientList(t.Context()).Result()
					return err == nil && strings.Contains(clients, "flags=b")
				}, waitLimit, waitTick)
				require.NoError(t, snapshot.Restore(t.Context(), srv.target, state))
				require.NoError(t, <-served)
				left, err := watching.LRange(t.Context(), "a:queue", 0, -1).Result()
				require.NoError(t, err)
				require.Equal(t, []string{"job 2", "job 3"}, left)
			}
		})
	}
}

// popAndCount waits for an element and fails unless there are so many keys at once.
func popAndCount(ctx context.Context, client *redis.Client, want int64) error {
	popped, err := client.BLPop(ctx, 0, "a:queue").Result()
	if err != nil {
		return err
	}
	keys, err := client.DBSize(ctx).Result()
	if err != nil {
		return err
	}
	if popped[1] != "job 1" || keys != want {
		return fmt.Errorf("got %q with %d keys there, want %d", popped[1], keys, want)
	}
	return nil
}

// A transaction that watches a key fails when that was put back, even with the value that it had.
func TestARestoreIsAChangeToThoseWhoWatch(t *testing.T) {
	t.Parallel()
	for name, start := range sharedServers() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := start(t)
			state := uniform("same")
			require.NoError(t, snapshot.Restore(t.Context(), srv.target, state))
			for mode, option := range map[string]snapshot.RestoreOption{"replace": snapshot.Replace(), "merge": snapshot.Merge()} {
				err := srv.connect(t).Watch(t.Context(), func(tx *redis.Tx) error {
					require.NoError(t, snapshot.Restore(t.Context(), srv.target, state, option))
					_, err := tx.TxPipelined(t.Context(), func(p redis.Pipeliner) error {
						return p.Set(t.Context(), "key:0", "lost", 0).Err()
					})
					return err
				}, "key:0")
				require.ErrorIs(t, err, redis.TxFailedErr, mode)
			}
		})
	}
}
