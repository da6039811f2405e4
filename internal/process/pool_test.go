package process

import (
	"context"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParallelLeasesAreIsolated(t *testing.T) {
	t.Parallel()
	const tests, limit = 64, 2
	pool := newPool(t, WithLimit(limit))
	var lent, most, waited atomic.Int64
	var pids sync.Map
	var group sync.WaitGroup
	for i := range tests {
		group.Go(func() {
			lease, err := pool.Lease(t.Context(), OnWait(func(string) { waited.Add(1) }))
			if !assert.NoError(t, err) {
				return
			}
			for now := lent.Add(1); ; {
				before := most.Load()
				if now <= before || most.CompareAndSwap(before, now) {
					break
				}
			}
			pids.Store(lease.PID(), true)
			c, err := dial(t.Context(), "unix", lease.Socket(), "")
			if assert.NoError(t, err) {
				assert.Empty(t, c.mayAnswer(t, "KEYS", "*").list)
				c.mayAnswer(t, "SET", fmt.Sprint("key of ", i), "value")
				c.mayAnswer(t, "CONFIG", "SET", "hz", fmt.Sprint(20+i))
				assert.Equal(t, []string{fmt.Sprint("key of ", i)}, c.mayAnswer(t, "KEYS", "*").texts())
				assert.Equal(t, []string{"hz", fmt.Sprint(20 + i)}, c.mayAnswer(t, "CONFIG", "GET", "hz").texts())
			}
			lent.Add(-1)
			assert.NoError(t, lease.Return())
		})
	}
	group.Wait()
	assert.LessOrEqual(t, most.Load(), int64(limit))
	assert.Positive(t, waited.Load())
	processes := 0
	pids.Range(func(any, any) bool { processes++; return true })
	assert.LessOrEqual(t, processes, limit)
}

// mayAnswer is say for goroutines, which must not end their test.
func (c *conn) mayAnswer(t *testing.T, words ...string) reply {
	t.Helper()
	r, err := c.call(t.Context(), words...)
	assert.NoError(t, err)
	return r
}

func TestLeaseWaitsForAReturn(t *testing.T) {
	t.Parallel()
	pool := newPool(t, WithLimit(1))
	lease := lend(t, pool)
	messages := make(chan string, 1)
	next := make(chan *Lease)
	go func() {
		second, err := pool.Lease(t.Context(), OnWait(func(message string) { messages <- message }))
		assert.NoError(t, err)
		next <- second
	}()
	assert.Equal(t, "waiting for one of 1 redis-server processes, 0 more wait", <-messages)
	require.NoError(t, lease.Return())
	second := <-next
	assert.Equal(t, lease.PID(), second.PID())
	require.NoError(t, second.Return())
}

func TestLeaseGivesUpWithItsContext(t *testing.T) {
	t.Parallel()
	pool := newPool(t, WithLimit(1))
	lease := lend(t, pool)
	ctx, cancel := context.WithCancelCause(t.Context())
	_, err := pool.Lease(ctx, OnWait(func(string) { cancel(errPatience) }))
	require.ErrorIs(t, err, errPatience)
	require.EqualError(t, err, "lease a redis-server: waiting for one of 1 redis-server processes, 0 more wait: out of patience")
	require.NoError(t, lease.Return())
	require.NoError(t, lend(t, pool).Return(), "the place of the one that gave up is free")
	_, err = pool.Lease(ctx)
	require.ErrorIs(t, err, errPatience)
}

func TestReturnTwice(t *testing.T) {
	t.Parallel()
	pool := newPool(t, WithLimit(1))
	lease := lend(t, pool)
	require.NoError(t, lease.Return())
	next := lend(t, pool)
	require.NoError(t, ask(t, "unix", next.Socket(), "", "SET", "key", "value"))
	require.NoError(t, lease.Return())
	require.NoError(t, ask(t, "unix", next.Socket(), "", "GET", "key"), "the server of the next lease is left alone")
}

func TestAClientThatWasLeftOpenStaysOut(t *testing.T) {
	t.Parallel()
	pool := newPool(t, WithLimit(1))
	lease := lend(t, pool)
	left := connect(t, lease.Socket())
	left.say(t, "SET", "key", "value")
	require.NoError(t, lease.Return())

	next := lend(t, pool)
	require.Equal(t, lease.PID(), next.PID())
	_, err := left.call(t.Context(), "SET", "key", "value")
	require.Error(t, err)
	require.ErrorIs(t, ask(t, "unix", lease.Socket(), "", "PING"), os.ErrNotExist)
	assert.NotEqual(t, lease.Socket(), next.Socket())
}

func TestLeasesOfDifferentServers(t *testing.T) {
	t.Parallel()
	pool := newPool(t, WithLimit(1))
	plain := lend(t, pool)
	require.NoError(t, plain.Return())

	guarded := lend(t, pool, Of(WithPassword("secret"), WithTCP()))
	<-plain.Exited() // it made room
	require.ErrorContains(t, ask(t, "unix", guarded.Socket(), "", "PING"), "NOAUTH")
	require.NoError(t, ask(t, "tcp", guarded.Addr(), "secret", "PING"))
	require.NoError(t, guarded.Return())

	again := lend(t, pool, Of(WithPassword("secret")))
	assert.Equal(t, guarded.PID(), again.PID())
	assert.Empty(t, again.Addr())
	require.Error(t, ask(t, "tcp", guarded.Addr(), "secret", "PING"))
	require.NoError(t, again.Return())
}

func TestFreshServersEndWithTheirLease(t *testing.T) {
	t.Parallel()
	pool := newPool(t, WithLimit(1))
	fresh := lend(t, pool, Fresh())
	require.NoError(t, fresh.Return())
	<-fresh.Exited()
	assert.NotEqual(t, fresh.PID(), lend(t, pool).PID())
}

func TestServersThatCannotBeWipedAreLentOnce(t *testing.T) {
	t.Parallel()
	pool := newPool(t, WithLimit(1))
	var reason error
	lease := lend(t, pool, Of(WithArgs("--rename-command", "FUNCTION", "")), OnReplace(func(err error) { reason = err }))
	require.NoError(t, lease.Return())
	<-lease.Exited()
	require.ErrorContains(t, reason, "the server cannot be wiped: FUNCTION FLUSH: refused by the server: ERR unknown command")
}

func TestServersThatWereDebuggedAreReplaced(t *testing.T) {
	t.Parallel()
	pool := newPool(t, WithLimit(1))
	debuggable := Of(WithArgs("--enable-debug-command", "yes"))
	lease := lend(t, pool, debuggable)
	require.NoError(t, lease.Return())
	var reason error
	lease = lend(t, pool, debuggable, OnReplace(func(err error) { reason = err }))
	require.NoError(t, ask(t, "unix", lease.Socket(), "", "DEBUG", "SET-ACTIVE-EXPIRE", "0"))
	require.NoError(t, lease.Return())
	require.EqualError(t, reason, "the server cannot be wiped: DEBUG was called")
	require.NotEqual(t, lease.PID(), lend(t, pool, debuggable).PID())
}

func TestReturnReportsACrash(t *testing.T) {
	t.Parallel()
	pool := newPool(t, WithLimit(1))
	lease := lend(t, pool)
	server, err := os.FindProcess(lease.PID())
	require.NoError(t, err)
	require.NoError(t, server.Kill())
	<-lease.Exited()
	require.ErrorContains(t, lease.Return(), "it had exited before: signal: killed")
	require.NoError(t, lend(t, pool).Return())
}

func TestAServerThatDiedIdleIsNotLent(t *testing.T) {
	t.Parallel()
	pool := newPool(t, WithLimit(1))
	lease := lend(t, pool)
	require.NoError(t, lease.Return())
	server, err := os.FindProcess(lease.PID())
	require.NoError(t, err)
	require.NoError(t, server.Kill())
	<-lease.Exited()
	next := lend(t, pool)
	assert.NotEqual(t, lease.PID(), next.PID())
	require.NoError(t, next.Return())
}

func TestOutputOfALease(t *testing.T) {
	t.Parallel()
	pool := newPool(t, WithLimit(1))
	lease := lend(t, pool)
	require.NoError(t, ask(t, "unix", lease.Socket(), "", "SAVE"))
	require.NoError(t, lease.Return())
	assert.Contains(t, lease.Output(), "DB saved on disk")
	next := lend(t, pool)
	assert.NotContains(t, next.Output(), "DB saved on disk")
	assert.Contains(t, next.Version(), "7.")
}

func TestSetLimit(t *testing.T) {
	t.Parallel()
	pool := newPool(t, WithLimit(1))
	first := lend(t, pool)
	second := make(chan *Lease)
	go func() {
		lease, err := pool.Lease(t.Context(), OnWait(func(string) { pool.SetLimit(2) }))
		assert.NoError(t, err)
		second <- lease
	}()
	other := <-second
	require.NotEqual(t, first.PID(), other.PID())
	require.NoError(t, first.Return())
	require.NoError(t, other.Return())
	pool.SetLimit(0)
	<-first.Exited()
	assert.Equal(t, other.PID(), lend(t, pool).PID())
}

func TestClosedPool(t *testing.T) {
	t.Parallel()
	pool := newPool(t, WithLimit(2))
	lease, idle := lend(t, pool), lend(t, pool)
	require.NoError(t, idle.Return())
	last := lend(t, pool)
	waited := make(chan error)
	waits := make(chan struct{})
	go func() {
		_, err := pool.Lease(t.Context(), OnWait(func(string) { close(waits) }))
		waited <- err
	}()
	<-waits
	require.NoError(t, pool.Close())
	require.ErrorIs(t, <-waited, ErrPoolClosed)
	<-lease.Exited()
	<-idle.Exited()
	require.NoError(t, lease.Return())
	require.NoError(t, last.Return())
	_, err := pool.Lease(t.Context())
	require.ErrorIs(t, err, ErrPoolClosed)
	require.NoError(t, pool.Close())
}

func TestLeaseWithoutBinary(t *testing.T) {
	t.Parallel()
	pool := NewPool(WithLimit(1))
	for range 2 { // the first failure must not keep its place
		_, err := pool.Lease(t.Context(), Of(WithPath(t.TempDir()+"/redis-server")))
		require.ErrorIs(t, err, os.ErrNotExist)
	}
	require.NoError(t, pool.Close())
}

func TestSharedIsOne(t *testing.T) {
	t.Parallel()
	first, second := Shared(), Shared()
	assert.Same(t, first, second)
}
