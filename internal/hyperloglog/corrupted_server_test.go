package hyperloglog

import (
	"math/rand/v2"
	"strconv"
	"testing"
)

func TestWrongTypesAgreeWithServer(t *testing.T) {
	t.Parallel()
	client := connect(t)
	denseHLL := promoted(t)
	cases := map[string][]byte{
		"empty":               {},
		"number":              []byte("12345678901234567"),
		"text":                []byte("a text that is longer than a header"),
		"header cut":          New()[:headerSize-1],
		"header alone":        New()[:headerSize],
		"lower case":          append([]byte("hyll"), New()[4:]...),
		"encoding 2":          patched(New(), encodingOffset, 2),
		"encoding 255":        patched(New(), encodingOffset, 255),
		"sparse called dense": patched(New(), encodingOffset, byte(dense)),
		"dense called sparse": patched(denseHLL, encodingOffset, byte(sparse)),
		"dense cut":           denseHLL[:denseSize-1],
		"dense lengthened":    append(patched(denseHLL, 0, 'H'), 0),
		"unused bytes":        patched(New(), encodingOffset+2, 7),
		"fresh, corrupted":    patched(New()[:headerSize], staleOffset, 0),
		"one too few":         patched(New(), headerSize+1, 0xfe),
		"one too many":        append(New(), 0),
		"value too many":      append(New(), valueFlag),
		"end cut":             New()[:headerSize+1],
	}
	for name, value := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			useEverywhere(newTwin(t, client), value, "a", "b", "c", craft(newRandom(), 99, 40))
		})
	}
}

func TestMutantsAgreeWithServer(t *testing.T) {
	t.Parallel()
	client := connect(t)
	few := newOf(t, "a", "b", "c", "d")
	elements := make([]string, 300)
	for i := range elements {
		elements[i] = strconv.Itoa(i)
	}
	some := newOf(t, elements...)
	for name, valid := range map[string][]byte{"new": New(), "few": few, "some": some, "dense": promoted(t)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			both := newTwin(t, client)
			both.set("few", few)
			random := newRandom()
			for range 150 {
				value := mutate(random, valid)
				elements := make([]string, 1+random.IntN(5))
				if endsCut(value) {
					elements = elements[:1] // what the server makes of a second one depends on its memory allocator
				}
				for i := range elements {
					elements[i] = craft(random, random.IntN(registerCount), uint8(1+random.IntN(maxSparseValue+1)))
				}
				useEverywhere(both, value, elements...)
			}
		})
	}
}

// useEverywhere lets every command have a value, in every role.
func useEverywhere(both *twin, value []byte, elements ...string) {
	both.t.Helper()
	both.set("k", value)
	both.count("k")
	both.count("k", "few")
	both.count("few", "k")
	both.set("merged", nil)
	both.merge("merged", "few", "k")
	both.merge("k", "few")
	both.set("k", value)
	both.add("k", elements...)
	both.count("k")
	both.merge("k")
}

// mutate changes, drops, adds or cuts off a few bytes of a copy, the registers more often than the header.
func mutate(random *rand.Rand, valid []byte) []byte {
	value := append([]byte{}, valid...)
	for range 1 + random.IntN(3) {
		at := random.IntN(len(value))
		if at < headerSize && len(value) > headerSize && random.IntN(3) > 0 {
			at = headerSize + random.IntN(len(value)-headerSize)
		}
		switch random.IntN(5) {
		case 0:
			value = append(value[:at], value[at+1:]...)
		case 1:
			value = append(value, byte(random.Uint32()))
		case 2:
			value[at] ^= 1 << random.IntN(8)
		case 3:
			value = value[:max(1, len(value)-random.IntN(3))]
		default:
			value[at] = byte(random.Uint32())
		}
	}
	return value
}

// endsCut reports whether the last opcode of a sparse string lacks its second byte.
func endsCut(value []byte) bool {
	if checkHeader(value) != nil || encodingOf(value) == dense {
		return false
	}
	at := headerSize
	for at < len(value) {
		at += readRun(value[at:]).width
	}
	return at > len(value)
}

// patched returns a copy with another byte.
func patched(value []byte, at int, b byte) []byte {
	value = append([]byte{}, value...)
	value[at] = b
	return value
}

// promoted returns a dense HyperLogLog with few elements.
func promoted(t *testing.T) []byte {
	t.Helper()
	hll, _, err := Add(nil, "a", craft(newRandom(), 4711, maxSparseValue+1), "z")
	if err != nil || encodingOf(hll) != dense {
		t.Fatal("not dense", err)
	}
	return hll
}
