package redistest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/compozy/rediskit/internal/logger"
)

// Who has a database says so in the database that the URL names, under leaseKey of its number. That key expires when
// nobody renews it. usedKey stays: what such a database holds was written by a test.
const (
	leaseTerm    = 30 * time.Second
	leasePatient = time.Minute
	leasePause   = 50 * time.Millisecond
)

func leaseKey(db int) string { return "rediskit:lease:" + strconv.Itoa(db) }

func usedKey(db int) string { return "rediskit:used:" + strconv.Itoa(db) }

// databaseLease is the right to use one database, as long as it is renewed.
type databaseLease struct {
	db       int
	token    string
	registry *redis.Client
	renewal  sync.WaitGroup
	stop     context.CancelFunc
}

var errAllDirty = errors.New("each of its databases holds keys that no test has written; see AllowDirty")

// leaseDatabase finds a database that nobody has, and empties it.
func leaseDatabase(ctx context.Context, options *redis.Options, allowDirty bool) (*databaseLease, error) {
	own := *options
	l := &databaseLease{token: rand.Text(), registry: redis.NewClient(&own)}
	if err := l.acquire(ctx, allowDirty); err != nil {
		return nil, errors.Join(err, l.registry.Close())
	}
	renewing, stop := context.WithCancel(context.WithoutCancel(ctx))
	l.stop = stop
	l.renewal.Go(func() { l.renew(renewing) })
	return l, nil
}

func (l *databaseLease) acquire(ctx context.Context, allowDirty bool) error {
	limit := time.NewTimer(leasePatient)
	defer limit.Stop()
	for told := false; ; told = true {
		busy, err := l.tryAll(ctx, allowDirty)
		switch {
		case err != nil:
			return err
		case l.db >= 0:
			return nil
		case busy == 0:
			return errAllDirty
		}
		if !told {
			logger.FromContext(ctx).InfoContext(ctx, "waiting for a database: other tests have all of them", "databases", busy)
		}
		select {
		case <-limit.C:
			return fmt.Errorf("other tests have had all %d databases for %v", busy, leasePatient)
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(leasePause): // a server tells nobody that a key has gone
		}
	}
}

// tryAll tries one database after the other. Without success db is negative, and busy tells how many others have.
func (l *databaseLease) tryAll(ctx context.Context, allowDirty bool) (busy int, err error) {
	registry := l.registry.Options().DB
	for l.db = 0; ; l.db++ {
		if l.db == registry {
			continue
		}
		took, err := l.registry.SetNX(ctx, leaseKey(l.db), l.token, leaseTerm).Result()
		switch {
		case err != nil:
			return busy, err
		case !took:
			busy++
			continue
		}
		usable, err := l.prepare(ctx, allowDirty)
		switch {
		case err != nil:
			beyond := strings.Contains(err.Error(), "DB index is out of range")
			if releasing := l.release(ctx); releasing != nil || !beyond {
				return busy, errors.Join(err, releasing)
			}
			l.db = -1
			return busy, nil
		case usable:
			return busy, nil
		}
		if err := l.release(ctx); err != nil {
			return busy, err
		}
	}
}

// prepare empties the database, unless there is something in it that is not ours.
func (l *databaseLease) prepare(ctx context.Context, allowDirty bool) (usable bool, err error) {
	used, err := l.registry.Exists(ctx, usedKey(l.db)).Result()
	if err != nil {
		return false, err
	}
	err = l.inside(ctx, func(client *redis.Client) error {
		size, err := client.DBSize(ctx).Result()
		if err != nil {
			return err
		}
		if usable = size == 0 || used == 1 || allowDirty; usable && size > 0 {
			return client.FlushDB(ctx).Err()
		}
		return nil
	})
	if err != nil || !usable {
		return false, err
	}
	return true, l.registry.Set(ctx, usedKey(l.db), l.token, 0).Err()
}

// inside runs something in the leased database.
func (l *databaseLease) inside(_ context.Context, do func(*redis.Client) error) error {
	o := *l.registry.Options()
	o.DB = l.db
	client := redis.NewClient(&o)
	return errors.Join(do(client), client.Close())
}

// renew keeps the lease until the context ends.
func (l *databaseLease) renew(ctx context.Context) {
	ticker := time.NewTicker(leaseTerm / 3)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		kept, err := ifOurs.Run(ctx, l.registry, []string{leaseKey(l.db)}, l.token, leaseTerm.Milliseconds()).Bool()
		if ctx.Err() == nil && (err != nil || !kept) {
			logger.FromContext(ctx).WarnContext(ctx, "the lease of a database could not be renewed", "database", l.db, "error", err)
		}
	}
}

// ifOurs renews a lease, or ends it where the new term is 0, unless somebody else has it by now.
var ifOurs = redis.NewScript(`
	if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
	if ARGV[2] == '0' then return redis.call('DEL', KEYS[1]) end
	return redis.call('PEXPIRE', KEYS[1], ARGV[2])`)

func (l *databaseLease) release(ctx context.Context) error {
	return ifOurs.Run(ctx, l.registry, []string{leaseKey(l.db)}, l.token, 0).Err()
}

// end empties the database and gives it back.
func (l *databaseLease) end(ctx context.Context) error {
	l.stop()
	l.renewal.Wait()
	err := l.inside(ctx, func(client *redis.Client) error { return client.FlushDB(ctx).Err() })
	if err == nil {
		err = l.registry.Del(ctx, usedKey(l.db)).Err()
	}
	return errors.Join(err, l.release(ctx), l.registry.Close())
}
