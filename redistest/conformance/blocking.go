package conformance

import (
	"context"

	"github.com/onsi/gomega"
	"github.com/redis/go-redis/v9"
)

func blockingSpecs(s *suite) {
	blockingNot(s)
	handingOver(s)
	takingTurns(s)
	blockingStreams(s)
	blockingEnds(s)
}

func blockingNot(s *suite) {
	s.it("BLPOP and BRPOP return at once where there is an element", func(ctx context.Context, t *trial) {
		t.succeeds(t.RPush(ctx, t.key("l"), "a", "b", "c"))
		returns(t, t.BLPop(ctx, patience, t.key("l")), []string{t.key("l"), "a"})
		returns(t, t.BRPop(ctx, patience, t.key("l")), []string{t.key("l"), "c"})
	})
	s.it("BLPOP takes from the first key in the call that has elements", func(ctx context.Context, t *trial) {
		t.succeeds(t.RPush(ctx, t.key("b"), "b1"), t.RPush(ctx, t.key("c"), "c1"))
		returns(t, t.BLPop(ctx, patience, t.key("a"), t.key("c"), t.key("b")), []string{t.key("c"), "c1"})
	})
	s.it("BLMOVE, BRPOPLPUSH, BLMPOP, BZPOPMIN, BZPOPMAX and BZMPOP return at once where they can", func(ctx context.Context, t *trial) {
		t.succeeds(t.RPush(ctx, t.key("l"), "a", "b", "c"), t.ZAdd(ctx, t.key("z"), scored("a", "b", "c")...))
		returns(t, t.BLMove(ctx, t.key("l"), t.key("to"), "LEFT", "RIGHT", patience), "a")
		returns(t, t.BRPopLPush(ctx, t.key("l"), t.key("to"), patience), "c")
		returns(t, t.LRange(ctx, t.key("to"), 0, -1), []string{"c", "a"})
		key, elements, err := t.BLMPop(ctx, patience, "left", 5, t.key("l")).Result()
		t.Expect(err).NotTo(gomega.HaveOccurred())
		t.Expect(key).To(gomega.Equal(t.key("l")))
		t.Expect(elements).To(gomega.Equal([]string{"b"}))
		returns(t, t.BZPopMin(ctx, patience, t.key("z")), &redis.ZWithKey{Z: redis.Z{Score: 1, Member: "a"}, Key: t.key("z")})
		returns(t, t.BZPopMax(ctx, patience, t.key("z")), &redis.ZWithKey{Z: redis.Z{Score: 3, Member: "c"}, Key: t.key("z")})
		key, members, err := t.BZMPop(ctx, patience, "min", 5, t.key("z")).Result()
		t.Expect(err).NotTo(gomega.HaveOccurred())
		t.Expect(key).To(gomega.Equal(t.key("z")))
		t.Expect(members).To(gomega.Equal([]redis.Z{{Score: 2, Member: "b"}}))
	})
	s.it("blocking commands refuse keys of other types and bad timeouts at once", func(ctx context.Context, t *trial) {
		holdString(ctx, t, t.key("s"))
		t.fails(t.BLPop(ctx, patience, t.key("s")), "WRONGTYPE")
		t.fails(t.BZPopMin(ctx, patience, t.key("s")), "WRONGTYPE")
		t.fails(t.Do(ctx, "BLPOP", t.key("l"), -1), "ERR timeout is negative")
		t.fails(t.Do(ctx, "BLPOP", t.key("l"), "soon"), "ERR timeout is not a float or out of range")
	})
	for _, command := range []string{"BLPOP", "BRPOP", "BZPOPMIN", "BZPOPMAX"} {
		s.itTakesTime(command+" returns nil after its timeout", func(ctx context.Context, t *trial) {
			t.misses(t.Do(ctx, command, t.key("a"), t.key("b"), 0.02))
		})
	}
	s.itTakesTime("BLMOVE, BRPOPLPUSH, BLMPOP and BZMPOP return nil after their timeout", func(ctx context.Context, t *trial) {
		t.misses(t.Do(ctx, "BLMOVE", t.key("a"), t.key("b"), "LEFT", "RIGHT", 0.02))
		t.misses(t.Do(ctx, "BRPOPLPUSH", t.key("a"), t.key("b"), 0.02))
		t.misses(t.Do(ctx, "BLMPOP", 0.02, 1, t.key("a"), "LEFT"))
		t.misses(t.Do(ctx, "BZMPOP", 0.02, 1, t.key("a"), "MIN"))
	})
	s.itTakesTime("a command that has timed out takes nothing later", func(ctx context.Context, t *trial) {
		t.misses(t.Do(ctx, "BLPOP", t.key("l"), 0.02))
		t.succeeds(t.RPush(ctx, t.key("l"), "a"))
		returns(t, t.LRange(ctx, t.key("l"), 0, -1), []string{"a"})
	})
}

func handingOver(s *suite) {
	s.it("a waiting BLPOP is handed the element of a push, which leaves no key", func(ctx context.Context, t *trial) {
		popped := waitToPop(ctx, t, t.key("l"))
		returns(t, t.RPush(ctx, t.key("l"), "a"), 1)
		yields(ctx, t, popped, []string{t.key("l"), "a"})
		returns(t, t.Exists(ctx, t.key("l")), 0)
	})
	s.it("a waiting BLPOP takes one of several elements, as pushed", func(ctx context.Context, t *trial) {
		popped := waitToPop(ctx, t, t.key("l"))
		returns(t, t.LPush(ctx, t.key("l"), "a", "b", "c"), 3)
		yields(ctx, t, popped, []string{t.key("l"), "c"})
		returns(t, t.LRange(ctx, t.key("l"), 0, -1), []string{"b", "a"})
	})
	s.it("a waiting BRPOP takes from the tail", func(ctx context.Context, t *trial) {
		popped := block(ctx, t, func(c *redis.Conn) ([]string, error) { return c.BRPop(ctx, patience, t.prefix+"l").Result() })
		t.succeeds(t.RPush(ctx, t.key("l"), "a", "b"))
		yields(ctx, t, popped, []string{t.key("l"), "b"})
	})
	s.it("a client that waits for several keys is served by any of them, once", func(ctx context.Context, t *trial) {
		popped := waitToPop(ctx, t, t.key("a"), t.key("b"))
		t.succeeds(t.RPush(ctx, t.key("b"), "1"), t.RPush(ctx, t.key("a"), "2"))
		yields(ctx, t, popped, []string{t.key("b"), "1"})
		returns(t, t.LRange(ctx, t.key("a"), 0, -1), []string{"2"})
	})
	s.it("a waiting BLMOVE moves what is pushed", func(ctx context.Context, t *trial) {
		moved := block(ctx, t, func(c *redis.Conn) (string, error) {
			return c.BLMove(ctx, t.prefix+"a", t.prefix+"b", "LEFT", "RIGHT", patience).Result()
		})
		t.succeeds(t.RPush(ctx, t.key("a"), "x"))
		yields(ctx, t, moved, "x")
		returns(t, t.LRange(ctx, t.key("b"), 0, -1), []string{"x"})
	})
	s.it("a waiting BRPOPLPUSH moves what is pushed", func(ctx context.Context, t *trial) {
		moved := block(ctx, t, func(c *redis.Conn) (string, error) {
			//nolint:staticcheck // The deprecated command is what the spec is about.
			return c.BRPopLPush(ctx, t.prefix+"a", t.prefix+"b", patience).Result()
		})
		t.succeeds(t.RPush(ctx, t.key("a"), "x", "y"))
		yields(ctx, t, moved, "y")
		returns(t, t.LRange(ctx, t.key("b"), 0, -1), []string{"y"})
	})
	s.it("what BLMOVE moves serves a client that waits for the destination", func(ctx context.Context, t *trial) {
		popped := waitToPop(ctx, t, t.key("b"))
		moved := block(ctx, t, func(c *redis.Conn) (string, error) {
			return c.BLMove(ctx, t.prefix+"a", t.prefix+"b", "LEFT", "RIGHT", patience).Result()
		})
		t.succeeds(t.RPush(ctx, t.key("a"), "x"))
		yields(ctx, t, moved, "x")
		yields(ctx, t, popped, []string{t.key("b"), "x"})
	})
	s.it("a waiting BLMPOP takes as many as it asked for", func(ctx context.Context, t *trial) {
		popped := block(ctx, t, func(c *redis.Conn) ([]string, error) {
			_, elements, err := c.BLMPop(ctx, patience, "left", 2, t.prefix+"l").Result()
			return elements, err
		})
		t.succeeds(t.RPush(ctx, t.key("l"), "a", "b", "c"))
		yields(ctx, t, popped, []string{"a", "b"})
		returns(t, t.LLen(ctx, t.key("l")), 1)
	})
	s.it("waiting BZPOPMIN and BZPOPMAX take the ends of what is added", func(ctx context.Context, t *trial) {
		lowest := block(ctx, t, func(c *redis.Conn) (*redis.ZWithKey, error) { return c.BZPopMin(ctx, patience, t.prefix+"a").Result() })
		highest := block(ctx, t, func(c *redis.Conn) (*redis.ZWithKey, error) { return c.BZPopMax(ctx, patience, t.prefix+"b").Result() })
		t.succeeds(t.ZAdd(ctx, t.key("a"), scored("x", "y")...), t.ZAdd(ctx, t.key("b"), scored("x", "y")...))
		yields(ctx, t, lowest, &redis.ZWithKey{Z: redis.Z{Score: 1, Member: "x"}, Key: t.key("a")})
		yields(ctx, t, highest, &redis.ZWithKey{Z: redis.Z{Score: 2, Member: "y"}, Key: t.key("b")})
	})
	s.it("a waiting BZMPOP takes as many as it asked for", func(ctx context.Context, t *trial) {
		popped := block(ctx, t, func(c *redis.Conn) ([]redis.Z, error) {
			_, members, err := c.BZMPop(ctx, patience, "max", 2, t.prefix+"z").Result()
			return members, err
		})
		t.succeeds(t.ZAdd(ctx, t.key("z"), scored("x", "y", "w")...))
		yields(ctx, t, popped, []redis.Z{{Score: 3, Member: "w"}, {Score: 2, Member: "y"}})
	})
	s.it("a push in a transaction wakes a client once EXEC is through", func(ctx context.Context, t *trial) {
		popped := waitToPop(ctx, t, t.key("l"))
		_, err := t.TxPipelined(ctx, func(tx redis.Pipeliner) error {
			tx.RPush(ctx, t.key("l"), "a")
			tx.LPush(ctx, t.key("l"), "b")
			return nil
		})
		t.Expect(err).NotTo(gomega.HaveOccurred())
		yields(ctx, t, popped, []string{t.key("l"), "b"})
		returns(t, t.LRange(ctx, t.key("l"), 0, -1), []string{"a"})
	})
	s.it("a push that is taken back in the same transaction wakes nobody", func(ctx context.Context, t *trial) {
		popped := waitToPop(ctx, t, t.key("l"))
		_, err := t.TxPipelined(ctx, func(tx redis.Pipeliner) error {
			tx.RPush(ctx, t.key("l"), "gone")
			tx.Del(ctx, t.key("l"))
			return nil
		})
		t.Expect(err).NotTo(gomega.HaveOccurred())
		t.succeeds(t.RPush(ctx, t.key("l"), "kept"))
		yields(ctx, t, popped, []string{t.key("l"), "kept"})
	})
	s.it("a push in a script wakes a client once the script is through", func(ctx context.Context, t *trial) {
		popped := waitToPop(ctx, t, t.key("l"))
		t.succeeds(t.Eval(ctx, `redis.call('RPUSH', KEYS[1], 'a'); return redis.call('LPUSH', KEYS[1], 'b')`, []string{t.key("l")}))
		yields(ctx, t, popped, []string{t.key("l"), "b"})
	})
	s.it("a list that gets its name by RENAME wakes a client", func(ctx context.Context, t *trial) {
		popped := waitToPop(ctx, t, t.key("l"))
		t.succeeds(t.RPush(ctx, t.key("other"), "a"), t.Rename(ctx, t.key("other"), t.key("l")))
		yields(ctx, t, popped, []string{t.key("l"), "a"})
	})
	s.it("a key of another type does not wake a client", func(ctx context.Context, t *trial) {
		popped := waitToPop(ctx, t, t.key("l"))
		t.succeeds(t.Set(ctx, t.key("l"), "text", 0), t.Del(ctx, t.key("l")), t.RPush(ctx, t.key("l"), "a"))
		yields(ctx, t, popped, []string{t.key("l"), "a"})
	})
}

// waitToPop makes a client wait in BLPOP.
func waitToPop(ctx context.Context, t *trial, keys ...string) pending[[]string] {
	return block(ctx, t, func(c *redis.Conn) ([]string, error) { return c.BLPop(ctx, patience, keys...).Result() })
}

func takingTurns(s *suite) {
	s.it("clients that wait for one key are served first come, first served", func(ctx context.Context, t *trial) {
		var waiting []pending[[]string]
		for range 3 {
			waiting = append(waiting, waitToPop(ctx, t, t.key("l")))
		}
		for i, element := range []string{"1", "2", "3"} {
			t.succeeds(t.RPush(ctx, t.key("l"), element))
			yields(ctx, t, waiting[i], []string{t.key("l"), element})
		}
	})
	s.it("one push of several elements serves several clients in their order", func(ctx context.Context, t *trial) {
		first, second := waitToPop(ctx, t, t.key("l")), waitToPop(ctx, t, t.key("l"))
		t.succeeds(t.RPush(ctx, t.key("l"), "1", "2", "3"))
		yields(ctx, t, first, []string{t.key("l"), "1"})
		yields(ctx, t, second, []string{t.key("l"), "2"})
		returns(t, t.LRange(ctx, t.key("l"), 0, -1), []string{"3"})
	})
	s.it("no element is lost or given twice among many workers", func(ctx context.Context, t *trial) {
		const workers, jobs = 4, 100
		queue, results := t.key("queue"), make(chan string, jobs)
		failed := make(chan error, workers)
		for range workers {
			client := t.anotherClient()
			go func() { failed <- work(ctx, client, queue, results) }()
		}
		pipe := t.Pipeline()
		for i := range jobs {
			pipe.RPush(ctx, queue, i)
		}
		for range workers {
			pipe.RPush(ctx, queue, "stop")
		}
		_, err := pipe.Exec(ctx)
		t.Expect(err).NotTo(gomega.HaveOccurred())
		for range workers {
			t.eventually(ctx, failed).Should(gomega.Receive(gomega.BeNil()))
		}
		close(results)
		seen := map[string]int{}
		for job := range results {
			seen[job]++
		}
		t.Expect(seen).To(gomega.HaveLen(jobs))
		t.Expect(seen).To(gomega.HaveEach(1))
	})
}

// work takes jobs from a queue until it is told to stop.
func work(ctx context.Context, client redis.UniversalClient, queue string, results chan<- string) error {
	for {
		popped, err := client.BLPop(ctx, patience, queue).Result()
		if err != nil {
			return err
		}
		if popped[1] == "stop" {
			return nil
		}
		results <- popped[1]
	}
}
