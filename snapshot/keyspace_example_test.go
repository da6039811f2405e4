package snapshot_test

import (
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/compozy/rediskit/snapshot"
)

// A keyspace put together by hand: what a test wants to find, or begins with.
func ExampleBuilder() {
	var b snapshot.Builder
	b.Set(0, snapshot.Key{Name: "greeting", Value: snapshot.String("hello"), TTL: time.Minute})
	b.Set(0, snapshot.Key{Name: "user:1", Value: snapshot.NewHash(
		snapshot.Field{Name: "name", Value: "Ada"},
		snapshot.Field{Name: "code", Value: "4711", TTL: 5 * time.Second},
	)})
	b.Set(0, snapshot.Key{Name: "queue", Value: snapshot.NewList("mail ada", "mail bob")})
	b.Set(0, snapshot.Key{Name: "tags", Value: snapshot.NewSet("new", "admin")})
	b.Set(1, snapshot.Key{Name: "board", Value: snapshot.NewSortedSet(
		snapshot.Member{Name: "bob", Score: 20},
		snapshot.Member{Name: "ada", Score: 10.5},
	)})
	if err := snapshot.Encode(os.Stdout, b.Snapshot()); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	// Output:
	// SELECT 0
	// SET greeting hello
	// PEXPIRE greeting 60000
	// RPUSH queue 'mail ada'
	// RPUSH queue 'mail bob'
	// SADD tags admin
	// SADD tags new
	// HSET user:1 code 4711
	// HSET user:1 name Ada
	// HPEXPIRE user:1 5000 FIELDS 1 code
	// SELECT 1
	// ZADD board 10.5 ada
	// ZADD board 20 bob
}

// Everything that a keyspace holds can be walked, in an order that is always the same.
func ExampleSnapshot() {
	s, err := snapshot.Decode(strings.NewReader(`
SET greeting hello EX 60
RPUSH queue a b
SADD tags new admin
SELECT 1
HSET user:1 name Ada
ZADD board 20 bob 10 ada
`))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	for _, db := range s.Databases() {
		for key := range s.Keys(db) {
			fmt.Print(db, " ", key.Name, " (", key.Value.Type(), "):")
			switch value := key.Value.(type) {
			case snapshot.String:
				fmt.Print(" ", value)
			case snapshot.List:
				for element := range value.All() {
					fmt.Print(" ", element)
				}
			case snapshot.Set:
				for member := range value.All() {
					fmt.Print(" ", member)
				}
			case snapshot.Hash:
				for field := range value.All() {
					fmt.Print(" ", field.Name, "=", field.Value)
				}
			case snapshot.SortedSet:
				for member := range value.All() {
					fmt.Print(" ", member.Name, "=", member.Score)
				}
			}
			fmt.Println()
		}
	}
	greeting, ok := s.Key(0, "greeting")
	fmt.Println(greeting.TTL, ok)
	// Output:
	// 0 greeting (string): hello
	// 0 queue (list): a b
	// 0 tags (set): admin new
	// 1 board (zset): ada=10 bob=20
	// 1 user:1 (hash): name=Ada
	// 1m0s true
}
