package process

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"time"
)

// ErrPoolClosed is the error of [Pool.Lease] after [Pool.Close].
var ErrPoolClosed = errors.New("the pool of servers is closed")

// wipePatience is how long a wipe may take. It takes a millisecond; a server that is in a script without end, or was
// paused for all, does not answer at all, and to start another one costs little.
const wipePatience = time.Second

// Pool lends servers, one to a test at a time, and wipes those that come back. It starts one when it has none to lend, up
// to its limit, and from then on has callers wait. Its methods may be called from many goroutines.
type Pool struct {
	patience time.Duration

	mu      sync.Mutex
	limit   int
	lent    int         // leases, granted to callers that have their server or are about to
	running int         // servers: lent, idle, and those that are being started
	idle    []*reusable // the one that was returned last is the last
	alive   map[*Process]struct{}
	waiting []*waiter // the first came first
	closed  bool
}

// waiter is a caller that waits for a lease.
type waiter struct{ granted chan struct{} }

// PoolOption changes a pool.
type PoolOption func(*Pool)

// WithLimit is the number of servers that may run at a time; see [Pool.SetLimit].
func WithLimit(servers int) PoolOption { return func(p *Pool) { p.limit = max(1, servers) } }

// WithPatience is how long a wipe may take before the server is killed instead. The default is a second.
func WithPatience(limit time.Duration) PoolOption { return func(p *Pool) { p.patience = limit } }

// NewPool returns a pool that has not started a server yet. Its limit is GOMAXPROCS unless an option gives another.
// [Pool.Close] ends it.
func NewPool(opts ...PoolOption) *Pool {
	p := &Pool{
		patience: wipePatience,
		limit:    runtime.GOMAXPROCS(0),
		alive:    map[*Process]struct{}{},
	}
	for _, opt := range opts {
		opt(p)
	}
	return p
}

// SetLimit changes the number of servers that may run at a time; less than one counts as one. A lower limit ends idle servers and takes
// none away that are lent.
func (p *Pool) SetLimit(servers int) {
	p.mu.Lock()
	p.limit = max(1, servers)
	p.grant()
	surplus := p.evict(p.limit)
	p.mu.Unlock()
	_ = p.end(surplus...) // that an idle server had crashed is nobody's fault and no caller's concern
}

// Close kills every server of the pool, the ones that are lent too, and waits until they are gone. Callers that wait for a lease get
// [ErrPoolClosed]. It reports servers that had crashed before. A second Close finds nothing to do.
func (p *Pool) Close() error {
	p.mu.Lock()
	p.closed = true
	for _, w := range p.waiting {
		close(w.granted)
	}
	p.waiting, p.idle = nil, nil
	var alive []*Process
	for server := range p.alive {
		alive = append(alive, server)
	}
	p.mu.Unlock()
	return p.end(alive...)
}

// acquire waits for the right to a server.
func (p *Pool) acquire(ctx context.Context, onWait func(string)) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	p.mu.Lock()
	switch {
	case p.closed:
		p.mu.Unlock()
		return ErrPoolClosed
	case p.lent < p.limit:
		p.lent++
		p.mu.Unlock()
		return nil
	}
	w := &waiter{granted: make(chan struct{})}
	p.waiting = append(p.waiting, w)
	message := fmt.Sprintf("waiting for one of %d redis-server processes, %d more wait", p.limit, len(p.waiting)-1)
	p.mu.Unlock()
	if onWait != nil {
		onWait(message)
	}
	select {
	case <-w.granted:
		return p.open()
	case <-ctx.Done():
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if at := slices.Index(p.waiting, w); at >= 0 {
		p.waiting = slices.Delete(p.waiting, at, at+1)
	} else if !p.closed { // granted meanwhile
		p.lent--
		p.grant()
	}
	return fmt.Errorf("%s: %w", message, context.Cause(ctx))
}

// open is an error once the pool is closed.
func (p *Pool) open() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return ErrPoolClosed
	}
	return nil
}

// grant lets those go on that waited longest. The caller holds the lock.
func (p *Pool) grant() {
	for len(p.waiting) > 0 && p.lent < p.limit {
		p.lent++
		close(p.waiting[0].granted)
		p.waiting = slices.Delete(p.waiting, 0, 1)
	}
}

// take hands out the idle server of these settings that was used last. Where there is none it returns nil, with room made for
// another, if need be in the place of one of other settings.
func (p *Pool) take(key string) *reusable {
	p.mu.Lock()
	for at, server := range slices.Backward(p.idle) {
		if server.key == key && !server.isGone() {
			p.idle = slices.Delete(p.idle, at, at+1)
			p.mu.Unlock()
			return server
		}
	}
	surplus := p.evict(p.limit - 1)
	p.running++
	p.mu.Unlock()
	_ = p.end(surplus...) // that an idle server had crashed is nobody's fault and no caller's concern
	return nil
}

// evict picks idle servers to be ended: those that died by themselves, and the ones that lay idle longest as long as more than a
// limit are running. The caller holds the lock, and ends them without it.
func (p *Pool) evict(limit int) []*Process {
	var surplus []*Process
	p.idle = slices.DeleteFunc(p.idle, func(server *reusable) bool {
		if p.running <= limit && !server.isGone() {
			return false
		}
		p.running--
		surplus = append(surplus, server.Process)
		return true
	})
	return surplus
}

// enrol notes a server that runs, so that Close finds it.
func (p *Pool) enrol(server *Process) error {
	p.mu.Lock()
	if !p.closed {
		p.alive[server] = struct{}{}
		p.mu.Unlock()
		return nil
	}
	p.mu.Unlock()
	return errors.Join(ErrPoolClosed, server.Close())
}

// end closes servers at the same time.
func (p *Pool) end(servers ...*Process) error {
	failures := make([]error, len(servers))
	var group sync.WaitGroup
	for i, server := range servers {
		group.Go(func() { failures[i] = server.Close() })
	}
	group.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, server := range servers {
		delete(p.alive, server)
	}
	return errors.Join(failures...)
}

// release gives the right to a server back, and with it the server, unless that has ended.
func (p *Pool) release(clean *reusable) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lent--
	if clean == nil {
		p.running--
	} else if !p.closed {
		p.idle = append(p.idle, clean)
	}
	p.grant()
}
