package engine

// wordStore makes the strings and slices of requests a few at a time, as most requests are a handful of short words. What
// keeps one of them alive keeps its neighbors alive, so neither is made large.
type wordStore struct {
	text   string // a copy of some of the input
	textAt int    // how much input there was when text was copied
	slots  []string
}

// restart forgets the copy, as there is other input from now on.
func (w *wordStore) restart() { w.text, w.textAt = "", 0 }

// word returns b, with which the rest of the input begins, as a string.
func (w *wordStore) word(b, input []byte) string {
	const chunk, short = 512, 64
	if len(b) > short {
		return string(b)
	}
	from := w.textAt - len(input)
	if from < 0 || from+len(b) > len(w.text) {
		w.text, w.textAt, from = string(input[:min(chunk, len(input))]), len(input), 0
	}
	return w.text[from : from+len(b)]
}

// slice returns an empty slice for n strings. It will have to grow where n is large, which the client only claims.
func (w *wordStore) slice(n int) []string {
	const batch = 16
	if n > batch {
		return make([]string, 0, min(n, 4*batch))
	}
	if len(w.slots) < n {
		w.slots = make([]string, batch)
	}
	s := w.slots[:0:n]
	w.slots = w.slots[n:]
	return s
}
