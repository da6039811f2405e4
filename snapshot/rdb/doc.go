// Package rdb reads and writes what a Redis server saves: .rdb files, and the payloads of DUMP and RESTORE.
//
//	s, err := rdb.Decode(file, rdb.Only(snapshot.Match("user:*")))
//	...
//	payload, err := rdb.EncodeValue(snapshot.String("hello"))
//
// [Decode] reads files of the versions 1 to 12 (Redis 1.0 to 8.0) with every encoding that a release has ever written, and
// [Read] also tells what lies in them beside the keyspace. [Encode] writes version 10, which Redis 7.0 and later load.
// What a snapshot does not hold is left out: how often or how long ago a key was used, and when consumers were last seen.
//
// A file holds moments, a snapshot holds what is left until then. Times to live are therefore relative to a moment: that
// of decoding or encoding, unless an option says otherwise ([At], [AtCreation]).
//
// A file is not to be trusted. One that is cut off, damaged or made to do harm gives an *[Error] that says where and why;
// a small one cannot grow without bounds in memory ([MemoryLimit]).
//
// Functions of this package may be called from many goroutines, each with its own reader or writer.
package rdb
