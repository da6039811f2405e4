package snapshot_test

import (
	"context"
	"fmt"
	"os"

	"github.com/redis/go-redis/v9"

	"github.com/compozy/rediskit/redistest"
	"github.com/compozy/rediskit/snapshot"
)

// What the workers of a stream have not done yet: what waits to be acknowledged, and what nobody has been given.
func ExampleStream() {
	served(func(ctx context.Context, srv *redistest.Server) error {
		client := srv.Client()
		for _, sku := range []string{"tea", "milk", "bread"} {
			client.XAdd(ctx, &redis.XAddArgs{Stream: "orders", ID: "5-*", Values: []string{"sku", sku}})
		}
		client.XGroupCreate(ctx, "orders", "workers", "0")
		client.XGroupCreateConsumer(ctx, "orders", "workers", "idle")
		client.XReadGroup(ctx, &redis.XReadGroupArgs{
			Group: "workers", Consumer: "busy", Streams: []string{"orders", ">"}, Count: 2,
		})
		s, err := snapshot.Capture(ctx, srv)
		if err != nil {
			return err
		}
		orders, _ := s.Key(0, "orders")
		if stream, ok := orders.Value.(*snapshot.Stream); ok {
			showBacklog(stream)
		}
		return nil
	})
	// Output:
	// consumer busy
	// consumer idle
	// 5-0 pending, delivered 1 times to busy
	// 5-1 pending, delivered 1 times to busy
	// 5-2 not delivered: sku=bread
}

func showBacklog(stream *snapshot.Stream) {
	for group := range stream.Groups() {
		for consumer := range group.Consumers() {
			fmt.Println("consumer", consumer)
		}
		for p := range group.Pending() {
			fmt.Println(p.ID, "pending, delivered", p.Count, "times to", p.Consumer)
		}
		for entry := range stream.Entries() {
			if entry.ID.Compare(group.LastID) > 0 {
				for field, value := range entry.Fields() {
					fmt.Printf("%s not delivered: %s=%s\n", entry.ID, field, value)
				}
			}
		}
	}
}

// A stream made by hand, of which Redis 7.0 can tell how far a group lags behind.
func ExampleNewStream() {
	last, err := snapshot.ParseStreamID("1700000000000-1")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	first := snapshot.StreamID{Milliseconds: last.Milliseconds}
	workers := snapshot.NewGroup("workers", first, []string{"w1"}, nil).WithEntriesRead(1)
	stream := snapshot.NewStream(last,
		[]snapshot.Entry{
			snapshot.NewEntry(first, "sku", "tea"),
			snapshot.NewEntry(last, "sku", "milk", "qty", "2"),
		},
		[]snapshot.Group{workers},
	).WithCounters(snapshot.StreamCounters{EntriesAdded: 2})

	added, _ := stream.Counters() // false would be: the server does not count
	read, _ := workers.EntriesRead()
	fmt.Println("lag:", added.EntriesAdded-read, "of", stream.Len())

	var b snapshot.Builder
	b.Set(0, snapshot.Key{Name: "orders", Value: stream})
	if err := snapshot.Encode(os.Stdout, b.Snapshot()); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	// Output:
	// lag: 1 of 2
	// SELECT 0
	// XADD orders 1700000000000-0 sku tea
	// XADD orders 1700000000000-1 sku milk qty 2
	// XGROUP CREATE orders workers 1700000000000-0 ENTRIESREAD 1
	// XGROUP CREATECONSUMER orders workers w1
}
