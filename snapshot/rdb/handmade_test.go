package rdb_test

import (
	"encoding/binary"
	"fmt"
	"hash/crc64"
)

// Files and payloads built byte by byte, after "Redis RDB Dump File Format" (rdb.fnordig.de) and, for what is newer than
// that, after what rdb.c of Redis reads.

// fileOf makes a file of a version from what is between its header and its end.
func fileOf(version int, parts ...any) []byte {
	file := append(fmt.Appendf(nil, "REDIS%04d", version), bytesOf(parts...)...)
	file = append(file, 255)
	if version >= 5 {
		file = binary.LittleEndian.AppendUint64(file, redisSum(file))
	}
	return file
}

// payloadOf makes a payload of version 10.
func payloadOf(parts ...any) []byte {
	payload := append(bytesOf(parts...), 10, 0)
	return binary.LittleEndian.AppendUint64(payload, redisSum(payload))
}

// redisSum is what redis-server writes at the end.
func redisSum(p []byte) uint64 {
	return ^crc64.Update(^uint64(0), crc64.MakeTable(0x95ac9329ac4bc9b5), p)
}

// bytesOf joins bytes. A string comes with its length, raw as it is.
func bytesOf(parts ...any) []byte {
	var b []byte
	for _, part := range parts {
		switch part := part.(type) {
		case int:
			b = append(b, byte(part))
		case rune:
			b = append(b, byte(part))
		case string:
			b = append(appendLength(b, len(part)), part...)
		case raw:
			b = append(b, part...)
		case []byte:
			b = append(b, part...)
		default:
			panic(fmt.Sprintf("%T", part))
		}
	}
	return b
}

type raw string

func appendLength(b []byte, n int) []byte {
	if n < 64 {
		return append(b, byte(n))
	}
	return binary.BigEndian.AppendUint32(append(b, 0x80), uint32(n))
}

func little(width int, n int64) raw {
	return raw(binary.LittleEndian.AppendUint64(nil, uint64(n))[:width])
}

func big(width int, n int64) raw {
	return raw(binary.BigEndian.AppendUint64(nil, uint64(n))[8-width:])
}

// ziplist packs elements that are encoded already.
func ziplist(encoded ...string) string {
	var body []byte
	previous, last := 0, 10
	for _, element := range encoded {
		last = 10 + len(body)
		start := len(body)
		if previous < 254 {
			body = append(body, byte(previous))
		} else {
			body = binary.LittleEndian.AppendUint32(append(body, 254), uint32(previous))
		}
		body = append(body, element...)
		previous = len(body) - start
	}
	return string(bytesOf(little(4, int64(11+len(body))), little(4, int64(last)), little(2, int64(len(encoded))), body, 255))
}

// listpack packs elements that are encoded already and shorter than 128 bytes.
func listpack(encoded ...string) string {
	var body []byte
	for _, element := range encoded {
		body = append(append(body, element...), byte(len(element)))
	}
	return string(bytesOf(little(4, int64(7+len(body))), little(2, int64(len(encoded))), body, 255))
}

// small is a short text as an element of a listpack.
func small(s string) string { return string([]byte{0x80 | byte(len(s))}) + s }

// short is a short text as an element of a ziplist.
func short(s string) string { return string([]byte{byte(len(s))}) + s }

// tiny is a number from 0 to 127 as an element of a listpack.
func tiny(n int) string { return string([]byte{byte(n)}) }

func intset(width int, numbers ...int64) string {
	b := bytesOf(little(4, int64(width)), little(4, int64(len(numbers))))
	for _, n := range numbers {
		b = append(b, little(width, n)...)
	}
	return string(b)
}

// rawID is the id of a stream's entry in 16 bytes.
func rawID(ms, seq int64) raw { return big(8, ms) + big(8, seq) }
