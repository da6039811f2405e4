package process

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// pause is the time between two looks at a cluster. Its nodes tell nobody when their state changes, so one has to look again and
// again: soon at first, and then not so often that it would keep a small machine from getting on.
type pause struct {
	timer *time.Timer
	next  time.Duration
}

// errNoneRuns is a cluster whose nodes are all stopped.
var errNoneRuns = errors.New("no node runs")

const (
	firstPause = 2 * time.Millisecond
	lastPause  = 50 * time.Millisecond
)

func newPause() *pause {
	timer := time.NewTimer(firstPause)
	timer.Stop()
	return &pause{timer: timer, next: firstPause}
}

func (p *pause) stop() { p.timer.Stop() }

func (p *pause) wait(ctx context.Context) error {
	p.timer.Reset(p.next)
	p.next = min(2*p.next, lastPause)
	select {
	case <-p.timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// await looks at the cluster until a goal has no error any more. At the end of the context its last error says what was missing.
func (c *Cluster) await(ctx context.Context, goal func(context.Context) error) error {
	pause := newPause()
	defer pause.stop()
	var missing error
	for {
		now := goal(ctx)
		if now == nil {
			return nil
		}
		if ctx.Err() == nil || missing == nil {
			missing = now // the one at the end is of the interrupted look
		}
		if err := c.hopeless(); err != nil {
			return err
		}
		if err := pause.wait(ctx); err != nil {
			return errors.Join(err, missing)
		}
	}
}

// hopeless is an error where no waiting helps.
func (c *Cluster) hopeless() error {
	running := false
	for _, node := range c.nodes {
		if err := node.crash(); err != nil {
			return err
		}
		running = running || node.Running()
	}
	if !running {
		return errNoneRuns
	}
	return nil
}

// crash is the reason why a node that was not stopped is gone.
func (n *Node) crash() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.process == nil || !n.process.isGone() {
		return nil
	}
	return fmt.Errorf("node %d is gone: %w", n.index, n.process.exitReason())
}

// complete is a cluster that serves every slot.
func (c *Cluster) complete(ctx context.Context) error {
	views, err := c.look(ctx)
	if err != nil {
		return err
	}
	return c.judge(views, true)
}

// settled is a cluster whose nodes agree, though some slots may belong to nodes that are stopped.
func (c *Cluster) settled(ctx context.Context) error {
	views, err := c.look(ctx)
	if err != nil {
		return err
	}
	return c.judge(views, false)
}

// look asks all running nodes for their views. Those that are stopped have none.
func (c *Cluster) look(ctx context.Context) ([]*view, error) {
	views := make([]*view, len(c.nodes))
	err := c.each(func(node *Node) error {
		if !node.Running() {
			return nil
		}
		v, err := node.look(ctx, c.settings.node.password)
		if err == nil {
			views[node.index] = &v
		}
		return err
	})
	return views, err
}

// judge says what is missing. Where not every slot has to be served, the state has to be ok only if all owners of slots run.
func (c *Cluster) judge(views []*view, everySlot bool) error {
	var first *view
	for i, v := range views {
		if v == nil {
			continue
		}
		if err := c.judgeMembers(c.nodes[i], *v, views); err != nil {
			return err
		}
		if first == nil {
			first = v
		}
		if layout := v.layout(); layout != first.layout() {
			return fmt.Errorf("node %d sees\n%sand another\n%s", i, layout, first.layout())
		}
	}
	if first == nil {
		return errNoneRuns
	}
	if err := c.judgeSlots(*first, views); err != nil {
		if everySlot {
			return err
		}
		return nil
	}
	for i, v := range views {
		if v != nil && v.state["cluster_state"] != "ok" {
			return fmt.Errorf("node %d sees cluster_state:%s", i, v.state["cluster_state"])
		}
	}
	return nil
}

// judgeMembers looks at whom a node knows, and at its part in the replication.
func (c *Cluster) judgeMembers(node *Node, v view, views []*view) error {
	if len(v.members) != len(c.nodes) {
		return fmt.Errorf("node %d knows %d nodes of %d", node.index, len(v.members), len(c.nodes))
	}
	replicas := 0
	for i, other := range c.nodes {
		m, known := v.members[other.id]
		if !known {
			return fmt.Errorf("node %d does not know node %d", node.index, i)
		}
		if views[i] == nil {
			continue
		}
		if !m.connected || m.is("fail") || m.is("fail?") || m.is("handshake") || m.is("noaddr") {
			return fmt.Errorf("node %d sees node %d as %s, connected: %t", node.index, i, strings.Join(m.flags, ","), m.connected)
		}
		if m.master == node.id {
			replicas++
		}
	}
	master := v.members[node.id].master
	if master == "" {
		if in := inSync(v.replication); in < replicas {
			return fmt.Errorf("node %d has %d replicas in sync of %d", node.index, in, replicas)
		}
		return nil
	}
	for i, other := range c.nodes {
		if other.id == master && views[i] != nil && v.replication["master_link_status"] != "up" {
			return fmt.Errorf("node %d is not in sync with its master", node.index)
		}
	}
	return nil
}

// inSync is how many replicas a master has that got all of its data.
func inSync(replication info) int {
	count := 0
	for i := 0; ; i++ {
		replica, found := replication["slave"+strconv.Itoa(i)]
		if !found {
			return count
		}
		if strings.Contains(replica, "state=online") {
			count++
		}
	}
}

// judgeSlots looks for slots that no running node serves.
func (c *Cluster) judgeSlots(v view, views []*view) error {
	served := 0
	for i, node := range c.nodes {
		if views[i] == nil {
			continue
		}
		for _, r := range v.members[node.id].slots {
			served += r.last - r.first + 1
		}
	}
	if served != slotCount {
		return fmt.Errorf("%d of %d slots are served", served, slotCount)
	}
	return nil
}
