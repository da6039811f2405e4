package redistest

import (
	"context"
	"fmt"
	"time"

	"github.com/compozy/rediskit/internal/process"
)

// clusterTimeout is how long a change of a cluster may take.
const clusterTimeout = time.Minute

// Node is one server of a [Cluster]. It is safe for concurrent use.
type Node struct{ process *process.Node }

// Addr returns the node's TCP address, host:port, which is the same after [Cluster.Stop] and [Cluster.Start].
func (n *Node) Addr() string { return n.process.Addr() }

// Shard returns the shard that the node is in. There are as many as [Masters]: shard 0 begins with slot 0, and each serves as
// many slots as the others. A failover changes who is master in it, and nobody's shard.
func (n *Node) Shard() int { return n.process.Shard() }

// Running tells whether the node's process is there.
func (n *Node) Running() bool { return n.process.Running() }

// String names the node in the failures of a test.
func (n *Node) String() string { return fmt.Sprintf("node %d (%s)", n.process.Index(), n.Addr()) }

// Nodes returns all nodes, running or not: first those that began as masters, by their shards, then the replicas. None are
// known of a cluster that ran before.
func (c *Cluster) Nodes() []*Node { return append([]*Node(nil), c.nodes...) }

// Master returns the node that serves a shard, as the running nodes see it now. That can be one that is stopped, until they
// have agreed on another.
func (c *Cluster) Master(shard int) (*Node, error) {
	processes, err := c.processes("Master")
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(c.ctx, clusterTimeout)
	defer cancel()
	master, err := processes.Master(ctx, shard)
	if err != nil {
		return nil, err
	}
	return c.nodes[master.Index()], nil
}

// Failover makes a replica of a shard its master, and returns when all running nodes agree on it. While the master runs that is
// what an operator does before maintenance, and no write is lost. After a [Cluster.Stop] of the master the replica takes over
// at once with what it has got; what it has not got is lost.
func (c *Cluster) Failover(shard int) error {
	processes, err := c.processes("Failover")
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(c.ctx, clusterTimeout)
	defer cancel()
	return processes.Failover(ctx, shard)
}

// Stop kills a node as if its machine had lost its power, and returns when its process is gone. The others notice after the
// [NodeTimeout], and then elect a replica of it if there is one. A node that does not run is left alone.
func (c *Cluster) Stop(node *Node) error {
	processes, err := c.processes("Stop")
	if err != nil {
		return err
	}
	return processes.Stop(node.process)
}

// Start starts a stopped node again, at the same address, and returns when all running nodes agree about it. It has no data of
// its own: it gets that of the master who took over, or it comes back empty where nobody did. A node that runs is left alone.
func (c *Cluster) Start(node *Node) error {
	processes, err := c.processes("Start")
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(c.ctx, clusterTimeout)
	defer cancel()
	return processes.Start(ctx, node.process)
}

// Wait returns when all running nodes agree that all slots are served, and the replicas are in sync: after an election that
// the nodes hold by themselves, for instance. Its error says what is missing.
func (c *Cluster) Wait() error {
	processes, err := c.processes("Wait")
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(c.ctx, clusterTimeout)
	defer cancel()
	return processes.Wait(ctx)
}

// processes are the nodes, where they are ours.
func (c *Cluster) processes(feature string) (*process.Cluster, error) {
	on, ours := c.on.(*ownCluster)
	if !ours {
		return nil, &UnsupportedError{Feature: feature, Backend: "external cluster"}
	}
	return on.processes, nil
}
