package process

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// nodesFile is where a node keeps what it knows of the cluster, in its folder.
const nodesFile = "nodes.conf"

// formation makes one cluster of nodes that have not been started.
type formation func(context.Context, *Cluster) error

// seeded forms the cluster at once, in a fifth of a second. In the documented way it takes more than two: a master that finds its cluster
// down waits two seconds from its start before it believes it is up, lest it answer as the master it was before a crash. A replica does not wait,
// nor does one that becomes a master while the cluster is up. So every node begins with a file of nodes in which everybody knows everybody,
// and all are replicas, each of a master that does not exist and serves its shard's slots; to all of them the cluster is up.
// Then one replica of each takes over, by the documented command, the others follow it, and all are told to forget the masters that never were.
func seeded(ctx context.Context, c *Cluster) error {
	phantoms := make([]string, c.Shards())
	for i := range phantoms {
		phantoms[i] = newID()
	}
	for _, node := range c.nodes {
		node.id = newID()
	}
	for _, node := range c.nodes {
		text := seed(c.nodes, node, phantoms)
		if err := os.WriteFile(filepath.Join(node.folder, nodesFile), []byte(text), 0o600); err != nil {
			return err
		}
	}
	if err := c.each(func(node *Node) error { return node.start(ctx, c.settings) }); err != nil {
		return err
	}
	return c.await(ctx, func(ctx context.Context) error {
		return c.advance(ctx, func(node *Node, v view) [][]string {
			return afterSeed(node, v, phantoms)
		})
	})
}

// seed is the file of nodes that a node begins with.
func seed(nodes []*Node, myself *Node, phantoms []string) string {
	var text strings.Builder
	for i, id := range phantoms {
		slots := shardRange(i, len(phantoms))
		fmt.Fprintf(&text, "%s :0@0 master,noaddr - 0 0 %d connected %d-%d\n", id, i+1, slots.first, slots.last)
	}
	for _, node := range nodes {
		flags := "slave"
		if node == myself {
			flags = "myself,slave"
		}
		fmt.Fprintf(&text, "%s %s@%d %s %s 0 0 %d connected\n",
			node.id, node.Addr(), node.busPort, flags, phantoms[node.shard], node.shard+1)
	}
	// The epochs of those that take over have to differ from each other and to be greater than those before.
	fmt.Fprintf(&text, "vars currentEpoch %d lastVoteEpoch 0\n", len(phantoms)+myself.index)
	return text.String()
}

// afterSeed are the commands that bring a node nearer to the cluster that is wanted.
func afterSeed(node *Node, v view, phantoms []string) [][]string {
	isMaster := v.members[node.id].master == ""
	if node.index < len(phantoms) && !isMaster {
		if v.state["cluster_state"] != "ok" {
			return nil // taking over now would begin the two seconds
		}
		return [][]string{{"CLUSTER", "FAILOVER", "TAKEOVER"}}
	}
	var commands [][]string
	for _, id := range phantoms {
		phantom, known := v.members[id]
		if known && len(phantom.slots) == 0 && v.members[node.id].master != id {
			commands = append(commands, []string{"CLUSTER", "FORGET", id})
		}
	}
	return commands
}

func newID() string {
	id := make([]byte, 20)
	_, _ = rand.Read(id) // it never fails
	return hex.EncodeToString(id)
}

// met forms the cluster as it is done by hand: each master is given its slots, every node is made to meet every other, and those that are
// to be replicas are told of whom once they know it.
func met(ctx context.Context, c *Cluster) error {
	if err := c.each(func(node *Node) error { return node.start(ctx, c.settings) }); err != nil {
		return err
	}
	password := c.settings.node.password
	if err := c.each(func(node *Node) error { return node.introduce(ctx, c.nodes, c.Shards(), password) }); err != nil {
		return err
	}
	return c.await(ctx, func(ctx context.Context) error {
		return c.advance(ctx, func(node *Node, v view) [][]string {
			if node.index < c.Shards() || v.members[node.id].master != "" {
				return nil
			}
			master := c.nodes[node.shard].id
			if m, known := v.members[master]; !known || m.is("handshake") {
				return nil
			}
			return [][]string{{"CLUSTER", "REPLICATE", master}}
		})
	})
}

// introduce prepares a new node, and has it meet those before it. The epochs differ from the start, so that they need not be
// made to differ later.
func (n *Node) introduce(ctx context.Context, nodes []*Node, shards int, password string) error {
	commands := [][]string{
		{"CLUSTER", "MYID"},
		{"CLUSTER", "SET-CONFIG-EPOCH", strconv.Itoa(n.index + 1)},
	}
	if n.index < shards {
		slots := shardRange(n.index, shards)
		commands = append(commands, []string{"CLUSTER", "ADDSLOTSRANGE", strconv.Itoa(slots.first), strconv.Itoa(slots.last)})
	}
	for _, other := range nodes[:n.index] {
		commands = append(commands, []string{"CLUSTER", "MEET", "127.0.0.1", strconv.Itoa(other.port), strconv.Itoa(other.busPort)})
	}
	replies, err := n.ask(ctx, password, commands...)
	if err != nil {
		return err
	}
	n.id = replies[0].text
	return nil
}

// advance looks at the cluster, gives nodes the commands that they still need, and says what is missing.
func (c *Cluster) advance(ctx context.Context, next func(*Node, view) [][]string) error {
	views, err := c.look(ctx)
	if err != nil {
		return err
	}
	for i, node := range c.nodes {
		if views[i] == nil {
			continue
		}
		commands := next(node, *views[i])
		if len(commands) == 0 {
			continue
		}
		if _, err := node.ask(ctx, c.settings.node.password, commands...); err != nil {
			return err
		}
	}
	if err := c.judge(views, true); err != nil {
		return err
	}
	return c.judgeShards(*views[0])
}

// judgeShards looks whether the nodes have the parts that they are to begin with.
func (c *Cluster) judgeShards(v view) error {
	for _, node := range c.nodes {
		m := v.members[node.id]
		if node.index < c.Shards() {
			if slots := shardRange(node.shard, c.Shards()); !m.serves(slots.first) || !m.serves(slots.last) {
				return fmt.Errorf("node %d does not serve shard %d", node.index, node.shard)
			}
		} else if m.master != c.nodes[node.shard].id {
			return fmt.Errorf("node %d is no replica of node %d", node.index, node.shard)
		}
	}
	return nil
}
