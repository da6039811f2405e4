package redistest_test

import (
	"context"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/redistest"
)

var noon = time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC)

func TestTheClockStandsStillUntilItIsMoved(t *testing.T) {
	t.Parallel()
	srv := redistest.New(t, redistest.WithTime(noon))
	require.Equal(t, noon, srv.Now())
	srv.Advance(90 * time.Minute)
	require.Equal(t, noon.Add(90*time.Minute), srv.Now())
	told, err := srv.Client().Time(t.Context()).Result()
	require.NoError(t, err)
	require.True(t, told.Equal(srv.Now()), "TIME says %v", told)
	srv.TravelTo(noon)
	require.Equal(t, noon, srv.Now())
	require.Equal(t, noon, srv.Clock().Now())
}

func TestTheClockBeginsAtTheStart(t *testing.T) {
	t.Parallel()
	before := time.Now().Truncate(time.Millisecond)
	srv := redistest.New(t)
	now := srv.Now()
	require.False(t, now.Before(before) || now.After(time.Now()), "%v", now)
	require.Equal(t, now, srv.Now())
}

func TestTimesOutOfReachAreRefused(t *testing.T) {
	t.Parallel()
	_, err := redistest.Start(t.Context(), redistest.WithTime(time.Time{}))
	require.EqualError(t, err, "redistest: start the clock: 0001-01-01 00:00:00 +0000 UTC is not between the years 1970 and 2200")
	failures := runFake(t, func(tb *fakeTB) {
		redistest.New(tb, redistest.WithTime(noon)).Advance(290 * 365 * 24 * time.Hour)
	})
	require.Contains(t, failures[0], "redistest: advance by 2540400h0m0s: 2315-12-22 12:00:00 +0000 UTC is not between the years 1970 and 2200")
	failures = runFake(t, func(tb *fakeTB) { redistest.New(tb).TravelTo(time.Time{}) })
	require.Contains(t, failures[0], "redistest: travel to 0001-01-01 00:00:00 +0000 UTC: 0001-01-01")
}

func TestAKeyLivesUntilItsDeadline(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	for name, expire := range map[string]func(*redis.Client, time.Time) error{
		"SET PX": func(c *redis.Client, _ time.Time) error { return c.Set(ctx, "k", "v", time.Second).Err() },
		"SET EXAT": func(c *redis.Client, now time.Time) error {
			return c.Do(ctx, "set", "k", "v", "exat", now.Unix()+1).Err()
		},
		"SETEX":      func(c *redis.Client, _ time.Time) error { return c.Do(ctx, "setex", "k", 1, "v").Err() },
		"PSETEX":     func(c *redis.Client, _ time.Time) error { return c.Do(ctx, "psetex", "k", 1000, "v").Err() },
		"GETEX":      existing(ctx, func(c *redis.Client, _ time.Time) error { return c.GetEx(ctx, "k", time.Second).Err() }),
		"EXPIRE":     existing(ctx, func(c *redis.Client, _ time.Time) error { return c.Expire(ctx, "k", time.Second).Err() }),
		"PEXPIRE":    existing(ctx, func(c *redis.Client, _ time.Time) error { return c.PExpire(ctx, "k", time.Second).Err() }),
		"EXPIREAT":   existing(ctx, func(c *redis.Client, now time.Time) error { return c.ExpireAt(ctx, "k", now.Add(time.Second)).Err() }),
		"PEXPIREAT":  existing(ctx, func(c *redis.Client, now time.Time) error { return c.PExpireAt(ctx, "k", now.Add(time.Second)).Err() }),
		"RENAME":     existing(ctx, func(c *redis.Client, _ time.Time) error { return moved(ctx, c, "rename", "from", "k") }),
		"COPY":       existing(ctx, func(c *redis.Client, _ time.Time) error { return moved(ctx, c, "copy", "from", "k", "replace") }),
		"MOVE":       func(c *redis.Client, _ time.Time) error { return movedFrom(ctx, c, "move", "k", 0) },
		"SWAPDB":     func(c *redis.Client, _ time.Time) error { return movedFrom(ctx, c, "swapdb", 0, 1) },
		"HEXPIRE":    func(c *redis.Client, _ time.Time) error { return field(ctx, c, "hexpire", 1) },
		"HPEXPIRE":   func(c *redis.Client, _ time.Time) error { return field(ctx, c, "hpexpire", 1000) },
		"HEXPIREAT":  func(c *redis.Client, now time.Time) error { return field(ctx, c, "hexpireat", now.Unix()+1) },
		"HPEXPIREAT": func(c *redis.Client, now time.Time) error { return field(ctx, c, "hpexpireat", now.UnixMilli()+1000) },
		"HSETEX": func(c *redis.Client, _ time.Time) error {
			return c.Do(ctx, "hsetex", "k", "px", 1000, "fields", 1, "f", "v").Err()
		},
		"Lua": func(c *redis.Client, _ time.Time) error {
			return c.Eval(ctx, "redis.call('set', KEYS[1], 'v', 'px', 1000)", []string{"k"}).Err()
		},
		"transaction": func(c *redis.Client, _ time.Time) error {
			_, err := c.TxPipelined(ctx, func(p redis.Pipeliner) error { return p.Set(ctx, "k", "v", time.Second).Err() })
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := redistest.New(t, redistest.WithTime(noon))
			client := srv.Client()
			srv.Advance(12345 * time.Millisecond) // the clock is not where it began
			srv.TravelTo(srv.Now().Truncate(time.Second))
			if err := expire(client, srv.Now()); err != redis.Nil { //nolint:errorlint // a script that returns nothing
				require.NoError(t, err)
			}
			srv.Advance(999 * time.Millisecond)
			require.EqualValues(t, 1, client.Exists(t.Context(), "k").Val(), "a millisecond before")
			srv.Advance(time.Millisecond)
			requireGone(t, client, "k")
			srv.TravelTo(noon)
			requireGone(t, client, "k")
		})
	}
}

// existing makes the key first.
func existing(ctx context.Context, expire func(*redis.Client, time.Time) error) func(*redis.Client, time.Time) error {
	return func(c *redis.Client, now time.Time) error {
		if err := c.Set(ctx, "k", "v", 0).Err(); err != nil {
			return err
		}
		return expire(c, now)
	}
}

// moved gives a key its second and then moves it.
func moved(ctx context.Context, c *redis.Client, command ...any) error {
	if err := c.Set(ctx, "from", "v", time.Second).Err(); err != nil {
		return err
	}
	return c.Do(ctx, command...).Err()
}

// movedFrom does so in database 1.
func movedFrom(ctx context.Context, c *redis.Client, command ...any) error {
	_, err := c.Pipelined(ctx, func(p redis.Pipeliner) error {
		p.Do(ctx, "select", 1)
		p.Set(ctx, "k", "v", time.Second)
		p.Do(ctx, command...)
		p.Do(ctx, "select", 0)
		return nil
	})
	return err
}

func field(ctx context.Context, c *redis.Client, command string, at any) error {
	if err := c.HSet(ctx, "k", "f", "v").Err(); err != nil {
		return err
	}
	return c.Do(ctx, command, "k", at, "fields", 1, "f").Err()
}

func requireGone(t *testing.T, client *redis.Client, key string) {
	t.Helper()
	ctx := t.Context()
	require.Zero(t, client.DBSize(ctx).Val())
	require.Empty(t, client.Keys(ctx, "*").Val())
	keys, _ := client.Scan(ctx, 0, "*", 10).Val()
	require.Empty(t, keys)
	require.ErrorIs(t, client.RandomKey(ctx).Err(), redis.Nil)
	require.Zero(t, client.Exists(ctx, key).Val())
	require.EqualValues(t, -2, client.PTTL(ctx, key).Val())
}

func TestTimesToLiveGrowAgainOnTheWayBack(t *testing.T) {
	t.Parallel()
	srv := redistest.New(t, redistest.WithTime(noon))
	client := srv.Client()
	require.NoError(t, client.Set(t.Context(), "k", "v", time.Hour).Err())
	require.NoError(t, client.Set(t.Context(), "short", "v", time.Minute).Err())
	srv.Advance(30 * time.Minute)
	require.Equal(t, 30*time.Minute, client.PTTL(t.Context(), "k").Val())
	srv.TravelTo(noon.Add(-time.Hour))
	require.Equal(t, 2*time.Hour, client.PTTL(t.Context(), "k").Val())
	require.NoError(t, client.Set(t.Context(), "new", "v", time.Minute).Err())
	srv.Advance(time.Minute)
	require.Equal(t, []string{"k"}, client.Keys(t.Context(), "*").Val(), "what has expired stays gone")
	require.Equal(t, noon.Add(time.Hour).Unix(), int64(client.ExpireTime(t.Context(), "k").Val()/time.Second))
}

func TestStreamIDsNeverGoBack(t *testing.T) {
	t.Parallel()
	srv := redistest.New(t, redistest.WithTime(noon))
	add := func() string {
		return srv.Client().XAdd(t.Context(), &redis.XAddArgs{Stream: "s", Values: []string{"f", "v"}}).Val()
	}
	ms := strconv.FormatInt(noon.UnixMilli(), 10)
	require.Equal(t, ms+"-0", add())
	srv.TravelTo(noon.Add(-time.Hour))
	require.Equal(t, ms+"-1", add())
	srv.TravelTo(noon.Add(time.Millisecond))
	require.Equal(t, strconv.FormatInt(noon.UnixMilli()+1, 10)+"-0", add())
}

func TestABlockedClientTimesOutByTheClock(t *testing.T) {
	t.Parallel()
	srv := redistest.New(t, redistest.WithTime(noon))
	done := make(chan error, 1)
	go func() { done <- srv.NewClient().BLPop(t.Context(), 30*time.Second, "q").Err() }()
	untilBlocked(t, srv, 1)
	srv.Advance(30*time.Second - time.Millisecond)
	require.NoError(t, srv.Client().Ping(t.Context()).Err())
	require.Empty(t, done)
	srv.Advance(time.Millisecond)
	require.ErrorIs(t, <-done, redis.Nil)
}

// untilBlocked waits until so many clients are blocked.
func untilBlocked(t *testing.T, srv *redistest.Server, n int) {
	t.Helper()
	for strings.Count(srv.Client().ClientList(t.Context()).Val(), "flags=b") < n {
		require.NoError(t, t.Context().Err())
	}
}

func TestPendingEntriesAndConsumersAreIdleByTheClock(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	srv := redistest.New(t, redistest.WithTime(noon))
	client := srv.Client()
	require.NoError(t, client.XGroupCreateMkStream(ctx, "s", "g", "0").Err())
	require.NoError(t, client.XAdd(ctx, &redis.XAddArgs{Stream: "s", ID: "1-0", Values: []string{"f", "v"}}).Err())
	require.NoError(t, client.XReadGroup(ctx, &redis.XReadGroupArgs{Group: "g", Consumer: "ada", Streams: []string{"s", ">"}}).Err())
	require.NoError(t, client.XGroupCreateConsumer(ctx, "s", "g", "bob").Err())
	srv.Advance(time.Minute)
	consumers := client.XInfoConsumers(ctx, "s", "g").Val()
	require.Equal(t, time.Minute, consumers[0].Idle, "ada has read")
	require.Equal(t, time.Minute, consumers[1].Idle, "bob was made")
	pending := client.XPendingExt(ctx, &redis.XPendingExtArgs{Stream: "s", Group: "g", Start: "-", End: "+", Count: 1}).Val()
	require.Equal(t, time.Minute, pending[0].Idle)

	claim := func(idle time.Duration) []string {
		return client.XClaimJustID(ctx, &redis.XClaimArgs{Stream: "s", Group: "g", Consumer: "bob", MinIdle: idle, Messages: []string{"1-0"}}).Val()
	}
	require.Empty(t, claim(time.Minute+time.Millisecond))
	require.Equal(t, []string{"1-0"}, claim(time.Minute))
	require.Empty(t, claim(time.Millisecond), "it was delivered just now")
	srv.Advance(time.Second)
	auto, _ := client.XAutoClaimJustID(ctx, &redis.XAutoClaimArgs{Stream: "s", Group: "g", Consumer: "ada", MinIdle: time.Second + 1, Start: "0"}).Val()
	require.Equal(t, []string{"1-0"}, auto)
}

func TestCheckpointsKeepTheTime(t *testing.T) {
	t.Parallel()
	srv := redistest.New(t, redistest.WithTime(noon))
	require.NoError(t, srv.Client().Set(t.Context(), "k", "v", time.Minute).Err())
	srv.Advance(10 * time.Second)
	cp := srv.Checkpoint()
	srv.Advance(time.Hour)
	require.Zero(t, srv.Client().Exists(t.Context(), "k").Val())
	srv.Rewind(cp)
	require.Equal(t, noon.Add(10*time.Second), srv.Now())
	require.Equal(t, 50*time.Second, srv.Client().PTTL(t.Context(), "k").Val())
	srv.Advance(50 * time.Second)
	require.Zero(t, srv.Client().Exists(t.Context(), "k").Val())
}

// event is something that happens at a moment.
type event struct {
	at   time.Duration
	name string
}

func TestAdvanceGoesThroughEventsInTheOrderOfTime(t *testing.T) {
	t.Parallel()
	for seed := range uint64(50) {
		t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
			t.Parallel()
			random := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // reproducible on purpose
			srv := redistest.New(t, redistest.WithTime(noon))
			client := srv.Client()
			var want, got []event
			keys := map[string]time.Duration{}
			for i := range 5 {
				key := "k" + strconv.Itoa(i)
				keys[key] = time.Duration(1+random.IntN(3600_000)) * time.Millisecond
				require.NoError(t, client.Set(t.Context(), key, "v", keys[key]).Err())
			}
			for i := range 3 {
				at := time.Duration(1+random.IntN(3600_000)) * time.Millisecond
				name := "timer " + strconv.Itoa(i)
				want = append(want, event{at, name})
				srv.Clock().AfterFunc(at, func() {
					got = append(got, event{srv.Now().Sub(noon), name})
					for key, deadline := range keys {
						alive := client.Exists(t.Context(), key).Val() == 1
						assert.Equal(t, at < deadline, alive, "%s lives %v, at %v", key, deadline, at)
						assert.Equal(t, at, srv.Clock().Since(noon))
					}
				})
			}
			slices.SortStableFunc(want, func(a, b event) int { return int(a.at - b.at) })
			srv.Advance(time.Hour)
			require.Equal(t, want, got)
			require.Zero(t, client.DBSize(t.Context()).Val())
		})
	}
}
