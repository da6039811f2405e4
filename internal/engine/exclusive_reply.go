package engine

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

var errReply = errors.New("miniredis sent a reply that is none")

// parseReply reads a complete reply: nil, int, string or []any of those. A map of RESP3 is read as what it is in RESP2. The
// strings share the memory of the whole: they are nearly all of it, and one copy is much cheaper than many.
func parseReply(reply []byte) (any, error) {
	switch string(reply) {
	case "+OK\r\n":
		return "OK", nil
	case ":1\r\n":
		return 1, nil
	}
	p := replyParser{rest: string(reply)}
	value, err := p.value()
	if err == nil && p.rest != "" {
		err = errReply
	}
	return value, err
}

type replyParser struct{ rest string }

func (p *replyParser) value() (any, error) {
	line, rest, ok := strings.Cut(p.rest, "\r\n")
	if !ok || line == "" {
		return nil, errReply
	}
	p.rest = rest
	switch kind, text := line[0], line[1:]; kind {
	case '+', ',':
		return text, nil
	case '-':
		return nil, errors.New(text)
	case '_':
		return nil, nil //nolint:nilnil // that is what Redis answers
	}
	n, err := strconv.Atoi(line[1:])
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errReply, err)
	}
	switch line[0] {
	case ':':
		return n, nil
	case '$':
		return p.bulk(n)
	case '*', '~':
		return p.array(n)
	case '%':
		return p.array(2 * n)
	default:
		return nil, errReply
	}
}

func (p *replyParser) bulk(n int) (any, error) {
	if n < 0 {
		return nil, nil //nolint:nilnil // that is what Redis answers
	}
	if len(p.rest) < n+2 {
		return nil, errReply
	}
	text := p.rest[:n]
	p.rest = p.rest[n+2:]
	return text, nil
}

func (p *replyParser) array(n int) (any, error) {
	if n < 0 {
		return nil, nil //nolint:nilnil // that is what Redis answers
	}
	values := make([]any, 0, min(n, len(p.rest)))
	for range n {
		value, err := p.value()
		if err != nil {
			return nil, err
		}
		values = append(values, value)
	}
	return values, nil
}
