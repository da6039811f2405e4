package engine

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWordStoreMakesUseAgainOnlyOfWhatItHandedOutLast(t *testing.T) {
	t.Parallel()
	var w wordStore
	kept := append(w.slice(2), "SET", "k")
	given := append(w.slice(2), "GET", "k")
	w.takeBack([]string{"not", "ours"})
	w.takeBack(nil)
	w.takeBack(kept)
	next := append(w.slice(2), "DEL", "x")
	require.Equal(t, []string{"SET", "k"}, kept)
	require.Equal(t, []string{"GET", "k"}, given)

	w.takeBack(next)
	again := append(w.slice(2), "TTL", "y")
	require.Same(t, &next[0], &again[0])
	require.Equal(t, []string{"GET", "k"}, given)
}

func TestWordStoreNeverChangesAWord(t *testing.T) {
	t.Parallel()
	var w wordStore
	var want, got []string
	for i := range 1000 {
		word := strings.Repeat(string(rune('a'+i%26)), i%80)
		want, got = append(want, word), append(got, w.word([]byte(word)))
	}
	require.Equal(t, want, got)
}
