package process

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestOutputKeepsTheEnd(t *testing.T) {
	t.Parallel()
	o := newOutput(10)
	printTo(t, o, "0123456789")
	assert.Equal(t, "0123456789", o.String())
	printTo(t, o, "ab")
	assert.Equal(t, "...23456789ab", o.String())
	printTo(t, o, strings.Repeat("x", 100)+"end")
	assert.Equal(t, "...xxxxxxxend", o.String())
}

func TestOutputIsReadyAtTheLineThatSaysSo(t *testing.T) {
	t.Parallel()
	for _, printed := range [][]string{
		{"1:M * Ready to accept connections\n"},
		{"1:M * Ready to accept connections unix\n"},
		{"booting\n1:M * The server is now ready to acc", "ept connec", "tions at /a/socket\nmore\n"},
	} {
		o := newOutput(10)
		printTo(t, o, "almost ready\nto accept connections\n")
		assert.False(t, o.isReady())
		for _, piece := range printed {
			printTo(t, o, piece)
		}
		assert.True(t, o.isReady(), "%q", printed)
		printTo(t, o, "Ready to accept connections\n")
	}
}

func printTo(t *testing.T, o *output, text string) {
	t.Helper()
	n, err := o.Write([]byte(text))
	require.NoError(t, err)
	require.Equal(t, len(text), n)
}
