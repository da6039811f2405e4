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
