package redistest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/compozy/rediskit/internal/logger"
)

// Who has a cluster says so in it, under clusterLeaseKey, which expires when nobody renews it. clusterUsedKey stays: what such
// a cluster holds was written by a test.
const (
	clusterLeaseKey = "rediskit:cluster:lease"
	clusterUsedKey  = "rediskit:cluster:used"
)

// clusterLease is the right to use a cluster, as long as it is renewed.
type clusterLease struct {
	token   string
	renewal sync.WaitGroup
	stop    context.CancelFunc
}

var errDirtyCluster = errors.New("it holds keys that no test has written; see AllowDirty")

func leaseCluster(ctx context.Context, client *redis.ClusterClient, allowDirty bool) (*clusterLease, error) {
	l := &clusterLease{token: rand.Text()}
	if err := l.acquire(ctx, client); err != nil {
		return nil, err
	}
	if err := l.prepare(ctx, client, allowDirty); err != nil {
		return nil, errors.Join(err, l.release(context.WithoutCancel(ctx), client))
	}
	renewing, stop := context.WithCancel(context.WithoutCancel(ctx))
	l.stop = stop
	l.renewal.Go(func() { l.renew(renewing, client) })
	return l, nil
}

func (l *clusterLease) acquire(ctx context.Context, client *redis.ClusterClient) error {
	limit := time.NewTimer(leasePatient)
	defer limit.Stop()
	for told := false; ; told = true {
		err := client.SetArgs(ctx, clusterLeaseKey, l.token, redis.SetArgs{Mode: "NX", TTL: leaseTerm}).Err()
		if !errors.Is(err, redis.Nil) {
			return err
		}
		if !told {
			logger.FromContext(ctx).InfoContext(ctx, "waiting for the cluster: another test has it")
		}
		select {
		case <-limit.C:
			return fmt.Errorf("other tests have had it for %v", leasePatient)
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(leasePause): // a server tells nobody that a key has gone
		}
	}
}

// prepare empties the cluster, unless there is something in it that is not ours.
func (l *clusterLease) prepare(ctx context.Context, client *redis.ClusterClient, allowDirty bool) error {
	used, err := client.Exists(ctx, clusterUsedKey).Result()
	if err != nil {
		return err
	}
	if used == 0 && !allowDirty {
		size, err := client.DBSize(ctx).Result()
		if err != nil {
			return err
		}
		if size > 1 { // the lease
			return errDirtyCluster
		}
	}
	if err := client.Set(ctx, clusterUsedKey, l.token, 0).Err(); err != nil {
		return err
	}
	return deleteKeys(ctx, client)
}

// deleteKeys deletes what tests have left behind.
func deleteKeys(ctx context.Context, client *redis.ClusterClient) error {
	var deleted atomic.Int64
	err := client.ForEachMaster(ctx, func(ctx context.Context, master *redis.Client) error {
		keys := master.Scan(ctx, 0, "*", 1000).Iterator()
		for keys.Next(ctx) {
			if key := keys.Val(); key != clusterLeaseKey && key != clusterUsedKey {
				if err := master.Unlink(ctx, key).Err(); err != nil {
					return err
				}
				deleted.Add(1)
			}
		}
		return keys.Err()
	})
	if err != nil {
		return fmt.Errorf("delete the keys of a test, after %d of them: %w", deleted.Load(), err)
	}
	return nil
}

// renew keeps the lease until the context ends.
func (l *clusterLease) renew(ctx context.Context, client *redis.ClusterClient) {
	ticker := time.NewTicker(leaseTerm / 3)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		kept, err := ifOurs.Run(ctx, client, []string{clusterLeaseKey}, l.token, leaseTerm.Milliseconds()).Bool()
		if ctx.Err() == nil && (err != nil || !kept) {
			logger.FromContext(ctx).WarnContext(ctx, "the lease of a cluster could not be renewed", "error", err)
		}
	}
}

func (l *clusterLease) release(ctx context.Context, client *redis.ClusterClient) error {
	return ifOurs.Run(ctx, client, []string{clusterLeaseKey}, l.token, 0).Err()
}

// end empties the cluster and gives it back.
func (l *clusterLease) end(ctx context.Context, client *redis.ClusterClient) error {
	l.stop()
	l.renewal.Wait()
	err := deleteKeys(ctx, client)
	if err == nil {
		err = client.Del(ctx, clusterUsedKey).Err()
	}
	return errors.Join(err, l.release(ctx, client))
}
