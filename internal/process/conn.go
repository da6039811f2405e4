package process

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"
)

// errRefused is an error reply of the server.
var errRefused = errors.New("refused by the server")

// conn speaks as much of the protocol as it takes to set servers up and to wipe them. It is no client for tests: the
// servers that they talk to must not depend on the client library under test.
type conn struct {
	net     net.Conn
	replies *bufio.Reader
}

// reply is one answer: a text (of a null too, then it is empty), a list, or a refusal.
type reply struct {
	text    string
	list    []reply
	refusal error // wraps errRefused
}

// dial connects, and logs in with a password, or a user and its password, unless that is "".
func dial(ctx context.Context, network, addr string, login ...string) (*conn, error) {
	n, err := (&net.Dialer{}).DialContext(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	c := &conn{net: n, replies: bufio.NewReader(n)}
	if strings.Join(login, "") == "" {
		return c, nil
	}
	if _, err := c.call(ctx, append([]string{"AUTH"}, login...)...); err != nil {
		c.close()
		return nil, err
	}
	return c, nil
}

// close drops the connection. Its error is of no interest: the replies have been read, nothing is left to lose.
func (c *conn) close() { _ = c.net.Close() }

// part closes the connection and waits until the server has done so too: what comes next must not find it in CLIENT LIST.
func (c *conn) part(ctx context.Context) error {
	defer c.close()
	stop := context.AfterFunc(ctx, c.close)
	defer stop()
	if half, ok := c.net.(interface{ CloseWrite() error }); ok {
		if err := half.CloseWrite(); err != nil {
			return fmt.Errorf("disconnect: %w", err)
		}
	}
	if _, err := io.Copy(io.Discard, c.replies); err != nil {
		return fmt.Errorf("disconnect: %w", errors.Join(context.Cause(ctx), err))
	}
	return nil
}

// call sends one command. A refusal is an error.
func (c *conn) call(ctx context.Context, words ...string) (reply, error) {
	replies, err := c.pipeline(ctx, words)
	if err != nil {
		return reply{}, err
	}
	return replies[0], replies[0].refusal
}

// pipeline sends commands in one write and reads a reply to each. Refusals are in the replies. After an error the
// connection is of no more use.
func (c *conn) pipeline(ctx context.Context, commands ...[]string) ([]reply, error) {
	stop := context.AfterFunc(ctx, func() { _ = c.net.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	replies, err := c.exchange(commands)
	if err != nil && ctx.Err() != nil {
		return nil, fmt.Errorf("%s: %w", commands[len(replies)][0], context.Cause(ctx))
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", commands[len(replies)][0], err)
	}
	return replies, nil
}

// exchange returns the replies that came before an error.
func (c *conn) exchange(commands [][]string) ([]reply, error) {
	if _, err := c.net.Write(request(commands)); err != nil {
		return nil, err
	}
	replies := make([]reply, 0, len(commands))
	for _, words := range commands {
		r, err := c.read()
		if err != nil {
			return replies, err
		}
		if r.refusal != nil {
			r.refusal = fmt.Errorf("%s: %w", strings.Join(words[:min(2, len(words))], " "), r.refusal)
		}
		replies = append(replies, r)
	}
	return replies, nil
}

func request(commands [][]string) []byte {
	var text []byte
	for _, words := range commands {
		text = fmt.Appendf(text, "*%d\r\n", len(words))
		for _, word := range words {
			text = fmt.Appendf(text, "$%d\r\n%s\r\n", len(word), word)
		}
	}
	return text
}

// read takes one reply of the second version of the protocol, which is what a connection begins with.
func (c *conn) read() (reply, error) {
	line, err := c.replies.ReadString('\n')
	if err != nil {
		return reply{}, err
	}
	line = strings.TrimSuffix(line, "\r\n")
	if line == "" {
		return reply{}, errors.New("the reply has an empty line")
	}
	kind, rest := line[0], line[1:]
	switch kind {
	case '+', ':':
		return reply{text: rest}, nil
	case '-':
		return reply{refusal: fmt.Errorf("%w: %s", errRefused, rest)}, nil
	}
	size, err := strconv.Atoi(rest)
	if err != nil || (kind != '$' && kind != '*') {
		return reply{}, fmt.Errorf("the reply begins with %q", line)
	}
	if kind == '$' {
		return c.readBulk(size)
	}
	var r reply
	for range size {
		element, err := c.read()
		if err != nil {
			return reply{}, err
		}
		r.list = append(r.list, element)
	}
	return r, nil
}

func (c *conn) readBulk(size int) (reply, error) {
	if size < 0 {
		return reply{}, nil
	}
	text := make([]byte, size+len("\r\n"))
	if _, err := io.ReadFull(c.replies, text); err != nil {
		return reply{}, err
	}
	return reply{text: string(text[:size])}, nil
}

// texts is a list's elements.
func (r reply) texts() []string {
	texts := make([]string, len(r.list))
	for i, element := range r.list {
		texts[i] = element.text
	}
	return texts
}
