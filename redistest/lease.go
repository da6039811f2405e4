package redistest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/compozy/rediskit/internal/logger"
)

const (
	leaseTerm    = 30 * time.Second
	leasePatient = time.Minute
	leasePause   = 50 * time.Millisecond
)

// lease is the right to use what others use as well: a key on their server, which is ours while it holds our token. It expires
// when nobody renews it, so that a crashed run holds nothing up.
type lease struct {
	client  redis.UniversalClient
	key     string
	token   string
	renewal sync.WaitGroup
	stop    context.CancelFunc // nil until it is renewed
}

func newLease(client redis.UniversalClient, key string) *lease {
	return &lease{client: client, key: key, token: rand.Text()}
}

// take tells whether it is ours now.
func (l *lease) take(ctx context.Context) (bool, error) {
	err := l.client.SetArgs(ctx, l.key, l.token, redis.SetArgs{Mode: "NX", TTL: leaseTerm}).Err()
	if errors.Is(err, redis.Nil) {
		return false, nil
	}
	return err == nil, err
}

// keep renews it until it is released.
func (l *lease) keep(ctx context.Context) {
	ctx, l.stop = context.WithCancel(context.WithoutCancel(ctx))
	l.renewal.Go(func() { l.renew(ctx) })
}

func (l *lease) renew(ctx context.Context) {
	ticker := time.NewTicker(leaseTerm / 3)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		kept, err := l.ifOurs(ctx, leaseTerm).Bool()
		if ctx.Err() == nil && (err != nil || !kept) {
			logger.FromContext(ctx).WarnContext(ctx, "a lease could not be renewed", "lease", l.key, "error", err)
		}
	}
}

// halt ends the renewal.
func (l *lease) halt() {
	if l.stop != nil {
		l.stop()
		l.renewal.Wait()
	}
}

// release lets others take it.
func (l *lease) release(ctx context.Context) error {
	l.halt()
	return l.ifOurs(ctx, 0).Err()
}

var renewOrEnd = redis.NewScript(`
	if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
	if ARGV[2] == '0' then return redis.call('DEL', KEYS[1]) end
	return redis.call('PEXPIRE', KEYS[1], ARGV[2])`)

// ifOurs gives it a new term, or ends it where that is 0, unless somebody else has it by now.
func (l *lease) ifOurs(ctx context.Context, term time.Duration) *redis.Cmd {
	return renewOrEnd.Run(ctx, l.client, []string{l.key}, l.token, term.Milliseconds())
}

// whenFree tries again and again until something is free, says that it waits, and gives up in the end. held is what others
// have meanwhile.
func whenFree(ctx context.Context, try func() (free bool, held string, err error)) error {
	limit := time.NewTimer(leasePatient)
	defer limit.Stop()
	for told := false; ; told = true {
		free, held, err := try()
		if free || err != nil {
			return err
		}
		if !told {
			logger.FromContext(ctx).InfoContext(ctx, "waiting: other tests have "+held)
		}
		select {
		case <-limit.C:
			return fmt.Errorf("other tests have had %s for %v", held, leasePatient)
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(leasePause): // a server tells nobody that a key has gone
		}
	}
}
