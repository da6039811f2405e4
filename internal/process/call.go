package process

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"strings"
)

// errRefused is an error reply of the server.
var errRefused = errors.New("refused by the server")

// caller speaks as much of the protocol as it takes to set a server up.
type caller struct {
	conn    net.Conn
	replies *bufio.Reader
}

func newCaller(conn net.Conn) *caller {
	return &caller{conn: conn, replies: bufio.NewReader(conn)}
}

// call sends one command and reads its reply, which must be one of a single line.
func (c *caller) call(words ...string) error {
	var request strings.Builder
	fmt.Fprintf(&request, "*%d\r\n", len(words))
	for _, word := range words {
		fmt.Fprintf(&request, "$%d\r\n%s\r\n", len(word), word)
	}
	if _, err := c.conn.Write([]byte(request.String())); err != nil {
		return fmt.Errorf("%s: %w", words[0], err)
	}
	reply, err := c.replies.ReadString('\n')
	if err != nil {
		return fmt.Errorf("%s: %w", words[0], err)
	}
	if refusal, refused := strings.CutPrefix(reply, "-"); refused {
		return fmt.Errorf("%s: %w: %s", words[0], errRefused, strings.TrimSpace(refusal))
	}
	return nil
}
