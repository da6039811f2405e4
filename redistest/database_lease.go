package redistest

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"
)

// Who has a database says so in the database that the URL names, under leaseKey of its number. usedKey stays: what such a
// database holds was written by a test.

func leaseKey(db int) string { return "rediskit:lease:" + strconv.Itoa(db) }

func usedKey(db int) string { return "rediskit:used:" + strconv.Itoa(db) }

// databaseLease is the right to use one database.
type databaseLease struct {
	*lease

	db       int
	registry *redis.Client
}

var errAllDirty = errors.New("each of its databases holds keys that no test has written; see AllowDirty")

// leaseDatabase finds a database that nobody has, and empties it.
func leaseDatabase(ctx context.Context, options *redis.Options, allowDirty bool) (*databaseLease, error) {
	own := *options
	l := &databaseLease{registry: redis.NewClient(&own)}
	err := whenFree(ctx, func() (bool, string, error) {
		busy, err := l.tryAll(ctx, allowDirty)
		if err == nil && l.db < 0 && busy == 0 {
			err = errAllDirty
		}
		return l.db >= 0, fmt.Sprintf("all %d databases", busy), err
	})
	if err != nil {
		return nil, errors.Join(err, l.registry.Close())
	}
	l.keep(ctx)
	return l, nil
}

// tryAll tries one database after the other. Without success db is negative, and busy tells how many others have.
func (l *databaseLease) tryAll(ctx context.Context, allowDirty bool) (busy int, err error) {
	registry := l.registry.Options().DB
	for l.db = 0; ; l.db++ {
		if l.db == registry {
			continue
		}
		l.lease = newLease(l.registry, leaseKey(l.db))
		took, err := l.take(ctx)
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

// end empties the database and gives it back.
func (l *databaseLease) end(ctx context.Context) error {
	l.halt()
	err := l.inside(ctx, func(client *redis.Client) error { return client.FlushDB(ctx).Err() })
	if err == nil {
		err = l.registry.Del(ctx, usedKey(l.db)).Err()
	}
	return errors.Join(err, l.release(ctx), l.registry.Close())
}
