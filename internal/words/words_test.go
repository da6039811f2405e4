package words_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/internal/words"
)

func TestSplit(t *testing.T) {
	t.Parallel()
	for input, want := range map[string][]string{
		``:                       nil,
		`  `:                     nil,
		`GET key`:                {"GET", "key"},
		`a""`:                    {"a"},
		`"" ''`:                  {"", ""},
		`'it\'s' 'a\n'`:          {"it's", `a\n`},
		`"\x00\xFF\n\r\t\b\a\q"`: {"\x00\xff\n\r\t\b\aq"},
		`"\xzz"`:                 {"xzz"},
		`"\""`:                   {`"`},
		`back\slash`:             {`back\slash`},
		"été\tx":                 {"été", "x"},
	} {
		got, err := words.Split([]byte(input))
		require.NoError(t, err, input)
		require.Equal(t, want, got, input)
	}
}

func TestSplitTellsWhereAQuoteIsWrong(t *testing.T) {
	t.Parallel()
	for input, want := range map[string]string{
		`"`:          "the quote at column 1 is never closed",
		`SET k 'a\'`: "the quote at column 7 is never closed",
		`x "a\"`:     "the quote at column 3 is never closed",
		`"a"b`:       "the word quoted at column 1 is not followed by a space",
		`x 'a'"b"`:   "the word quoted at column 3 is not followed by a space",
	} {
		_, err := words.Split([]byte(input))
		require.EqualError(t, err, want, input)
	}
}

func TestQuote(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]string{
		"":                       `""`,
		"plain:key-1{tag}":       `plain:key-1{tag}`,
		"zażółć":                 `zażółć`,
		"a b":                    `'a b'`,
		`Ada "the Countess"`:     `'Ada "the Countess"'`,
		`{"to":"ada","retry":0}`: `'{"to":"ada","retry":0}'`,
		"it's":                   `"it's"`,
		`it's "so"`:              `"it's \"so\""`,
		`C:\dir`:                 `"C:\\dir"`,
		"\x00\xff":               `"\x00\xff"`,
		"a\nb\r\t\b\a":           `"a\nb\r\t\b\a"`,
		"é\x00":                  `"é\x00"`,
		"no\u00a0break\u200b":    `"no\xc2\xa0break\xe2\x80\x8b"`,
		"#comment":               `'#comment'`,
		"a#":                     `a#`,
		"\ufffd":                 "\ufffd",
		"\xef\xbf":               `"\xef\xbf"`,
	} {
		require.Equal(t, want, words.Quote(word), "%q", word)
	}
}

func FuzzQuote(f *testing.F) {
	for _, seed := range []string{"", "plain", "a b", "it's", `"`, `\`, "\x00\xff", "é", "\u2028", "#"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, word string) {
		quoted := words.Quote(word)
		require.NotContains(t, quoted, "\n")
		require.False(t, strings.HasPrefix(quoted, "#"))
		got, err := words.Split([]byte(quoted + " " + quoted))
		require.NoError(t, err)
		require.Equal(t, []string{word, word}, got)
	})
}

func FuzzSplit(f *testing.F) {
	for _, seed := range []string{`GET key`, `"\x0`, `'a\'`, `a"b" c`, "\x00"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, line string) {
		split, err := words.Split([]byte(line))
		if err != nil {
			return
		}
		total := 0
		for _, word := range split {
			total += len(word)
		}
		require.LessOrEqual(t, total, len(line))
	})
}
