package redistest_test

import (
	"context"
	"fmt"
	"time"

	"github.com/compozy/rediskit/redistest"
)

// A session of half an hour is tested in no time.
func ExampleServer_Advance() {
	ctx := context.TODO() // in a test: t.Context(), and New(t) in place of Start
	srv, err := redistest.Start(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer srv.Close(ctx)

	srv.Client().Set(ctx, "session:ada", "token", 30*time.Minute)
	srv.Advance(10 * time.Minute)
	fmt.Println(srv.Client().TTL(ctx, "session:ada").Val())
	srv.Advance(20 * time.Minute)
	fmt.Println(srv.Client().Exists(ctx, "session:ada").Val())
	// Output:
	// 20m0s
	// 0
}

// At New Year's Eve, and back.
func ExampleServer_TravelTo() {
	ctx := context.TODO()
	eve := time.Date(2026, time.December, 31, 23, 59, 59, 0, time.UTC)
	srv, err := redistest.Start(ctx, redistest.WithTime(eve))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer srv.Close(ctx)

	srv.Client().Set(ctx, "offer", "champagne", 0)
	srv.Client().ExpireAt(ctx, "offer", eve.Add(time.Second))
	srv.TravelTo(eve.Add(999 * time.Millisecond))
	fmt.Println(srv.Client().PTTL(ctx, "offer").Val())
	srv.TravelTo(eve)
	fmt.Println(srv.Client().PTTL(ctx, "offer").Val(), srv.Now().Format(time.TimeOnly))
	// Output:
	// 1ms
	// 1s 23:59:59
}

// Timers of the application fire when Advance passes their moment, and see the keyspace as it was then.
func ExampleServer_Clock() {
	ctx := context.TODO()
	srv, err := redistest.Start(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer srv.Close(ctx)

	srv.Client().Set(ctx, "lock", "mine", 10*time.Second)
	refresh := func() { fmt.Println("refreshed:", srv.Client().Expire(ctx, "lock", 10*time.Second).Val()) }
	srv.Clock().AfterFunc(9*time.Second, refresh)
	srv.Clock().AfterFunc(20*time.Second, refresh)
	srv.Advance(time.Minute)
	// Output:
	// refreshed: true
	// refreshed: false
}
