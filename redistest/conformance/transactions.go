package conformance

import (
	"context"
	"errors"
	"time"

	"github.com/onsi/gomega"
	"github.com/redis/go-redis/v9"
)

func transactionSpecs(s *suite) {
	executing(s)
	transactionErrors(s)
	transactionContents(s)
	watching(s)
}

func executing(s *suite) {
	s.it("TxPipelined runs its commands in order and returns their replies", func(ctx context.Context, t *trial) {
		var set *redis.StatusCmd
		var incr *redis.IntCmd
		_, err := t.TxPipelined(ctx, func(tx redis.Pipeliner) error {
			set = tx.Set(ctx, t.key("n"), 41, 0)
			incr = tx.Incr(ctx, t.key("n"))
			return nil
		})
		t.Expect(err).NotTo(gomega.HaveOccurred())
		returns(t, set, "OK")
		returns(t, incr, 42)
	})
	s.it("commands after MULTI are queued, and run by EXEC", func(ctx context.Context, t *trial) {
		conn := t.connection(ctx)
		returns(t, conn.Do(ctx, "MULTI"), any("OK"))
		returns(t, conn.Do(ctx, "SET", t.key("k"), "v"), any("QUEUED"))
		returns(t, conn.Do(ctx, "GET", t.key("k")), any("QUEUED"))
		t.misses(t.Get(ctx, t.key("k")))
		returns(t, conn.Do(ctx, "EXEC"), any([]any{"OK", "v"}))
		returns(t, t.Get(ctx, t.key("k")), "v")
	})
	s.it("EXEC of nothing returns nothing", func(ctx context.Context, t *trial) {
		conn := t.connection(ctx)
		t.succeeds(conn.Do(ctx, "MULTI"))
		returns(t, conn.Do(ctx, "EXEC"), any([]any{}))
	})
	s.it("DISCARD drops the queue", func(ctx context.Context, t *trial) {
		conn := t.connection(ctx)
		t.succeeds(conn.Do(ctx, "MULTI"), conn.Do(ctx, "SET", t.key("k"), "v"))
		returns(t, conn.Do(ctx, "DISCARD"), any("OK"))
		returns(t, conn.Exists(ctx, t.key("k")), 0)
	})
	s.it("a connection that closes before EXEC leaves nothing behind", func(ctx context.Context, t *trial) {
		client := t.singleClient(ctx)
		conn := client.Conn()
		t.succeeds(conn.Do(ctx, "MULTI"), conn.Do(ctx, "SET", t.key("k"), "v"))
		t.Expect(client.Close()).To(gomega.Succeed())
		t.succeeds(t.Set(ctx, t.key("later"), "v", 0))
		returns(t, t.Exists(ctx, t.key("k")), 0)
	})
	s.it("a transaction is atomic: no other client's command comes between", func(ctx context.Context, t *trial) {
		key, other := t.key("n"), t.anotherClient()
		done := make(chan error, 1)
		go func() {
			for range 200 {
				if err := other.Incr(ctx, key).Err(); err != nil {
					done <- err
					return
				}
			}
			done <- nil
		}()
		for range 50 {
			var before, after *redis.IntCmd
			_, err := t.TxPipelined(ctx, func(tx redis.Pipeliner) error {
				before = tx.Incr(ctx, key)
				tx.Ping(ctx)
				after = tx.Incr(ctx, key)
				return nil
			})
			t.Expect(err).NotTo(gomega.HaveOccurred())
			t.Expect(after.Val()).To(gomega.Equal(before.Val() + 1))
		}
		t.eventually(ctx, done).Should(gomega.Receive(gomega.BeNil()))
		returns(t, t.Get(ctx, key), "300")
	})
}

func transactionErrors(s *suite) {
	s.it("a command that fails at EXEC undoes no other", func(ctx context.Context, t *trial) {
		conn := t.connection(ctx)
		t.succeeds(
			conn.Do(ctx, "MULTI"), conn.Do(ctx, "SET", t.key("a"), "text"), conn.Do(ctx, "LPUSH", t.key("a"), "x"),
			conn.Do(ctx, "SET", t.key("b"), "v"),
		)
		replies, err := conn.Do(ctx, "EXEC").Slice()
		t.Expect(err).NotTo(gomega.HaveOccurred())
		t.Expect(replies).To(gomega.HaveExactElements(gomega.Equal("OK"),
			gomega.MatchError(gomega.HavePrefix("WRONGTYPE")), gomega.Equal("OK")))
		returns(t, t.MGet(ctx, t.key("a"), t.key("b")), []any{"text", "v"})
	})
	s.it("TxPipelined returns the first error and every reply", func(ctx context.Context, t *trial) {
		cmds, err := t.TxPipelined(ctx, func(tx redis.Pipeliner) error {
			tx.Set(ctx, t.key("a"), "text", 0)
			tx.Incr(ctx, t.key("a"))
			tx.Set(ctx, t.key("b"), "v", 0)
			return nil
		})
		t.Expect(err).To(gomega.MatchError("ERR value is not an integer or out of range"))
		t.Expect(cmds).To(gomega.HaveLen(3))
		t.succeeds(cmds[0], cmds[2])
		t.fails(cmds[1], "ERR value is not an integer")
	})
	for _, c := range []struct {
		promise string
		command []any
		refusal string
	}{
		{"an unknown command", []any{"NOSUCHCOMMAND", "x"}, "ERR unknown command"},
		{"a wrong number of words", []any{"GET"}, "ERR wrong number of arguments for 'get' command"},
		{"an unknown subcommand", []any{"OBJECT", "NOSUCH", "x"}, "ERR unknown subcommand"},
	} {
		s.it("EXEC aborts after "+c.promise, func(ctx context.Context, t *trial) {
			conn := t.connection(ctx)
			t.succeeds(conn.Do(ctx, "MULTI"), conn.Do(ctx, "SET", t.key("k"), "v"))
			t.fails(conn.Do(ctx, c.command...), c.refusal)
			t.succeeds(conn.Do(ctx, "SET", t.key("l"), "v"))
			t.fails(conn.Do(ctx, "EXEC"), "EXECABORT Transaction discarded because of previous errors.")
			returns(t, conn.Exists(ctx, t.key("k"), t.key("l")), 0)
		})
	}
	s.it("MULTI within MULTI is refused, and the transaction goes on", func(ctx context.Context, t *trial) {
		conn := t.connection(ctx)
		t.succeeds(conn.Do(ctx, "MULTI"))
		t.fails(conn.Do(ctx, "MULTI"), "ERR MULTI calls can not be nested")
		t.succeeds(conn.Do(ctx, "SET", t.key("k"), "v"))
		returns(t, conn.Do(ctx, "EXEC"), any([]any{"OK"}))
	})
	s.it("EXEC and DISCARD without MULTI are refused", func(ctx context.Context, t *trial) {
		conn := t.connection(ctx)
		t.fails(conn.Do(ctx, "EXEC"), "ERR EXEC without MULTI")
		t.fails(conn.Do(ctx, "DISCARD"), "ERR DISCARD without MULTI")
	})
}

func transactionContents(s *suite) {
	s.it("a blocking command in a transaction does not block", func(ctx context.Context, t *trial) {
		conn := t.connection(ctx)
		t.succeeds(conn.Do(ctx, "RPUSH", t.key("full"), "a"), conn.Do(ctx, "MULTI"))
		t.succeeds(
			conn.Do(ctx, "BLPOP", t.key("full"), 0), conn.Do(ctx, "BLPOP", t.key("empty"), 0),
			conn.Do(ctx, "BLMOVE", t.key("empty"), t.key("full"), "LEFT", "RIGHT", 0),
			conn.Do(ctx, "BZPOPMIN", t.key("empty"), 0),
			conn.Do(ctx, "XREAD", "BLOCK", 0, "STREAMS", t.key("empty"), "$"),
		)
		returns(t, conn.Do(ctx, "EXEC"), any([]any{[]any{t.key("full"), "a"}, nil, nil, nil, nil}))
	})
	s.it("EVAL in a transaction sees what was written before it", func(ctx context.Context, t *trial) {
		conn := t.connection(ctx)
		t.succeeds(conn.Do(ctx, "MULTI"), conn.Do(ctx, "SET", t.key("k"), "v"),
			conn.Do(ctx, "EVAL", "return redis.call('GET', KEYS[1]) .. '!'", 1, t.key("k")))
		returns(t, conn.Do(ctx, "EXEC"), any([]any{"OK", "v!"}))
	})
	s.itOnOneNode("SELECT in a transaction holds for what follows, also after EXEC", func(ctx context.Context, t *trial) {
		conn := t.connection(ctx)
		t.succeeds(conn.Select(ctx, 0), conn.Do(ctx, "MULTI"), conn.Do(ctx, "SET", t.key("k"), "zero"),
			conn.Do(ctx, "SELECT", 1), conn.Do(ctx, "SET", t.key("k"), "one"))
		returns(t, conn.Do(ctx, "EXEC"), any([]any{"OK", "OK", "OK"}))
		returns(t, conn.Get(ctx, t.key("k")), "one")
		t.succeeds(conn.Del(ctx, t.key("k")), conn.Select(ctx, 0))
		returns(t, conn.Get(ctx, t.key("k")), "zero")
		t.succeeds(conn.Del(ctx, t.key("k")))
	})
	s.it("expiry commands in a transaction act at EXEC", func(ctx context.Context, t *trial) {
		conn := t.connection(ctx)
		t.succeeds(conn.Do(ctx, "MULTI"), conn.Do(ctx, "SET", t.key("k"), "v"), conn.Do(ctx, "EXPIRE", t.key("k"), 60))
		returns(t, conn.Do(ctx, "EXEC"), any([]any{"OK", int64(1)}))
		t.lives(t.PTTL(ctx, t.key("k")), time.Minute)
	})
}

// errRetry ends a Watch function early.
var errRetry = errors.New("retry")

func watching(s *suite) {
	// increment reads and writes a counter under WATCH; meddle comes between.
	increment := func(ctx context.Context, t *trial, key string, meddle func()) error {
		return t.Watch(ctx, func(tx *redis.Tx) error {
			n, err := tx.Get(ctx, key).Int()
			if err != nil && !errors.Is(err, redis.Nil) {
				return err
			}
			meddle()
			_, err = tx.TxPipelined(ctx, func(pipe redis.Pipeliner) error {
				pipe.Set(ctx, key, n+1, 0)
				return nil
			})
			return err
		}, key)
	}
	nothing := func() {}

	s.it("a transaction runs where no watched key changed", func(ctx context.Context, t *trial) {
		t.succeeds(t.Set(ctx, t.key("n"), 1, 0))
		t.Expect(increment(ctx, t, t.key("n"), nothing)).To(gomega.Succeed())
		returns(t, t.Get(ctx, t.key("n")), "2")
	})
	s.it("a change of a watched key by another client fails the transaction", func(ctx context.Context, t *trial) {
		other := t.anotherClient()
		err := increment(ctx, t, t.key("n"), func() { t.succeeds(other.Set(ctx, t.key("n"), 100, 0)) })
		t.Expect(err).To(gomega.MatchError(redis.TxFailedErr))
		returns(t, t.Get(ctx, t.key("n")), "100")
	})
	s.it("a retry after a conflict succeeds, so no update is lost", func(ctx context.Context, t *trial) {
		key := t.key("n")
		done := make(chan error, 4)
		for range cap(done) {
			go func() {
				for range 10 {
					var err error = redis.TxFailedErr
					for errors.Is(err, redis.TxFailedErr) {
						err = increment(ctx, t, key, nothing)
					}
					if err != nil {
						done <- err
						return
					}
				}
				done <- nil
			}()
		}
		for range cap(done) {
			t.eventually(ctx, done).Should(gomega.Receive(gomega.BeNil()))
		}
		returns(t, t.Get(ctx, key), "40")
	})
	for _, c := range []struct {
		promise string
		prepare func(ctx context.Context, t *trial)
		meddle  func(ctx context.Context, t *trial) redis.Cmder
	}{
		{
			"creating a watched key", func(context.Context, *trial) {},
			func(ctx context.Context, t *trial) redis.Cmder { return t.Set(ctx, t.key("k"), "v", 0) },
		},
		{
			"removing a watched key", func(ctx context.Context, t *trial) { holdString(ctx, t, t.key("k")) },
			func(ctx context.Context, t *trial) redis.Cmder { return t.Del(ctx, t.key("k")) },
		},
		{
			"writing the same value again", func(ctx context.Context, t *trial) { holdString(ctx, t, t.key("k")) },
			func(ctx context.Context, t *trial) redis.Cmder { return t.Set(ctx, t.key("k"), "text", 0) },
		},
		{
			"pushing to a watched list", func(ctx context.Context, t *trial) { holdList(ctx, t, t.key("k")) },
			func(ctx context.Context, t *trial) redis.Cmder { return t.RPush(ctx, t.key("k"), "x") },
		},
		{
			"a time to live for a watched key", func(ctx context.Context, t *trial) { holdString(ctx, t, t.key("k")) },
			func(ctx context.Context, t *trial) redis.Cmder { return t.Expire(ctx, t.key("k"), time.Hour) },
		},
		{
			"a script that writes a watched key", func(context.Context, *trial) {},
			func(ctx context.Context, t *trial) redis.Cmder {
				return t.Eval(ctx, `return redis.call('SET', KEYS[1], 'v')`, []string{t.key("k")})
			},
		},
		{
			"renaming another key to a watched one", func(ctx context.Context, t *trial) { holdString(ctx, t, t.key("from")) },
			func(ctx context.Context, t *trial) redis.Cmder { return t.Rename(ctx, t.key("from"), t.key("k")) },
		},
	} {
		s.it("WATCH notices "+c.promise, func(ctx context.Context, t *trial) {
			conn := t.connection(ctx)
			c.prepare(ctx, t)
			t.succeeds(conn.Do(ctx, "WATCH", t.key("k")), c.meddle(ctx, t), conn.Do(ctx, "MULTI"), conn.Do(ctx, "PING"))
			t.misses(conn.Do(ctx, "EXEC"))
		})
	}
	s.it("WATCH overlooks reads and commands that change nothing", func(ctx context.Context, t *trial) {
		conn := t.connection(ctx)
		holdString(ctx, t, t.key("k"))
		t.succeeds(conn.Do(ctx, "WATCH", t.key("k"), t.key("missing")), t.Get(ctx, t.key("k")), t.Del(ctx, t.key("missing")),
			t.Persist(ctx, t.key("k")), t.Do(ctx, "SETNX", t.key("k"), "x"))
		t.succeeds(conn.Do(ctx, "MULTI"), conn.Do(ctx, "PING"))
		returns(t, conn.Do(ctx, "EXEC"), any([]any{"PONG"}))
	})
	s.it("a connection's own change of a watched key before MULTI fails the transaction", func(ctx context.Context, t *trial) {
		conn := t.connection(ctx)
		t.succeeds(conn.Do(ctx, "WATCH", t.key("k")), conn.Set(ctx, t.key("k"), "v", 0), conn.Do(ctx, "MULTI"), conn.Do(ctx, "PING"))
		t.misses(conn.Do(ctx, "EXEC"))
	})
	s.it("UNWATCH, DISCARD and EXEC forget watched keys", func(ctx context.Context, t *trial) {
		conn := t.connection(ctx)
		t.succeeds(conn.Do(ctx, "WATCH", t.key("k")), t.Incr(ctx, t.key("k")))
		returns(t, conn.Do(ctx, "UNWATCH"), any("OK"))
		t.succeeds(conn.Do(ctx, "MULTI"), conn.Do(ctx, "PING"))
		returns(t, conn.Do(ctx, "EXEC"), any([]any{"PONG"}))

		t.succeeds(conn.Do(ctx, "WATCH", t.key("k")), t.Incr(ctx, t.key("k")), conn.Do(ctx, "MULTI"), conn.Do(ctx, "DISCARD"))
		t.succeeds(conn.Do(ctx, "MULTI"), conn.Do(ctx, "PING"))
		returns(t, conn.Do(ctx, "EXEC"), any([]any{"PONG"}))

		t.succeeds(conn.Do(ctx, "WATCH", t.key("k")), t.Incr(ctx, t.key("k")), conn.Do(ctx, "MULTI"))
		t.misses(conn.Do(ctx, "EXEC"))
		t.succeeds(conn.Do(ctx, "MULTI"), conn.Do(ctx, "PING"))
		returns(t, conn.Do(ctx, "EXEC"), any([]any{"PONG"}))
	})
	s.it("WATCH within MULTI is refused", func(ctx context.Context, t *trial) {
		conn := t.connection(ctx)
		t.succeeds(conn.Do(ctx, "MULTI"))
		t.fails(conn.Do(ctx, "WATCH", t.key("k")), "ERR WATCH inside MULTI is not allowed")
	})
	s.it("a Watch function that ends early leaves no watch on its connection", func(ctx context.Context, t *trial) {
		t.Expect(t.Watch(ctx, func(*redis.Tx) error { return errRetry }, t.key("k"))).To(gomega.MatchError(errRetry))
		t.succeeds(t.Incr(ctx, t.key("k")))
		_, err := t.TxPipelined(ctx, func(tx redis.Pipeliner) error { tx.Ping(ctx); return nil })
		t.Expect(err).NotTo(gomega.HaveOccurred())
	})
	s.itTakesTime("WATCH notices that a key expires", func(ctx context.Context, t *trial) {
		conn := t.connection(ctx)
		t.succeeds(t.Set(ctx, t.key("k"), "v", blink), conn.Do(ctx, "WATCH", t.key("k")))
		t.expires(ctx, t.key("k"))
		t.succeeds(conn.Do(ctx, "MULTI"), conn.Do(ctx, "PING"))
		t.misses(conn.Do(ctx, "EXEC"))
	})
}
