package redistest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"

	"github.com/compozy/rediskit/internal/config"
	"github.com/compozy/rediskit/internal/process"
)

// replicaPatience is how long replicas may take to get what is written.
const replicaPatience = 4 * time.Second // less than a client waits for a reply

// ownCluster is one of processes that were started for it.
type ownCluster struct {
	processes *process.Cluster
	password  string
}

var _ clusterBackend = (*ownCluster)(nil)

func runCluster(ctx context.Context, s clusterSettings) (*Cluster, error) {
	processes, err := process.StartCluster(ctx, append(s.process, process.WithNodes(s.node...))...)
	if errors.Is(err, process.ErrNotFound) {
		if _, missing := process.Find(); missing != nil {
			err = fmt.Errorf("start a cluster: %w", missing) // once, and not for each node
		}
		return nil, &missingError{err}
	}
	if err != nil {
		return nil, err
	}
	c, err := openCluster(ctx, &ownCluster{processes, s.password})
	if err != nil {
		return nil, err
	}
	for _, node := range processes.Nodes() {
		c.nodes = append(c.nodes, &Node{node})
	}
	if err := c.reachReplicas(ctx, len(c.nodes)/processes.Shards()-1); err != nil {
		return nil, errors.Join(err, c.Close(c.ctx))
	}
	return c, nil
}

// reachReplicas waits until the masters send what is written to their replicas. That can be up to a second after these are said
// to be in sync; until then a write would be lost with its master.
func (c *Cluster) reachReplicas(ctx context.Context, replicas int) error {
	if replicas == 0 {
		return nil
	}
	return c.client.ForEachMaster(ctx, func(ctx context.Context, master *redis.Client) error {
		var reached *redis.Cmd
		_, err := master.Pipelined(ctx, func(p redis.Pipeliner) error {
			p.FlushDB(ctx) // a write that changes nothing, and is sent all the same
			reached = p.Do(ctx, "WAIT", replicas, replicaPatience.Milliseconds())
			return nil
		})
		if got, _ := reached.Int(); err == nil && got < replicas {
			err = fmt.Errorf("start a cluster: %d of %d replicas of %s get what is written", got, replicas, master.Options().Addr)
		}
		return err
	})
}

func (o *ownCluster) options() *redis.ClusterOptions {
	return &redis.ClusterOptions{
		Addrs:                    o.processes.Addrs(),
		Password:                 o.password,
		DisableIdentity:          true,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	}
}

func (o *ownCluster) address() string {
	addrs := o.processes.Addrs()
	u := url.URL{Scheme: "redis", Host: addrs[0], RawQuery: url.Values{"addr": addrs[1:]}.Encode()}
	if o.password != "" {
		u.User = url.UserPassword(config.DefaultUser, o.password)
	}
	return u.String()
}

func (*ownCluster) own() []string { return nil }

// outputs are the last lines of each node.
func (o *ownCluster) outputs() []string {
	const most = 40
	var outputs []string
	for _, node := range o.processes.Nodes() {
		lines := strings.Split(strings.TrimSpace(node.Output()), "\n")
		lines = lines[max(0, len(lines)-most):]
		outputs = append(outputs, fmt.Sprintf("node %d (%s) has printed last:\n%s", node.Index(), node.Addr(), indent(strings.Join(lines, "\n"))))
	}
	return outputs
}

func (*ownCluster) release(context.Context) error { return nil }

func (o *ownCluster) stop() error { return o.processes.Close() }
