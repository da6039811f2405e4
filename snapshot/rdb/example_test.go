package rdb_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"github.com/compozy/rediskit/snapshot"
	"github.com/compozy/rediskit/snapshot/rdb"
)

// A dump of production, as redis-cli --rdb dump.rdb fetches it, becomes a fixture that can be read and reviewed: only what
// the test needs, with the times to live that keys had when it was fetched, and without what must not enter a repository.
func Example() {
	file, err := os.Open(filepath.Join("..", "..", "testdata", "rdb", "packed.rdb"))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer file.Close() //nolint:errcheck // it was only read

	s, err := rdb.Decode(file, rdb.AtCreation(), rdb.Only(snapshot.Match("hash:*"), snapshot.Except("*:long")))
	if err != nil {
		fmt.Println(err)
		return
	}
	s = snapshot.Scrub(snapshot.WithoutTTL(s), regexp.MustCompile(`\d+\.\d+`), "0.0")
	if err := snapshot.Encode(os.Stdout, s); err != nil {
		fmt.Println(err)
	}
	// Output:
	// SELECT 0
	// HSET hash:short f v
	// HSET hash:words "" empty
	// HSET hash:words 1 2
	// HSET hash:words binary "\x00\xff"
	// HSET hash:words empty ""
	// HSET hash:words float 0.0
}

func ExampleRead() {
	file, err := os.Open(filepath.Join("..", "..", "testdata", "rdb", "functions.rdb"))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer file.Close() //nolint:errcheck // it was only read

	read, err := rdb.Read(file)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("version %d, %d keys, %d libraries of functions\n", read.Version, read.Snapshot.Len(), len(read.Functions))
	fmt.Printf("%s %s\n", read.Aux[0].Name, read.Aux[0].Value)
	// Output:
	// version 10, 0 keys, 2 libraries of functions
	// redis-ver 7.0.15
}

func ExampleEncode() {
	var b snapshot.Builder
	b.Set(0, snapshot.Key{Name: "greeting", Value: snapshot.String("hello"), TTL: time.Minute})

	var file bytes.Buffer
	now := rdb.At(time.Date(2024, 1, 1, 12, 0, 0, 0, time.UTC))
	if err := rdb.Encode(&file, b.Snapshot(), now); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%d bytes, beginning with %s\n", file.Len(), file.Bytes()[:9])
	// Output:
	// 60 bytes, beginning with REDIS0010
}

func ExampleDecodeValue() {
	payload, err := rdb.EncodeValue(snapshot.NewList("a", "b", "c"))
	if err != nil {
		fmt.Println(err)
		return
	}
	value, err := rdb.DecodeValue(payload)
	if err != nil {
		fmt.Println(err)
		return
	}
	if list, ok := value.(snapshot.List); ok {
		fmt.Println(list.Len(), "elements")
	}

	payload[3] = 'x'
	_, err = rdb.DecodeValue(payload)
	fmt.Println(err)
	// Output:
	// 3 elements
	// decode payload: byte 10: the checksum does not match: it is ad99a90cc18a7217, and 76d27aad3078c392 is written
}
