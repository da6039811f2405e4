package process

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
)

// Node is a member of a [Cluster]. Its methods may be called from many goroutines.
type Node struct {
	index, shard  int
	port, busPort int
	folder        string
	id            string // set while the cluster is formed

	mu      sync.Mutex
	process *Process // nil unless started
	output  string   // of the process before
}

// Index is the node's place in [Cluster.Nodes].
func (n *Node) Index() int { return n.index }

// Shard is the shard that the node began in. Failovers change who is master in it, and nobody's shard.
func (n *Node) Shard() int { return n.shard }

// ID is the node's name in CLUSTER NODES.
func (n *Node) ID() string { return n.id }

// Addr is the TCP address, host and port. It stays the same when the node is stopped and started.
func (n *Node) Addr() string { return loopback(n.port) }

// Socket is the path of the unix socket. It stays the same too.
func (n *Node) Socket() string { return filepath.Join(n.folder, socketName) }

// Running says whether the node's process is there.
func (n *Node) Running() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.process != nil && !n.process.isGone()
}

// PID is the process id, or 0 while the node is stopped.
func (n *Node) PID() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.process == nil {
		return 0
	}
	return n.process.PID()
}

// Output is the last 64 KiB of what the node's process has printed, or printed before it was stopped.
func (n *Node) Output() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.process == nil {
		return n.output
	}
	return n.process.Output()
}

func (n *Node) start(ctx context.Context, s clusterSettings) error {
	node := s.node
	node.tcp = false
	node.folder, node.port = n.folder, n.port
	node.args = slices.Concat([]string{
		"--cluster-node-timeout", strconv.FormatInt(s.nodeTimeout.Milliseconds(), 10),
		"--cluster-replica-validity-factor", "0", // however long its master is gone, a replica may take over
		"--cluster-allow-replica-migration", "no", // a test says which node is in which shard
		"--repl-diskless-sync-delay", "0", // replicas are not waited for five seconds
		"--repl-ping-replica-period", "1",
	}, s.node.args, []string{
		"--cluster-enabled", "yes",
		"--cluster-config-file", nodesFile,
		"--cluster-port", strconv.Itoa(n.busPort),
		"--cluster-announce-ip", "127.0.0.1",
	})
	if node.password != "" {
		node.args = append(node.args, "--masterauth", node.password)
	}
	process, err := start(ctx, node)
	if err != nil {
		return err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.process = process
	return nil
}

func (n *Node) stop() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.process == nil {
		return nil
	}
	err := n.process.Close()
	n.output = n.process.Output()
	n.process = nil
	return err
}

func (n *Node) close() error {
	return errors.Join(n.stop(), os.RemoveAll(n.folder))
}

// ask sends commands to the node over a connection of their own. A refusal is an error.
func (n *Node) ask(ctx context.Context, password string, commands ...[]string) ([]reply, error) {
	server, err := dial(ctx, "unix", n.Socket(), password)
	if err != nil {
		return nil, fmt.Errorf("node %d: %w", n.index, err)
	}
	defer server.close()
	replies, err := server.pipeline(ctx, commands...)
	if err == nil {
		err = server.part(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("node %d: %w", n.index, err)
	}
	for _, r := range replies {
		if r.refusal != nil {
			return nil, fmt.Errorf("node %d: %w", n.index, r.refusal)
		}
	}
	return replies, nil
}
