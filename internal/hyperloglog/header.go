package hyperloglog

import (
	"encoding/binary"
	"math"
)

const (
	magic      = "HYLL"
	headerSize = 16

	encodingOffset = 4
	cacheOffset    = 8
	// staleOffset is where the top bit of the little endian cache stands.
	staleOffset = cacheOffset + 7
	staleBit    = 0x80
)

// encoding says how the registers are written.
type encoding byte

const (
	dense encoding = iota
	sparse
)

// encodingOf needs a string that checkHeader accepts.
func encodingOf(hll []byte) encoding { return encoding(hll[encodingOffset]) }

// checkHeader is all that Redis looks at before it works on a string.
func checkHeader(hll []byte) error {
	if len(hll) < headerSize || string(hll[:len(magic)]) != magic {
		return ErrWrongType
	}
	switch encodingOf(hll) {
	case sparse:
		return nil
	case dense:
		if len(hll) == denseSize {
			return nil
		}
	}
	return ErrWrongType
}

// readCache returns the cached cardinality, and whether it can be trusted.
func readCache(hll []byte) (n int64, fresh bool) {
	cached := binary.LittleEndian.Uint64(hll[cacheOffset:])
	if cached > math.MaxInt64 {
		return 0, false
	}
	return int64(cached), true
}
