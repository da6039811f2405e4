// Package words writes and reads a command as a line of words, by the rules of redis-cli and of Redis' inline protocol:
// words are bare, 'single-quoted' (only \' is special) or "double-quoted" (\n, \r, \t, \b, \a, \xHH, and \ before
// anything else, are).
package words

import "fmt"

// QuoteError tells where a line cannot be read: a quote is left open, or is followed by something else than space.
type QuoteError struct {
	Offset int // of the quote, in bytes from the line's beginning
	Open   bool
}

func (e *QuoteError) Error() string {
	if e.Open {
		return fmt.Sprintf("the quote at column %d is never closed", e.Offset+1)
	}
	return fmt.Sprintf("the word quoted at column %d is not followed by a space", e.Offset+1)
}

// Split cuts a line into its words. It fails with a *QuoteError.
func Split(line []byte) ([]string, error) {
	words, _, err := SplitOffsets(line)
	return words, err
}

// SplitOffsets is Split that also tells at which byte of the line each word begins.
func SplitOffsets(line []byte) (words []string, offsets []int, err error) {
	for at := 0; ; {
		for at < len(line) && isSpace(line[at]) {
			at++
		}
		if at == len(line) {
			return words, offsets, nil
		}
		word, end, err := cutWord(line, at)
		if err != nil {
			return nil, nil, err
		}
		words, offsets = append(words, string(word)), append(offsets, at)
		at = end
	}
}

// AppendSplit is Split that appends to words. Words that are bare share the memory of the line.
func AppendSplit(words []string, line string) ([]string, error) {
	for at := 0; ; {
		for at < len(line) && isSpace(line[at]) {
			at++
		}
		if at == len(line) {
			return words, nil
		}
		if end := at + bareLength(line[at:]); end > at {
			words = append(words, line[at:end])
			at = end
			continue
		}
		word, end, err := cutWord(line, at)
		if err != nil {
			return nil, err
		}
		words = append(words, string(word))
		at = end
	}
}

// bareLength is how long the word is that a line begins with, 0 if there are quotes in it.
func bareLength(line string) int {
	for i := range len(line) {
		switch line[i] {
		case ' ', '\t', '\r', '\n':
			return i
		case '"', '\'':
			return 0
		}
	}
	return len(line)
}

// cutWord reads the word that begins at an offset, and returns where it ends.
func cutWord[Line string | []byte](line Line, at int) (word []byte, end int, err error) {
	for i := at; i < len(line); i++ {
		switch c := line[i]; c {
		case ' ', '\t', '\r', '\n': // the other kinds of space do not end a bare word
			return word, i, nil
		case '"', '\'':
			quoted, n, closed := unquote(line, i)
			if !closed || i+n < len(line) && !isSpace(line[i+n]) {
				return nil, 0, &QuoteError{Offset: i, Open: !closed}
			}
			return append(word, quoted...), i + n, nil
		default:
			word = append(word, c)
		}
	}
	return word, len(line), nil
}

// unquote reads the quoted string that begins at an offset of b and tells how many bytes it took.
func unquote[Line string | []byte](b Line, from int) (s []byte, n int, closed bool) {
	quote := b[from]
	for i := from + 1; i < len(b); i++ {
		switch {
		case b[i] == quote:
			return s, i + 1 - from, true
		case b[i] != '\\' || i+1 == len(b):
			s = append(s, b[i])
		case quote == '\'':
			if b[i+1] == '\'' {
				i++
			}
			s = append(s, b[i])
		case b[i+1] == 'x' && i+3 < len(b) && isHex(b[i+2]) && isHex(b[i+3]):
			s = append(s, hexValue(b[i+2])<<4|hexValue(b[i+3]))
			i += 3
		default:
			i++
			s = append(s, unescape(b[i]))
		}
	}
	return nil, 0, false
}

func unescape(c byte) byte {
	switch c {
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	case 'b':
		return '\b'
	case 'a':
		return '\a'
	default:
		return c
	}
}

func isSpace(c byte) bool {
	return c == ' ' || c >= '\t' && c <= '\r'
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

func hexValue(c byte) byte {
	switch {
	case c <= '9':
		return c - '0'
	case c <= 'F':
		return c - 'A' + 10
	default:
		return c - 'a' + 10
	}
}
