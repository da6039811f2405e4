package engine

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// readAll feeds the pieces one after the other and returns every request, and the error that ended the reading.
func readAll(t testing.TB, pieces ...string) ([][]string, error) {
	t.Helper()
	table, err := commands()
	require.NoError(t, err)
	r := newRequestReader(table)
	var requests [][]string
	for _, piece := range pieces {
		own := []byte(piece)
		r.feed(own)
		for {
			command, args, err := r.next()
			if err != nil {
				return requests, err
			}
			if command == nil {
				break
			}
			requests = append(requests, args)
		}
		r.keep()
		clear(own) // the caller's bytes are the caller's again
	}
	return requests, nil
}

func TestRequestsAreReadHoweverTheyAreCut(t *testing.T) {
	t.Parallel()
	const input = "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$4\r\na\r\nb\r\n" +
		"PING\r\n\r\n" + "*0\r\n*-1\r\n" + "SET k \"a b\"\n" + "*1\r\n$0\r\n\r\n" + "*2\r\n$4\r\nECHO\r\n$3\r\n\x00\xff*\r\n"
	want := [][]string{{"SET", "k", "a\r\nb"}, {"PING"}, {"SET", "k", "a b"}, {""}, {"ECHO", "\x00\xff*"}}
	whole, err := readAll(t, input)
	require.NoError(t, err)
	require.Equal(t, want, whole)
	for i := range input {
		pieces, err := readAll(t, input[:i], input[i:])
		require.NoError(t, err)
		require.Equal(t, want, pieces, "cut at %d", i)
	}
	bytewise, err := readAll(t, strings.Split(input, "")...)
	require.NoError(t, err)
	require.Equal(t, want, bytewise)
}

func TestLongRequestsAreRead(t *testing.T) {
	t.Parallel()
	words := []string{"RPUSH", "key"}
	for i := range 5000 {
		words = append(words, fmt.Sprintf("element %d", i))
	}
	words = append(words, strings.Repeat("x", 1<<20))
	var input strings.Builder
	fmt.Fprintf(&input, "*%d\r\n", len(words))
	for _, word := range words {
		fmt.Fprintf(&input, "$%d\r\n%s\r\n", len(word), word)
	}
	var pieces []string
	for rest := input.String(); rest != ""; {
		n := min(len(rest), 4096)
		pieces, rest = append(pieces, rest[:n]), rest[n:]
	}
	requests, err := readAll(t, pieces...)
	require.NoError(t, err)
	require.Equal(t, [][]string{words}, requests)
}

func TestBadRequestsAreRefused(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("1", maxInlineLength+1)
	for name, test := range map[string]struct{ input, want string }{
		"array length":           {"*a\r\n", "invalid multibulk length"},
		"array length with plus": {"*+1\r\n", "invalid multibulk length"},
		"array length with zero": {"*01\r\n", "invalid multibulk length"},
		"array too long":         {"*2147483648\r\n", "invalid multibulk length"},
		"array header too long":  {"*" + long, "too big mbulk count string"},
		"no bulk string":         {"*1\r\n:1\r\n", "expected '$', got ':'"},
		"bulk length":            {"*1\r\n$x\r\n", "invalid bulk length"},
		"negative bulk length":   {"*1\r\n$-1\r\n", "invalid bulk length"},
		"bulk string too long":   {"*1\r\n$536870913\r\n", "invalid bulk length"},
		"bulk header too long":   {"*1\r\n$" + long, "too big bulk count string"},
		"inline too long":        {long, "too big inline request"},
		"open quote":             {"SET k \"v\r\n", "unbalanced quotes in request"},
		"text after quote":       {"SET k 'v'w\r\n", "unbalanced quotes in request"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := readAll(t, test.input)
			require.EqualError(t, err, "Protocol error: "+test.want)
		})
	}
}

func TestALengthIsNoReasonToReserveMemory(t *testing.T) {
	t.Parallel()
	table, err := commands()
	require.NoError(t, err)
	claims := []byte("*2147483647\r\n$536870912\r\n")
	allocated := testing.Benchmark(func(b *testing.B) {
		b.Helper()
		b.ReportAllocs()
		for b.Loop() {
			r := newRequestReader(table)
			r.feed(claims)
			if command, _, err := r.next(); command != nil || err != nil {
				b.Fatal(command, err)
			}
			r.keep()
		}
	}).AllocedBytesPerOp()
	require.Less(t, allocated, int64(4<<10))
}

// FuzzRequests holds the reader to what must be true of any input: it ends, it never claims more words than there were
// bytes, and it reads the same requests however the input is cut.
func FuzzRequests(f *testing.F) {
	for _, seed := range []string{
		"*1\r\n$4\r\nPING\r\n", "PING\r\n", "*-1\r\n", "*2\r\n$3\r\nGET\r\n$1\r\nk\r\n*1\r\n$", "SET a 'b c'\n", "*3\r\n$3\r\nSET\r\n",
		"*1\r\n$536870912\r\nx", "*2147483647\r\n$1\r\nx\r\n", "\"\\x0", "\x00\r\n*1\r\n",
	} {
		f.Add(seed, 3)
	}
	f.Fuzz(func(t *testing.T, input string, cut int) {
		whole, wholeErr := readAll(t, input)
		words := 0
		for _, request := range whole {
			words += len(request)
		}
		require.LessOrEqual(t, words, len(input))
		cut = min(max(cut, 0), len(input))
		pieces, piecesErr := readAll(t, input[:cut], input[cut:])
		require.Equal(t, whole, pieces)
		require.Equal(t, wholeErr, piecesErr)
	})
}
