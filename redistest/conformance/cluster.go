package conformance

// Cluster is for a Redis Cluster, with clients that know that it is one: newClient returns a *redis.ClusterClient. The specs
// with the label one-node are left out, which there would fail, or pass by chance; entries of [Deviations] for them have no
// effect. What a spec does on a connection of its own, it does on the node that holds its keys.
func Cluster() Option {
	return func(s *settings) { s.cluster = true }
}

// oneNodeLabel is on specs that a cluster does not promise.
const oneNodeLabel = "one-node"

// itOnOneNode registers a spec about what a node of a cluster knows of itself only, or does not have.
func (s *suite) itOnOneNode(text string, body specBody) {
	s.define(text, body, oneNodeLabel)
}

// onOneNode registers specs that are all of this kind.
func (s *suite) onOneNode(specs func(*suite)) {
	s.oneNode = true
	specs(s)
	s.oneNode = false
}
