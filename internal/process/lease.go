package process

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// Lease is a server that is one test's own, until it is returned. Its methods may be called from many goroutines.
type Lease struct {
	pool      *Pool
	server    *Process
	reuse     *reusable // nil for a server that nobody gets after this lease
	unfit     error     // why that is so
	socket    string
	mark      int // how much the server had printed before
	onReplace func(error)

	returning sync.Once
	returnErr error
}

// LeaseOption changes a lease.
type LeaseOption func(*leaseSettings)

type leaseSettings struct {
	server    settings
	fresh     bool
	onWait    func(string)
	onReplace func(error)
}

// Of says how the leased server is to be started. Servers are lent again to callers that ask for the same only. Options add up.
func Of(opts ...Option) LeaseOption {
	return func(s *leaseSettings) {
		for _, opt := range opts {
			opt(&s.server)
		}
	}
}

// Fresh asks for a new process, which ends with the lease. It counts towards the pool's limit.
func Fresh() LeaseOption { return func(s *leaseSettings) { s.fresh = true } }

// OnWait is told when the limit is reached and [Pool.Lease] has to wait, before it does so; at most once a lease.
func OnWait(tell func(message string)) LeaseOption {
	return func(s *leaseSettings) { s.onWait = tell }
}

// OnReplace is told why a returned server could not be wiped and was killed; the next lease has a new one. It is called by
// [Lease.Return], and not for a [Fresh] server.
func OnReplace(tell func(reason error)) LeaseOption {
	return func(s *leaseSettings) { s.onReplace = tell }
}

// Lease lends a server that nobody else uses and that is as if newly started: see [Lease.Return] for what that means. Where the pool's
// limit is reached it waits until another one is returned; those who came first go first. The context bounds the waiting and the start
// of a process. Errors are those of [Start], [ErrPoolClosed], and the context's cause.
func (p *Pool) Lease(ctx context.Context, opts ...LeaseOption) (*Lease, error) {
	var s leaseSettings
	for _, opt := range opts {
		opt(&s)
	}
	if err := p.acquire(ctx, s.onWait); err != nil {
		return nil, fmt.Errorf("lease a redis-server: %w", err)
	}
	lease, err := p.lend(ctx, s)
	if err != nil {
		p.release(nil)
		return nil, fmt.Errorf("lease a redis-server: %w", err)
	}
	if !s.server.tcp {
		return lease, nil
	}
	if _, err := lease.Listen(ctx); err != nil {
		_ = lease.Return() // the first error says more
		return nil, fmt.Errorf("lease a redis-server: %w", err)
	}
	return lease, nil
}

// lend finds or starts a server for a caller who has the right to one.
func (p *Pool) lend(ctx context.Context, s leaseSettings) (*Lease, error) {
	key := s.server.key()
	if s.fresh {
		key = ""
	}
	if found := p.take(key); found != nil {
		return p.newLease(found.Process, found, s), nil
	}
	s.server.tcp = false // that is for the lease, not for the life of the server
	server, err := start(ctx, s.server)
	if err != nil {
		return nil, err
	}
	if err := p.enrol(server); err != nil {
		return nil, err
	}
	if s.fresh {
		s.onReplace = nil
		return p.newLease(server, nil, s), nil
	}
	prepared, err := prepare(ctx, server)
	switch {
	case errors.Is(err, errUnclean):
		lease := p.newLease(server, nil, s)
		lease.unfit = err
		return lease, nil
	case err != nil:
		_ = p.end(server) // the first error says more
		return nil, err
	}
	prepared.key = key
	return p.newLease(server, prepared, s), nil
}

func (p *Pool) newLease(server *Process, reuse *reusable, s leaseSettings) *Lease {
	return &Lease{
		pool: p, server: server, reuse: reuse, onReplace: s.onReplace,
		socket: server.Socket(), mark: server.output.size(),
	}
}

// Socket is the path of the unix socket. It is the lease's own: after its return nobody can connect to it any more.
func (l *Lease) Socket() string { return l.socket }

// Listen makes the server listen on a random TCP port of 127.0.0.1, until the lease ends, and returns its address. See
// [Process.Listen].
func (l *Lease) Listen(ctx context.Context, login ...string) (string, error) {
	return l.server.Listen(ctx, login...)
}

// Addr is the TCP address, host and port, or "" before [Lease.Listen], unless [WithTCP] was asked for.
func (l *Lease) Addr() string { return l.server.Addr() }

// PID is the process id.
func (l *Lease) PID() int { return l.server.PID() }

// Version is the Redis version that the server says to be, such as 7.0.15.
func (l *Lease) Version() string { return l.server.Version() }

// Output is what the server has printed since the lease began, of its last 64 KiB.
func (l *Lease) Output() string { return l.server.output.since(l.mark) }

// Exited is closed when the server process is gone, for whatever reason.
func (l *Lease) Exited() <-chan struct{} { return l.server.Exited() }

// Return gives the server back. It is wiped: all databases, scripts, functions, parameters of CONFIG, users, clients with all
// that hangs on them, pauses, logs, statistics, saved files and the TCP port are as they were after the start, which is verified, and
// the socket has another name, so that clients that were left open stay out. What only ever grows goes on: the ids of clients,
// the uptime, LASTSAVE.
//
// A server that cannot be wiped (it took part in a replication, had DEBUG or MODULE LOAD called, its default user lost rights,
// it is in a script without end, paused for all clients, or gone) is killed, and that is no error: see [OnReplace].
// So is one that never can be: older than Redis 7.0, a node of a cluster, or with commands renamed.
// The error is of a server that crashed. A second Return, and one that runs at the same time, waits for the first and
// returns the same error.
func (l *Lease) Return() error {
	l.returning.Do(func() { l.returnErr = l.giveBack() })
	return l.returnErr
}

func (l *Lease) giveBack() error {
	reason := l.unfit
	if l.reuse != nil {
		// The context of the lease may have ended with its test, and a wipe has to be done all the same.
		ctx, cancel := context.WithTimeout(context.Background(), l.pool.patience)
		defer cancel()
		if reason = l.reuse.wipe(ctx); reason == nil {
			l.pool.release(l.reuse)
			return nil
		}
	}
	if reason != nil && l.onReplace != nil && l.pool.open() == nil {
		l.onReplace(reason)
	}
	defer l.pool.release(nil)
	return l.pool.end(l.server)
}
