package engine

// splitWords cuts an inline command into words by the rules of redis-cli and of Redis' inline protocol: words are
// bare, 'single-quoted' (only \' is special) or "double-quoted" (\n, \r, \t, \b, \a, \xHH and \ before anything else).
// It is false where a quote is left open or is followed by anything but space.
func splitWords(line []byte) ([]string, bool) {
	var words []string
	for {
		line = trimSpace(line)
		if len(line) == 0 {
			return words, true
		}
		word, rest, ok := cutWord(line)
		if !ok {
			return nil, false
		}
		words = append(words, string(word))
		line = rest
	}
}

func cutWord(line []byte) (word, rest []byte, ok bool) {
	word = []byte{}
	for i, c := range line {
		switch {
		case isSpace(c):
			return word, line[i:], true
		case c == '"' || c == '\'':
			quoted, n, closed := unquote(line[i:])
			if !closed || i+n < len(line) && !isSpace(line[i+n]) {
				return nil, nil, false
			}
			return append(word, quoted...), line[i+n:], true
		default:
			word = append(word, c)
		}
	}
	return word, nil, true
}

// unquote reads the quoted string that b begins with and tells how many bytes it took.
func unquote(b []byte) (s []byte, n int, closed bool) {
	quote := b[0]
	for i := 1; i < len(b); i++ {
		switch {
		case b[i] == quote:
			return s, i + 1, true
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

func trimSpace(b []byte) []byte {
	for len(b) > 0 && isSpace(b[0]) {
		b = b[1:]
	}
	return b
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
