// Package conformance is a Ginkgo suite that states what Redis promises, and checks that a server keeps it.
//
// It runs against anything that a go-redis client reaches: a Redis of another version or vendor, a proxy, an embedded
// server. Import it in a test package that runs Ginkgo, and give it a function that makes clients:
//
//	func TestProxy(t *testing.T) {
//		gomega.RegisterFailHandler(ginkgo.Fail)
//		ginkgo.RunSpecs(t, "proxy")
//	}
//
//	var _ = conformance.Describe("my proxy", func() redis.UniversalClient {
//		return redis.NewClient(&redis.Options{Addr: "localhost:6380"})
//	})
//
// The specs are those of Redis 7.0 on its own, and hold for later versions as well.
//
// # Choosing specs
//
// Every spec carries the label of its family: strings, bits, keys, expiry, hashes, lists, sets, sorted-sets, streams,
// groups, geo, hyperloglog, scripting, transactions, pipelines, pubsub, blocking, protocol. Specs that pass only while
// the server's clock runs (a time to live passes, a wait times out) carry the label clock too, and those that a cluster does
// not promise the label one-node. So --label-filter='!scripting && !clock' leaves out what a server does not offer.
//
// # Clusters
//
// For a Redis Cluster there is the option [Cluster], with clients that are a *redis.ClusterClient. It leaves out the specs with
// the label one-node, about what a node of a cluster knows of itself only, or does not have:
//   - All keys: KEYS, SCAN and RANDOMKEY ask one node, which has its own keys. FLUSHALL empties one.
//   - Channels: PUBLISH and PUBSUB count the subscribers of one node, and what two nodes publish arrives in any order. Sharded
//     channels stay, but for PUBSUB SHARDCHANNELS and SHARDNUMSUB.
//   - Databases: there is but 0, and neither SELECT of another nor MOVE, SWAPDB and COPY to another.
//   - SORT BY and GET with patterns, which could name keys of other nodes.
//
// All else holds, as the keys of a spec are in one slot. Connections of its own it has to the node that serves that slot.
//
// # Deviations
//
// Where a server is known to differ, list the spec by its name with the reason ([Deviations]). Such a spec is still
// run: it must fail, and once it passes the run fails until the entry is removed. So the list is always true. Nobody has
// to type it: [Survey] tells how each spec goes.
//
// # Sharing a server
//
// Each spec works on keys below a random prefix of its own and removes them, so the server may hold other data, and
// specs may run at the same time (ginkgo -p). Specs about several databases use 0 and 1, for keys below their prefix
// as well. No spec empties a database, unless [AllowFlush] permits it.
//
// # Clients
//
// A spec gets a fresh client, closed afterwards, and takes more of them where it plays several parties. Specs about
// one connection's state, RESP versions or raw bytes need what a *redis.Client offers beyond redis.UniversalClient, and a
// *redis.ClusterClient has one of for each node; with another kind of client they are skipped and say so.
package conformance
