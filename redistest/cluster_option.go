package redistest

import (
	"time"

	"github.com/compozy/rediskit/internal/process"
)

// ClusterOption changes one thing about a cluster that [NewCluster] or [StartCluster] makes. A [RedisServerOption] is one,
// too: [Binary] and [MinVersion] say what the nodes are, which are always [Fresh]. On a cluster that runs already all but
// [ExistingCluster] have no effect.
type ClusterOption interface{ configure(*clusterSettings) }

type clusterOption func(*clusterSettings)

func (o clusterOption) configure(s *clusterSettings) { o(s) }

func (o RedisServerOption) configure(s *clusterSettings) {
	var chosen redisServerOptions
	o(&chosen)
	s.node = append(s.node, chosen.process...)
}

// clusterSettings are what the options add up to.
type clusterSettings struct {
	process    []process.ClusterOption
	node       []process.Option
	password   string
	url        string
	allowDirty bool
}

// Masters is the number of masters, which share the slots; 3 without it. Fewer than three cannot elect a replica by themselves,
// so that only [Cluster.Failover] makes one a master.
func Masters(count int) ClusterOption {
	return clusterOption(func(s *clusterSettings) { s.process = append(s.process, process.WithMasters(count)) })
}

// Replicas is the number of replicas of each master, none without it.
func Replicas(perMaster int) ClusterOption {
	return clusterOption(func(s *clusterSettings) { s.process = append(s.process, process.WithReplicas(perMaster)) })
}

// NodeTimeout is how long a node may be silent before the others take it for failed and elect its replica; one second without
// it. On a busy machine a short one has nodes declared dead that only wait for a processor.
func NodeTimeout(silence time.Duration) ClusterOption {
	return clusterOption(func(s *clusterSettings) { s.process = append(s.process, process.WithNodeTimeout(silence)) })
}

// NodePassword makes clients, and the nodes among themselves, log in as the user "default".
func NodePassword(password string) ClusterOption {
	return clusterOption(func(s *clusterSettings) {
		s.password = password
		s.node = append(s.node, process.WithPassword(password))
	})
}

// ExistingCluster uses the cluster that the URL names a node of, in the form that [redis.ParseClusterURL] takes: redis:// or
// rediss://, with user, password, options and more nodes. Without it REDISTEST_URL or REDISTEST_BACKEND does the same, where
// the server that it names is a node of a cluster.
//
// One test at a time has it, and says so under keys that begin with "rediskit:" and expire; the next one waits for a minute.
// If the cluster holds keys which no test has left behind it is not used, unless [AllowDirty] is given. The keys that there
// are when the test ends are deleted, one by one. [Cluster.Master], [Cluster.Failover], [Cluster.Stop], [Cluster.Start] and
// [Cluster.Wait] fail with an [UnsupportedError].
func ExistingCluster(url string, opts ...ExternalOption) ClusterOption {
	return clusterOption(func(s *clusterSettings) {
		var o externalOptions
		for _, opt := range opts {
			opt(&o)
		}
		s.url, s.allowDirty = url, o.allowDirty
	})
}
