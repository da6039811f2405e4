package conformance

import (
	"context"
	"fmt"
	"strings"

	"github.com/onsi/gomega"
	"github.com/redis/go-redis/v9"
)

func pipelineSpecs(s *suite) {
	s.it("replies come in the order of the commands", func(ctx context.Context, t *trial) {
		t.Expect(echoes(ctx, t, "own")).To(gomega.Succeed())
	})
	s.it("a command sees what earlier ones of its pipeline did", func(ctx context.Context, t *trial) {
		var got *redis.StringCmd
		_, err := t.Pipelined(ctx, func(pipe redis.Pipeliner) error {
			pipe.Set(ctx, t.key("k"), 1, 0)
			pipe.Incr(ctx, t.key("k"))
			got = pipe.Get(ctx, t.key("k"))
			return nil
		})
		t.Expect(err).NotTo(gomega.HaveOccurred())
		returns(t, got, "2")
	})
	s.it("an error in the middle stops no later command", func(ctx context.Context, t *trial) {
		holdString(ctx, t, t.key("k"))
		cmds, err := t.Pipelined(ctx, func(pipe redis.Pipeliner) error {
			pipe.Set(ctx, t.key("a"), 1, 0)
			pipe.LPush(ctx, t.key("k"), "x")
			pipe.Do(ctx, "NOSUCHCOMMAND")
			pipe.Do(ctx, "GET")
			pipe.Set(ctx, t.key("b"), 2, 0)
			return nil
		})
		t.Expect(err).To(gomega.MatchError(gomega.HavePrefix("WRONGTYPE")))
		t.fails(cmds[1], "WRONGTYPE")
		t.fails(cmds[2], "ERR unknown command")
		t.fails(cmds[3], "ERR wrong number of arguments")
		t.succeeds(cmds[0], cmds[4])
		returns(t, t.MGet(ctx, t.key("a"), t.key("b")), []any{"1", "2"})
	})
	s.it("nil in the middle is a reply as any other", func(ctx context.Context, t *trial) {
		cmds, err := t.Pipelined(ctx, func(pipe redis.Pipeliner) error {
			pipe.Get(ctx, t.key("missing"))
			pipe.Ping(ctx)
			return nil
		})
		t.Expect(err).To(gomega.MatchError(redis.Nil))
		t.succeeds(cmds[1])
	})
	s.it("a pipeline of 10,000 commands is answered in full", func(ctx context.Context, t *trial) {
		const many = 10_000
		var last *redis.IntCmd
		cmds, err := t.Pipelined(ctx, func(pipe redis.Pipeliner) error {
			for range many {
				last = pipe.Incr(ctx, t.key("n"))
			}
			return nil
		})
		t.Expect(err).NotTo(gomega.HaveOccurred())
		t.Expect(cmds).To(gomega.HaveLen(many))
		returns(t, last, many)
		returns(t, t.Get(ctx, t.key("n")), fmt.Sprint(many))
	})
	s.it("a pipeline carries large values both ways", func(ctx context.Context, t *trial) {
		const count, size = 20, 256 << 10
		var got []*redis.StringCmd
		value := func(i int) string { return strings.Repeat(string(rune('a'+i)), size) }
		_, err := t.Pipelined(ctx, func(pipe redis.Pipeliner) error {
			for i := range count {
				pipe.Set(ctx, t.key(fmt.Sprint(i)), value(i), 0)
				got = append(got, pipe.Get(ctx, t.key(fmt.Sprint(i))))
			}
			return nil
		})
		t.Expect(err).NotTo(gomega.HaveOccurred())
		for i, cmd := range got {
			returns(t, cmd, value(i))
		}
	})
	s.it("a pipeline may hold transactions and scripts", func(ctx context.Context, t *trial) {
		conn := t.connection(ctx)
		var exec, eval *redis.Cmd
		_, err := conn.Pipelined(ctx, func(pipe redis.Pipeliner) error {
			pipe.Do(ctx, "MULTI")
			pipe.Do(ctx, "INCR", t.key("n"))
			exec = pipe.Do(ctx, "EXEC")
			eval = pipe.Eval(ctx, `return redis.call('INCR', KEYS[1])`, []string{t.key("n")})
			return nil
		})
		t.Expect(err).NotTo(gomega.HaveOccurred())
		returns(t, exec, any([]any{int64(1)}))
		returns(t, eval, any(int64(2)))
	})
	s.it("pipelines of several clients keep their replies apart", func(ctx context.Context, t *trial) {
		const clients = 8
		done := make(chan error, clients)
		for c := range clients {
			client := t.anotherClient()
			go func() { done <- echoes(ctx, client, fmt.Sprint("client", c)) }()
		}
		for range clients {
			t.eventually(ctx, done).Should(gomega.Receive(gomega.BeNil()))
		}
	})
}

// echoes sends a pipeline of distinct texts and says where a reply is not its own.
func echoes(ctx context.Context, client redis.UniversalClient, name string) error {
	var replies []*redis.StringCmd
	_, err := client.Pipelined(ctx, func(pipe redis.Pipeliner) error {
		for i := range 500 {
			replies = append(replies, pipe.Echo(ctx, fmt.Sprint(name, "-", i)))
		}
		return nil
	})
	if err != nil {
		return err
	}
	for i, cmd := range replies {
		if got, want := cmd.Val(), fmt.Sprint(name, "-", i); got != want {
			return fmt.Errorf("got the reply %q for %q", got, want)
		}
	}
	return nil
}
