package engine

import (
	"bytes"
	"strings"

	"github.com/alicebob/miniredis/v2/server"
)

// isError tells whether a raw reply is an error with this code, or any error where code is "".
func isError(reply []byte, code string) bool {
	return len(reply) > 0 && reply[0] == '-' && bytes.HasPrefix(reply[1:], []byte(code))
}

// isNil tells whether a raw reply is a nil: of a bulk string, of an array, or of RESP3.
func isNil(reply []byte) bool {
	return bytes.HasPrefix(reply, []byte("$-1")) || bytes.HasPrefix(reply, []byte("*-1")) || bytes.HasPrefix(reply, []byte("_"))
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
		quoted.WriteString("'" + arg[:min(len(arg), most-quoted.Len())] + "' ")
	}
	name := args[0][:min(len(args[0]), most)]
	return "ERR unknown command '" + name + "', with args beginning with: " + quoted.String()
}

func unknownSubcommand(container, name string) string {
	const most = 128
	return "ERR unknown subcommand '" + name[:min(len(name), most)] + "'. Try " + container + " HELP."
}

func wrongArity(name string) string {
	return "ERR wrong number of arguments for '" + name + "' command"
}
