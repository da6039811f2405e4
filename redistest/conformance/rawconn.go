package conformance

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/onsi/gomega"
	"github.com/redis/go-redis/v9"
)

// rawConn speaks bytes with the server.
type rawConn struct {
	net.Conn
	in *bufio.Reader
}

// raw returns a connection that go-redis has not touched, authenticated and in the database as the client's options say.
func (t *trial) raw(ctx context.Context) *rawConn {
	opts := t.options(ctx)
	conn, err := opts.Dialer(ctx, opts.Network, opts.Addr)
	t.ExpectWithOffset(1, err).NotTo(gomega.HaveOccurred())
	t.closeLater(conn)
	t.ExpectWithOffset(1, conn.SetDeadline(time.Now().Add(patience))).To(gomega.Succeed())
	raw := &rawConn{Conn: conn, in: bufio.NewReader(conn)}
	t.authenticate(raw, opts)
	if opts.DB != 0 {
		t.says(raw, encode("SELECT", strconv.Itoa(opts.DB)), "+OK\r\n")
	}
	return raw
}

// encode returns a request as clients send it.
func encode(words ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "*%d\r\n", len(words))
	for _, word := range words {
		fmt.Fprintf(&b, "$%d\r\n%s\r\n", len(word), word)
	}
	return b.String()
}

// says asserts that the server answers a request with exactly these bytes.
func (t *trial) says(conn *rawConn, request, want string) {
	_, err := io.WriteString(conn, request)
	t.ExpectWithOffset(1, err).NotTo(gomega.HaveOccurred())
	got := make([]byte, len(want))
	n, err := io.ReadFull(conn.in, got)
	t.ExpectWithOffset(1, string(got[:n])).To(gomega.Equal(want), "answer to %.200q, then %v", request, err)
}

// hangsUp asserts that the server sends no more and closes the connection.
func (t *trial) hangsUp(conn *rawConn) {
	rest, err := io.ReadAll(conn.in)
	if err != nil {
		// A server that had unread input may reset the connection, which closes it as well.
		t.ExpectWithOffset(1, err).NotTo(gomega.MatchError(gomega.ContainSubstring("timeout")))
	}
	t.ExpectWithOffset(1, string(rest)).To(gomega.BeEmpty())
}

// authenticate logs the connection in as the client's options say, where they do.
func (t *trial) authenticate(conn *rawConn, opts redis.Options) {
	if opts.Password == "" {
		return
	}
	words := []string{"AUTH", opts.Password}
	if opts.Username != "" {
		words = []string{"AUTH", opts.Username, opts.Password}
	}
	t.says(conn, encode(words...), "+OK\r\n")
}

// speakRESP3 switches the connection to RESP3 and skips the reply.
func (c *rawConn) speakRESP3(t *trial) {
	_, err := io.WriteString(c, encode("HELLO", "3")+encode("ECHO", "ready for "+t.prefix))
	t.ExpectWithOffset(1, err).NotTo(gomega.HaveOccurred())
	for {
		line, err := c.in.ReadString('\n')
		t.ExpectWithOffset(1, err).NotTo(gomega.HaveOccurred())
		if line == "ready for "+t.prefix+"\r\n" {
			return
		}
	}
}

// skipReply reads the given number of lines.
func (c *rawConn) skipReply(t *trial, lines int) {
	for range lines {
		_, err := c.in.ReadString('\n')
		t.ExpectWithOffset(1, err).NotTo(gomega.HaveOccurred())
	}
}
