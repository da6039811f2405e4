package snapshot

import (
	"fmt"
	"unicode/utf8"

	"github.com/compozy/rediskit/internal/words"
)

// mostShown is how many bytes of a word are shown.
const mostShown = 200

// brief is a word as the text has it, cut where it is long.
func brief(word string) string { return briefFrom(word, 0) }

// briefFrom leaves out what comes before a byte of the word.
func briefFrom(word string, from int) string {
	from = runeStart(word, from)
	to := len(word)
	if to-from > mostShown {
		to = runeStart(word, from+mostShown)
	}
	if from == 0 && to == len(word) {
		return words.Quote(word)
	}
	before, after := "", ""
	if from > 0 {
		before = "…"
	}
	if to < len(word) {
		after = "…"
	}
	return fmt.Sprintf("%s%s%s (%d bytes)", before, words.Quote(word[from:to]), after, len(word))
}

// runeStart moves an offset back to where a character begins. Of bytes that are no characters each begins one.
func runeStart(word string, at int) int {
	for back := range min(at, utf8.UTFMax-1) + 1 {
		start := at - back
		if r, size := utf8.DecodeRuneInString(word[start:]); r != utf8.RuneError && start+size > at {
			return start
		}
	}
	return at
}

// change tells of a word that became another one. Of long ones it shows the place where they begin to differ.
func (d *differ) change(what, want, got string) {
	const context = 20 // bytes that they have in common
	same := 0
	for same < min(len(want), len(got)) && want[same] == got[same] {
		same++
	}
	if max(len(want), len(got)) <= mostShown || same < mostShown-context {
		d.say("%s", what+"want "+brief(want)+", got "+brief(got))
		return
	}
	from := same - context
	d.say("%s", fmt.Sprintf("%sdiffer at byte %d: want %s, got %s", what, same, briefFrom(want, from), briefFrom(got, from)))
}
