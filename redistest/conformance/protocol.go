package conformance

import (
	"context"
	"fmt"
	"strings"

	"github.com/onsi/gomega"
)

func protocolSpecs(s *suite) {
	connectionCommands(s)
	commandTable(s)
	replyTypes(s)
	requests(s)
	brokenRequests(s)
}

func connectionCommands(s *suite) {
	s.it("PING returns PONG, or its argument", func(ctx context.Context, t *trial) {
		returns(t, t.Ping(ctx), "PONG")
		returns(t, t.Do(ctx, "PING", "hello"), any("hello"))
		t.fails(t.Do(ctx, "PING", "a", "b"), "ERR wrong number of arguments for 'ping' command")
	})
	s.it("ECHO returns its argument", func(ctx context.Context, t *trial) {
		returns(t, t.Echo(ctx, "\x00\r\n"), "\x00\r\n")
	})
	s.it("TIME returns seconds and microseconds that do not go back", func(ctx context.Context, t *trial) {
		first, err := t.Time(ctx).Result()
		t.Expect(err).NotTo(gomega.HaveOccurred())
		second, err := t.Time(ctx).Result()
		t.Expect(err).NotTo(gomega.HaveOccurred())
		t.Expect(second).NotTo(gomega.BeTemporally("<", first))
	})
	s.it("CLIENT ID is a number of the connection's own that grows", func(ctx context.Context, t *trial) {
		conn := t.connection(ctx)
		first, err := conn.ClientID(ctx).Result()
		t.Expect(err).NotTo(gomega.HaveOccurred())
		returns(t, conn.ClientID(ctx), first)
		matches(t, t.connection(ctx).ClientID(ctx), gomega.BeNumerically(">", first))
	})
	s.it("CLIENT SETNAME names a connection, and CLIENT GETNAME and LIST tell it", func(ctx context.Context, t *trial) {
		conn := t.connection(ctx)
		name := "conformance-" + sha(t.prefix)
		returns(t, conn.Do(ctx, "CLIENT", "SETNAME", name), any("OK"))
		returns(t, conn.ClientGetName(ctx), name)
		matches(t, t.node(ctx).ClientList(ctx), gomega.ContainSubstring("name="+name))
	})
	s.it("CLIENT GETNAME of a connection without a name is nil", func(ctx context.Context, t *trial) {
		raw := t.raw(ctx)
		t.says(raw, encode("CLIENT", "GETNAME"), "$-1\r\n")
	})
	s.it("CLIENT SETNAME refuses spaces and line ends", func(ctx context.Context, t *trial) {
		conn := t.connection(ctx)
		for _, name := range []string{"two words", "line\n"} {
			t.fails(conn.Do(ctx, "CLIENT", "SETNAME", name), "ERR Client names cannot contain spaces, newlines or special characters.")
		}
	})
	s.itOnOneNode("CLIENT LIST has a line for each connection with its id, database and last command", func(ctx context.Context, t *trial) {
		conn := t.connection(ctx)
		id, err := conn.ClientID(ctx).Result()
		t.Expect(err).NotTo(gomega.HaveOccurred())
		t.succeeds(conn.Select(ctx, 1))
		list, err := t.ClientList(ctx).Result()
		t.Expect(err).NotTo(gomega.HaveOccurred())
		var line string
		for l := range strings.Lines(list) {
			if strings.HasPrefix(l, fmt.Sprintf("id=%d ", id)) {
				line = l
			}
		}
		t.Expect(line).To(gomega.And(
			gomega.ContainSubstring(" db=1 "), gomega.ContainSubstring(" cmd=select "), gomega.MatchRegexp(" flags=[A-Za-z]+ ")))
	})
	s.it("QUIT answers OK and closes the connection", func(ctx context.Context, t *trial) {
		raw := t.raw(ctx)
		t.says(raw, encode("QUIT")+encode("PING"), "+OK\r\n")
		t.hangsUp(raw)
	})
	s.itOnOneNode("RESET ends transaction, watch, name, database and RESP3", func(ctx context.Context, t *trial) {
		raw := t.raw(ctx)
		t.says(raw, encode("CLIENT", "SETNAME", "x")+encode("SELECT", "1")+encode("MULTI")+encode("PING"),
			"+OK\r\n+OK\r\n+OK\r\n+QUEUED\r\n")
		t.says(raw, encode("RESET"), "+RESET\r\n")
		t.authenticate(raw, t.options(ctx))
		t.says(raw, encode("PING")+encode("CLIENT", "GETNAME")+encode("GET", t.key("k")), "+PONG\r\n$-1\r\n$-1\r\n")
		t.says(raw, encode("EXEC"), "-ERR EXEC without MULTI\r\n")
	})
}

func commandTable(s *suite) {
	s.it("an unknown command is named with the beginning of its arguments", func(ctx context.Context, t *trial) {
		t.fails(t.Do(ctx, "NoSuchCommand", "a", "b"), "ERR unknown command 'NoSuchCommand', with args beginning with: 'a' 'b'")
	})
	s.it("a wrong number of words is refused with the command's name in lower case", func(ctx context.Context, t *trial) {
		for _, command := range []string{
			"GET", "GET a b", "SET k", "HGET h", "LPUSH l", "SADD s", "ZADD z 1", "XADD x *", "INCR", "EXPIRE k", "PUBLISH c",
			"EVAL script", "SUBSCRIBE", "DEL",
		} {
			var args []any
			for word := range strings.FieldsSeq(command) {
				args = append(args, word)
			}
			name, _, _ := strings.Cut(strings.ToLower(command), " ")
			t.fails(t.Do(ctx, args...), "ERR wrong number of arguments for '"+name+"' command")
		}
	})
	s.it("an unknown subcommand is refused", func(ctx context.Context, t *trial) {
		for _, command := range []string{"CLIENT", "OBJECT", "XGROUP", "XINFO", "SCRIPT", "PUBSUB", "CONFIG", "COMMAND"} {
			t.fails(t.Do(ctx, command, "NOSUCH", "x", "y"), "ERR unknown subcommand 'NOSUCH'. Try "+command+" HELP.")
		}
	})
	s.it("COMMAND COUNT is the number of commands that COMMAND lists", func(ctx context.Context, t *trial) {
		count, err := t.Do(ctx, "COMMAND", "COUNT").Int()
		t.Expect(err).NotTo(gomega.HaveOccurred())
		list, err := t.Do(ctx, "COMMAND").Slice()
		t.Expect(err).NotTo(gomega.HaveOccurred())
		t.Expect(list).To(gomega.HaveLen(count))
		t.Expect(count).To(gomega.BeNumerically(">", 100))
	})
	s.it("COMMAND INFO tells name, arity and key positions, nil for an unknown command", func(ctx context.Context, t *trial) {
		info, err := t.Do(ctx, "COMMAND", "INFO", "GET", "nosuch", "mset").Slice()
		t.Expect(err).NotTo(gomega.HaveOccurred())
		t.Expect(info).To(gomega.HaveLen(3))
		t.Expect(info[1]).To(gomega.BeNil())
		for i, want := range map[int][]any{0: {"get", int64(2), int64(1), int64(1), int64(1)}, 2: {"mset", int64(-3), int64(1), int64(-1), int64(2)}} {
			fields, ok := info[i].([]any)
			t.Expect(ok).To(gomega.BeTrue())
			t.Expect([]any{fields[0], fields[1], fields[3], fields[4], fields[5]}).To(gomega.Equal(want))
		}
	})
	s.it("COMMAND GETKEYS finds the keys of a command", func(ctx context.Context, t *trial) {
		returns(t, t.Do(ctx, "COMMAND", "GETKEYS", "MSET", "a", 1, "b", 2), any([]any{"a", "b"}))
		returns(t, t.Do(ctx, "COMMAND", "GETKEYS", "EVAL", "return 1", 2, "x", "y", "arg"), any([]any{"x", "y"}))
	})
	s.it("INFO has sections of lines, name and value", func(ctx context.Context, t *trial) {
		matches(t, t.Info(ctx, "server"), gomega.And(gomega.ContainSubstring("# Server\r\n"), gomega.MatchRegexp(`redis_version:\d+\.\d+`)))
		matches(t, t.Info(ctx, "clients"), gomega.MatchRegexp(`connected_clients:\d+`))
	})
}
