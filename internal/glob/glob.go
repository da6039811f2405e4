// Package glob matches strings as Redis 7.0 does for KEYS, SCAN ... MATCH, PSUBSCRIBE and CONFIG GET.
//
// A pattern is bytes, not runes. It is made of
//
//	x        the byte itself
//	\x       the byte x itself, also where it means something, and inside a set too
//	?        any one byte
//	*        any run of bytes, also an empty one
//	[abc]    one byte of the set; [a-z] is a range, and so is [z-a]
//	[^abc]   one byte that is not of the set
//
// Every byte string is a valid pattern. What Redis makes of the odd ones is kept: a set that is not closed ends with the
// pattern, the first ] always closes a set (so [] matches nothing and [^] any byte), a range takes the byte
// after its dash whatever it is, a backslash at the end is itself, and the empty string is matched by the empty pattern
// alone. (KEYS * and SCAN list a key with an empty name nevertheless: they do not ask the matcher about a lone star.) In a
// range the bytes from 0x80 come before the ASCII ones, as on any machine whose C compiler has a signed char; on
// 64-bit ARM under Linux a real server differs in this.
package glob

// Match reports whether the whole of s matches pattern. It allocates nothing and takes at most
// len(pattern)*len(s) steps, whatever the pattern.
func Match(pattern, s string) bool { return match(pattern, s, exactly) }

// MatchFold is [Match] without regard to the case of ASCII letters, as CONFIG GET compares parameter names. A range whose
// ends are letters of different case in descending byte order, such as [a-Z], matches nothing, as in Redis.
func MatchFold(pattern, s string) bool { return match(pattern, s, lower) }

// match walks both strings once and goes back only to the last star: everything between two stars is of a fixed
// length, so an earlier star never needs to be tried again.
func match(pattern, s string, fold func(byte) byte) bool {
	if s == "" {
		return pattern == ""
	}
	var p, i int
	afterStar, resume := -1, 0
	for i < len(s) {
		if p < len(pattern) && pattern[p] == '*' {
			p++
			afterStar, resume = p, i
			continue
		}
		if p < len(pattern) {
			if width, ok := matchByte(pattern[p:], s[i], fold); ok {
				p += width
				i++
				continue
			}
		}
		if afterStar < 0 {
			return false
		}
		if afterStar == len(pattern) {
			return true
		}
		resume++
		p, i = afterStar, resume
	}
	for p < len(pattern) && pattern[p] == '*' {
		p++
	}
	return p == len(pattern)
}

// matchByte compares c with the first element of pattern, which is not empty and no star, and returns the length of
// that element where it matches.
func matchByte(pattern string, c byte, fold func(byte) byte) (width int, ok bool) {
	switch {
	case pattern[0] == '?':
		return 1, true
	case pattern[0] == '[':
		return matchSet(pattern, c, fold)
	case pattern[0] == '\\' && len(pattern) > 1:
		return 2, fold(pattern[1]) == fold(c)
	default:
		return 1, fold(pattern[0]) == fold(c)
	}
}

// matchSet is matchByte for a pattern that begins with a set.
func matchSet(pattern string, c byte, fold func(byte) byte) (width int, ok bool) {
	at := 1
	negated := at < len(pattern) && pattern[at] == '^'
	if negated {
		at++
	}
	found := false
	for at < len(pattern) && pattern[at] != ']' {
		switch rest := pattern[at:]; {
		case rest[0] == '\\' && len(rest) > 1:
			// An escaped byte is compared as it is, also where case is ignored elsewhere.
			found = found || rest[1] == c
			at += 2
		case len(rest) > 2 && rest[1] == '-':
			found = found || inRange(rest[0], rest[2], c, fold)
			at += 3
		default:
			found = found || fold(rest[0]) == fold(c)
			at++
		}
	}
	if at < len(pattern) {
		at++
	}
	return at, found != negated
}

// inRange compares signed bytes, and orders the ends before it folds them, as Redis does.
func inRange(first, last, c byte, fold func(byte) byte) bool {
	if signed(first) > signed(last) {
		first, last = last, first
	}
	folded := signed(fold(c))
	return signed(fold(first)) <= folded && folded <= signed(fold(last))
}

// signed is a byte as a C char of the machines that Redis mostly runs on.
func signed(c byte) int8 { return int8(c) }

func exactly(c byte) byte { return c }

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + ('a' - 'A')
	}
	return c
}
