package hyperloglog

import "slices"

const (
	// sparseMaxBytes is Redis's default for hll-sparse-max-bytes. The header counts.
	sparseMaxBytes = 3000
	// maxGrowth is by how many bytes a raised register can lengthen a sparse string: one opcode becomes three, and two of
	// them may be long where one was.
	maxGrowth = 3
	// joinSpan is how many steps Redis goes from the opcode before a change to join neighbours of the same value.
	joinSpan = 5
)

// place is where a register stands in a sparse string.
type place struct {
	run           // the opcode that holds the register
	at        int // the offset of that opcode
	before    int // the offset of the opcode before it, or its own if it is the first
	skip      int // the registers of the run before the one looked for
	remaining int // and behind it
}

// find looks a register up. It takes time in the length of the string.
func (s *sketch) find(index int) (place, error) {
	before, first := headerSize, 0
	for at := headerSize; at < s.end(); {
		r := readRun(s.text[at:])
		if index < first+r.length {
			skip := index - first
			return place{run: r, at: at, before: before, skip: skip, remaining: r.length - skip - 1}, nil
		}
		before = at
		at += r.width
		first += r.length
	}
	return place{}, ErrCorrupted
}

// raiseSparse is raise on a sparse sketch, which may become dense by it.
func (s *sketch) raiseSparse(index int, value uint8) (changed bool, err error) {
	if value > maxSparseValue {
		return s.raisePromoted(index, value)
	}
	p, err := s.find(index)
	if err != nil {
		return false, err
	}
	if p.value >= value {
		return false, nil
	}
	split := p.split(value)
	if growth := len(split) - p.width; growth > 0 && s.end()+growth > sparseMaxBytes {
		return s.raisePromoted(index, value)
	}
	s.invalidateCache()
	s.text = slices.Replace(s.text, p.at, p.at+p.width, split...)
	s.join(p.before)
	return true, nil
}

// raisePromoted makes the sketch dense for a value that is higher than any it can have had in this register.
func (s *sketch) raisePromoted(index int, value uint8) (changed bool, err error) {
	if err := s.promote(); err != nil {
		return false, err
	}
	return s.raise(index, value)
}

// split returns the opcodes that replace the one of the place once its register has this value.
func (p place) split(value uint8) []byte {
	opcodes := make([]byte, 0, p.width+maxGrowth)
	if p.value > 0 {
		opcodes = appendValue(opcodes, p.value, p.skip)
		opcodes = appendValue(opcodes, value, 1)
		return appendValue(opcodes, p.value, p.remaining)
	}
	opcodes = appendZeros(opcodes, p.skip)
	opcodes = appendValue(opcodes, value, 1)
	return appendZeros(opcodes, p.remaining)
}

// join makes one opcode of two neighbours that have the same value and together are not too long. It only looks near the
// change, and gives up after as many steps as Redis, so what it misses stays the same as well.
func (s *sketch) join(at int) {
	for range joinSpan {
		if at >= s.end() {
			return
		}
		left := readRun(s.text[at:])
		if left.value == 0 || at+1 >= s.end() {
			at += left.width
			continue
		}
		right := readRun(s.text[at+1:])
		length := left.length + right.length
		if left.value != right.value || length > maxValueLength {
			at++
			continue
		}
		// The joined opcode is looked at again: it may go on with its new neighbour.
		s.text = slices.Replace(s.text, at, at+2, appendValue(nil, left.value, length)...)
		s.text[s.end()] = 0
	}
}
