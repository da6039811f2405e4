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
// [New] starts an embedded Redis, hands out a go-redis client that has pinged it, and closes both with the test. There is
// nothing to install, nothing listens on a port, and no goroutine runs: a command is carried out on the goroutine that
// sends it. A server takes about a tenth of a millisecond to start, so every test, subtest and benchmark can have one,
// in parallel with all others. [Start] is the same for what has no test: TestMain, BeforeSuite, main.
//
// Programs and other client libraries connect to [Server.Addr] or [Server.URL], which start to listen when they are first
// asked for. Inside a testing/synctest bubble the server works as long as nobody asks for them.
//
// What a test does with its server:
//
//   - it moves the time: [Server.Advance], [Server.TravelTo], and [Server.Clock] for the application;
//   - it compares everything at once with a file: [AssertGolden];
//   - it begins with a file, of commands or an .rdb dump: [WithFixture], [Server.Load];
//   - it goes back: [Server.Checkpoint], [Server.Rewind];
//   - it looks what a crash leaves: [WithPersistence], [Server.Crash], [AssertPersisted];
//   - it runs on the real one, too: [WithBackend], [ForEachBackend], [NewCluster].
//
// # From bare miniredis
//
// The data types and commands of the embedded server are those of alicebob/miniredis; the rest is simpler:
//
//	bare miniredis and go-redis                              redistest
//	-------------------------------------------------------  ---------------------------------------------------
//	m := miniredis.RunT(t)                                   srv := redistest.New(t)
//	c := redis.NewClient(&redis.Options{Addr: m.Addr()})     c := srv.Client()
//	t.Cleanup(func() { c.Close() })                          (done)
//	m, err := miniredis.Run(); defer m.Close()               srv, err := redistest.Start(ctx); defer srv.Close(ctx)
//	m.RunTLS(cfg)                                            redistest.New(t, redistest.WithTLS(cfg))
//	m.StartAddr("127.0.0.1:6379")                            redistest.New(t, redistest.WithAddr("127.0.0.1:6379"))
//	m.RequireAuth("secret")                                  redistest.New(t, redistest.WithPassword("secret"))
//	m.RequireUserAuth("ada", "secret")                       redistest.New(t, redistest.WithUser("ada", "secret"))
//	m.Set("k", "v"); m.Push("q", "x")                        c.Set(ctx, "k", "v", 0); c.RPush(ctx, "q", "x")
//	redis.NewClient(&redis.Options{Addr: m.Addr(), DB: 1})   srv.NewClient(func(o *redis.Options) { o.DB = 1 })
//	m.FastForward(d)                                         srv.Advance(d)
//	m.SetTime(at)                                            srv.TravelTo(at), or redistest.WithTime(at)
//	m.CheckGet(t, "k", "v"); m.CheckList(t, "q", "x")        redistest.AssertGolden(t, srv, "name")
//	m.Addr()                                                 srv.Addr()
//	m                                                        srv.Miniredis()
//
// # Caveats
//
// The embedded server keeps to what Redis 7.0 does, as far as the specs of the package conformance and the comparison
// with redis-server tell; where it deviates is listed in this package's tests. It has no access lists, no modules, and no
// CONFIG. It is no cluster, but judges like one with [WithClusterRules]; [NewCluster] is a real one. Commands over sockets
// are applied in the order in which they arrive on Linux and without TLS; elsewhere only the order of each client's own
// commands is certain.
package redistest
