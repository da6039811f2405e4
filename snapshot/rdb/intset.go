package rdb

const intsetHeader = 8 // the width of a number and how many there are, in 4 bytes each

// intset is a set of numbers, all of the same width and in ascending order.
type intset struct {
	blob
	width  int
	at     int
	count  int
	before int64
}

func (s *intset) open(b blob) error {
	if len(b.text) < intsetHeader {
		return b.fail(0, "intset: %d bytes are too few", len(b.text))
	}
	width, count := little(b.text, 4), little(b.text[4:], 4)
	if width != 2 && width != 4 && width != 8 {
		return b.fail(0, "intset: numbers of %d bytes", width)
	}
	if bytes := uint64(len(b.text) - intsetHeader); bytes != width*count {
		return b.fail(4, "intset: %d numbers of %d bytes do not fill %d bytes", count, width, bytes)
	}
	*s = intset{blob: b, width: int(width), at: intsetHeader, count: int(count)}
	return nil
}

func (s *intset) size() int { return s.count }

func (s *intset) more() bool { return s.at < len(s.text) }

func (s *intset) end() error { return nil }

func (s *intset) next() (element, error) {
	if !s.more() {
		return element{}, s.fail(s.at, "intset: no more numbers")
	}
	shift := 64 - 8*s.width
	n := int64(little(s.text[s.at:], s.width)) << shift >> shift
	if s.at > intsetHeader && n <= s.before {
		return element{}, s.fail(s.at, "intset: %d comes after %d", n, s.before)
	}
	s.before = n
	s.at += s.width
	return element{number: n, isInt: true}, nil
}
