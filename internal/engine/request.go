package engine

import (
	"bytes"
	"math"
	"strconv"

	"github.com/compozy/rediskit/internal/words"
)

// The limits of Redis 7.0 on what a client may send.
const (
	maxInlineLength = 64 << 10  // a line without an end: an inline command, or the header of an array or a bulk string
	maxBulkLength   = 512 << 20 // proto-max-bulk-len

	// A client that has not logged in yet gets no room to waste memory.
	maxStrangerArgs = 10
	maxStrangerBulk = 16 << 10
)

// protocolError is a request that cannot be read; Redis reports it and closes the connection.
type protocolError string

func (e protocolError) Error() string { return "Protocol error: " + string(e) }

// requestReader cuts the bytes of one client into requests: arrays of bulk strings, or inline commands.
//
// It can stop anywhere and go on with the next bytes, so that a large request is scanned once however it is cut into
// packets, and it reserves memory for what has arrived, never for what a header promises.
type requestReader struct {
	known    commandTable
	stranger bool // the client has yet to log in, and the tighter limits hold

	input []byte // what is being read: the caller's bytes, or kept
	at    int    // how much of it next has consumed
	kept  []byte // input left over from earlier calls

	recent  *entry   // of the request before it, if that is a known command
	command *entry   // the request being read
	args    []string // its words
	missing int      // how many of them are still to come
	bulk    int      // length of the next one; -1 while its header is still to come

	words wordStore
}

func newRequestReader(known commandTable) requestReader { return requestReader{known: known, bulk: -1} }

// feed adds p. The reader refers to p until keep is called.
func (r *requestReader) feed(p []byte) {
	r.at = 0
	if len(r.kept) == 0 {
		r.input = p
		return
	}
	r.kept = append(r.kept, p...)
	r.input = r.kept
}

// keep takes over what next has not consumed, so that the bytes given to feed can be reused by their owner.
func (r *requestReader) keep() {
	const worthHolding = 64 << 10
	rest := r.unread()
	r.input, r.at = nil, 0
	switch {
	case len(rest) == 0 && cap(r.kept) > worthHolding:
		r.kept = nil
		return
	case len(r.kept) > 0 && len(rest) == len(r.kept):
		return // nothing was consumed, and it is in place: a large value must not be moved for each of its packets
	}
	r.kept = append(r.kept[:0], rest...)
}

// pending tells whether there is input that next has not consumed.
func (r *requestReader) pending() bool { return len(r.kept) > 0 }

// unread is the input that next has not consumed. Only a number moves along it: to move a slice instead would cost the
// garbage collector's barrier for each word.
func (r *requestReader) unread() []byte { return r.input[r.at:] }

// next returns the next complete request, or nil where more input is needed.
func (r *requestReader) next() (*entry, []string, error) {
	for {
		switch {
		case r.missing > 0:
			return r.arguments()
		case r.at == len(r.input):
			return nil, nil, nil
		case r.input[r.at] == '*':
			if ok, err := r.arrayHeader(); !ok {
				return nil, nil, err
			}
		default:
			words, ok, err := r.inline()
			switch {
			case !ok:
				return nil, nil, err
			case len(words) > 0:
				return r.known.lookup(words[0]), words, nil
			}
		}
	}
}

// inline reads a line of words, which may be none; false means that it is not complete or not readable.
func (r *requestReader) inline() ([]string, bool, error) {
	input := r.unread()
	end := bytes.IndexByte(input, '\n')
	if end < 0 {
		return nil, false, r.checkLine("too big inline request")
	}
	line, _, _ := bytes.Cut(bytes.TrimSuffix(input[:end], []byte{'\r'}), []byte{0}) // Redis reads a C string
	split, err := words.Split(line)
	if err != nil {
		return nil, false, protocolError("unbalanced quotes in request")
	}
	r.at += end + 1
	return split, true, nil
}

// arrayHeader reads "*3\r\n"; false means that it is not complete or not acceptable.
func (r *requestReader) arrayHeader() (bool, error) {
	n, ok, err := r.header("too big mbulk count string", "invalid multibulk length")
	if !ok {
		return false, err
	}
	if n > math.MaxInt32 {
		return false, protocolError("invalid multibulk length")
	}
	if r.stranger && n > maxStrangerArgs {
		return false, protocolError("unauthenticated multibulk length")
	}
	if n > 0 { // an empty array is no request and gets no reply
		r.missing = int(n)
		r.args = r.words.slice(r.missing)
	}
	return true, nil
}

// arguments reads bulk strings until the request is complete.
func (r *requestReader) arguments() (*entry, []string, error) {
	for r.missing > 0 {
		if r.bulk < 0 {
			if ok, err := r.bulkHeader(); !ok {
				return nil, nil, err
			}
		}
		input := r.unread()
		if len(input) < r.bulk+len("\r\n") {
			return nil, nil, nil
		}
		r.word(input[:r.bulk])
		r.at += r.bulk + len("\r\n")
		r.bulk = -1
		r.missing--
	}
	args := r.args
	r.args = nil
	return r.command, args, nil
}

// word adds a word. The name of a known command, the first one, is not allocated anew, and comes in upper case.
func (r *requestReader) word(b []byte) {
	if len(r.args) > 0 {
		r.args = append(r.args, r.words.word(b))
		return
	}
	if r.recent == nil || string(b) != r.recent.lower { // which it is in most pipelines
		r.recent = r.known[string(b)]
	}
	if r.recent == nil {
		r.command = r.known.lookup(string(b))
		r.args = append(r.args, string(b))
		return
	}
	r.command = r.recent
	r.args = append(r.args, r.command.name)
}

// bulkHeader reads "$5\r\n"; false means that it is not complete or not acceptable.
func (r *requestReader) bulkHeader() (bool, error) {
	if r.at < len(r.input) && r.input[r.at] != '$' {
		return false, protocolError("expected '$', got '" + string(r.input[r.at:r.at+1]) + "'")
	}
	n, ok, err := r.header("too big bulk count string", "invalid bulk length")
	if !ok {
		return false, err
	}
	if n < 0 || n > maxBulkLength {
		return false, protocolError("invalid bulk length")
	}
	if r.stranger && n > maxStrangerBulk {
		return false, protocolError("unauthenticated bulk length")
	}
	r.bulk = int(n)
	return true, nil
}

// header reads a line that is a marker and a number; false means that it is not complete or not a number.
func (r *requestReader) header(tooLong, invalid string) (int64, bool, error) {
	input := r.unread()
	if n, size := shortHeader(input); size > 0 {
		r.at += size
		return n, true, nil
	}
	end := bytes.IndexByte(input, '\r')
	if end < 0 {
		return 0, false, r.checkLine(tooLong)
	}
	if end+1 == len(input) {
		return 0, false, nil
	}
	n, ok := parseLength(input[1:end])
	if !ok {
		return 0, false, protocolError(invalid)
	}
	r.at += end + len("\r\n")
	return n, true, nil
}

// shortHeader reads nearly all headers there are, "$3\r\n" or "*12\r\n", and returns their size; 0 for any other.
func shortHeader(b []byte) (n int64, size int) {
	const longest = 6 // bytes with the marker
	if len(b) < 4 || b[1] == '0' && b[2] != '\r' {
		return 0, 0
	}
	for i := 1; i < min(longest, len(b)-1); i++ {
		switch c := b[i]; {
		case c >= '0' && c <= '9':
			n = n*10 + int64(c-'0')
		case c == '\r' && i > 1:
			return n, i + len("\r\n")
		default:
			return 0, 0
		}
	}
	return 0, 0
}

// checkLine complains of an unfinished line that has grown past the limit.
func (r *requestReader) checkLine(tooLong string) error {
	if len(r.unread()) > maxInlineLength {
		return protocolError(tooLong)
	}
	return nil
}

// parseInteger reads a number among a command's arguments, as strictly.
func parseInteger(s string) (int64, bool) { return parseLength([]byte(s)) }

// parseLength reads a number as strictly as Redis does: no plus sign, no leading zeros, no spaces.
func parseLength(b []byte) (int64, bool) {
	digits := bytes.TrimPrefix(b, []byte{'-'})
	if len(digits) == 0 || digits[0] < '0' || digits[0] > '9' || digits[0] == '0' && len(b) > 1 {
		return 0, false
	}
	n, err := strconv.ParseInt(string(b), 10, 64)
	return n, err == nil
}
