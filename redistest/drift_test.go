package redistest_test

import (
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/internal/process/processtest"
	"github.com/compozy/rediskit/redistest"
)

// drifting runs fn on the embedded server, where onReal is false, and on redis-server, and returns what the test was told.
// What fn does with hidden is not recorded.
func drifting(t *testing.T, fn func(srv *redistest.Server, hidden *redis.Client, onReal bool), opts ...redistest.DriftOption) (failures, log []string) {
	t.Helper()
	processtest.Start(t)
	onReal := false
	var fake *fakeTB
	failures = runFake(t, func(tb *fakeTB) {
		fake = tb
		redistest.Drift(tb, func(srv *redistest.Server) {
			hidden := redis.NewClient(srv.Options())
			defer func() { assert.NoError(t, hidden.Close()) }()
			fn(srv, hidden, onReal)
			onReal = true
		}, opts...)
	})
	return failures, fake.log
}

func TestDriftShowsBothSides(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fn   func(client, hidden *redis.Client, onReal bool)
		opts []redistest.DriftOption
		want string
	}{
		"a reply": {
			fn: func(client, hidden *redis.Client, onReal bool) {
				client.Set(t.Context(), "k", "v", 0)
				if onReal {
					hidden.Set(t.Context(), "k", "w", 0)
				}
				client.Get(t.Context(), "k")
				client.Del(t.Context(), "k")
			},
			want: `redistest: embedded is not as redis-server:
	command 2: GET k
		redis-server: "w"
		embedded:     "v"
if that is to be: redistest.AllowDrift("GET", "the reason")`,
		},
		"an error, and nil": {
			fn: func(client, hidden *redis.Client, onReal bool) {
				if onReal {
					hidden.RPush(t.Context(), "k", "v")
				}
				client.Get(t.Context(), "k")
				hidden.Del(t.Context(), "k")
			},
			want: `redistest: embedded is not as redis-server:
	command 1: GET k
		redis-server: the error WRONGTYPE Operation against a key holding the wrong kind of value
		embedded:     nil
if that is to be: redistest.AllowDrift("GET", "the reason")`,
		},
		"the keyspace": {
			fn: func(client, hidden *redis.Client, onReal bool) {
				client.HSet(t.Context(), "user:1", "name", "Ada")
				if onReal {
					hidden.HSet(t.Context(), "user:1", "name", "Eve")
				}
			},
			want: `redistest: embedded is not as redis-server:
	the keyspace, where redis-server is right:
		user:1 (hash): field name: want Eve, got Ada`,
		},
		"a time to live": {
			fn: func(client, _ *redis.Client, onReal bool) {
				ttl := time.Minute
				if onReal {
					ttl = time.Hour
				}
				client.Do(t.Context(), "SET", "k", "v")
				client.PExpire(t.Context(), "k", ttl)
				client.TTL(t.Context(), "k")
			},
			opts: []redistest.DriftOption{redistest.AllowDrift("PEXPIRE", "so that it can be seen"), redistest.Except("*")},
			want: `redistest: embedded is not as redis-server:
	command 3: TTL k
		redis-server: 1h0m0s
		embedded:     1m0s
if that is to be: redistest.AllowDrift("TTL", "the reason")`,
		},
		"another command": {
			fn: func(client, _ *redis.Client, onReal bool) {
				if onReal {
					client.Set(t.Context(), "k", "it's", 0)
				} else {
					client.Get(t.Context(), "k")
				}
				client.Del(t.Context(), "k")
			},
			want: `redistest: embedded is not as redis-server:
	command 1: the test has sent another command
		redis-server: SET k "it's"
		embedded:     GET k`,
		},
		"other words": {
			fn: func(client, _ *redis.Client, onReal bool) {
				if onReal {
					client.Get(t.Context(), "k\n")
				} else {
					client.Get(t.Context(), "l")
				}
			},
			want: `redistest: embedded is not as redis-server:
	command 1: the test has sent another command
		redis-server: GET "k\n"
		embedded:     GET l
if that is to be: redistest.AllowDrift("GET", "the reason")`,
		},
		"no command": {
			fn: func(client, _ *redis.Client, onReal bool) {
				client.Ping(t.Context())
				if onReal {
					client.Ping(t.Context())
				}
			},
			want: `redistest: embedded is not as redis-server:
	command 2: the test has sent another command
		redis-server: PING
		embedded:     nothing any more`,
		},
		"long replies, in a transaction": {
			fn: func(client, hidden *redis.Client, onReal bool) {
				end := "x"
				if onReal {
					end = "y"
				}
				hidden.RPush(t.Context(), "k", strings.Repeat("a", 1000)+end)
				_, err := client.TxPipelined(t.Context(), func(p redis.Pipeliner) error {
					p.LRange(t.Context(), "k", 0, -1)
					return nil
				})
				assert.NoError(t, err)
				hidden.Del(t.Context(), "k")
			},
			want: `redistest: embedded is not as redis-server:
	command 2: LRANGE k 0 -1
		redis-server: …` + strings.Repeat("a", 40) + `y"]
		embedded:     …` + strings.Repeat("a", 40) + `x"]
if that is to be: redistest.AllowDrift("LRANGE", "the reason")`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			failures, _ := drifting(t, func(srv *redistest.Server, hidden *redis.Client, onReal bool) {
				test.fn(srv.Client(), hidden, onReal)
			}, test.opts...)
			require.Equal(t, []string{test.want}, failures)
		})
	}
}

func TestDriftShowsNoMoreThanOneReads(t *testing.T) {
	t.Parallel()
	failures, _ := drifting(t, func(srv *redistest.Server, hidden *redis.Client, onReal bool) {
		if onReal {
			hidden.Set(t.Context(), "k", "v", 0)
		}
		for range 13 {
			srv.Client().Get(t.Context(), "k")
		}
	}, redistest.Except("k"))
	require.Len(t, failures, 1)
	require.Equal(t, 10, strings.Count(failures[0], "command "))
	require.Contains(t, failures[0], "\n\tand 3 more\n")
}

// What no two servers have in common is no drift.
func TestDriftOverlooksChanceOrderAndTime(t *testing.T) {
	t.Parallel()
	failures, log := drifting(t, func(srv *redistest.Server, _ *redis.Client, _ bool) {
		ctx, client := t.Context(), srv.NewClient()
		must := func(cmds ...redis.Cmder) {
			for _, cmd := range cmds {
				assert.NoError(t, cmd.Err(), cmd)
			}
		}
		numbers := make([]any, 500)
		for i := range numbers {
			numbers[i] = strconv.Itoa(i)
		}
		must(
			client.SAdd(ctx, "set", numbers...),
			client.SPop(ctx, "set"),
			client.SPopN(ctx, "set", 10),
			client.SMembers(ctx, "set"),
			client.SUnionStore(ctx, "copy", "set"),
			client.SIsMember(ctx, "copy", "7"),
			client.SRandMemberN(ctx, "copy", 3),
			client.RandomKey(ctx),
			client.SAdd(ctx, "whole", numbers...),
			client.SMembers(ctx, "whole"),
			client.SUnion(ctx, "whole", "nothing"),
			client.HSet(ctx, "hash", numbers...),
			client.HKeys(ctx, "hash"),
			client.HGetAll(ctx, "hash"),
			client.Do(ctx, "HGETALL", "hash"),
			client.HRandField(ctx, "hash", 4),
			client.Keys(ctx, "*"),
		)
		for _, each := range []*redis.ScanIterator{
			client.Scan(ctx, 0, "*", 2).Iterator(),
			client.SScan(ctx, "whole", 0, "", 20).Iterator(),
			client.HScan(ctx, "hash", 0, "", 20).Iterator(),
		} {
			for each.Next(ctx) {
				client.Ping(ctx)
				break // others may be left in the middle
			}
			assert.NoError(t, each.Err())
		}
		for each := client.SScan(ctx, "whole", 0, "", 20).Iterator(); each.Next(ctx); {
			continue
		}

		first := client.XAdd(ctx, &redis.XAddArgs{Stream: "s", Values: []string{"n", "1"}})
		second := client.XAdd(ctx, &redis.XAddArgs{Stream: "s", Values: []string{"n", "2"}})
		must(
			first, second,
			client.XAdd(ctx, &redis.XAddArgs{Stream: "other", Values: []string{"after", second.Val()}}),
			client.XAdd(ctx, &redis.XAddArgs{Stream: "explicit", ID: "5-1", Values: []string{"f", "v"}}),
			client.XRange(ctx, "s", "-", "+"),
			client.Do(ctx, "XREVRANGE", "s", "+", "-"),
			client.XGroupCreate(ctx, "s", "g", "0"),
			client.XReadGroup(ctx, &redis.XReadGroupArgs{Group: "g", Consumer: "c", Streams: []string{"s", ">"}}),
			client.XRead(ctx, &redis.XReadArgs{Streams: []string{"s", "other", first.Val(), "0"}}),
			client.XPending(ctx, "s", "g"),
			client.XPendingExt(ctx, &redis.XPendingExtArgs{Stream: "s", Group: "g", Start: "-", End: "+", Count: 9}),
			client.XAck(ctx, "s", "g", first.Val()),
			client.Set(ctx, "last", second.Val(), time.Minute),
			client.TTL(ctx, "last"), client.PTTL(ctx, "last"), client.ExpireTime(ctx, "last"), client.Do(ctx, "PTTL", "last"),
			client.Time(ctx), client.ClientID(ctx), client.ObjectIdleTime(ctx, "last"), client.Info(ctx),
		)
		srv.NewClient().Do(ctx, "NO-SUCH-COMMAND")
	})
	require.Empty(t, failures)
	require.Empty(t, log)
}

func TestDriftInCommandsThatOverlap(t *testing.T) {
	t.Parallel()
	failures, log := drifting(t, func(srv *redistest.Server, hidden *redis.Client, onReal bool) {
		done := make(chan error, 1)
		go func() { done <- srv.Client().BLPop(t.Context(), 0, "q").Err() }()
		untilBlocked(t, srv, 1)
		srv.NewClient().RPush(t.Context(), "q", "a", "b")
		assert.NoError(t, <-done)
		if onReal {
			hidden.RPush(t.Context(), "q", "c")
		}
	})
	require.Equal(t, []string{`redistest: embedded is not as redis-server:
	the keyspace, where redis-server is right:
		q (list): missing element 1: c`}, failures)
	require.Equal(t, []string{
		"redistest: commands have overlapped in time, so that the replies of redis-server and embedded are not compared; what they hold is",
	}, log)
}

func TestDriftThatIsAllowed(t *testing.T) {
	t.Parallel()
	token := 0
	differ := func(srv *redistest.Server, hidden *redis.Client, onReal bool) {
		if token++; onReal {
			hidden.Incr(t.Context(), "n")
		}
		srv.Client().Incr(t.Context(), "n")
		srv.Client().Set(t.Context(), "session:0"+strconv.Itoa(token), "of 0"+strconv.Itoa(token), 0)
		srv.Client().StrLen(t.Context(), "k")
	}
	failures, log := drifting(t, differ,
		redistest.Except("n"), redistest.AllowDrift("incr", "it counts on"), redistest.AllowDrift("STRLEN", "not needed"),
		redistest.Scrub(regexp.MustCompile(`0\d+`), "<token>"))
	require.Empty(t, failures)
	require.Equal(t, []string{"redistest: INCR may differ: it counts on"}, log)

	failures, _ = drifting(t, differ, redistest.Match("none"), redistest.KeyspacesOnly())
	require.Empty(t, failures)

	failures, _ = drifting(t, differ, redistest.AllowDrift("INCR", " "))
	require.Equal(t, []string{"redistest: allow INCR to differ: no reason is given"}, failures)

	failures, _ = drifting(t, func(srv *redistest.Server, hidden *redis.Client, onReal bool) {
		if ttl := 10 * time.Minute; onReal {
			hidden.Set(t.Context(), "k", "v", ttl+time.Minute)
		} else {
			hidden.Set(t.Context(), "k", "v", ttl)
		}
		srv.Client().PTTL(t.Context(), "k")
	}, redistest.ClockTolerance(2*time.Minute))
	require.Empty(t, failures)
}

func TestDriftWithoutARealServer(t *testing.T) { //nolint:paralleltest // it sets the environment
	for require, want := range map[string][]string{
		"0": {"skip: redistest: no redis-server; install it with: apt-get install redis-server, or: brew install redis; REDISTEST_REQUIRE=1 makes this a failure"},
		"1": {"redistest: no redis-server; install it with: apt-get install redis-server, or: brew install redis"},
	} {
		t.Setenv("REDISTEST_REQUIRE", require)
		ran := 0
		failures := runFake(t, func(tb *fakeTB) {
			redistest.Drift(skippingTB{tb}, func(*redistest.Server) { ran++ },
				redistest.WithBackend(redistest.Embedded()), redistest.WithBackend(redistest.NotInstalled()))
		})
		assert.Equal(t, 1, ran)
		assert.Equal(t, want, failures)
	}
}

// skippingTB is a test that can be skipped, which it notes as a failure.
type skippingTB struct{ *fakeTB }

func (s skippingTB) Skipf(format string, args ...any) { s.Fatalf("skip: "+format, args...) }

func TestDriftOfAClosedServer(t *testing.T) {
	t.Parallel()
	failures, _ := drifting(t, func(srv *redistest.Server, _ *redis.Client, onReal bool) {
		if onReal {
			assert.NoError(t, srv.Close(t.Context()))
		}
	})
	require.Len(t, failures, 1)
	require.Contains(t, failures[0], "embedded is not as redis-server:\n\twhat redis-server holds: ")
}
