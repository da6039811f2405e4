package engine

import (
	"bufio"
	"strconv"
)

// scalar is a reply that is one word or number, before anybody has written it down.
type scalar struct {
	kind scalarKind
	text string
	n    int
}

// scalarKind is the marker of a reply in RESP.
type scalarKind byte

const (
	kindStatus  scalarKind = '+'
	kindBulk    scalarKind = '$'
	kindInteger scalarKind = ':'
	kindNil     scalarKind = '_'
)

// none is the nil.
var none = scalar{kind: kindNil}

func status(text string) scalar { return scalar{kind: kindStatus, text: text} }
func bulk(text string) scalar   { return scalar{kind: kindBulk, text: text} }
func number(n int) scalar       { return scalar{kind: kindInteger, n: n} }

func truth(yes bool) scalar {
	if yes {
		return number(1)
	}
	return number(0)
}

// value is the reply as a section gives it.
func (r scalar) value() any {
	switch r.kind {
	case kindNil:
		return nil
	case kindInteger:
		return r.n
	default:
		return r.text
	}
}

// write sends it to a client. Errors are for the flush to tell, of which there are none: an outbox takes everything.
func (r scalar) write(w *bufio.Writer, resp3 bool) {
	line := w.AvailableBuffer()
	switch r.kind {
	case kindInteger:
		line = strconv.AppendInt(append(line, ':'), int64(r.n), 10)
	case kindStatus:
		line = append(append(line, '+'), r.text...)
	case kindBulk:
		line = strconv.AppendInt(append(line, '$'), int64(len(r.text)), 10)
		line = append(line, "\r\n"...)
		line = append(line, r.text...)
	default:
		line = append(line, nilLine(resp3)...)
	}
	_, _ = w.Write(append(line, "\r\n"...))
}

func nilLine(resp3 bool) string {
	if resp3 {
		return "_"
	}
	return "$-1"
}
