package snapshot_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/internal/keyspacetest"
	"github.com/compozy/rediskit/snapshot"
)

// FuzzDecode holds Decode to this: it ends, and what it reads it reads again from what Encode writes.
func FuzzDecode(f *testing.F) {
	f.Add(everyType)
	f.Fuzz(func(t *testing.T, text string) {
		s, err := snapshot.Decode(strings.NewReader(text))
		if err != nil {
			var syntax *snapshot.SyntaxError
			require.ErrorAs(t, err, &syntax)
			require.Positive(t, syntax.Line)
			require.Positive(t, syntax.Column)
			return
		}
		once := encode(t, s)
		again := decode(t, once)
		require.Equal(t, once, encode(t, again))
		require.Empty(t, snapshot.Diff(s, again))
	})
}

// FuzzRoundTrip holds Encode to this: what it writes is read as the same, whatever there is.
func FuzzRoundTrip(f *testing.F) {
	f.Add(uint64(1), uint8(6), uint8(1), true, true)
	f.Add(uint64(2), uint8(60), uint8(16), false, true)
	f.Add(uint64(3), uint8(0), uint8(0), true, false)
	f.Fuzz(func(t *testing.T, seed uint64, keys, databases uint8, fieldTTLs, counters bool) {
		options := keyspacetest.Options{Databases: int(databases), FieldTTLs: fieldTTLs, Counters: counters}
		s := keyspacetest.Generate(rand.New(rand.NewPCG(seed, 0)), int(keys), options)
		text := encode(t, s)
		again := decode(t, text)
		require.Equal(t, text, encode(t, again))
		require.Empty(t, snapshot.Diff(s, again))
		require.Equal(t, s.Len(), again.Len())
	})
}
