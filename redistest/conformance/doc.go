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
// the server's clock runs (a time to live passes, a wait times out) carry the label clock too. So
// --label-filter='!scripting && !clock' leaves out what a server does not offer.
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
// one connection's state, RESP versions or raw bytes need what a *redis.Client offers beyond redis.UniversalClient; with
// another kind of client they are skipped and say so.
package conformance
