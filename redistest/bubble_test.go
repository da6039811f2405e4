package redistest_test

import (
	"flag"
	"strconv"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/redistest"
)

var bubbles = flag.Int("bubbles", 5, "how often each test in a bubble is run")

// scenario is a piece of an application that goes by the time. wait lets time pass, in which everybody may do something.
type scenario func(t *testing.T, srv *redistest.Server, client *redis.Client, wait func(time.Duration))

var scenarios = map[string]scenario{
	"a session expires":     sessionExpires,
	"a worker polls":        workerPolls,
	"a rate limit in Lua":   rateLimit,
	"a flusher ticks":       flusherTicks,
	"a subscriber gives up": subscriberGivesUp,
}

func TestInABubbleSleepMovesEverything(t *testing.T) {
	t.Parallel()
	for name, scenario := range scenarios {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for range *bubbles {
				synctest.Test(t, func(t *testing.T) {
					srv := redistest.New(t)
					scenario(t, srv, srv.Client(), func(d time.Duration) {
						time.Sleep(d) //nolint:forbidigo // in a bubble
						synctest.Wait()
					})
				})
				synctest.Test(t, func(t *testing.T) {
					srv := redistest.New(t)
					scenario(t, srv, srv.NewClient(func(o *redis.Options) { o.Protocol = 2 }), func(d time.Duration) {
						srv.Advance(d)
						synctest.Wait()
					})
				})
			}
		})
	}
}

func sessionExpires(t *testing.T, srv *redistest.Server, client *redis.Client, wait func(time.Duration)) {
	t.Helper()
	ctx := t.Context()
	require.NoError(t, client.HSet(ctx, "session", "user", "ada").Err())
	require.NoError(t, client.Expire(ctx, "session", 30*time.Minute).Err())
	wait(20 * time.Minute)
	require.NoError(t, client.Expire(ctx, "session", 30*time.Minute).Err(), "she is back")
	wait(30*time.Minute - time.Millisecond)
	require.Equal(t, time.Millisecond, client.PTTL(ctx, "session").Val())
	wait(time.Millisecond)
	require.Zero(t, client.Exists(ctx, "session").Val())
	requireSynchronous(t, srv)
}

// requireSynchronous checks that the server and the application have the same time.
func requireSynchronous(t *testing.T, srv *redistest.Server) {
	t.Helper()
	told, err := srv.Client().Time(t.Context()).Result()
	require.NoError(t, err)
	require.True(t, told.Equal(srv.Now()), "TIME %v, Now %v", told, srv.Now())
	require.True(t, told.Equal(srv.Clock().Now()), "TIME %v, Clock %v", told, srv.Clock().Now())
}

func workerPolls(t *testing.T, srv *redistest.Server, client *redis.Client, wait func(time.Duration)) {
	t.Helper()
	ctx := t.Context()
	var idle, worked atomic.Int64
	done := make(chan struct{})
	worker := srv.NewClient()
	go func() {
		defer close(done)
		for {
			job, err := worker.BLPop(ctx, time.Second, "jobs").Result()
			switch {
			case err != nil:
				idle.Add(1)
			case job[1] == "stop":
				return
			default:
				worked.Add(1)
			}
		}
	}()
	wait(10*time.Second + 500*time.Millisecond)
	require.EqualValues(t, 10, idle.Load())
	require.NoError(t, client.RPush(ctx, "jobs", "a", "b").Err())
	wait(900 * time.Millisecond)
	require.EqualValues(t, 2, worked.Load())
	require.EqualValues(t, 10, idle.Load(), "its second began anew with the last job")
	wait(100 * time.Millisecond)
	require.EqualValues(t, 11, idle.Load())
	require.NoError(t, client.RPush(ctx, "jobs", "stop").Err())
	<-done
}

// window allows so many calls a second.
var window = redis.NewScript(`
	local now = redis.call('TIME')
	local ms = now[1] * 1000 + math.floor(now[2] / 1000)
	redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ms - 1000)
	if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[1]) then return 0 end
	redis.call('ZADD', KEYS[1], ms, ms .. '-' .. redis.call('INCR', KEYS[1] .. ':n'))
	redis.call('PEXPIRE', KEYS[1], 1000)
	return 1`)

func rateLimit(t *testing.T, _ *redistest.Server, client *redis.Client, wait func(time.Duration)) {
	t.Helper()
	allowed := func() int {
		n, err := window.Run(t.Context(), client, []string{"calls"}, 3).Int()
		require.NoError(t, err)
		return n
	}
	require.Equal(t, 3, allowed()+allowed()+allowed()+allowed())
	wait(999 * time.Millisecond)
	require.Zero(t, allowed())
	wait(time.Millisecond)
	require.Equal(t, 1, allowed())
	wait(time.Second)
	require.Zero(t, client.Exists(t.Context(), "calls").Val())
}

func flusherTicks(t *testing.T, srv *redistest.Server, client *redis.Client, wait func(time.Duration)) {
	t.Helper()
	ctx := t.Context()
	var pending atomic.Int64
	stop := make(chan struct{})
	flush := func(ticker clockwork.Ticker) {
		defer ticker.Stop()
		for {
			select {
			case <-ticker.Chan():
				client.IncrBy(ctx, "flushed", pending.Swap(0))
			case <-stop:
				return
			}
		}
	}
	go flush(srv.Clock().NewTicker(time.Minute))
	pending.Add(5)
	wait(59 * time.Second)
	require.Zero(t, client.Exists(ctx, "flushed").Val())
	wait(2 * time.Second)
	require.Equal(t, "5", client.Get(ctx, "flushed").Val())
	pending.Add(2)
	wait(time.Minute)
	require.Equal(t, "7", client.Get(ctx, "flushed").Val())
	close(stop)
}

func subscriberGivesUp(t *testing.T, _ *redistest.Server, client *redis.Client, wait func(time.Duration)) {
	t.Helper()
	ctx := t.Context()
	subscription := client.Subscribe(ctx, "news")
	defer subscription.Close() //nolint:errcheck // it has said so below
	_, err := subscription.Receive(ctx)
	require.NoError(t, err)
	got := make(chan string, 3)
	go func() {
		for {
			message, err := subscription.ReceiveTimeout(ctx, 10*time.Second)
			if err != nil {
				got <- "nothing"
				return
			}
			if message, ok := message.(*redis.Message); ok {
				got <- message.Payload
			}
		}
	}()
	for i := range 2 {
		wait(9 * time.Second)
		require.NoError(t, client.Publish(ctx, "news", strconv.Itoa(i)).Err())
	}
	wait(9 * time.Second)
	require.Len(t, got, 2)
	wait(2 * time.Second)
	require.Equal(t, []string{"0", "1", "nothing"}, []string{<-got, <-got, <-got})
}

func TestInABubbleTheClockDoesNotGoBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		failures := runFake(t, func(tb *fakeTB) { redistest.New(tb).Advance(-time.Second) })
		require.Equal(t, []string{"redistest: advance by -1s: the time of a synctest bubble does not go back"}, failures)
	})
}

func TestInABubbleAClockCanStandStillOnDemand(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv := redistest.New(t, redistest.WithTime(noon))
		require.NoError(t, srv.Client().Set(t.Context(), "k", "v", time.Second).Err())
		time.Sleep(time.Hour) //nolint:forbidigo // in a bubble
		require.Equal(t, time.Second, srv.Client().PTTL(t.Context(), "k").Val())
		srv.Advance(time.Second)
		require.Zero(t, srv.Client().Exists(t.Context(), "k").Val())
	})
}

func TestALiveClockFollowsTimeNow(t *testing.T) {
	t.Parallel()
	srv := redistest.New(t, redistest.WithLiveClock())
	before := time.Now()
	now := srv.Now()
	require.False(t, now.Before(before) || now.After(time.Now()))
	require.NoError(t, srv.Client().Set(t.Context(), "k", "v", time.Hour).Err())
	srv.Advance(time.Hour)
	require.Zero(t, srv.Client().Exists(t.Context(), "k").Val(), "it can be put ahead")
	require.Greater(t, srv.Now().Sub(before), time.Hour)
}

func TestMovingALiveClockEndsWaits(t *testing.T) {
	t.Parallel()
	srv := redistest.New(t, redistest.WithLiveClock())
	done := make(chan error, 1)
	go func() { done <- srv.NewClient().BLPop(t.Context(), time.Hour, "q").Err() }()
	untilBlocked(t, srv, 1)
	srv.Advance(time.Hour)
	require.ErrorIs(t, <-done, redis.Nil)
}

func TestALiveClockWithTimersIsNotMoved(t *testing.T) {
	t.Parallel()
	failures := runFake(t, func(tb *fakeTB) {
		srv := redistest.New(tb, redistest.WithLiveClock())
		srv.Clock()
		srv.Advance(time.Second)
	})
	require.Equal(t, []string{"redistest: advance by 1s: to move a live clock whose timers an application may use: unsupported"}, failures)
	srv := redistest.New(t, redistest.WithLiveClock())
	require.ErrorIs(t, srv.Clock().BlockUntilContext(t.Context(), 1), redistest.ErrUnsupported)
}

// TestWithoutABubbleAdvanceMovesEverything runs what does not have to wait for goroutines.
func TestWithoutABubbleAdvanceMovesEverything(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"a session expires", "a rate limit in Lua"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := redistest.New(t)
			scenarios[name](t, srv, srv.Client(), srv.Advance)
		})
	}
}

func TestWithoutABubbleAWorkerTimesOutByAdvance(t *testing.T) {
	t.Parallel()
	srv := redistest.New(t)
	timeouts := make(chan struct{})
	go func() {
		client := srv.NewClient()
		for client.BLPop(t.Context(), time.Second, "jobs").Err() == redis.Nil { //nolint:errorlint // exactly that
			timeouts <- struct{}{}
		}
	}()
	for range 10 {
		untilBlocked(t, srv, 1)
		srv.Advance(time.Second)
		<-timeouts
	}
	untilBlocked(t, srv, 1)
	require.NoError(t, srv.Client().RPush(t.Context(), "jobs", "last").Err())
}

func TestWithoutABubbleAFlusherTicksByAdvance(t *testing.T) {
	t.Parallel()
	srv := redistest.New(t)
	ticks := make(chan time.Time)
	go func() {
		ticker := srv.Clock().NewTicker(time.Minute)
		defer ticker.Stop()
		for range 3 {
			ticks <- <-ticker.Chan()
		}
	}()
	require.NoError(t, srv.Clock().BlockUntilContext(t.Context(), 1))
	began := srv.Now()
	for i := range 3 {
		srv.Advance(time.Minute)
		require.Equal(t, time.Duration(i+1)*time.Minute, (<-ticks).Sub(began))
	}
}

func TestFunctionsCanBeStoppedAndSetAgain(t *testing.T) {
	t.Parallel()
	srv := redistest.New(t)
	var calls []time.Duration
	began := srv.Now()
	call := func() { calls = append(calls, srv.Clock().Since(began)) }
	stopped := srv.Clock().AfterFunc(time.Second, call)
	later := srv.Clock().AfterFunc(time.Second, call)
	require.Nil(t, later.Chan())
	require.True(t, stopped.Stop())
	require.False(t, stopped.Stop())
	require.True(t, later.Reset(time.Minute))
	srv.Advance(time.Hour)
	require.Equal(t, []time.Duration{time.Minute}, calls)
	require.False(t, later.Reset(time.Minute))
	srv.Advance(time.Minute)
	require.Equal(t, []time.Duration{time.Minute, time.Hour + time.Minute}, calls)
	require.False(t, later.Stop())
}
