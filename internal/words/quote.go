package words

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Quote writes a word so that Split reads the same: bare where that is possible, else in single quotes where nothing needs
// an escape, else in double quotes. Printable UTF-8 stays as it is; other bytes become \xHH.
func Quote(word string) string { return string(Append(nil, word)) }

// Append appends the quoted word to line.
func Append(line []byte, word string) []byte {
	switch needs(word) {
	case bare:
		return append(line, word...)
	case single:
		line = append(line, '\'')
		line = append(line, word...)
		return append(line, '\'')
	default:
		return appendDouble(line, word)
	}
}

// quoting is what a word needs at least.
type quoting int

const (
	bare quoting = iota
	single
	double
)

func needs(word string) quoting {
	if word == "" {
		return double
	}
	level := bare
	if word[0] == '#' { // a line that begins so is a comment
		level = single
	}
	for i, r := range word {
		switch {
		case r == '\'' || r == '\\' || !printable(word[i:], r):
			return double
		case r == ' ' || r == '"':
			level = single
		}
	}
	return level
}

// printable tells whether a person sees what it is. A space is; spaces of other kinds are not.
func printable(rest string, r rune) bool {
	if r == utf8.RuneError {
		_, size := utf8.DecodeRuneInString(rest)
		return size > 1
	}
	return unicode.IsPrint(r)
}

func appendDouble(line []byte, word string) []byte {
	const hex = "0123456789abcdef"
	line = append(line, '"')
	for len(word) > 0 {
		r, size := utf8.DecodeRuneInString(word)
		switch i := strings.IndexRune("\n\r\t\b\a\"\\", r); {
		case r != utf8.RuneError && i >= 0:
			line = append(line, '\\', `nrtba"\`[i])
		case printable(word, r):
			line = append(line, word[:size]...)
		default:
			for _, c := range []byte(word[:size]) {
				line = append(line, '\\', 'x', hex[c>>4], hex[c&15])
			}
		}
		word = word[size:]
	}
	return append(line, '"')
}
