package hyperloglog

import (
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAdd(t *testing.T) {
	t.Parallel()
	hll, changed, err := Add(nil)
	require.NoError(t, err)
	assert.True(t, changed, "a key was created")
	assert.Equal(t, New(), hll)

	same, changed, err := Add(hll)
	require.NoError(t, err)
	assert.False(t, changed)
	assert.Equal(t, hll, same)

	one, changed, err := Add(hll, "a", "a")
	require.NoError(t, err)
	assert.True(t, changed)
	assert.NotEqual(t, hll, one)
	assert.Equal(t, New(), hll, "the argument was modified")

	same, changed, err = Add(one, "a")
	require.NoError(t, err)
	assert.False(t, changed)
	assert.Equal(t, one, same)
}

func TestAddPromotesForHighValue(t *testing.T) {
	t.Parallel()
	random := newRandom()
	hll, _, err := Add(nil, "a", craft(random, 5, maxSparseValue))
	require.NoError(t, err)
	assert.Equal(t, sparse, encodingOf(hll))

	hll, changed, err := Add(hll, craft(random, 5, maxSparseValue+1))
	require.NoError(t, err)
	assert.True(t, changed)
	assert.Equal(t, dense, encodingOf(hll))
	assert.Len(t, hll, denseSize)
	assert.Equal(t, uint8(maxSparseValue+1), readDense(hll[headerSize:], 5))
}

func TestAddPromotesBySize(t *testing.T) {
	t.Parallel()
	hll := New()
	for i := 0; encodingOf(hll) == sparse; i++ {
		assert.LessOrEqual(t, len(hll), sparseMaxBytes)
		var err error
		hll, _, err = Add(hll, strconv.Itoa(i))
		require.NoError(t, err)
	}
	assert.Len(t, hll, denseSize)
	assert.NoError(t, Validate(hll))
}

func TestAddKeepsWhatItAddedBeforeCorruption(t *testing.T) {
	t.Parallel()
	random := newRandom()
	short := appendZeros(New()[:headerSize:headerSize], 100)
	updated, changed, err := Add(short, craft(random, 99, 3), craft(random, 100, 3), craft(random, 0, 3))
	assert.Equal(t, ErrCorrupted, err)
	assert.True(t, changed)
	assert.Equal(t, appendValue(appendZeros(New()[:headerSize], 99), 3, 1), updated)

	updated, changed, err = Add(short, craft(random, 5, maxSparseValue+1))
	assert.Equal(t, ErrCorrupted, err)
	assert.False(t, changed)
	assert.Equal(t, short, updated)
}

func TestCountIsAnEstimate(t *testing.T) {
	t.Parallel()
	hll := New()
	added := 0
	for _, total := range []int{0, 1, 10, 1000, 100_000} {
		elements := make([]string, 0, total)
		for ; added < total; added++ {
			elements = append(elements, strconv.Itoa(added))
		}
		var err error
		hll, _, err = Add(hll, elements...)
		require.NoError(t, err)
		n, err := Count(hll)
		require.NoError(t, err)
		assert.InDelta(t, total, n, 0.03*float64(total))
	}
}

func TestCountCached(t *testing.T) {
	t.Parallel()
	hll, _, err := Add(nil, "a", "b")
	require.NoError(t, err)
	stale := slices.Clone(hll)

	n, cached, changed, err := CountCached(hll)
	require.NoError(t, err)
	assert.Equal(t, int64(2), n)
	assert.True(t, changed)
	assert.Equal(t, stale, hll, "the argument was modified")
	assert.Equal(t, []byte{2, 0, 0, 0, 0, 0, 0, 0}, cached[cacheOffset:headerSize])

	n, same, changed, err := CountCached(cached)
	require.NoError(t, err)
	assert.Equal(t, int64(2), n)
	assert.False(t, changed)
	assert.Equal(t, cached, same)

	more, _, err := Add(cached, "c")
	require.NoError(t, err)
	assert.Equal(t, []byte{2, 0, 0, 0, 0, 0, 0, staleBit}, more[cacheOffset:headerSize], "the number stays, marked as stale")

	n, _, _, err = CountCached(patched(cached, cacheOffset, 77))
	require.NoError(t, err)
	assert.Equal(t, int64(77), n, "a fresh cache is believed")
}

func TestNilIsNoKey(t *testing.T) {
	t.Parallel()
	n, err := Count(nil, nil)
	require.NoError(t, err)
	assert.Zero(t, n)

	n, hll, changed, err := CountCached(nil)
	require.NoError(t, err)
	assert.Zero(t, n)
	assert.Nil(t, hll)
	assert.False(t, changed)

	hll, err = Merge(nil)
	require.NoError(t, err)
	assert.Equal(t, New(), hll)
	assert.Equal(t, ErrWrongType, Validate(nil))
}

func TestMergeEncodings(t *testing.T) {
	t.Parallel()
	few, _, err := Add(nil, "a", "b")
	require.NoError(t, err)
	large := promoted(t)
	for name, test := range map[string]struct {
		dest, source []byte
		want         encoding
	}{
		"nothing and sparse": {nil, few, sparse},
		"sparse and sparse":  {New(), few, sparse},
		"nothing and dense":  {nil, large, dense},
		"sparse and dense":   {few, large, dense},
		"dense and sparse":   {large, few, dense},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dest, source := slices.Clone(test.dest), slices.Clone(test.source)
			merged, err := Merge(dest, source, nil)
			require.NoError(t, err)
			assert.Equal(t, test.want, encodingOf(merged))
			assert.Equal(t, test.dest, dest, "an argument was modified")
			assert.Equal(t, test.source, source, "an argument was modified")

			union, err := Count(test.dest, test.source)
			require.NoError(t, err)
			n, err := Count(merged)
			require.NoError(t, err)
			assert.Equal(t, union, n)
		})
	}
}

func TestErrors(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		hll  []byte
		want error
	}{
		"empty":     {[]byte{}, ErrWrongType},
		"dense cut": {promoted(t)[:denseSize-1], ErrWrongType},
		"no runs":   {New()[:headerSize], ErrCorrupted},
		"too many":  {append(New(), valueFlag), ErrCorrupted},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.want, Validate(test.hll))

			_, err := Count(nil, test.hll)
			assert.Equal(t, test.want, err)

			_, hll, changed, err := CountCached(test.hll)
			assert.Equal(t, test.want, err)
			assert.False(t, changed)
			assert.Equal(t, test.hll, hll)

			_, err = Merge(nil, test.hll)
			assert.Equal(t, test.want, err)
			hll, err = Merge(test.hll, New())
			assert.Equal(t, test.want, err)
			assert.Equal(t, test.hll, hll)
		})
	}
	assert.EqualError(t, ErrWrongType, "WRONGTYPE Key is not a valid HyperLogLog string value.")
	assert.EqualError(t, ErrCorrupted, "INVALIDOBJ Corrupted HLL object detected")
}

func TestDenseRegistersDoNotTouchTheirNeighbours(t *testing.T) {
	t.Parallel()
	random := newRandom()
	packed := make([]byte, denseSize-headerSize)
	var want registers
	for range 3 * registerCount {
		index, value := random.IntN(registerCount), uint8(random.IntN(registerMask+1))
		want[index] = value
		writeDense(packed, index, value)
	}
	var got registers
	for index := range got {
		got[index] = readDense(packed, index)
	}
	assert.Equal(t, want, got)
}
