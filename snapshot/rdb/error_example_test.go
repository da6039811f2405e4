package rdb_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/compozy/rediskit/snapshot"
	"github.com/compozy/rediskit/snapshot/rdb"
)

// What is wrong with a file, in words for the person who has sent it.
func ExampleError() {
	whole := sessions().String()
	for _, file := range []string{
		whole,
		"SET greeting hello\n",
		whole[:len(whole)-10], // before the end of the last value
		strings.Replace(whole, "green", "blond", 1),
	} {
		_, err := rdb.Decode(strings.NewReader(file))
		var located *rdb.Error
		switch {
		case err == nil:
			fmt.Println("it is whole")
		case errors.Is(err, rdb.ErrFormat):
			fmt.Println("that is no .rdb file")
		case errors.Is(err, rdb.ErrChecksum):
			fmt.Println("it was changed on the way")
		case errors.Is(err, io.ErrUnexpectedEOF) && errors.As(err, &located):
			fmt.Println("it is cut off after", located.Offset, "bytes, in", located.Key)
		}
	}
	// Output:
	// it is whole
	// that is no .rdb file
	// it is cut off after 63 bytes, in session:1
	// it was changed on the way
}

// A file with a document of the module RedisJSON: Read has the rest of it, and says what is missing.
func ExampleRead_modules() {
	const file = "REDIS0009\xfe\x00" +
		"\x00\x06config\x05green" +
		"\x07\x06user:1\x81\x45\xe2\x52\x38\xdf\x91\x2c\x03\x05\x02{}\x00" +
		"\xff\x00\x00\x00\x00\x00\x00\x00\x00"
	_, err := rdb.Decode(strings.NewReader(file))
	fmt.Println(err)
	if !errors.Is(err, rdb.ErrModule) {
		return
	}
	read, err := rdb.Read(strings.NewReader(file))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	fmt.Println(read.Snapshot.Len(), "key without", read.Skipped[0].Key)
	// Output:
	// decode rdb: database 0: key user:1: byte 25: data of a module ReJSON-RL, version 3
	// 1 key without user:1
}

// The payload of RESTORE is of version 10, which all servers since 7.0 take, unless it has to be newer.
func ExampleEncodeValue() {
	session := snapshot.NewHash(
		snapshot.Field{Name: "name", Value: "Ada"},
		snapshot.Field{Name: "code", Value: "4711", TTL: time.Minute},
	)
	payload, err := rdb.EncodeValue(session)
	if errors.Is(err, rdb.ErrFieldTTLs) {
		fmt.Println("for Redis 7.4 and later")
		payload, err = rdb.EncodeValue(session, rdb.Version(12))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	value, err := rdb.DecodeValue(payload)
	fmt.Println(value.Type(), err)
	// Output:
	// for Redis 7.4 and later
	// hash <nil>
}
