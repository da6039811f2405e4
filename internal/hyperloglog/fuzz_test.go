package hyperloglog

import (
	"bytes"
	"errors"
	"testing"
)

// maxFuzzed bounds the strings that are looked through for every element, in bytes.
const maxFuzzed = 64 << 10

// FuzzHyperLogLog holds what any string becomes to laws that need no oracle: the arguments stay, results are no longer than they
// have to be, a valid string stays valid and its registers are those of the union.
func FuzzHyperLogLog(f *testing.F) {
	f.Add(New(), New(), "a", "b")
	f.Add([]byte("HYLL"), []byte{}, "", "")
	f.Fuzz(func(t *testing.T, hll, other []byte, first, second string) {
		if len(hll) > maxFuzzed || len(other) > maxFuzzed {
			return
		}
		before, otherBefore := bytes.Clone(hll), bytes.Clone(other)

		added, changed, err := Add(hll, first, second)
		checkLength(t, hll, added)
		if !errors.Is(err, ErrWrongType) && changed == bytes.Equal(hll, added) {
			t.Errorf("changed is %t, %x became %x", changed, hll, added)
		}
		checkUnion(t, added, err, hll, newOf(t, first, second))

		merged, err := Merge(hll, other)
		checkLength(t, hll, merged)
		checkUnion(t, merged, err, hll, other)

		n, cached, _, err := CountCached(hll)
		if err == nil {
			again, same, changed, err := CountCached(cached)
			if n >= 0 && (again != n || changed || err != nil || !bytes.Equal(same, cached)) {
				t.Errorf("a cached %d is counted as %d, %v", n, again, err)
			}
		}
		if _, err := Count(hll, other); Validate(hll) == nil && Validate(other) == nil && err != nil {
			t.Errorf("count of valid ones: %v", err)
		}
		if !bytes.Equal(before, hll) || !bytes.Equal(otherBefore, other) {
			t.Error("an argument was modified")
		}
	})
}

// checkUnion demands that valid parts give their union, as registers.
func checkUnion(t *testing.T, got []byte, err error, parts ...[]byte) {
	t.Helper()
	var want registers
	for _, part := range parts {
		if part != nil && want.merge(part) != nil {
			return
		}
	}
	var registersOfGot registers
	if err != nil || registersOfGot.merge(got) != nil || registersOfGot != want {
		t.Errorf("%x (%v) is not the union of %x", got, err, parts)
	}
}

// checkLength demands that a string does not grow past what is allowed to it.
func checkLength(t *testing.T, before, after []byte) {
	t.Helper()
	if limit := max(len(before), denseSize); len(after) > limit || cap(after) > max(2*limit, cap(before)) {
		t.Errorf("%d bytes became %d of %d", len(before), len(after), cap(after))
	}
}

func newOf(t *testing.T, elements ...string) []byte {
	t.Helper()
	hll, _, err := Add(nil, elements...)
	if err != nil {
		t.Fatal(err)
	}
	return hll
}
