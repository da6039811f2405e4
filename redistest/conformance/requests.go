package conformance

import (
	"context"
	"io"
	"strings"

	"github.com/onsi/gomega"
)

func requests(s *suite) {
	s.it("a request may be a plain line of words, quoted or not", func(ctx context.Context, t *trial) {
		raw := t.raw(ctx)
		key := t.key("k")
		t.says(raw, "PING\r\n", "+PONG\r\n")
		t.says(raw, "SET "+key+" \"two \\x41 words\"\r\n", "+OK\r\n")
		t.says(raw, "  get   "+key+"  \n", "$11\r\ntwo A words\r\n")
		t.says(raw, "SET "+key+" 'it is \\'single\\''\r\n", "+OK\r\n")
		returns(t, t.Get(ctx, key), "it is 'single'")
	})
	s.it("empty lines and empty arrays are no requests", func(ctx context.Context, t *trial) {
		t.says(t.raw(ctx), "\r\n\r\n*0\r\n*-1\r\nPING\r\n", "+PONG\r\n")
	})
	s.it("a request may arrive in pieces", func(ctx context.Context, t *trial) {
		raw := t.raw(ctx)
		for _, piece := range []string{"*2", "\r", "\n$4\r\nEC", "HO\r\n$5\r\nhel", "lo"} {
			_, err := io.WriteString(raw, piece)
			t.Expect(err).NotTo(gomega.HaveOccurred())
		}
		t.says(raw, "\r\n", "$5\r\nhello\r\n")
	})
	s.it("many requests may arrive at once", func(ctx context.Context, t *trial) {
		t.says(t.raw(ctx), strings.Repeat(encode("PING")+"PING\r\n", 500), strings.Repeat("+PONG\r\n", 1000))
	})
	s.it("commands are taken in any case", func(ctx context.Context, t *trial) {
		t.says(t.raw(ctx), encode("pInG"), "+PONG\r\n")
	})
	s.it("an integer, a status, an error, a bulk string and an array have their RESP2 forms", func(ctx context.Context, t *trial) {
		raw := t.raw(ctx)
		key := t.key("k")
		t.says(raw, encode("RPUSH", key, "a", "b"), ":2\r\n")
		t.says(raw, encode("LRANGE", key, "0", "-1"), "*2\r\n$1\r\na\r\n$1\r\nb\r\n")
		t.says(raw, encode("LINDEX", key, "0"), "$1\r\na\r\n")
		t.says(raw, encode("LSET", key, "0", "c"), "+OK\r\n")
		t.says(raw, encode("INCR", key), "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n")
		t.says(raw, encode("LRANGE", key, "5", "9"), "*0\r\n")
	})
}

func brokenRequests(s *suite) {
	for _, c := range []struct{ promise, request, answer string }{
		{"a length that is no number", "*x\r\n", "invalid multibulk length"},
		{"a length beyond all measure", "*2147483648\r\n", "invalid multibulk length"},
		{"a word that is no bulk string", "*1\r\n+PING\r\n", "expected '$', got '+'"},
		{"a word of negative length", "*1\r\n$-1\r\n", "invalid bulk length"},
		{"a word longer than 512 MiB", "*1\r\n$536870913\r\n", "invalid bulk length"},
		{"quotes that do not close", "SET k \"open\r\n", "unbalanced quotes in request"},
	} {
		s.it("after "+c.promise+" the server says so and hangs up", func(ctx context.Context, t *trial) {
			raw := t.raw(ctx)
			t.says(raw, "PING\r\n"+c.request, "+PONG\r\n-ERR Protocol error: "+c.answer+"\r\n")
			t.hangsUp(raw)
		})
	}
	s.it("a broken request of one client disturbs no other", func(ctx context.Context, t *trial) {
		raw := t.raw(ctx)
		t.says(raw, "*x\r\n", "-ERR Protocol error: invalid multibulk length\r\n")
		returns(t, t.Ping(ctx), "PONG")
	})
}
