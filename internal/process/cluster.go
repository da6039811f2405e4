package process

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// Cluster is a Redis Cluster of real processes on this machine. Its methods may be called from many goroutines, but those that
// change it (Stop, Start, Failover, Close) have to be called one after the other to mean anything.
//
// Its nodes save no data. A master that is stopped and started again before a replica took over comes back empty, and
// its replicas follow it: that is what a master without persistence does.
type Cluster struct {
	nodes    []*Node
	settings clusterSettings
}

// clusterAttempts bounds the starts with other ports, where somebody took one.
const clusterAttempts = 8

// seedPatience bounds the quick way to form a cluster, which takes a fifth of a second, before the other one is tried.
const seedPatience = 5 * time.Second

// StartCluster starts the nodes of a cluster and returns when every one of them sees all 16384 slots served, the state ok, and
// every replica in sync. The context bounds the start and not the life of the nodes, which end with [Cluster.Close]. Errors are those
// of [Start], and say what is missing where the cluster does not come up.
//
// It needs Redis 7.0 or newer. Nodes listen on 127.0.0.1 on random TCP ports, and on unix sockets as well.
func StartCluster(ctx context.Context, opts ...ClusterOption) (*Cluster, error) {
	s := newClusterSettings(opts)
	quick, cancel := context.WithTimeout(ctx, seedPatience)
	defer cancel()
	c, err := startCluster(quick, s, seeded)
	if err == nil || ctx.Err() != nil || errors.Is(err, ErrNotFound) || errors.Is(err, ErrTooOld) {
		return c, err
	}
	// The quick way depends on how a version reads its file of nodes. The slow one consists of documented commands.
	c, slow := startCluster(ctx, s, met)
	if slow != nil {
		return nil, errors.Join(slow, err)
	}
	return c, nil
}

// startCluster tries until nobody else takes one of the ports.
func startCluster(ctx context.Context, s clusterSettings, f formation) (*Cluster, error) {
	var err error
	for range clusterAttempts {
		var c *Cluster
		if c, err = newCluster(ctx, s, f); err == nil {
			return c, nil
		}
		if !isTaken(err) {
			break
		}
	}
	return nil, fmt.Errorf("start a cluster: %w", err)
}

// isTaken tells the failure of a server whose port somebody else took.
func isTaken(err error) bool {
	return strings.Contains(err.Error(), "Address already in use") || strings.Contains(err.Error(), "Failed listening on port")
}

func newCluster(ctx context.Context, s clusterSettings, f formation) (*Cluster, error) {
	c := &Cluster{settings: s}
	err := c.makeNodes(ctx)
	if err == nil {
		err = f(ctx, c)
	}
	if err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

// makeNodes gives every node its place, and starts none.
func (c *Cluster) makeNodes(ctx context.Context) error {
	count := c.settings.masters * (1 + c.settings.replicas)
	ports, err := freePorts(ctx, 2*count)
	if err != nil {
		return err
	}
	for i := range count {
		folder, err := makeFolder()
		if err != nil {
			return err
		}
		c.nodes = append(c.nodes, &Node{
			index: i, shard: i % c.settings.masters, folder: folder, port: ports[2*i], busPort: ports[2*i+1],
		})
	}
	return nil
}

// each calls a function for every running node at once, and joins the errors.
func (c *Cluster) each(do func(*Node) error) error {
	failures := make([]error, len(c.nodes))
	var group sync.WaitGroup
	for i, node := range c.nodes {
		group.Go(func() { failures[i] = do(node) })
	}
	group.Wait()
	return errors.Join(failures...)
}

// Nodes are the nodes: first those that began as masters, in the order of their slots, then the replicas. Node i began in shard i modulo
// [Cluster.Shards].
func (c *Cluster) Nodes() []*Node { return slices.Clone(c.nodes) }

// Shards is the number of shards. Shard 0 begins with slot 0.
func (c *Cluster) Shards() int { return c.settings.masters }

// Addrs are the TCP addresses of all nodes, running or not: what a cluster client starts from.
func (c *Cluster) Addrs() []string {
	addrs := make([]string, len(c.nodes))
	for i, node := range c.nodes {
		addrs[i] = node.Addr()
	}
	return addrs
}

// Stop kills a node, as a machine that loses its power, and returns when the process is gone. The other nodes notice after the node
// timeout; a running replica then takes over. A node that does not run is left alone. It reports a node that had crashed before.
func (c *Cluster) Stop(node *Node) error {
	if err := node.stop(); err != nil {
		return fmt.Errorf("stop node %d: %w", node.index, err)
	}
	return nil
}

// Start starts a stopped node again, on its port and with its file of nodes, and returns when all running nodes agree about it,
// replicas are in sync, and the state is ok unless some slots belong to a node that is stopped. A node that runs is
// left alone.
func (c *Cluster) Start(ctx context.Context, node *Node) error {
	if node.Running() {
		return nil
	}
	if err := node.stop(); err != nil { // it crashed, and may be started all the same
		return fmt.Errorf("start node %d again: %w", node.index, err)
	}
	pause := newPause()
	defer pause.stop()
	for {
		err := node.start(ctx, c.settings)
		if err == nil {
			break
		}
		// Its port was free for anybody while it was stopped. What took it may be a client's port, which is soon free again.
		if !isTaken(err) {
			return fmt.Errorf("start node %d again: %w", node.index, err)
		}
		if waited := pause.wait(ctx); waited != nil {
			return fmt.Errorf("start node %d again: %w", node.index, errors.Join(waited, err))
		}
	}
	if err := c.await(ctx, c.settled); err != nil {
		return fmt.Errorf("start node %d again: %w", node.index, err)
	}
	return nil
}

// Wait returns when all running nodes agree on who serves which slots, all 16384 are served, the state is ok everywhere, and
// the running replicas are in sync. Its error says what is missing.
func (c *Cluster) Wait(ctx context.Context) error {
	if err := c.await(ctx, c.complete); err != nil {
		return fmt.Errorf("wait for the cluster: %w", err)
	}
	return nil
}

// Close kills all nodes, waits until they are gone, and removes their folders. It reports nodes that had crashed before. A
// second Close finds nothing to do.
func (c *Cluster) Close() error {
	return c.each(func(node *Node) error {
		if err := node.close(); err != nil {
			return fmt.Errorf("close node %d: %w", node.index, err)
		}
		return nil
	})
}
