package engine

import "strings"

// wordStore makes the strings and slices of requests many at a time, as most requests are a handful of short words. What
// keeps one of them alive keeps its neighbors alive, so neither is made large.
type wordStore struct {
	text  strings.Builder // never outgrows its memory, which the strings share
	slots []string
	used  int // of the slots
}

// word returns a copy of b.
func (w *wordStore) word(b []byte) string {
	const chunk, short = 512, 64
	if len(b) > short {
		return string(b)
	}
	if w.text.Cap()-w.text.Len() < len(b) {
		w.text.Reset()
		w.text.Grow(chunk)
	}
	from := w.text.Len()
	w.text.Write(b)
	return w.text.String()[from:]
}

// slice returns an empty slice for n strings. It will have to grow where n is large, which the client only claims.
func (w *wordStore) slice(n int) []string {
	const batch = 16
	if n > batch {
		return make([]string, 0, min(n, 4*batch))
	}
	if len(w.slots)-w.used < n {
		w.slots, w.used = make([]string, batch), 0
	}
	w.used += n
	return w.slots[w.used-n : w.used-n : w.used]
}

// takeBack is for a slice that nobody has kept. It is made use of again if it was the last one handed out.
func (w *wordStore) takeBack(s []string) {
	if from := w.used - cap(s); from >= 0 && cap(s) > 0 && &w.slots[from] == &s[:1][0] {
		w.used = from
	}
}
