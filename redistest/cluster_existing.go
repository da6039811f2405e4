package redistest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"

	"github.com/compozy/rediskit/internal/config"
	"github.com/compozy/rediskit/internal/logger"
)

// existingCluster is one that is not ours.
type existingCluster struct {
	url   string
	lease *clusterLease
}

var _ clusterBackend = (*existingCluster)(nil)

// follow looks whether the environment names a cluster. A server that is none is for [New] alone.
func (s *clusterSettings) follow(ctx context.Context, env config.Env) error {
	address := cmp.Or(env.URL, env.Backend)
	if !strings.Contains(address, "://") || strings.HasPrefix(address, "unix:") {
		return nil
	}
	options, err := clusterOptionsOf(address)
	if err != nil {
		return err
	}
	node := redis.NewClient(&redis.Options{
		Addr: options.Addrs[0], Username: options.Username, Password: options.Password, TLSConfig: options.TLSConfig,
		DisableIdentity: true, MaintNotificationsConfig: options.MaintNotificationsConfig,
	})
	err = node.ClusterInfo(ctx).Err()
	closing := node.Close()
	switch {
	case err == nil:
		s.url = address
	case strings.Contains(err.Error(), "cluster support disabled"):
		logger.FromContext(ctx).InfoContext(ctx, "the server that the environment names is no cluster: one of processes is started")
		err = nil
	}
	if err = errors.Join(err, closing); err != nil {
		return fmt.Errorf("external cluster %s: %w", redacted(address), err)
	}
	return nil
}

// joinCluster makes a cluster the test's own, as long as that runs.
func joinCluster(ctx context.Context, s clusterSettings) (*Cluster, error) {
	if _, err := clusterOptionsOf(s.url); err != nil {
		return nil, err
	}
	on := &existingCluster{url: s.url}
	c, err := openCluster(ctx, on)
	if err != nil {
		return nil, fmt.Errorf("external cluster %s: %w", redacted(s.url), err)
	}
	lease, err := leaseCluster(ctx, c.client, s.allowDirty)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("external cluster %s: %w", redacted(s.url), err), c.Close(c.ctx))
	}
	on.lease = lease
	return c, nil
}

// clusterOptionsOf reads a URL. Errors do not repeat its password.
func clusterOptionsOf(address string) (*redis.ClusterOptions, error) {
	options, err := redis.ParseClusterURL(address)
	if err != nil {
		var parsing *url.Error
		if errors.As(err, &parsing) {
			err = parsing.Err
		}
		return nil, fmt.Errorf("external cluster: %w", err)
	}
	options.DisableIdentity = true
	options.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	return options, nil
}

func redacted(address string) string {
	parsed, err := url.Parse(address)
	if err != nil {
		return "(unreadable)"
	}
	return parsed.Redacted()
}

func (e *existingCluster) options() *redis.ClusterOptions {
	options, err := clusterOptionsOf(e.url)
	if err != nil {
		return &redis.ClusterOptions{} // it was readable before
	}
	return options
}

func (e *existingCluster) address() string { return e.url }

func (*existingCluster) own() []string { return []string{clusterLeaseKey, clusterUsedKey} }

func (*existingCluster) outputs() []string { return nil }

func (*existingCluster) stop() error { return nil }

func (e *existingCluster) release(ctx context.Context) error {
	if e.lease == nil {
		return nil
	}
	return e.lease.end(ctx)
}
