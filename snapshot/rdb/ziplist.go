package rdb

const (
	ziplistHeader = 10 // its length and the place of its last element in 4 bytes each, the number of its elements in 2
	longPrevious  = 0xfe
)

// ziplist is the packed form before listpacks: each element is preceded by the length of the one before.
type ziplist struct {
	blob
	at       int
	previous int // length of the element before
	last     int // place of the element before
	read     int
	count    int
}

func (z *ziplist) open(b blob) error {
	n := len(b.text)
	if n < ziplistHeader+1 {
		return b.fail(0, "ziplist: %d bytes are too few", n)
	}
	if claimed := little(b.text, 4); claimed != uint64(n) {
		return b.fail(0, "ziplist: %d bytes claim to be %d", n, claimed)
	}
	if b.text[n-1] != packEnd {
		return b.fail(n-1, "ziplist: no end mark")
	}
	*z = ziplist{blob: b, at: ziplistHeader, last: ziplistHeader, count: int(little(b.text[8:], 2))}
	if z.count == unknownCount {
		walked := *z
		walked.count = n
		for walked.more() {
			if _, err := walked.next(); err != nil {
				return err
			}
		}
		z.count = walked.read
	}
	return nil
}

func (z *ziplist) size() int { return min(z.count, len(z.text)/2) }

func (z *ziplist) more() bool { return z.at < len(z.text)-1 }

func (z *ziplist) end() error {
	if z.count != z.read {
		return z.fail(8, "ziplist: %d elements claim to be %d", z.read, z.count)
	}
	if tail := little(z.text[4:], 4); tail != uint64(z.last) {
		return z.fail(4, "ziplist: the last element is at %d and claims to be at %d", z.last, tail)
	}
	return nil
}

func (z *ziplist) next() (element, error) {
	if !z.more() {
		return element{}, z.fail(z.at, "ziplist: no element %d", z.read)
	}
	if z.read == z.count {
		return element{}, z.fail(8, "ziplist: there are more elements than %d", z.count)
	}
	rest := z.text[z.at : len(z.text)-1]
	previous, head := uint64(rest[0]), 1
	if rest[0] == longPrevious {
		if len(rest) < 5 {
			return element{}, z.fail(z.at, "ziplist: element %d reaches beyond the end", z.read)
		}
		previous, head = little(rest[1:], 4), 5
	}
	if previous != uint64(z.previous) {
		return element{}, z.fail(z.at, "ziplist: element %d claims that %d bytes come before, which are %d", z.read, previous, z.previous)
	}
	e, n, ok := ziplistElement(rest[head:])
	if !ok {
		return element{}, z.fail(z.at+head, "ziplist: element %d is no element, or reaches beyond the end", z.read)
	}
	z.last = z.at
	z.previous = head + n
	z.at += z.previous
	z.read++
	return e, nil
}

func ziplistElement(s string) (e element, n int, ok bool) {
	if s == "" {
		return e, 0, false
	}
	switch first := s[0]; {
	case first < 0x40:
		return textAt(s, 1, uint64(first))
	case first < 0x80:
		if len(s) < 2 {
			return e, 0, false
		}
		return textAt(s, 2, uint64(first&0x3f)<<8|uint64(s[1]))
	case first < 0xc0:
		if len(s) < 5 {
			return e, 0, false
		}
		return textAt(s, 5, uint64(s[1])<<24|uint64(s[2])<<16|uint64(s[3])<<8|uint64(s[4]))
	case first == 0xc0:
		return numberAt(s, 2)
	case first == 0xd0:
		return numberAt(s, 4)
	case first == 0xe0:
		return numberAt(s, 8)
	case first == 0xf0:
		return numberAt(s, 3)
	case first == 0xfe:
		return numberAt(s, 1)
	case first > 0xf0 && first < 0xfe: // 0 to 12
		return element{number: int64(first&0xf) - 1, isInt: true}, 1, true
	default:
		return e, 0, false
	}
}
