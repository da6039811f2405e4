package bench_test

import (
	"strconv"
	"testing"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/redistest"
	"github.com/compozy/rediskit/snapshot"
)

// mixedKeys makes n keys of all types.
func mixedKeys(n int) *snapshot.Snapshot {
	var b snapshot.Builder
	for i := range n {
		b.Set(0, snapshot.Key{Name: "key:" + strconv.Itoa(i), Value: mixedValue(i)})
	}
	return b.Snapshot()
}

func mixedValue(i int) snapshot.Value {
	text := strconv.Itoa(i)
	switch i % 6 {
	case 0:
		return snapshot.String("value " + text)
	case 1:
		return snapshot.NewList("a", "b", text)
	case 2:
		return snapshot.NewHash(snapshot.Field{Name: "name", Value: text}, snapshot.Field{Name: "mail", Value: "x@example.com"})
	case 3:
		return snapshot.NewSet("a", "b", text)
	case 4:
		return snapshot.NewSortedSet(snapshot.Member{Name: "a", Score: 1.5}, snapshot.Member{Name: text, Score: float64(i)})
	default:
		first, second := snapshot.StreamID{Milliseconds: 1}, snapshot.StreamID{Milliseconds: 2}
		return snapshot.NewStream(second, []snapshot.Entry{snapshot.NewEntry(first, "f", text), snapshot.NewEntry(second, "g", "v")}, nil)
	}
}

// filled is a server that holds a keyspace.
func filled(b *testing.B, s *snapshot.Snapshot) *redistest.Server {
	b.Helper()
	srv := redistest.New(b)
	require.NoError(b, snapshot.Restore(b.Context(), srv, s))
	return srv
}

// overTCP is a client of the same server through a socket.
func overTCP(b *testing.B, srv *redistest.Server) *redis.Client {
	b.Helper()
	return closed(b, redis.NewClient(&redis.Options{Addr: srv.Addr()}))
}

// capture captures a server again and again.
func capture(b *testing.B, srv *redistest.Server) func(int) {
	b.Helper()
	return func(n int) {
		for range n {
			if _, err := srv.Capture(b.Context()); err != nil {
				b.Error(err)
			}
		}
	}
}

// BenchmarkCapture captures 10,000 keys of all types, and compares that with reading the same server key by key.
func BenchmarkCapture(b *testing.B) {
	srv := filled(b, mixedKeys(10_000))
	client := overTCP(b, srv)
	race(
		b,
		contestant{"capture", capture(b, srv)},
		contestant{"one-by-one-over-tcp", func(n int) {
			for range n {
				if err := readOneByOne(b, client); err != nil {
					b.Error(err)
				}
			}
		}},
	)
}

// readOneByOne reads every key as a program would that looks at the whole keyspace.
func readOneByOne(b *testing.B, client *redis.Client) error {
	b.Helper()
	keys := client.Scan(b.Context(), 0, "*", 1000).Iterator()
	for keys.Next(b.Context()) {
		if err := readOne(b, client, keys.Val()); err != nil {
			return err
		}
	}
	return keys.Err()
}

func readOne(b *testing.B, client *redis.Client, key string) error {
	b.Helper()
	ctx := b.Context()
	kind, err := client.Type(ctx, key).Result()
	if err != nil {
		return err
	}
	if err := client.PTTL(ctx, key).Err(); err != nil {
		return err
	}
	switch kind {
	case "list":
		return client.LRange(ctx, key, 0, -1).Err()
	case "hash":
		return client.HGetAll(ctx, key).Err()
	case "set":
		return client.SMembers(ctx, key).Err()
	case "zset":
		return client.ZRangeWithScores(ctx, key, 0, -1).Err()
	case "stream":
		return client.XRange(ctx, key, "-", "+").Err()
	default:
		return client.Get(ctx, key).Err()
	}
}
