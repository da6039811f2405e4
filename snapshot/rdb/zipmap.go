package rdb

const (
	zipmapLong      = 254 // a length in the 4 bytes that follow
	zipmapUncounted = 254
)

// zipmap is the packed hash of Redis before 2.6: keys and values in turn, with unused bytes behind values.
type zipmap struct {
	blob
	at    int
	read  int
	count int // of keys and values
}

func (z *zipmap) open(b blob) error {
	n := len(b.text)
	if n < 2 {
		return b.fail(0, "zipmap: %d bytes are too few", n)
	}
	if b.text[n-1] != packEnd {
		return b.fail(n-1, "zipmap: no end mark")
	}
	*z = zipmap{blob: b, at: 1, count: 2 * int(b.text[0])}
	if b.text[0] == zipmapUncounted {
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

func (z *zipmap) size() int { return min(z.count, len(z.text)) }

func (z *zipmap) more() bool { return z.at < len(z.text)-1 }

func (z *zipmap) end() error {
	if z.count != z.read {
		return z.fail(0, "zipmap: %d keys and values claim to be %d", z.read, z.count)
	}
	return nil
}

func (z *zipmap) next() (element, error) {
	if !z.more() {
		return element{}, z.fail(z.at, "zipmap: no element %d", z.read)
	}
	if z.read == z.count {
		return element{}, z.fail(0, "zipmap: there are more keys and values than %d", z.count)
	}
	beyond := func() (element, error) {
		return element{}, z.fail(z.at, "zipmap: element %d reaches beyond the end", z.read)
	}
	rest := z.text[z.at : len(z.text)-1]
	n, head := uint64(rest[0]), 1
	switch {
	case n == packEnd:
		return element{}, z.fail(z.at, "zipmap: it ends before its last byte")
	case n == zipmapLong && len(rest) < 5:
		return beyond()
	case n == zipmapLong:
		if n, head = little(rest[1:], 4), 5; n < zipmapLong { // Redis would lose its place, too
			return element{}, z.fail(z.at, "zipmap: element %d has a longer length than it needs", z.read)
		}
	}
	unused := 0
	if isValue := z.read%2 == 1; isValue {
		if head >= len(rest) {
			return beyond()
		}
		unused = int(rest[head])
		head++
	}
	e, end, ok := textAt(rest, head, n)
	if !ok || len(rest)-end < unused {
		return beyond()
	}
	z.at += end + unused
	z.read++
	return e, nil
}
