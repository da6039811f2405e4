package rdb

import (
	"encoding/binary"
	"slices"
	"strconv"
	"strings"
)

// The special encodings of a string.
const (
	textIsInt8       = 0
	textIsInt16      = 1
	textIsInt32      = 2
	textIsCompressed = 3
)

// text reads a string of whatever encoding.
func (in *input) text() (string, error) {
	n, special, err := in.length()
	switch {
	case err != nil:
		return "", err
	case special:
		return in.specialText(n)
	default:
		return in.plainText(n)
	}
}

// copied is a text of its own.
func (in *input) copied(b []byte) string {
	if in.store == nil {
		return string(b)
	}
	return in.store.text(b)
}

func (in *input) plainText(n uint64) (string, error) {
	if n <= uint64(in.end-in.pos) || n <= uint64(len(in.buf)) {
		b, err := in.take(int(n))
		if err != nil {
			return "", err
		}
		if err := in.charge(len(b)); err != nil {
			return "", err
		}
		return in.copied(b), nil
	}
	var text strings.Builder
	for n > 0 {
		part, err := in.part(n)
		if err != nil {
			return "", err
		}
		if err := in.charge(len(part)); err != nil {
			return "", err
		}
		text.Write(part)
		n -= uint64(len(part))
	}
	return text.String(), nil
}

// part returns up to n bytes, those that are there.
func (in *input) part(n uint64) ([]byte, error) {
	if in.pos == in.end {
		if err := in.fill(1); err != nil {
			return nil, err
		}
	}
	return in.take(int(min(n, uint64(in.end-in.pos))))
}

// discard skips a string.
func (in *input) discard() error {
	n, special, err := in.length()
	if err != nil {
		return err
	}
	if special {
		_, err := in.specialText(n)
		return err
	}
	for n > 0 {
		part, err := in.part(n)
		if err != nil {
			return err
		}
		n -= uint64(len(part))
	}
	return nil
}

func (in *input) specialText(kind uint64) (string, error) {
	switch kind {
	case textIsInt8:
		b, err := in.byte()
		return strconv.Itoa(int(int8(b))), err
	case textIsInt16:
		b, err := in.take(2)
		if err != nil {
			return "", err
		}
		return strconv.Itoa(int(int16(binary.LittleEndian.Uint16(b)))), nil
	case textIsInt32:
		b, err := in.take(4)
		if err != nil {
			return "", err
		}
		return strconv.Itoa(int(int32(binary.LittleEndian.Uint32(b)))), nil
	case textIsCompressed:
		return in.compressedText()
	default:
		return "", in.fail("%d is no encoding of a string", kind)
	}
}

// retained is how many bytes of room for unpacking are kept for the next text.
const retained = 1 << 20

func (in *input) compressedText() (string, error) {
	n, err := in.number()
	if err != nil {
		return "", err
	}
	length, err := in.number()
	if err != nil {
		return "", err
	}
	start := in.offset()
	packed, err := in.compressed(n)
	if err != nil {
		return "", err
	}
	if length/maxExpansion > n {
		return "", corrupt(start, "%w", errCompressed)
	}
	if err := in.charge(int(length)); err != nil {
		return "", err
	}
	in.unpacked = slices.Grow(in.unpacked[:0], int(length))[:length]
	if err := decompress(in.unpacked, packed); err != nil {
		return "", corrupt(start, "%w", err)
	}
	text := in.copied(in.unpacked)
	if cap(in.unpacked) > retained {
		in.unpacked = nil
	}
	return text, nil
}

// compressed returns n bytes, which are valid until the next call.
func (in *input) compressed(n uint64) ([]byte, error) {
	if n <= uint64(in.end-in.pos) || n <= uint64(len(in.buf)) {
		return in.take(int(n))
	}
	in.packed = in.packed[:0]
	for n > 0 {
		part, err := in.part(n)
		if err != nil {
			return nil, err
		}
		in.packed = append(in.packed, part...)
		n -= uint64(len(part))
	}
	return in.packed, nil
}

// blob is a string that holds elements of its own.
type blob struct {
	text   string
	offset int64
	exact  bool // a byte of the text is a byte of the file
}

func (in *input) blob() (blob, error) {
	n, special, err := in.length()
	if err != nil {
		return blob{}, err
	}
	b := blob{offset: in.offset(), exact: !special}
	if special {
		b.text, err = in.specialText(n)
	} else {
		b.text, err = in.plainText(n)
	}
	return b, err
}

// fail is an error at a place in the blob.
func (b blob) fail(at int, format string, args ...any) error {
	if !b.exact {
		at = 0
	}
	return corrupt(b.offset+int64(at), format, args...)
}
