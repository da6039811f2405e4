package hyperloglog

import "math/bits"

const (
	// indexBits is how many bits of a hash choose its register.
	indexBits     = 14
	registerCount = 1 << indexBits
	// patternBits is how many bits of a hash are left for the run of zeros that a register remembers.
	patternBits = 64 - indexBits
	// maxValue is the highest value that an element can give a register.
	maxValue = patternBits + 1

	hashSeed       = 0xadc83b19
	hashMultiplier = 0xc6a4a7935bd1e995
	hashShift      = 47
)

// locate returns the register of an element and the value that this register must have at least: the place of the lowest bit
// that is set in the rest of the element's hash, counted from one.
func locate(element string) (index int, value uint8) {
	sum := hash(element)
	index = int(sum % registerCount)
	pattern := sum>>indexBits | 1<<patternBits // a bit beyond the pattern ends the run of an all-zero one
	return index, uint8(bits.TrailingZeros64(pattern) + 1)
}

// hash is MurmurHash64A, with words read as little endian on every machine.
func hash(s string) uint64 {
	sum := hashSeed ^ uint64(len(s))*hashMultiplier
	for ; len(s) >= 8; s = s[8:] {
		word := littleEndian(s[:8]) * hashMultiplier
		word = (word ^ word>>hashShift) * hashMultiplier
		sum = (sum ^ word) * hashMultiplier
	}
	if s != "" {
		sum = (sum ^ littleEndian(s)) * hashMultiplier
	}
	sum = (sum ^ sum>>hashShift) * hashMultiplier
	return sum ^ sum>>hashShift
}

// littleEndian reads up to 8 bytes.
func littleEndian(s string) uint64 {
	var word uint64
	for i := len(s) - 1; i >= 0; i-- {
		word = word<<8 | uint64(s[i])
	}
	return word
}
