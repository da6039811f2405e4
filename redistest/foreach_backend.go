package redistest

import (
	"testing"

	"github.com/compozy/rediskit/internal/config"
)

// ForEachBackend runs a test on each backend there is, as a subtest named after it, and then compares what came of it:
// what the servers hold, by [snapshot.Diff], and what they have replied, command by command.
//
//	func TestCart(t *testing.T) {
//		redistest.ForEachBackend(t, func(t *testing.T, srv *redistest.Server) {
//			carts := shop.NewCarts(srv.Client())
//			...
//		})
//	}
//
// The backends are the embedded server, redis-server, and the server at REDISTEST_URL if that is set. Where redis-server
// is not installed its subtest is skipped, and says so; with REDISTEST_REQUIRE=1 it fails. REDISTEST_BACKEND chooses
// nothing here, and [WithBackend] does.
//
// A difference is a failure, which shows both sides. What no two servers have in common is none, and options allow for
// more: see [Drift], which is the same for tests that are no *testing.T.
//
// Replies are those to [Server.Client] and [Server.NewClient], also in pipelines, transactions and on a single connection;
// messages of subscriptions, and what clients do that the test has built itself from [Server.Options] or [Server.Addr],
// are not seen. Where commands have overlapped in time, those of several goroutines, nobody knows in which order they were
// run: then the keyspaces alone are compared, and the log says so.
//
// The subtests run one after the other. One that calls t.Parallel runs later, as those always do, and the comparison waits
// for it.
func ForEachBackend(t *testing.T, fn func(t *testing.T, srv *Server), opts ...DriftOption) {
	t.Helper()
	d := newDrift(config.ReadEnv(), opts)
	if d.err != nil {
		t.Fatalf("redistest: %v", d.err)
	}
	var sides sides
	for _, backend := range d.backends {
		t.Run(backend.label(), func(t *testing.T) {
			var tr transcript
			srv := New(t, d.options(backend, &tr)...)
			t.Cleanup(func() { // after the test's own, before the server is closed
				if !t.Skipped() {
					sides.add(d.sideOf(t.Context(), srv, &tr))
				}
			})
			fn(t, srv)
		})
	}
	if sides.len() == len(d.backends) {
		d.judge(t, sides.all)
		return
	}
	t.Cleanup(func() { d.judge(t, sides.all) }) // when parallel ones are done
}
