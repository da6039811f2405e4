package process

import "time"

// ClusterOption changes a cluster.
type ClusterOption func(*clusterSettings)

type clusterSettings struct {
	masters, replicas int
	nodeTimeout       time.Duration
	node              settings
}

// WithMasters is the number of shards, 3 without it. Fewer than one counts as one; fewer than three cannot elect a replica
// by themselves, so that only [Cluster.Failover] makes one a master.
func WithMasters(count int) ClusterOption {
	return func(s *clusterSettings) { s.masters = max(1, count) }
}

// WithReplicas is the number of replicas of each master, none without it.
func WithReplicas(perMaster int) ClusterOption {
	return func(s *clusterSettings) { s.replicas = max(0, perMaster) }
}

// WithNodeTimeout is how long a node may be silent before others take it for failed, one second without it. On a loaded machine
// a short one has nodes that merely wait for a processor declared dead.
func WithNodeTimeout(silence time.Duration) ClusterOption {
	return func(s *clusterSettings) { s.nodeTimeout = max(time.Millisecond, silence) }
}

// WithNodes says how every node is to be started. [WithTCP] adds nothing.
func WithNodes(opts ...Option) ClusterOption {
	return func(s *clusterSettings) {
		for _, opt := range opts {
			opt(&s.node)
		}
	}
}

func newClusterSettings(opts []ClusterOption) clusterSettings {
	s := clusterSettings{masters: 3, nodeTimeout: time.Second}
	for _, opt := range opts {
		opt(&s)
	}
	return s
}
