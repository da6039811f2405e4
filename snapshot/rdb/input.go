package rdb

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
)

const bufferSize = 64 << 10

// input reads the basic parts of the format, and knows where it is.
type input struct {
	from     io.Reader // nil where the buffer holds everything
	buf      []byte
	pos, end int   // what of the buffer is still to be read
	start    int64 // offset of the buffer's first byte
	sum      uint64
	summed   int    // how much of the buffer is part of the sum
	packed   []byte // compressed text longer than the buffer
	unpacked []byte
	memory   budget
	store    *store // nil where a text lives by itself
}

func newInput(r io.Reader, limit int64) *input {
	return &input{from: r, buf: make([]byte, bufferSize), memory: budget{limit: limit}, store: &store{}}
}

// newInputOf reads from a slice, which it never changes.
func newInputOf(all []byte, limit int64) *input {
	return &input{buf: all, end: len(all), memory: budget{limit: limit}}
}

func (in *input) offset() int64 { return in.start + int64(in.pos) }

func (in *input) fail(format string, args ...any) error { return corrupt(in.offset(), format, args...) }

// charge accounts for memory that is about to be used.
func (in *input) charge(bytes int) error {
	if in.memory.spend(int64(bytes), in.offset()) {
		return nil
	}
	return in.fail("%w", ErrMemoryLimit)
}

// take returns the next n bytes, which are valid until the next call. There must be no more than the buffer can hold.
func (in *input) take(n int) ([]byte, error) {
	if in.end-in.pos < n {
		if err := in.fill(n); err != nil {
			return nil, err
		}
	}
	in.pos += n
	return in.buf[in.pos-n : in.pos], nil
}

// fill reads until n bytes are there.
func (in *input) fill(n int) error {
	if in.from == nil {
		return in.fail("%w", io.ErrUnexpectedEOF)
	}
	in.addUp()
	in.end = copy(in.buf, in.buf[in.pos:in.end])
	in.start += int64(in.pos)
	in.pos, in.summed = 0, 0
	for idle := 0; in.end < n; {
		got, err := in.from.Read(in.buf[in.end:])
		in.end += got
		switch {
		case in.end >= n: // an error will come again
		case errors.Is(err, io.EOF):
			return corrupt(in.start+int64(in.end), "%w", io.ErrUnexpectedEOF)
		case err != nil:
			return corrupt(in.start+int64(in.end), "%w", err)
		case got > 0:
			idle = 0
		default:
			const patience = 100
			if idle++; idle == patience {
				return in.fail("%w", io.ErrNoProgress)
			}
		}
	}
	return nil
}

// addUp brings the checksum up to what was read.
func (in *input) addUp() {
	in.sum = checksum(in.sum, in.buf[in.summed:in.pos])
	in.summed = in.pos
}

func (in *input) byte() (byte, error) {
	b, err := in.take(1)
	if err != nil {
		return 0, err
	}
	return b[0], nil
}

func (in *input) uint64() (uint64, error) {
	b, err := in.take(8)
	if err != nil {
		return 0, err
	}
	return binary.LittleEndian.Uint64(b), nil
}

// int64 reads a time in milliseconds, too.
func (in *input) int64() (int64, error) {
	n, err := in.uint64()
	return int64(n), err
}

func (in *input) float64() (float64, error) {
	n, err := in.uint64()
	return math.Float64frombits(n), err
}

// The two upper bits of a length say how it is written, or that something else follows.
const (
	lengthIn6Bits  = 0
	lengthIn14Bits = 1
	lengthIsLong   = 2
	lengthIn32Bits = 0x80
	lengthIn64Bits = 0x81
)

// length reads a length, or the kind of a string's special encoding.
func (in *input) length() (n uint64, special bool, err error) {
	first, err := in.byte()
	if err != nil {
		return 0, false, err
	}
	switch first >> 6 {
	case lengthIn6Bits:
		return uint64(first & 0x3f), false, nil
	case lengthIn14Bits:
		second, err := in.byte()
		return uint64(first&0x3f)<<8 | uint64(second), false, err
	case lengthIsLong:
		return in.longLength(first)
	default:
		return uint64(first & 0x3f), true, nil
	}
}

func (in *input) longLength(first byte) (n uint64, special bool, err error) {
	switch first {
	case lengthIn32Bits:
		b, err := in.take(4)
		if err != nil {
			return 0, false, err
		}
		return uint64(binary.BigEndian.Uint32(b)), false, nil
	case lengthIn64Bits:
		b, err := in.take(8)
		if err != nil {
			return 0, false, err
		}
		return binary.BigEndian.Uint64(b), false, nil
	default:
		return 0, false, in.fail("0x%02x begins no length", first)
	}
}

// number reads a length that stands for a number.
func (in *input) number() (uint64, error) {
	n, special, err := in.length()
	if err != nil {
		return 0, err
	}
	if special {
		return 0, in.fail("a string stands where a number should")
	}
	return n, nil
}

// signed reads a number that must not be above what an int64 holds.
func (in *input) signed(what string) (int64, error) {
	n, err := in.number()
	if err != nil {
		return 0, err
	}
	if n > math.MaxInt64 {
		return 0, in.fail("%s of %d is too much", what, n)
	}
	return int64(n), nil
}

// grow makes room for another element where a file claims n of them: twice as much each time, and never for more.
func grow[T any](elements []T, n uint64) []T {
	if len(elements) < cap(elements) {
		return elements
	}
	const credible = 1024
	return slices.Grow(elements, int(min(n-uint64(len(elements)), uint64(max(len(elements), credible)))))
}

// wrap names what was being read.
func wrap(what string, err error) error {
	var e *Error
	if errors.As(err, &e) {
		e.Reason = fmt.Errorf("%s: %w", what, e.Reason)
		return e
	}
	return fmt.Errorf("%s: %w", what, err)
}
