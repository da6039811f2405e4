package hyperloglog

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"testing"
)

func TestAddAgreesWithServer(t *testing.T) {
	t.Parallel()
	client := connect(t)
	kinds := map[string]func(random *rand.Rand, i int) string{
		"counters":   func(_ *rand.Rand, i int) string { return "user:" + strconv.Itoa(i) },
		"binary":     func(random *rand.Rand, _ int) string { return randomBytes(random, 40) },
		"duplicates": func(random *rand.Rand, _ int) string { return strconv.Itoa(random.IntN(1000)) },
		"long":       func(random *rand.Rand, _ int) string { return randomBytes(random, 2000) },
	}
	sizes := map[string]struct{ total, chunk int }{
		"single":   {1, 1},
		"few":      {60, 1},
		"promoted": {1500, 3}, // most kinds become dense near 800
		"many":     {12_000, 900},
	}
	for kind, element := range kinds {
		for name, size := range sizes {
			t.Run(kind+" "+name, func(t *testing.T) {
				t.Parallel()
				addInChunks(newTwin(t, client), size.total, size.chunk, element)
			})
		}
	}
	t.Run("200k", func(t *testing.T) {
		t.Parallel()
		addInChunks(newTwin(t, client), 200_000, 20_000, kinds["counters"])
	})
}

// addInChunks adds chunks of up to so many elements, also none, and counts in between.
func addInChunks(both *twin, total, chunk int, element func(random *rand.Rand, i int) string) {
	both.t.Helper()
	random := newRandom()
	for done := 0; done < total; {
		elements := make([]string, min(random.IntN(chunk+1), total-done))
		for i := range elements {
			elements[i] = element(random, done+i)
		}
		both.add("k", elements...)
		if random.IntN(4) == 0 {
			both.count("k")
		}
		done += len(elements)
	}
	both.count("k")
	both.count("k")
	both.count("k", "none")
}

// TestRaisedRegistersAgreeWithServer aims at few registers and values, where runs are split and joined all the time.
func TestRaisedRegistersAgreeWithServer(t *testing.T) {
	t.Parallel()
	client := connect(t)
	for _, spread := range []int{3, 9, 70, 400, registerCount} {
		for _, highest := range []int{1, 2, 4, maxSparseValue, maxValue} {
			t.Run(fmt.Sprintf("%d registers up to %d", spread, highest), func(t *testing.T) {
				t.Parallel()
				both := newTwin(t, client)
				random := newRandom()
				first := random.IntN(registerCount - spread + 1)
				for range 400 {
					elements := make([]string, 1+random.IntN(3))
					for i := range elements {
						elements[i] = craft(random, first+random.IntN(spread), uint8(1+random.IntN(highest)))
					}
					both.add("k", elements...)
				}
				both.count("k")
			})
		}
	}
}

// TestAllRegistersAgreeWithServer fills every register in order and in disorder, with runs so long that none of them promotes.
func TestAllRegistersAgreeWithServer(t *testing.T) {
	t.Parallel()
	client := connect(t)
	for _, highest := range []uint8{1, 7, maxSparseValue, maxValue} {
		t.Run(fmt.Sprintf("up to %d", highest), func(t *testing.T) {
			t.Parallel()
			random := newRandom()
			upwards := make([]string, registerCount)
			for index := range upwards {
				upwards[index] = craft(random, index, highest)
			}
			both := newTwin(t, client)
			for start := 0; start < registerCount; start += 512 {
				both.add("upwards", upwards[start:start+512]...)
				both.count("upwards")
			}
			random.Shuffle(registerCount, func(i, j int) { upwards[i], upwards[j] = upwards[j], upwards[i] })
			both.add("shuffled", upwards...)
			both.count("shuffled")
			both.merge("merged", "upwards")
			both.merge("merged", "upwards", "shuffled")
		})
	}
}

// TestWrittenRegistersAgreeWithServer writes strings that no sequence of elements leads to: any six bits in a dense one, any
// opcodes that add up in a sparse one.
func TestWrittenRegistersAgreeWithServer(t *testing.T) {
	t.Parallel()
	client := connect(t)
	for _, highest := range []int{1, 3, 12, 30, maxValue, registerMask} {
		t.Run(fmt.Sprintf("up to %d", highest), func(t *testing.T) {
			t.Parallel()
			both := newTwin(t, client)
			random := newRandom()
			for range 20 {
				both.set("dense", writtenDense(random, highest))
				both.set("sparse", writtenSparse(random, min(highest, maxSparseValue)))
				both.count("dense", "sparse")
				both.count("dense")
				both.count("sparse")
				both.add("sparse", randomBytes(random, 20))
				both.set("merged", nil)
				both.merge("merged", "sparse")
				both.merge("sparse", "dense")
				both.merge("dense", "merged")
				both.count("dense")
			}
		})
	}
}

// writtenDense sets a share of the registers, from none to all.
func writtenDense(random *rand.Rand, highest int) []byte {
	hll := make([]byte, denseSize)
	copy(hll, magic)
	hll[staleOffset] = staleBit
	share := random.IntN(registerCount + 1)
	for index := range registerCount {
		if random.IntN(registerCount) < share {
			writeDense(hll[headerSize:], index, uint8(random.IntN(highest+1)))
		}
	}
	return hll
}

// writtenSparse takes runs of any length, in any of the ways that they can be written.
func writtenSparse(random *rand.Rand, highest int) []byte {
	hll := New()[:headerSize]
	longest := 1 + random.IntN(2000)
	for left := registerCount; left > 0; {
		length := min(left, 1+random.IntN(longest))
		switch random.IntN(3) {
		case 0:
			hll = append(hll, longZeroFlag|byte((length-1)>>8), byte(length-1)) // short ones too
		case 1:
			length = min(length, maxZeroLength)
			hll = appendZeros(hll, length)
		default:
			length = min(length, maxValueLength)
			hll = appendValue(hll, uint8(1+random.IntN(highest)), length)
		}
		left -= length
	}
	return hll
}

func TestMergeAgreesWithServer(t *testing.T) {
	t.Parallel()
	client := connect(t)
	for _, largest := range []int{5, 200, 700, 3000} { // all sparse, sparse that become dense, mixes
		t.Run(fmt.Sprintf("up to %d", largest), func(t *testing.T) {
			t.Parallel()
			both := newTwin(t, client)
			random := newRandom()
			for range 40 {
				key := func() string { return strconv.Itoa(random.IntN(6)) }
				switch random.IntN(6) {
				case 0:
					both.set(key(), nil)
				case 1, 2:
					elements := make([]string, random.IntN(largest))
					for i := range elements {
						elements[i] = strconv.Itoa(random.IntN(20 * largest))
					}
					both.add(key(), elements...)
				default:
					keys := make([]string, 1+random.IntN(4))
					for i := range keys {
						keys[i] = key()
					}
					both.merge(keys[0], keys[1:]...)
					both.count(keys...)
				}
				both.count(key())
				both.count(key(), key(), key())
			}
		})
	}
}
