package redistest_test

import (
	"net/textproto"
	"strings"

	"github.com/redis/go-redis/v9"

	"github.com/compozy/rediskit/redistest"
)

// Any client library can connect to the server's URL.
func ExampleServer_URL() {
	runTest("TestOwnClient", func(t redistest.TB) {
		srv := redistest.New(t, redistest.WithPassword("secret"))
		options, err := redis.ParseURL(srv.URL()) // which has the password, too
		if err != nil {
			t.Fatalf("%v", err)
		}
		client := redis.NewClient(options)
		defer func() { _ = client.Close() }()
		t.Logf("%v", client.Ping(t.Context()))
	})
	// Output: ping: PONG
}

// Programs connect to its address: redis-cli, or a service in another language, or whoever can write to a socket.
func ExampleServer_Addr() {
	runTest("TestOtherProgram", func(t redistest.TB) {
		srv := redistest.New(t)
		conn, err := textproto.Dial("tcp", srv.Addr())
		if err != nil {
			t.Fatalf("%v", err)
		}
		defer func() { _ = conn.Close() }()
		if err := conn.PrintfLine("INCRBY visits 41"); err != nil {
			t.Errorf("%v", err)
		}
		reply, err := conn.ReadLine()
		t.Logf("%s %v", reply, err)
	})
	// Output: :41 <nil>
}

// An address that is known beforehand, for a program whose settings cannot be changed.
func ExampleWithAddr() {
	runTest("TestFixedAddress", func(t redistest.TB) {
		srv := redistest.New(t, redistest.WithAddr("127.0.0.1:0")) // "127.0.0.1:6379" for example; 0 is any port that is free
		_, err := redistest.Start(t.Context(), redistest.WithAddr(srv.Addr()))
		t.Logf("a second server at the same address is an error: %t", err != nil)
	})
	// Output: a second server at the same address is an error: true
}

// Does the application log in as the user that it was told?
func ExampleWithUser() {
	runTest("TestLogin", func(t redistest.TB) {
		srv := redistest.New(t, redistest.WithUser("shop", "s3cret"), redistest.WithUser("reports", "r3ad"))
		ping := func(user, password string) error {
			client := srv.NewClient(func(o *redis.Options) { o.Username, o.Password = user, password })
			return client.Ping(t.Context()).Err()
		}
		t.Logf("%v", ping("reports", "r3ad"))
		t.Logf("%v", ping("reports", "guess"))
		t.Logf("%v", ping("", ""))
	})
	// Output:
	// <nil>
	// WRONGPASS invalid username-password pair or user is disabled.
	// NOAUTH Authentication required.
}

// An application that insists on TLS finds a server whose certificate it can trust.
func ExampleWithTLS() {
	runTest("TestTLS", func(t redistest.TB) {
		srv := redistest.New(t, redistest.WithTLS(nil)) // or a config of your own
		options, err := redis.ParseURL(srv.URL())       // which begins with rediss
		if err != nil {
			t.Fatalf("%v", err)
		}
		options.TLSConfig.RootCAs = srv.Options().TLSConfig.RootCAs
		client := redis.NewClient(options)
		defer func() { _ = client.Close() }()
		t.Logf("%v", client.Ping(t.Context()))
	})
	// Output: ping: PONG
}

func ExampleWithUnixSocket() {
	runTest("TestUnixSocket", func(t redistest.TB) {
		srv := redistest.New(t, redistest.WithUnixSocket("")) // or a path of your own
		t.Logf("%t %s", strings.HasPrefix(srv.URL(), "unix:///"), srv.Options().Network)
		t.Logf("%v", srv.Client().Ping(t.Context()))
	})
	// Output:
	// true unix
	// ping: PONG
}
