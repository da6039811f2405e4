package rdb_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/compozy/rediskit/snapshot"
	"github.com/compozy/rediskit/snapshot/rdb"
)

// noon is when the file of these examples was written.
func noon() time.Time { return time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC) }

// sessions is a file with a key that has an hour to live, and one that lives for ever.
func sessions() *bytes.Buffer {
	var b snapshot.Builder
	b.Set(0, snapshot.Key{Name: "config", Value: snapshot.String("green")})
	b.Set(0, snapshot.Key{Name: "session:1", Value: snapshot.String("ada"), TTL: time.Hour})
	var file bytes.Buffer
	if err := rdb.Encode(&file, b.Snapshot(), rdb.At(noon())); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	return &file
}

// How long a key has to live depends on when now is. What has expired is left out, as by a server, unless it is to be kept.
func ExampleKeepExpired() {
	for _, options := range [][]rdb.DecodeOption{
		{rdb.AtCreation()},
		{rdb.At(noon().Add(45 * time.Minute))},
		{rdb.At(noon().Add(2 * time.Hour))},
		{rdb.At(noon().Add(2 * time.Hour)), rdb.KeepExpired(time.Minute)},
	} {
		s, err := rdb.Decode(sessions(), options...)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return
		}
		session, ok := s.Key(0, "session:1")
		fmt.Println(s.Len(), "keys:", session.TTL, ok)
	}
	// Output:
	// 2 keys: 1h0m0s true
	// 2 keys: 15m0s true
	// 1 keys: 0s false
	// 2 keys: 1m0s true
}

// Before Redis 3.2 files did not say when they were written: the file system may know.
func ExampleAtCreation() {
	const old = "REDIS0006\xfe\x00\xfd\x00\x36\x5d\x69\x00\x09session:1\x03ada\xff\x00\x00\x00\x00\x00\x00\x00\x00"
	s, err := rdb.Decode(strings.NewReader(old), rdb.AtCreation())
	if errors.Is(err, rdb.ErrNoCreationTime) {
		modified := time.Unix(0x695d3600, 0).Add(-time.Hour) // as os.FileInfo has it
		s, err = rdb.Decode(strings.NewReader(old), rdb.At(modified))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	session, _ := s.Key(0, "session:1")
	fmt.Println(session.Value, session.TTL)
	// Output:
	// ada 1h0m0s
}

// A file from strangers must not take more memory than one can spare.
func ExampleMemoryLimit() {
	_, err := rdb.Decode(sessions(), rdb.MemoryLimit(100))
	fmt.Println(errors.Is(err, rdb.ErrMemoryLimit), err)
	// Output:
	// true decode rdb: database 0: key config: byte 40: the contents exceed the memory limit; rdb.MemoryLimit sets another
}
