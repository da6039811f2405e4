package rdb

import "encoding/binary"

const (
	listpackHeader = 6 // its length in 4 bytes, the number of its elements in 2
	packEnd        = 0xff
	unknownCount   = 0xffff // too many for the header
)

// listpack is the packed form of Redis 7.0: elements followed by their own length, for reading backwards.
type listpack struct {
	blob
	at    int
	read  int
	count int
}

func (l *listpack) open(b blob) error {
	n := len(b.text)
	if n < listpackHeader+1 {
		return b.fail(0, "listpack: %d bytes are too few", n)
	}
	if claimed := little(b.text, 4); claimed != uint64(n) {
		return b.fail(0, "listpack: %d bytes claim to be %d", n, claimed)
	}
	if b.text[n-1] != packEnd {
		return b.fail(n-1, "listpack: no end mark")
	}
	*l = listpack{blob: b, at: listpackHeader, count: int(little(b.text[4:], 2))}
	if l.count == unknownCount {
		walked := *l
		walked.count = n
		for walked.more() {
			if _, err := walked.next(); err != nil {
				return err
			}
		}
		l.count = walked.read
	}
	return nil
}

func (l *listpack) size() int { return min(l.count, len(l.text)/2) }

func (l *listpack) more() bool { return l.at < len(l.text)-1 }

func (l *listpack) end() error {
	if l.count != l.read {
		return l.fail(4, "listpack: %d elements claim to be %d", l.read, l.count)
	}
	return nil
}

func (l *listpack) next() (element, error) {
	if !l.more() {
		return element{}, l.fail(l.at, "listpack: no element %d", l.read)
	}
	if l.read == l.count {
		return element{}, l.fail(4, "listpack: there are more elements than %d", l.count)
	}
	rest := l.text[l.at : len(l.text)-1]
	e, n, ok := listpackElement(rest)
	if !ok {
		return element{}, l.fail(l.at, "listpack: element %d is no element, or reaches beyond the end", l.read)
	}
	var room [5]byte
	back := appendBackLength(room[:0], n)
	if len(rest)-n < len(back) || rest[n:n+len(back)] != string(back) {
		return element{}, l.fail(l.at+n, "listpack: element %d of %d bytes has a wrong back-length", l.read, n)
	}
	l.at += n + len(back)
	l.read++
	return e, nil
}

// listpackElement reads an element and returns its length without that of the back-length.
func listpackElement(s string) (e element, n int, ok bool) {
	switch first := s[0]; {
	case first < 0x80:
		return element{number: int64(first), isInt: true}, 1, true
	case first < 0xc0:
		return textAt(s, 1, uint64(first&0x3f))
	case first < 0xe0:
		if len(s) < 2 {
			return e, 0, false
		}
		n := int64(first&0x1f)<<8 | int64(s[1])
		return element{number: n << 51 >> 51, isInt: true}, 2, true // 13 bits with their sign
	case first < 0xf0:
		if len(s) < 2 {
			return e, 0, false
		}
		return textAt(s, 2, uint64(first&0xf)<<8|uint64(s[1]))
	case first == 0xf0:
		if len(s) < 5 {
			return e, 0, false
		}
		return textAt(s, 5, little(s[1:], 4))
	case first == 0xf1:
		return numberAt(s, 2)
	case first == 0xf2:
		return numberAt(s, 3)
	case first == 0xf3:
		return numberAt(s, 4)
	case first == 0xf4:
		return numberAt(s, 8)
	default:
		return e, 0, false
	}
}

// appendBackLength writes a length in groups of 7 bits, so that it can be read from its end. The limits are those of Redis,
// which are one too low where a length takes more than a byte.
func appendBackLength(b []byte, n int) []byte {
	switch {
	case n <= 127:
		return append(b, byte(n))
	case n < 16383:
		return append(b, byte(n>>7), byte(n&127|128))
	case n < 2097151:
		return append(b, byte(n>>14), byte(n>>7&127|128), byte(n&127|128))
	case n < 268435455:
		return append(b, byte(n>>21), byte(n>>14&127|128), byte(n>>7&127|128), byte(n&127|128))
	default:
		return append(b, byte(n>>28), byte(n>>21&127|128), byte(n>>14&127|128), byte(n>>7&127|128), byte(n&127|128))
	}
}

// appendListpackText appends an element that is a text.
func appendListpackText(b []byte, text string) []byte {
	start := len(b)
	switch n := len(text); {
	case n < 64:
		b = append(b, 0x80|byte(n))
	case n < 4096:
		b = append(b, 0xe0|byte(n>>8), byte(n))
	default:
		b = binary.LittleEndian.AppendUint32(append(b, 0xf0), uint32(n))
	}
	b = append(b, text...)
	return appendBackLength(b, len(b)-start)
}

// appendListpackNumber appends an element that is a number.
func appendListpackNumber(b []byte, n int64) []byte {
	if n >= 0 && n < 128 {
		return append(b, byte(n), 1)
	}
	b = binary.LittleEndian.AppendUint64(append(b, 0xf4), uint64(n))
	return append(b, 9)
}

// textAt is a text of n bytes behind a head.
func textAt(s string, head int, n uint64) (element, int, bool) {
	if n > uint64(len(s)-head) {
		return element{}, 0, false
	}
	end := head + int(n)
	return element{text: s[head:end]}, end, true
}

// numberAt is a number of so many bytes behind a head of one byte.
func numberAt(s string, bytes int) (element, int, bool) {
	if len(s) < 1+bytes {
		return element{}, 0, false
	}
	shift := 64 - 8*bytes
	return element{number: int64(little(s[1:], bytes)) << shift >> shift, isInt: true}, 1 + bytes, true
}

// little reads a number of so many bytes, the lowest first.
func little(s string, bytes int) uint64 {
	var n uint64
	for i := bytes - 1; i >= 0; i-- {
		n = n<<8 | uint64(s[i])
	}
	return n
}
