package snapshot

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/compozy/rediskit/internal/words"
)

// Decode reads what [Encode] writes, and the forms of the same commands that a person would write:
//
//	SET session:1 token EX 60
//	HSET user:1 name Ada email ada@example.com
//	EXPIRE user:1 3600
//	RPUSH queue a b c
//	ZADD board 10 ada 20 bob
//
// Blank lines and lines that begin with # are comments. Without a SELECT keys belong to database 0. What it cannot
// read is a *[SyntaxError]; its reason is [ErrNotDeclarative] where the command is not one of those that describe a keyspace.
func Decode(r io.Reader) (*Snapshot, error) {
	const buffer = 64 << 10
	d := newDraft()
	lines := bufio.NewReaderSize(r, buffer)
	for number := 1; ; number++ {
		line, err := lines.ReadString('\n')
		if syntax := d.line(line); syntax != nil {
			syntax.Line = number
			return nil, syntax
		}
		if errors.Is(err, io.EOF) {
			return d.snapshot(), nil
		}
		if err != nil {
			return nil, fmt.Errorf("decode snapshot: line %d: %w", number, err)
		}
	}
}

// line runs one line.
func (d *draft) line(line string) *SyntaxError {
	if trimmed := strings.TrimSpace(line); trimmed == "" || trimmed[0] == '#' {
		return nil
	}
	args, err := words.AppendSplit(d.args[:0], line)
	if err != nil {
		return quoteError(err)
	}
	d.args = args
	d.call = call{draft: d, name: strings.ToUpper(args[0]), args: args[1:]}
	c := &d.call
	run, ok := declarations[c.name]
	if !ok {
		return c.syntaxError(line, 0, ErrNotDeclarative)
	}
	if err := run(c); err != nil {
		return c.syntaxError(line, min(c.at+1, len(args)-1), err)
	}
	return nil
}

// syntaxError is about one of the line's words.
func (c *call) syntaxError(line string, word int, reason error) *SyntaxError {
	syntax := &SyntaxError{Column: 1, Command: c.title(), Reason: reason}
	if _, offsets, err := words.SplitOffsets([]byte(line)); err == nil {
		syntax.Column = offsets[word] + 1
	}
	return syntax
}

func quoteError(err error) *SyntaxError {
	syntax := &SyntaxError{Column: 1, Reason: err}
	var quote *words.QuoteError
	if errors.As(err, &quote) {
		syntax.Column = quote.Offset + 1
		syntax.Reason = errors.New("the quoted word that begins here is followed by something else than a space")
		if quote.Open {
			syntax.Reason = errors.New("the quote that begins here is never closed")
		}
	}
	return syntax
}

// call is a command being run on a draft.
type call struct {
	draft *draft
	name  string
	args  []string // without the name; valid while it runs
	at    int      // the argument that is being looked at, for errors
}

// title is the command with its key.
func (c *call) title() string {
	const containers = "XGROUP"
	named := c.args
	title := c.name
	if c.name == containers && len(named) > 0 {
		title += " " + strings.ToUpper(named[0])
		named = named[1:]
	}
	if len(named) > 0 {
		title += " " + words.Quote(named[0])
	}
	return title
}

// rest tells whether there are arguments left.
func (c *call) rest() int { return len(c.args) - c.at }

// next takes an argument.
func (c *call) next() (string, error) {
	if c.rest() == 0 {
		return "", errTooFew
	}
	c.at++
	return c.args[c.at-1], nil
}

// option takes an argument if it is this word.
func (c *call) option(word string) bool {
	if c.rest() > 0 && strings.EqualFold(c.args[c.at], word) {
		c.at++
		return true
	}
	return false
}

// end makes sure that there is nothing left.
func (c *call) end() error {
	if c.rest() > 0 {
		return fmt.Errorf("unexpected %s", words.Quote(c.args[c.at]))
	}
	return nil
}

var (
	errTooFew = errors.New("too few arguments")
	errOdd    = errors.New("arguments do not come in pairs")
)
