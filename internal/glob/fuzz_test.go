package glob

import (
	"strings"
	"testing"
)

// maxSuffixes bounds the law about suffixes, which takes time in the cube of the length.
const maxSuffixes = 64

// FuzzMatch holds the matcher to laws that need no oracle. That it ends at all is one of them.
func FuzzMatch(f *testing.F) {
	f.Add("user:*", "user:1")
	f.Add("*a*a*a*a*b", strings.Repeat("a", 200))
	f.Fuzz(func(t *testing.T, pattern, s string) {
		if Match(pattern+"b", s+"a") && !strings.Contains(pattern, "[") {
			t.Errorf("%q matches %q: it must end in b", pattern+"b", s+"a")
		}
		if s != "" && !Match("*", s) {
			t.Errorf("a star refuses %q", s)
		}
		if !Match(escape(s), s) {
			t.Errorf("the escaped form refuses %q", s)
		}
		if s != "" && len(s) <= maxSuffixes && Match("*"+pattern, s) != matchSomeSuffix(pattern, s) {
			t.Errorf("%q does not match %q as one of its ends", "*"+pattern, s)
		}
		foldable := isASCII(s) && !strings.Contains(pattern, "[")
		if foldable && MatchFold(pattern, s) != MatchFold(pattern, strings.ToLower(s)) {
			t.Errorf("case matters to %q and %q", pattern, s)
		}
	})
}

// matchSomeSuffix is what a star means. Nothing but stars matches the empty end of a string that is not empty.
func matchSomeSuffix(pattern, s string) bool {
	if strings.Trim(pattern, "*") == "" {
		return true
	}
	for i := range len(s) {
		if Match(pattern, s[i:]) {
			return true
		}
	}
	return false
}

func escape(s string) string {
	var b strings.Builder
	for i := range len(s) {
		b.WriteByte('\\')
		b.WriteByte(s[i])
	}
	return b.String()
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
