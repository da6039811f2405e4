package hyperloglog

import "encoding/binary"

// sketch is a HyperLogLog string being worked on. It reads the string that it was opened on, and copies it before its first
// write.
type sketch struct {
	// text is the string. Once it is our copy, one byte stands behind it as the zero behind every string of Redis does,
	// because a long run whose second byte is cut off takes that for it. A split of such a run overwrites it; Redis then goes on
	// with that byte until it happens to move the string in memory, and we until the end of the command.
	text   []byte
	copied bool
}

// open needs a string that checkHeader accepts.
func open(hll []byte) *sketch { return &sketch{text: hll} }

// create makes an empty sketch whose cache is fresh, and right.
func create() *sketch {
	text := make([]byte, headerSize, headerSize+3)
	copy(text, magic)
	text[encodingOffset] = byte(sparse)
	text = appendZeros(text, registerCount)
	return &sketch{text: append(text, 0), copied: true}
}

// end is the length of the string.
func (s *sketch) end() int {
	if s.copied {
		return len(s.text) - 1
	}
	return len(s.text)
}

// result is the string. The sketch must not be written to any more.
func (s *sketch) result() []byte { return s.text[:s.end():s.end()] }

func (s *sketch) copyOnce() {
	if s.copied {
		return
	}
	text := make([]byte, len(s.text)+1, len(s.text)+1+maxGrowth)
	copy(text, s.text)
	s.text, s.copied = text, true
}

func (s *sketch) invalidateCache() {
	s.copyOnce()
	s.text[staleOffset] |= staleBit // the number stays in the bits below, as in Redis
}

func (s *sketch) writeCache(n int64) {
	s.copyOnce()
	binary.LittleEndian.PutUint64(s.text[cacheOffset:], uint64(n))
}

// raise gives a register at least this value, which is not zero, and reports whether it was lower.
func (s *sketch) raise(index int, value uint8) (changed bool, err error) {
	if encodingOf(s.text) == sparse {
		return s.raiseSparse(index, value)
	}
	if readDense(s.text[headerSize:], index) >= value {
		return false, nil
	}
	s.invalidateCache()
	writeDense(s.text[headerSize:], index, value)
	return true, nil
}

// promote makes the sketch dense; where it is, it does nothing. A corrupted sketch stays as it was.
func (s *sketch) promote() error {
	if encodingOf(s.text) == dense {
		return nil
	}
	text := make([]byte, denseSize+1)
	copy(text, s.text[:headerSize])
	text[encodingOffset] = byte(dense)
	err := eachRun(s.text[headerSize:s.end()], func(first int, r run) {
		if r.value == 0 {
			return
		}
		for index := range r.length {
			writeDense(text[headerSize:], first+index, r.value)
		}
	})
	if err != nil {
		return err
	}
	s.text, s.copied = text, true
	return nil
}
