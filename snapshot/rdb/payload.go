package rdb

import (
	"encoding/binary"
	"fmt"

	"github.com/compozy/rediskit/snapshot"
)

const (
	footerSize     = 2 + 8 // the version and the checksum
	subjectPayload = "payload"
)

// EncodeValue returns what DUMP answers for a key with this value: it can be given to RESTORE of Redis 7.0 and later. As in
// [Encode], hash fields with a time to live need [Version]. A collection without elements, and nil, is an error.
func EncodeValue(value snapshot.Value, opts ...EncodeOption) ([]byte, error) {
	settings, err := encodingAs(opts)
	if err != nil {
		return nil, fmt.Errorf("encode payload: %w", err)
	}
	e := encoder{encoding: settings}
	kind, err := e.kind(value)
	if err != nil {
		return nil, fmt.Errorf("encode payload: %w", err)
	}
	e.byte(kind)
	e.value(kind, value)
	e.buf = binary.LittleEndian.AppendUint16(e.buf, uint16(e.version))
	return binary.LittleEndian.AppendUint64(e.buf, checksum(0, e.buf)), nil
}

// DecodeValue reads what DUMP has answered, of any version of Redis up to 8.0. It keeps no reference to the payload, of
// which the key's time to live is no part. Every error is an *[Error]. A collection that never had elements is one; a hash
// whose fields have all expired is empty.
func DecodeValue(payload []byte, opts ...DecodeOption) (snapshot.Value, error) {
	value, err := decodeValue(payload, decodingAs(opts))
	if err != nil {
		return nil, about(err, subjectPayload)
	}
	return value, nil
}

func decodeValue(payload []byte, settings decoding) (snapshot.Value, error) {
	end := len(payload) - footerSize
	if end < 1 {
		return nil, corrupt(0, "%w: %d bytes are no payload", ErrFormat, len(payload))
	}
	version := binary.LittleEndian.Uint16(payload[end:])
	if version < 1 || version > newestVersion {
		return nil, corrupt(int64(end), "%w: it is %d", ErrFormat, version)
	}
	sum := checksum(0, payload[:end+2])
	if written := binary.LittleEndian.Uint64(payload[end+2:]); written != sum {
		return nil, corrupt(int64(end+2), "%w: it is %016x, and %016x is written", ErrChecksum, sum, written)
	}
	v := values{input: newInputOf(payload[1:end:end], settings.limit), moment: settings.moment}
	v.start = 1
	value, err := v.value(payload[0])
	if err != nil {
		return nil, refused(err, 0)
	}
	if v.pos < v.end {
		return nil, v.fail("%d bytes are left over", v.end-v.pos)
	}
	return value, nil
}
