package engine

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/alicebob/miniredis/v2/server"
)

// redisError is an error in the words of Redis, beginning with its code.
type redisError string

func (e redisError) Error() string { return string(e) }

// isError tells whether a raw reply is an error with this code, or any error where code is "".
func isError(reply []byte, code string) bool {
	return len(reply) > 0 && reply[0] == '-' && bytes.HasPrefix(reply[1:], []byte(code))
}

// isNil tells whether a raw reply is a nil: of a bulk string, of an array, or of RESP3.
func isNil(reply []byte) bool {
	return bytes.HasPrefix(reply, []byte("$-1")) || bytes.HasPrefix(reply, []byte("*-1")) || bytes.HasPrefix(reply, []byte("_"))
}

// writeError writes an error that may quote what the client has sent, which need not be UTF-8.
func writeError(p *server.Peer, message string) {
	p.WriteRaw("-" + strings.NewReplacer("\r", " ", "\n", " ").Replace(message) + "\r\n")
}

// rest returns what follows the first value of a raw reply.
func rest(reply []byte) []byte {
	line, after, _ := bytes.Cut(reply, []byte("\r\n"))
	n, err := strconv.Atoi(string(line[1:]))
	if err != nil || n < 0 {
		return after // a value of one line, or a nil
	}
	switch line[0] {
	case '$':
		return after[n+len("\r\n"):]
	case '%':
		n *= 2
	case '*', '~':
	default:
		return after
	}
	for range n {
		after = rest(after)
	}
	return after
}

// writeNilArray writes what a command answers that would otherwise answer an array.
func writeNilArray(p *server.Peer) {
	if p.Resp3 {
		p.WriteNull()
		return
	}
	p.WriteLen(-1)
}

func unknownCommand(args []string) string {
	const most = 128 // bytes of arguments, as Redis quotes them
	var quoted strings.Builder
	for _, arg := range args[1:] {
		if quoted.Len() >= most {
			break
		}
		quoted.WriteString("'" + excerpt(arg, most-quoted.Len()) + "' ")
	}
	return "ERR unknown command '" + excerpt(args[0], most) + "', with args beginning with: " + quoted.String()
}

func unknownSubcommand(container, name string) string {
	return "ERR unknown subcommand '" + excerpt(name, 128) + "'. Try " + container + " HELP."
}

// badSubcommand is what subcommands say that check their arguments by themselves.
func badSubcommand(container, name string) string {
	return "ERR unknown subcommand or wrong number of arguments for '" + excerpt(name, 128) + "'. Try " + container + " HELP."
}

// excerpt is what Redis quotes of an argument, which it prints as a C string.
func excerpt(arg string, most int) string {
	arg, _, _ = strings.Cut(arg, "\x00")
	return arg[:min(len(arg), most)]
}

func wrongArity(name string) string {
	return "ERR wrong number of arguments for '" + name + "' command"
}

// integerOf reads a raw reply that is an integer.
func integerOf(reply []byte) (int64, bool) {
	if len(reply) < 2 || reply[0] != ':' {
		return 0, false
	}
	n, err := strconv.ParseInt(string(bytes.TrimSpace(reply[1:])), 10, 64)
	return n, err == nil
}

// integersOf reads a raw reply that is an array of integers; nothing of any other.
func integersOf(reply []byte) []int64 {
	if len(reply) == 0 || reply[0] != '*' {
		return nil
	}
	var numbers []int64
	for line := range bytes.Lines(reply[bytes.IndexByte(reply, '\n')+1:]) {
		n, ok := integerOf(line)
		if !ok {
			return nil
		}
		numbers = append(numbers, n)
	}
	return numbers
}

// bulkOf reads a raw reply that is a bulk string.
func bulkOf(reply []byte) (string, bool) {
	if len(reply) == 0 || reply[0] != '$' || isNil(reply) {
		return "", false
	}
	_, contents, _ := bytes.Cut(reply, []byte("\r\n"))
	return string(contents[:len(contents)-len("\r\n")]), true
}

// stringsOf reads a raw reply that is an array or a set of bulk strings.
func stringsOf(reply []byte) []string {
	var words []string
	_, reply, _ = bytes.Cut(reply, []byte("\r\n"))
	for len(reply) > 0 {
		after := rest(reply)
		if word, ok := bulkOf(reply[:len(reply)-len(after)]); ok {
			words = append(words, word)
		}
		reply = after
	}
	return words
}

func errorReply(err error) []byte { return []byte("-" + err.Error() + "\r\n") }

func integerReply(n int64) []byte { return []byte(":" + strconv.FormatInt(n, 10) + "\r\n") }

func integersReply(numbers []int64) []byte {
	reply := []byte("*" + strconv.Itoa(len(numbers)) + "\r\n")
	for _, n := range numbers {
		reply = append(reply, integerReply(n)...)
	}
	return reply
}
