package process

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// failoverPatience is how long a failover may take before it is asked for again. One that was asked for soon after another is
// voted down, and the replica gives up after five seconds without saying so.
const failoverPatience = 6 * time.Second

// Master is the node that serves a shard, as the running nodes see it now; it may be one that is stopped, as long as they have not
// agreed on another.
func (c *Cluster) Master(ctx context.Context, shard int) (*Node, error) {
	master, _, err := c.inspect(ctx, shard)
	if err != nil {
		return nil, fmt.Errorf("find the master of shard %d: %w", shard, err)
	}
	return master, nil
}

// Failover makes a replica of a shard its master, and returns when all running nodes agree on it, the state is ok unless
// slots belong to nodes that are stopped, and the replicas are in sync with the new one. While the master runs, that is the CLUSTER FAILOVER of an
// operator, which loses no write: the master holds its clients back until the replica has everything. When
// the master is stopped, the replica takes over at once (CLUSTER FAILOVER TAKEOVER), with the writes that it got.
func (c *Cluster) Failover(ctx context.Context, shard int) error {
	if err := c.failOver(ctx, shard); err != nil {
		return fmt.Errorf("failover of shard %d: %w", shard, err)
	}
	return nil
}

func (c *Cluster) failOver(ctx context.Context, shard int) error {
	master, replicas, err := c.inspect(ctx, shard)
	if err != nil {
		return err
	}
	if len(replicas) == 0 {
		return fmt.Errorf("node %d is its master and has no running replica", master.index)
	}
	for {
		err := c.promote(ctx, shard, master, replicas[0])
		if err == nil || ctx.Err() != nil || !errors.Is(err, context.DeadlineExceeded) {
			return err
		}
	}
}

// promote has a replica become master, within the patience for one attempt.
func (c *Cluster) promote(ctx context.Context, shard int, master, replica *Node) error {
	ctx, cancel := context.WithTimeout(ctx, failoverPatience)
	defer cancel()
	command := []string{"CLUSTER", "FAILOVER"}
	if !master.Running() {
		command = append(command, "TAKEOVER")
	}
	// A replica that has only just lost its link to the master is refused, and so is one that is master already, by an election
	// of the cluster's own; which of the two it is will be seen.
	_, refused := replica.ask(ctx, c.settings.node.password, command)
	if refused != nil && !errors.Is(refused, errRefused) {
		return refused
	}
	return c.await(ctx, func(ctx context.Context) error {
		now, _, err := c.inspect(ctx, shard)
		if err != nil {
			return err
		}
		if now == master {
			return errors.Join(fmt.Errorf("node %d is still its master", master.index), refused)
		}
		return c.settled(ctx)
	})
}

// inspect finds a shard's master and its running replicas, those that are in sync first.
func (c *Cluster) inspect(ctx context.Context, shard int) (master *Node, replicas []*Node, err error) {
	if shard < 0 || shard >= c.Shards() {
		return nil, nil, fmt.Errorf("there are %d shards, from 0 on", c.Shards())
	}
	views, err := c.look(ctx)
	if err != nil {
		return nil, nil, err
	}
	slot := shardRange(shard, c.Shards()).first
	for _, v := range views {
		if v == nil {
			continue
		}
		owner, served := v.owner(slot)
		if !served {
			return nil, nil, fmt.Errorf("nobody serves slot %d", slot)
		}
		var behind []*Node
		for i, node := range c.nodes {
			switch {
			case node.id == owner.id:
				master = node
			case views[i] == nil || views[i].members[node.id].master != owner.id:
			case views[i].replication["master_link_status"] == "up":
				replicas = append(replicas, node)
			default:
				behind = append(behind, node)
			}
		}
		if master == nil {
			return nil, nil, fmt.Errorf("slot %d is served by %s, which is no node of this cluster", slot, owner.id)
		}
		return master, append(replicas, behind...), nil
	}
	return nil, nil, errNoneRuns
}
