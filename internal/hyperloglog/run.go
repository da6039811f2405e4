package hyperloglog

const (
	valueFlag    = 0x80 // 1vvvvvxx
	longZeroFlag = 0x40 // 01xxxxxx yyyyyyyy

	// The longest runs that one opcode can hold, in registers.
	maxValueLength    = 4
	maxZeroLength     = 64
	maxLongZeroLength = 1 << 14

	// maxSparseValue is the highest register that the sparse encoding can hold.
	maxSparseValue = 32
)

// run is an opcode of the sparse encoding: neighbouring registers of the same value.
type run struct {
	length int   // in registers
	value  uint8 // 0 in a run of zeros
	width  int   // in bytes
}

// readRun reads the first opcode of text, which is not empty. The missing second byte of a long run is zero.
func readRun(text []byte) run {
	first := text[0]
	switch {
	case first&valueFlag != 0:
		return run{length: int(first&3) + 1, value: first>>2&31 + 1, width: 1}
	case first&longZeroFlag == 0:
		return run{length: int(first) + 1, width: 1}
	}
	length := int(first&63) << 8
	if len(text) > 1 {
		length |= int(text[1])
	}
	return run{length: length + 1, width: 2}
}

// appendZeros appends a run of zeros, of no registers or up to maxLongZeroLength of them.
func appendZeros(text []byte, length int) []byte {
	switch {
	case length == 0:
		return text
	case length <= maxZeroLength:
		return append(text, byte(length-1))
	}
	return append(text, longZeroFlag|byte((length-1)>>8), byte(length-1))
}

// appendValue appends a run of no registers or up to maxValueLength of them, of a value up to maxSparseValue.
func appendValue(text []byte, value uint8, length int) []byte {
	if length == 0 {
		return text
	}
	return append(text, valueFlag|(value-1)<<2|byte(length-1))
}

// eachRun calls visit with every opcode of text and the register that it starts at. It returns ErrCorrupted, and that before
// it visits a register that there is not, if they do not add up to all registers.
func eachRun(text []byte, visit func(first int, r run)) error {
	first := 0
	for at := 0; at < len(text); {
		r := readRun(text[at:])
		if first+r.length > registerCount {
			return ErrCorrupted
		}
		visit(first, r)
		first += r.length
		at += r.width
	}
	if first != registerCount {
		return ErrCorrupted
	}
	return nil
}
