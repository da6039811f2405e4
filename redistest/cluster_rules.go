package redistest

import (
	"context"
	"net"

	"github.com/redis/go-redis/v9"

	"github.com/compozy/rediskit/internal/config"
)

// WithClusterRules makes the embedded server judge like a Redis Cluster, without any process: what works on it works on a
// cluster as far as the places of keys are concerned. It is a cluster of one node that serves every slot, which
// [Server.ClusterClient], or any cluster client that connects to [Server.Addr], finds by CLUSTER SLOTS or SHARDS.
//
// As on a cluster:
//   - A command whose keys are in different slots fails with CROSSSLOT, and makes EXEC refuse the transaction that it is in.
//     So does EXEC if the commands of the transaction are in different slots, and EVAL if the keys of the script are.
//   - There is one database: SELECT of another, MOVE, SWAPDB and COPY to another fail.
//   - Channels of sharded Pub/Sub are in slots as keys are.
//
// A cluster of many nodes fails now and then where a script uses keys that it has not declared, depending on where they are.
// Here it always fails, and the error names the key; see [AllowDerivedKeys].
//
// What a single node cannot show are MOVED and ASK redirections, replicas and failovers: for those see [NewCluster].
func WithClusterRules(rules ...ClusterRule) Option {
	return func(s *settings) {
		s.config.Cluster = config.Cluster{Enabled: true}
		for _, rule := range rules {
			rule(&s.config.Cluster)
		}
	}
}

// ClusterRule changes what [WithClusterRules] demands.
type ClusterRule func(*config.Cluster)

// AllowDerivedKeys lets scripts use keys that they have not declared, as long as these are in the slot of those that they
// have: KEYS[1] .. ':lock', where KEYS[1] has a hash tag. A cluster runs such scripts. Redis asks for all keys to be declared
// nevertheless.
func AllowDerivedKeys() ClusterRule { return func(c *config.Cluster) { c.DerivedKeys = true } }

// withCluster takes over the rules of another server.
func withCluster(rules config.Cluster) Option { return func(s *settings) { s.config.Cluster = rules } }

// ClusterClient returns a client that takes the server for a cluster, which it is by [WithClusterRules]; without, the test
// fails. Each call makes a new one, which connects as [Server.Client] does and is closed with the server. Each option may
// change what it is made of.
func (s *Server) ClusterClient(options ...func(*redis.ClusterOptions)) *redis.ClusterClient {
	if !config.FromContext(s.ctx).Cluster.Enabled {
		s.fail("redistest: %v", &UnsupportedError{Feature: "ClusterClient without WithClusterRules", Backend: s.on.name()})
		return nil // only a TB that does not abort comes here
	}
	o := clusterOptions(s.on.Options(s.ctx))
	for _, option := range options {
		option(o)
	}
	client := redis.NewClusterClient(o)
	if err := s.inner.Adopt(client); err != nil {
		s.fail("redistest: %v", err)
	}
	for _, hook := range s.hooks {
		client.AddHook(hook)
	}
	return client
}

// clusterOptions are those of a client of a cluster that has one node, which these options connect to.
func clusterOptions(node *redis.Options) *redis.ClusterOptions {
	o := &redis.ClusterOptions{
		Addrs:                    []string{node.Addr},
		Dialer:                   node.Dialer,
		Username:                 node.Username,
		Password:                 node.Password,
		TLSConfig:                node.TLSConfig,
		ReadBufferSize:           node.ReadBufferSize,
		WriteBufferSize:          node.WriteBufferSize,
		PipelinePoolSize:         node.PipelinePoolSize,
		DisableIdentity:          node.DisableIdentity,
		MaintNotificationsConfig: node.MaintNotificationsConfig,
	}
	if node.Network == "unix" {
		o.Dialer = func(ctx context.Context, _, _ string) (net.Conn, error) {
			var d net.Dialer
			return d.DialContext(ctx, "unix", node.Addr)
		}
	}
	return o
}
