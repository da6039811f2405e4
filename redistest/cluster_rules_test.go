package redistest_test

import (
	"context"
	"net"
	"testing"
	"testing/fstest"
	"testing/synctest"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/redistest"
)

// The keys k and {k}x are in one slot, b is in another.

func TestClusterRulesRefuseKeysOfSeveralSlots(t *testing.T) {
	t.Parallel()
	client := redistest.New(t, redistest.WithClusterRules()).ClusterClient()
	ctx := t.Context()
	require.NoError(t, client.MSet(ctx, "k", 1, "{k}x", 2).Err())
	require.Equal(t, []any{"1", "2"}, client.MGet(ctx, "k", "{k}x").Val())
	require.EqualError(t, client.SUnionStore(ctx, "k", "b").Err(), "CROSSSLOT Keys in request don't hash to the same slot")
	require.EqualError(t, client.Rename(ctx, "k", "b").Err(), "CROSSSLOT Keys in request don't hash to the same slot")
	require.Equal(t, int64(2), client.DBSize(ctx).Val())
	require.Equal(t, client.ClusterKeySlot(ctx, "k").Val(), client.ClusterKeySlot(ctx, "{k}x").Val())
}

func TestClusterRulesRefuseTransactionsOfSeveralSlots(t *testing.T) {
	t.Parallel()
	srv := redistest.New(t, redistest.WithClusterRules())
	ctx := t.Context()
	increase := func(client redis.UniversalClient, keys ...string) error {
		_, err := client.TxPipelined(ctx, func(p redis.Pipeliner) error {
			for _, key := range keys {
				p.Incr(ctx, key)
			}
			return nil
		})
		return err
	}
	require.NoError(t, increase(srv.Client(), "k", "{k}x"))
	require.ErrorContains(t, increase(srv.Client(), "k", "b"), "CROSSSLOT")
	require.Equal(t, "1", srv.Client().Get(ctx, "k").Val(), "none of its commands was run")
	require.Error(t, increase(srv.ClusterClient(), "k", "b"), "the client itself sees to it, too")
}

func TestClusterRulesRefuseOtherDatabases(t *testing.T) {
	t.Parallel()
	srv := redistest.New(t, redistest.WithClusterRules())
	other := srv.NewClient(func(o *redis.Options) { o.DB = 1 })
	require.ErrorContains(t, other.Ping(t.Context()).Err(), "ERR SELECT is not allowed in cluster mode")
	require.EqualError(t, srv.Client().Move(t.Context(), "k", 1).Err(), "ERR MOVE is not allowed in cluster mode")
	require.EqualError(t, srv.Client().Copy(t.Context(), "k", "{k}x", 1, false).Err(),
		"ERR Copying to another database is not allowed in cluster mode")
	fixture := fstest.MapFS{"second.redis": {Data: []byte("PING\nSELECT 1\nSET k v\n")}}
	require.ErrorContains(t, srv.LoadFS(fixture, "second.redis"), "SELECT is not allowed in cluster mode", "nor for a fixture")
}

func TestClusterRulesNameUndeclaredKeys(t *testing.T) {
	t.Parallel()
	const (
		script  = "return redis.call('GET', ARGV[1])"
		distant = `ERR Script attempted to access a non local key in a cluster node: "b" of slot 3300 is not among KEYS`
		near    = `ERR Script attempted to access a key that is not among KEYS: "{k}x"`
	)
	for name, test := range map[string]struct {
		rules []redistest.ClusterRule
		keys  []string
		key   string
		want  string
	}{
		"declared":                       {nil, []string{"k"}, "k", ""},
		"not declared":                   {nil, nil, "b", distant},
		"of another slot":                {nil, []string{"k"}, "b", distant},
		"of the same slot":               {nil, []string{"k"}, "{k}x", near},
		"of the same slot, if allowed":   {[]redistest.ClusterRule{redistest.AllowDerivedKeys()}, []string{"k"}, "{k}x", ""},
		"of another slot, then as well":  {[]redistest.ClusterRule{redistest.AllowDerivedKeys()}, []string{"k"}, "b", distant},
		"without any declared, likewise": {[]redistest.ClusterRule{redistest.AllowDerivedKeys()}, nil, "b", distant},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := redistest.New(t, redistest.WithClusterRules(test.rules...)).Client()
			err := client.Eval(t.Context(), script, test.keys, test.key).Err()
			if test.want == "" {
				require.ErrorIs(t, err, redis.Nil)
				return
			}
			require.ErrorContains(t, err, test.want)
		})
	}
}

func TestClusterRulesForShardedChannels(t *testing.T) {
	t.Parallel()
	client := redistest.New(t, redistest.WithClusterRules()).ClusterClient()
	subscription := client.SSubscribe(t.Context(), "k", "{k}x")
	t.Cleanup(func() { require.NoError(t, subscription.Close()) })
	for range 2 {
		_, err := subscription.Receive(t.Context())
		require.NoError(t, err)
	}
	require.NoError(t, client.SPublish(t.Context(), "{k}x", "hello").Err())
	message, err := subscription.ReceiveMessage(t.Context())
	require.NoError(t, err)
	require.Equal(t, "hello", message.Payload)
}

func TestClusterClientsFindTheServerByItsAddress(t *testing.T) {
	t.Parallel()
	for name, options := range map[string][]redistest.Option{
		"tcp":         nil,
		"password":    {redistest.WithPassword("secret")},
		"tls":         {redistest.WithTLS(nil)},
		"unix socket": {redistest.WithUnixSocket("")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := redistest.New(t, append(options, redistest.WithClusterRules())...)
			own := srv.ClusterClient()
			require.NoError(t, own.Set(t.Context(), "k", "v", 0).Err())
			if name == "unix socket" {
				return
			}
			addr := srv.Addr()
			outer := redis.NewClusterClient(&redis.ClusterOptions{
				Addrs: []string{addr}, Password: srv.Options().Password, TLSConfig: srv.Options().TLSConfig, DisableIdentity: true,
			})
			t.Cleanup(func() { require.NoError(t, outer.Close()) })
			require.Equal(t, "v", outer.Get(t.Context(), "k").Val())
			shards, err := outer.ClusterShards(t.Context()).Result()
			require.NoError(t, err)
			_, port, err := net.SplitHostPort(addr)
			require.NoError(t, err)
			require.Contains(t, outer.ClusterNodes(t.Context()).Val(), ":"+port+"@0 myself,master")
			require.Equal(t, []redis.SlotRange{{Start: 0, End: 16383}}, shards[0].Slots)
			require.Equal(t, outer.Do(t.Context(), "CLUSTER", "MYID").Val(), shards[0].Nodes[0].ID)
			require.Equal(t, "127.0.0.1", shards[0].Nodes[0].Endpoint)
		})
	}
}

func TestClusterClientIsClosedWithTheServer(t *testing.T) {
	t.Parallel()
	srv, err := redistest.Start(t.Context(), redistest.WithClusterRules())
	require.NoError(t, err)
	client := srv.ClusterClient()
	require.NoError(t, client.Ping(t.Context()).Err())
	require.NoError(t, srv.Close(t.Context()))
	require.ErrorIs(t, client.Ping(t.Context()).Err(), redis.ErrClosed)
}

func TestClusterClientInABubble(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client := redistest.New(t, redistest.WithClusterRules()).ClusterClient()
		require.NoError(t, client.Set(t.Context(), "k", "v", 0).Err())
		require.Equal(t, "v", client.Get(t.Context(), "k").Val())
	})
}

func TestClusterClientNeedsClusterRules(t *testing.T) {
	t.Parallel()
	srv := redistest.New(t)
	require.EqualError(t, srv.Client().ClusterShards(t.Context()).Err(), "ERR This instance has cluster support disabled")
	require.Equal(t, []string{"redistest: ClusterClient without WithClusterRules: unsupported by the backend embedded"},
		runFake(t, func(tb *fakeTB) { redistest.New(tb).ClusterClient() }))
	_, err := redistest.Start(context.WithoutCancel(t.Context()), redistest.WithClusterRules(), redistest.WithBackend(redistest.RedisServer()))
	require.ErrorIs(t, err, redistest.ErrUnsupported)
	require.EqualError(t, err, "redistest: WithClusterRules: unsupported by the backend redis-server")
}
