// Package redistest gives a Go test a Redis of its own.
//
//	func TestVisits(t *testing.T) {
//		t.Parallel()
//		client := redistest.New(t).Client()
//		visits := NewVisits(client)
//		visits.Add(t.Context(), "ada")
//		visits.Add(t.Context(), "ada")
//		require.Equal(t, "2", client.Get(t.Context(), "visits:ada").Val())
//	}
//
// [New] starts an embedded Redis, hands out a go-redis client that has pinged it, and closes both with the test; [Start] does
// so for TestMain, BeforeSuite and main. Nothing is installed, nothing listens on a port before [Server.Addr] is asked for,
// and no goroutine runs, so that every test can have one, in parallel with all others and in a testing/synctest bubble. What
// a test does with it:
//
//   - move the time: [Server.Advance], [Server.TravelTo], and [Server.Clock] for the application
//   - compare everything at once with a file: [AssertGolden]
//   - begin with a file, of commands or an .rdb dump: [WithFixture], [Server.Load]
//   - go back: [Server.Checkpoint], [Server.Rewind]
//   - look what a crash leaves: [WithPersistence], [Server.Crash], [AssertPersisted]
//   - run on the real one, too: [WithBackend], [ForEachBackend], [NewCluster]
//
// # From bare miniredis
//
//	m := miniredis.RunT(t)                      srv := redistest.New(t)
//	redis.NewClient(&redis.Options{…})          srv.Client(), srv.NewClient(…)
//	m.Addr()                                    srv.Addr(), srv.URL(), srv.Options()
//	m.Set("k", "v")                             WithFixture("testdata/some.redis"), or the client
//	m.FastForward(d), m.SetTime(at)             srv.Advance(d), srv.TravelTo(at)
//	m.CheckGet(t, "k", "v")                     redistest.AssertGolden(t, srv, "name")
//	m.RequireUserAuth(…), RunTLS, StartAddr     WithUser, WithTLS, WithAddr
//	m                                           srv.Miniredis()
//
// # Caveats
//
// The embedded server does what Redis 7.0 does, on the data types of alicebob/miniredis; docs/limits.md lists every command,
// and the package conformance every deviation that is known. It has no access lists, modules or CONFIG. Over sockets commands
// are applied in the order in which they arrive on Linux and without TLS; elsewhere each client's own order is certain.
package redistest
