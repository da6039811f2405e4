package redistest

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/redis/go-redis/v9"
)

// Who has a cluster says so in it, under clusterLeaseKey, which expires when nobody renews it. clusterUsedKey stays: what such
// a cluster holds was written by a test.
const (
	clusterLeaseKey = "rediskit:cluster:lease"
	clusterUsedKey  = "rediskit:cluster:used"
)

// clusterLease is the right to use a cluster.
type clusterLease struct {
	*lease

	cluster *redis.ClusterClient
}

var errDirtyCluster = errors.New("it holds keys that no test has written; see AllowDirty")

func leaseCluster(ctx context.Context, client *redis.ClusterClient, allowDirty bool) (*clusterLease, error) {
	l := &clusterLease{newLease(client, clusterLeaseKey), client}
	err := whenFree(ctx, func() (bool, string, error) {
		took, err := l.take(ctx)
		return took, "the cluster", err
	})
	if err != nil {
		return nil, err
	}
	if err := l.prepare(ctx, allowDirty); err != nil {
		return nil, errors.Join(err, l.release(context.WithoutCancel(ctx)))
	}
	l.keep(ctx)
	return l, nil
}

// prepare empties the cluster, unless there is something in it that is not ours.
func (l *clusterLease) prepare(ctx context.Context, allowDirty bool) error {
	used, err := l.cluster.Exists(ctx, clusterUsedKey).Result()
	if err != nil {
		return err
	}
	if used == 0 && !allowDirty {
		size, err := l.cluster.DBSize(ctx).Result()
		if err != nil {
			return err
		}
		if size > 1 { // the lease
			return errDirtyCluster
		}
	}
	if err := l.cluster.Set(ctx, clusterUsedKey, l.token, 0).Err(); err != nil {
		return err
	}
	return deleteKeys(ctx, l.cluster)
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

// end empties the cluster and gives it back.
func (l *clusterLease) end(ctx context.Context) error {
	l.halt()
	err := deleteKeys(ctx, l.cluster)
	if err == nil {
		err = l.cluster.Del(ctx, clusterUsedKey).Err()
	}
	return errors.Join(err, l.release(ctx))
}
