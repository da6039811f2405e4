package rdb

import (
	"encoding/binary"
	"io"
	"math"
	"strconv"

	"github.com/compozy/rediskit/snapshot"
)

// output writes the basic parts of the format. The first error stays, and nothing is written after it.
type output struct {
	to  io.Writer // nil where everything stays in the buffer
	buf []byte
	sum uint64
	err error
}

// spill writes the buffer where it is full.
func (o *output) spill() {
	if len(o.buf) >= bufferSize && o.to != nil {
		o.flush()
	}
}

func (o *output) flush() {
	o.sum = checksum(o.sum, o.buf)
	if o.err == nil {
		_, o.err = o.to.Write(o.buf)
	}
	o.buf = o.buf[:0]
}

func (o *output) byte(b byte) { o.buf = append(o.buf, b) }

func (o *output) uint64(n uint64) { o.buf = binary.LittleEndian.AppendUint64(o.buf, n) }

func (o *output) int64(n int64) { o.uint64(uint64(n)) }

func (o *output) float64(n float64) { o.uint64(math.Float64bits(n)) }

// length writes a length or a number.
func (o *output) length(n uint64) {
	switch {
	case n < 1<<6:
		o.byte(byte(n))
	case n < 1<<14:
		o.buf = append(o.buf, lengthIn14Bits<<6|byte(n>>8), byte(n))
	case n <= math.MaxUint32:
		o.buf = binary.BigEndian.AppendUint32(append(o.buf, lengthIn32Bits), uint32(n))
	default:
		o.buf = binary.BigEndian.AppendUint64(append(o.buf, lengthIn64Bits), n)
	}
}

// text writes a string, as a number where it is one that fits 32 bits.
func (o *output) text(s string) {
	defer o.spill()
	if n, ok := smallInt(s); ok {
		o.smallInt(n)
		return
	}
	o.length(uint64(len(s)))
	o.buf = append(o.buf, s...)
}

func (o *output) smallInt(n int32) {
	const special = 0xc0
	switch {
	case n == int32(int8(n)):
		o.buf = append(o.buf, special|textIsInt8, byte(n))
	case n == int32(int16(n)):
		o.buf = binary.LittleEndian.AppendUint16(append(o.buf, special|textIsInt16), uint16(n))
	default:
		o.buf = binary.LittleEndian.AppendUint32(append(o.buf, special|textIsInt32), uint32(n))
	}
}

// smallInt is false for what would read otherwise if it were written as a number.
func smallInt(s string) (int32, bool) {
	const longest = len("-2147483648")
	if s == "" || len(s) > longest || s[0] > '9' || s[0] < '-' {
		return 0, false
	}
	n, err := strconv.ParseInt(s, 10, 32)
	if err != nil {
		return 0, false
	}
	var room [longest]byte
	return int32(n), string(strconv.AppendInt(room[:0], n, 10)) == s
}

func (o *output) streamID(id snapshot.StreamID) {
	o.length(id.Milliseconds)
	o.length(id.Sequence)
}

func (o *output) rawID(id snapshot.StreamID) {
	o.buf = binary.BigEndian.AppendUint64(o.buf, id.Milliseconds)
	o.buf = binary.BigEndian.AppendUint64(o.buf, id.Sequence)
}
