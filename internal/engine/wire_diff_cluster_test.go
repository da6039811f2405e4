package engine_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/internal/config"
	"github.com/compozy/rediskit/internal/engine"
	"github.com/compozy/rediskit/internal/process"
)

// serveCluster gives a cluster of one real node.
func serveCluster(t *testing.T) wireServer {
	t.Helper()
	cluster, err := process.StartCluster(t.Context(), process.WithMasters(1))
	if errors.Is(err, process.ErrNotFound) && !config.ReadEnv().Require {
		t.Skipf("\n    *** the engine's rules of a cluster were NOT compared with Redis: %v; %s=1 makes this a failure ***", err, config.EnvRequire)
	}
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, cluster.Close()) })
	return wireServer{cluster.Nodes()[0].Socket()}
}

// The keys k and {k}x are in one slot, b is in another.
func TestClusterRulesAgreeWithRedis(t *testing.T) {
	t.Parallel()
	const mayName = "the engine names the key, and demands that all are declared"
	exchanges := []exchange{
		{name: "keys of one slot", lines: []string{
			"MSET k 1 {k}x 2", "MGET k {k}x", "DEL k {k}x", "SET {}k 1", "MGET {}k {}k", "SUNIONSTORE {user}:1 {user}:2 x{user}y",
		}},
		{name: "keys of several slots", lines: []string{
			"MSET k 1 b 2", "MGET k b", "DEL k b", "RENAME k b", "SUNIONSTORE k {k}x b", "ZUNIONSTORE k 2 {k}x b", "ZUNION 2 k b", "BLPOP k b 0.1",
			"BLMPOP 0.1 2 k b LEFT", "XREAD COUNT 1 STREAMS k b 0 0", "XREAD COUNT 1 STREAMS k b 0", "BITOP AND k b", "COPY k b", "LMOVE k b LEFT LEFT",
			"PFMERGE k b", "GEORADIUS k 0 0 1 m STORE b", "MGET {}k {}b", "MGET {{k}x {k", "MGET k}{b} b", "WATCH k b", "EVAL 'return 1' 2 k b",
			"EVALSHA 00 2 k b", "TOUCH k b", "EXISTS k b", "PFCOUNT k b", "MSETNX k 1 b 2", "SMOVE k b m", "SINTERCARD 2 k b",
		}},
		{name: "order of checks", lines: []string{
			"NOSUCH k b", "MGET", "SET k", "ZUNION x k b", "ZUNION 3 k b", "EVAL 'return 1' x k b", "EVAL 'return 1' -1 k b", "EVAL 'return 1' 3 k b",
			"OBJECT NOSUCH k b", "COPY k b DB 99", "XREADGROUP GROUP g c STREAMS k b > >", "XREADGROUP GROUP g c COUNT x STREAMS k b > >",
		}},
		{name: "one database", lines: []string{
			"SELECT 0", "SELECT 1", "SELECT 99", "SELECT -1", "SELECT x", "SELECT 99999999999", "MOVE k 1", "MOVE k x", "MOVE k", "SWAPDB 0 0", "SWAPDB x y",
			"SET k 1", "COPY k {k}x DB 0", "COPY k {k}x DB 1", "COPY k {k}x DB 99", "COPY k {k}x DB x", "COPY k {k}x NOSUCH DB 1", "COPY k {k}x DB 1 REPLACE",
			"COPY k {k}x DB 1 DB 0 REPLACE", "COPY k k DB 1", "COPY none {none} DB 1", "DBSIZE",
		}},
		{name: "transaction of one slot", lines: []string{"MULTI", "SET k 1", "GET {k}x", "PING", "EXEC", "WATCH b", "MULTI", "GET k", "EXEC"}},
		{name: "transaction with a command of several slots", lines: []string{
			"MULTI", "SET k 1", "MGET k b", "GET b", "EXEC", "GET k", "MULTI", "MGET k b", "DISCARD", "GET k",
		}},
		{name: "transaction of several slots", lines: []string{
			"MULTI", "SET k 1", "SET b 1", "EXEC", "EXEC", "GET k", "WATCH k", "MULTI", "GET k", "GET b", "EXEC", "MULTI", "SET k 2", "EXEC",
		}},
		{name: "transaction of several slots, refused for something else", lines: []string{
			"MULTI", "GET k", "GET b", "NOSUCH", "EXEC", "MULTI", "GET k", "NOSUCH", "GET b", "EXEC", "GET k",
		}},
		{name: "what is not allowed, in a transaction", lines: []string{"MULTI", "SELECT 1", "MOVE k 1", "SWAPDB 0 1", "COPY k {k}x DB 1", "SELECT 0", "EXEC"}},
		{name: "scripts in a transaction", lines: []string{
			"MULTI", "EVAL 'return 1' 1 k", "EVAL 'return 1' 1 b", "EXEC", "MULTI", "EVAL 'return 1' 2 k b", "EXEC",
		}},
		{name: "scripts with declared keys", lines: []string{
			`EVAL "return redis.call('SET', KEYS[1], 1)" 1 k`, `EVAL "return redis.call('MGET', KEYS[1], KEYS[2])" 2 k {k}x`, `EVAL "return redis.call('PING')" 0`,
			`EVAL "return redis.call('SELECT', 0)" 0`, `EVAL "return redis.pcall('SELECT', 1)" 0`, `EVAL "return redis.pcall('SWAPDB', 0, 1)" 0`,
			`EVAL "return redis.pcall('MOVE', KEYS[1], 1)" 1 k`, `EVAL "return redis.pcall('COPY', KEYS[1], KEYS[2], 'DB', 1)" 2 k {k}x`,
			`EVAL "return redis.call('CLUSTER', 'KEYSLOT', 'k')" 0`,
		}},
		{name: "script with a key of another slot", deviates: mayName, lines: []string{`EVAL "return redis.pcall('GET', 'b')" 1 k`}},
		{name: "script with a derived key", deviates: mayName, lines: []string{`EVAL "return redis.pcall('GET', KEYS[1] .. '{k}')" 1 k`}},
		{name: "script with keys of several slots in one command", deviates: mayName, lines: []string{`EVAL "return redis.pcall('MGET', 'k', 'b')" 0`}},
		{name: "sharded channels", lines: []string{
			"SSUBSCRIBE k b", "SSUBSCRIBE k {k}x", "SUNSUBSCRIBE {k}x", "b> SPUBLISH k hello", "b> SPUBLISH b hello", "SUNSUBSCRIBE k b", "SSUBSCRIBE b", "MGET k b", "GET k",
			"b> PUBSUB SHARDCHANNELS k", "b> PUBSUB SHARDNUMSUB k b", "SUNSUBSCRIBE b", "SUNSUBSCRIBE", "b> MULTI", "b> SPUBLISH k 1", "b> SPUBLISH b 1", "b> EXEC",
			"b> MULTI", "b> SET k 1", "b> SPUBLISH {k}x 1", "b> EXEC", "b> PUBLISH k 1", "SUBSCRIBE k b",
		}},
		{name: "slots", lines: []string{
			"CLUSTER KEYSLOT k", "cluster keyslot {k}x", "CLUSTER KEYSLOT {}k", "CLUSTER KEYSLOT ''", "CLUSTER KEYSLOT foo{{bar}}zap", "CLUSTER KEYSLOT foo{bar}{zap}",
			`CLUSTER KEYSLOT "\x00\xff{\x01}"`, "CLUSTER KEYSLOT }{k}", "CLUSTER KEYSLOT {k", "SET k 1", "CLUSTER COUNTKEYSINSLOT 7629", "CLUSTER COUNTKEYSINSLOT 1",
			"CLUSTER GETKEYSINSLOT 7629 10", "CLUSTER GETKEYSINSLOT 7629 0", "CLUSTER GETKEYSINSLOT 1 1", "CLUSTER GETKEYSINSLOT 1 -1", "CLUSTER GETKEYSINSLOT x 1",
			"CLUSTER GETKEYSINSLOT 1 x", "CLUSTER GETKEYSINSLOT 16384 1", "CLUSTER COUNTKEYSINSLOT -1", "CLUSTER COUNTKEYSINSLOT 16384", "CLUSTER COUNTKEYSINSLOT x",
		}},
		{name: "nodes", anyNode: true, lines: []string{
			"CLUSTER MYID", "CLUSTER LINKS", "CLUSTER REPLICAS nosuch", "CLUSTER SLAVES nosuch", "CLUSTER COUNT-FAILURE-REPORTS nosuch", "CLUSTER FORGET nosuch",
			"CLUSTER FAILOVER", "CLUSTER SAVECONFIG", "CLUSTER NOSUCH", "CLUSTER", "CLUSTER KEYSLOT", "CLUSTER SLOTS x", "READONLY", "READWRITE", "ASKING", "READONLY x",
			"INFO cluster",
		}},
		{name: "HELLO", lines: []string{"HELLO", "HELLO 3"}},
		{name: "nodes and their addresses", anyNode: true, deviates: "the engine has no TCP port here, and a node had an epoch", lines: []string{
			"CLUSTER NODES", "CLUSTER SLOTS", "CLUSTER SHARDS", "CLUSTER INFO",
		}},
	}
	compareWith(t, serveCluster(t), "PING", exchanges, func(t *testing.T) *engine.Engine {
		t.Helper()
		e := start(t)
		e.FollowClusterRules(engine.ClusterRules{})
		return e
	})
}

func TestClusterCommandsOutsideOfAClusterAgreeWithRedis(t *testing.T) {
	t.Parallel()
	compareExchanges(t, []exchange{
		{name: "cluster support disabled", lines: []string{
			"CLUSTER SLOTS", "CLUSTER SHARDS", "CLUSTER NODES", "CLUSTER INFO", "CLUSTER MYID", "CLUSTER KEYSLOT k", "CLUSTER NOSUCH", "CLUSTER", "CLUSTER KEYSLOT",
			"READONLY", "READWRITE", "ASKING", "READONLY x", "MULTI", "READONLY", "CLUSTER SLOTS", "EXEC", "INFO cluster",
			`EVAL "return redis.pcall('CLUSTER', 'SLOTS')" 0`, "MGET k b", "SELECT 1", "SSUBSCRIBE k b",
		}},
		{name: "keys of a call", lines: []string{
			"COMMAND GETKEYS GET k", "command getkeys mset k 1 b 2", "COMMAND GETKEYS ZUNIONSTORE d 2 k b", "COMMAND GETKEYS XREAD STREAMS k b 0 0",
			"COMMAND GETKEYS EVAL 'return 1' 2 k b c", "COMMAND GETKEYS EVAL 'return 1' 0", "COMMAND GETKEYS PING x", "COMMAND GETKEYS nosuch x", "COMMAND GETKEYS GET k b",
			"COMMAND GETKEYS XINFO STREAM k", "COMMAND GETKEYS ZUNION 9 k", "COMMAND GETKEYSANDFLAGS SET k 1 GET", "COMMAND GETKEYSANDFLAGS RENAME k b",
			"COMMAND GETKEYSANDFLAGS PING x", "COMMAND INFO mget zunionstore xread get", "HELLO 3", "COMMAND INFO ssubscribe ping lmpop", "COMMAND GETKEYSANDFLAGS LMOVE k b LEFT LEFT",
		}},
	}, "")
}
