package hyperloglog

const (
	registerBits = 6
	registerMask = 1<<registerBits - 1
	// denseSize is the length of every dense string, in bytes.
	denseSize = headerSize + registerCount*registerBits/8
)

// readDense reads one of the packed registers: six bits that stand in one byte, or in the high bits of one and the low
// bits of the next.
func readDense(packed []byte, index int) uint8 {
	at, shift := index*registerBits/8, index*registerBits%8
	value := packed[at] >> shift
	if shift > 8-registerBits {
		value |= packed[at+1] << (8 - shift)
	}
	return value & registerMask
}

func writeDense(packed []byte, index int, value uint8) {
	at, shift := index*registerBits/8, index*registerBits%8
	packed[at] = packed[at]&^(registerMask<<shift) | value<<shift
	if shift > 8-registerBits {
		packed[at+1] = packed[at+1]&^(registerMask>>(8-shift)) | value>>(8-shift)
	}
}
