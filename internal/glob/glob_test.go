package glob

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestMatch(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name      string
		pattern   string
		matches   []string
		refuses   []string
		foldsToo  []string // matched by MatchFold alone
		foldsNone []string // refused by MatchFold too
	}{
		{name: "literal", pattern: "user:1", matches: []string{"user:1"}, refuses: []string{"", "user:", "user:12"}, foldsToo: []string{"USER:1"}},
		{name: "empty pattern", pattern: "", matches: []string{""}, refuses: []string{"a"}},
		{name: "star", pattern: "*", matches: []string{"a", "a*b\x00\xff"}, refuses: []string{""}},
		{name: "stars", pattern: "***", matches: []string{"a"}, refuses: []string{""}},
		{name: "star inside", pattern: "h*llo", matches: []string{"hllo", "hello", "heeeello"}, refuses: []string{"hell", "hellos"}},
		{name: "star at the end of what matched", pattern: "ab*", matches: []string{"ab", "abc"}, refuses: []string{"a"}},
		{name: "backtracking", pattern: "*ab*abc", matches: []string{"ababc", "xabyababc"}, refuses: []string{"abc", "ababd"}},
		{name: "question mark", pattern: "h?llo", matches: []string{"hello", "h\xffllo"}, refuses: []string{"hllo", "héllo"}},
		{name: "set", pattern: "h[ae]llo", matches: []string{"hallo", "hello"}, refuses: []string{"hillo", "hllo"}, foldsToo: []string{"hAllo"}},
		{name: "negated set", pattern: "h[^e]llo", matches: []string{"hallo", "h^llo"}, refuses: []string{"hello", "hllo"}, foldsNone: []string{"hEllo"}},
		{name: "range", pattern: "[b-d]", matches: []string{"b", "c", "d"}, refuses: []string{"a", "e", "-"}, foldsToo: []string{"C"}},
		{name: "reversed range", pattern: "[d-b]", matches: []string{"b", "c", "d"}, refuses: []string{"a", "e"}},
		{name: "range of mixed case", pattern: "[a-Z]", matches: []string{"a", "Z"}, refuses: []string{"b"}, foldsNone: []string{"b"}},
		{name: "range up to the bracket", pattern: "[a-]", matches: []string{"a", "]", "_"}, refuses: []string{"b", "-"}},
		{name: "dash first", pattern: "[-a]", matches: []string{"-", "a"}, refuses: []string{"b"}},
		{name: "empty set", pattern: "[]", refuses: []string{"", "]", "a"}},
		{name: "bracket closes at once", pattern: "[]a]", refuses: []string{"]", "a", "]a]", "aa]"}},
		{name: "negated empty set", pattern: "[^]", matches: []string{"]", "a"}, refuses: []string{""}},
		{name: "caret later", pattern: "[a^]", matches: []string{"^", "a"}, refuses: []string{"b"}},
		{name: "open set", pattern: "[ab", matches: []string{"a", "b"}, refuses: []string{"c", "ab", "[ab"}},
		{name: "open nothing", pattern: "[", refuses: []string{"[", ""}},
		{name: "open negation", pattern: "[^", matches: []string{"a", "^"}, refuses: []string{"", "ab"}},
		{name: "open range", pattern: "[a-", matches: []string{"a", "-"}, refuses: []string{"b"}},
		{name: "open escape", pattern: `[\`, matches: []string{`\`}, refuses: []string{"a"}},
		{name: "escapes", pattern: `a\*\?\[\\`, matches: []string{`a*?[\`}, refuses: []string{`ab?[\`}},
		{name: "escape of a plain byte", pattern: `\a`, matches: []string{"a"}, refuses: []string{`\a`}, foldsToo: []string{"A"}},
		{name: "escape at the end", pattern: `a\`, matches: []string{`a\`}, refuses: []string{"a"}},
		{name: "escape in a set", pattern: `[\]x]`, matches: []string{"]", "x"}, refuses: []string{`\`}},
		{name: "escape in a set is exact", pattern: `[\x]`, matches: []string{"x"}, refuses: []string{"X"}, foldsNone: []string{"X"}},
		{name: "bytes", pattern: "[\x80-\xff]", matches: []string{"\x80", "\xff"}, refuses: []string{"\x7f", "é"}},
		{name: "signed range", pattern: "[\xff-a]", matches: []string{"\xff", "\x00", "A", "a"}, refuses: []string{"b", "\x80"}},
		{name: "zero byte", pattern: "a\x00*", matches: []string{"a\x00", "a\x00b"}, refuses: []string{"a"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			for _, s := range test.matches {
				assert.True(t, Match(test.pattern, s), "%q %q", test.pattern, s)
			}
			for _, s := range test.refuses {
				assert.False(t, Match(test.pattern, s), "%q %q", test.pattern, s)
			}
			for _, s := range test.foldsToo {
				assert.False(t, Match(test.pattern, s), "%q %q", test.pattern, s)
				assert.True(t, MatchFold(test.pattern, s), "%q %q", test.pattern, s)
			}
			for _, s := range test.foldsNone {
				assert.False(t, MatchFold(test.pattern, s), "%q %q", test.pattern, s)
			}
		})
	}
}

// TestManyStarsAreCheap would not end within the life of the machine if each star were tried at each place.
func TestManyStarsAreCheap(t *testing.T) {
	t.Parallel()
	assert.False(t, Match(strings.Repeat("*a", 200)+"b", strings.Repeat("a", 10_000)))
	assert.True(t, Match(strings.Repeat("*a", 200)+"*b", strings.Repeat("a", 10_000)+"b"))
}

func TestMatchDoesNotAllocate(t *testing.T) { //nolint:paralleltest // AllocsPerRun counts for the whole process
	assert.Zero(t, testing.AllocsPerRun(100, func() { Match(`u*[a-z]\:?`, "user:1") }))
}

func BenchmarkMatch(b *testing.B) {
	for name, pattern := range map[string]string{
		"prefix": "user:*", "set": "user:[0-9]*:cart", "stars": "*a*a*a*a*b",
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Match(pattern, "user:1234567890:aaaaaaaaaaaaaaaaaaaa")
			}
		})
	}
}
