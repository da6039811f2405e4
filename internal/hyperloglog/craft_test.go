package hyperloglog

import (
	"encoding/binary"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
)

// craft returns an element that belongs to this register and gives it this value: the hash of eight bytes can be undone.
func craft(random *rand.Rand, index int, value uint8) string {
	pattern := uint64(0)
	if value < maxValue {
		pattern = (random.Uint64()<<value | 1<<(value-1)) << indexBits
	}
	sum := unshift(pattern | uint64(index))
	sum = unshift(sum * inverseMultiplier())
	word := sum*inverseMultiplier() ^ firstSum()
	word = unshift(word*inverseMultiplier()) * inverseMultiplier()
	return string(binary.LittleEndian.AppendUint64(nil, word))
}

// firstSum is the sum with which the hash of eight bytes begins.
func firstSum() uint64 {
	length := uint64(8)
	return hashSeed ^ length*hashMultiplier
}

// unshift undoes x ^ x>>hashShift: the shifted bits are fewer than those that stay.
func unshift(x uint64) uint64 { return x ^ x>>hashShift }

// inverseMultiplier undoes a multiplication; each step doubles the bits that are right.
func inverseMultiplier() uint64 {
	inverse := uint64(hashMultiplier)
	for range 5 {
		inverse *= 2 - hashMultiplier*inverse
	}
	return inverse
}

func TestCraft(t *testing.T) {
	t.Parallel()
	random := newRandom()
	for _, index := range []int{0, 1, 4711, registerCount - 1} {
		for value := uint8(1); value <= maxValue; value++ {
			gotIndex, gotValue := locate(craft(random, index, value))
			assert.Equal(t, index, gotIndex)
			assert.Equal(t, value, gotValue)
		}
	}
}

// newRandom gives the same cases in every run.
func newRandom() *rand.Rand {
	return rand.New(rand.NewPCG(14, 50)) //nolint:gosec // cases, no secrets
}

// randomBytes returns up to limit bytes.
func randomBytes(random *rand.Rand, limit int) string {
	text := make([]byte, random.IntN(limit+1))
	for i := range text {
		text[i] = byte(random.Uint32())
	}
	return string(text)
}
