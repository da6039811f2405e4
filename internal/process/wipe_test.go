package process

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestWhatATestLeavesBehindIsGone(t *testing.T) {
	t.Parallel()
	find(t)
	for _, p := range append(pollutions(), lastingPollutions()...) {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			var patience []PoolOption
			if p.replaced {
				patience = append(patience, WithPatience(200*time.Millisecond)) // some never answer
			}
			pool := newPool(t, append(patience, WithLimit(1))...)
			clean := portraitOf(t, lend(t, pool))

			lease := lend(t, pool)
			p.pollute(t, lease)
			var replaced error
			lease.onReplace = func(reason error) { replaced = reason }
			require.NoError(t, lease.Return())
			if p.replaced {
				require.Error(t, replaced)
			} else {
				require.NoError(t, replaced)
			}

			next := lend(t, pool)
			assert.Equal(t, p.replaced, next.PID() != lease.PID())
			assert.Equal(t, clean, portraitOf(t, next))
		})
	}
}

// TestWhateverTestsLeaveBehindIsGone does many things at once, in any order.
func TestWhateverTestsLeaveBehindIsGone(t *testing.T) {
	t.Parallel()
	find(t)
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0)) //nolint:gosec // not a secret
	pool := newPool(t, WithLimit(1))
	clean := portraitOf(t, lend(t, pool))
	for range 12 {
		all := pollutions()
		random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		lease := lend(t, pool)
		var done []string
		for _, p := range all[:1+random.IntN(8)] {
			done = append(done, p.name)
			p.pollute(t, lease)
			if p.last {
				break
			}
		}
		var replaced error
		lease.onReplace = func(reason error) { replaced = reason }
		require.NoError(t, lease.Return())
		require.NoError(t, replaced, "%q", done)
		require.Equal(t, clean, portraitOf(t, lend(t, pool)), "%q", done)
	}
}

func newPool(t testing.TB, opts ...PoolOption) *Pool {
	t.Helper()
	find(t)
	patient := WithPatience(10 * time.Second) // a wipe that takes long on a busy machine is no failure
	pool := NewPool(append([]PoolOption{patient}, opts...)...)
	t.Cleanup(func() { require.NoError(t, pool.Close()) })
	return pool
}

func lend(t testing.TB, pool *Pool, opts ...LeaseOption) *Lease {
	t.Helper()
	lease, err := pool.Lease(t.Context(), opts...)
	require.NoError(t, err)
	return lease
}

// portraitOf is all that a test can see of a server, but for what only ever grows and where it lives. It returns the lease.
func portraitOf(t *testing.T, lease *Lease) map[string]any {
	t.Helper()
	files, err := filesIn(filepath.Dir(lease.Socket()))
	require.NoError(t, err)
	c, err := dial(t.Context(), "unix", lease.Socket(), "")
	require.NoError(t, err)
	defer c.close()
	portrait := map[string]any{"files": len(files), "listens": lease.Addr()}

	statistics := parseInfo(c.say(t, "INFO", "commandstats", "errorstats").text)
	var counted []string
	for name, value := range statistics {
		if !strings.HasPrefix(name, "cmdstat_auth") {
			count, _, _ := strings.Cut(value, ",")
			counted = append(counted, name+" "+count)
		}
	}
	slices.Sort(counted)
	portrait["statistics"] = counted

	config := valuesOf(c.say(t, "CONFIG", "GET", "*").texts())
	delete(config, "unixsocket")
	delete(config, "dir")
	portrait["config"] = config
	for _, words := range [][]string{
		{"ACL", "LIST"},
		{"ACL", "LOG"},
		{"FUNCTION", "LIST"},
		{"MODULE", "LIST"},
		{"PUBSUB", "CHANNELS"},
		{"PUBSUB", "SHARDCHANNELS"},
		{"PUBSUB", "NUMPAT"},
		{"SLOWLOG", "GET"},
		{"LATENCY", "LATEST"},
		{"ROLE"},
		{"SCRIPT", "EXISTS", "e0e1f9fabfc9d4800c877a703b823ac0578ff8db"}, // return 1
		{"INFO", "keyspace"},
	} {
		portrait[strings.Join(words, " ")] = fmt.Sprint(c.say(t, words...))
	}
	now := parseInfo(c.say(t, "INFO", "clients", "persistence", "replication").text)
	for _, name := range []string{
		"connected_clients", "blocked_clients", "tracking_clients", "clients_in_timeout_table",
		"aof_enabled", "rdb_bgsave_in_progress", "role", "connected_slaves", "master_repl_offset", "repl_backlog_active",
	} {
		portrait[name] = now[name]
	}
	require.NoError(t, lease.Return())
	return portrait
}
