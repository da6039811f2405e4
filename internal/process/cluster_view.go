package process

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// slotCount is the number of hash slots of a cluster.
const slotCount = 16384

// view is the cluster as one of its nodes sees it.
type view struct {
	state       info // CLUSTER INFO
	replication info // INFO replication
	members     map[string]member
}

// member is a line of CLUSTER NODES.
type member struct {
	id        string
	master    string // of a replica
	slots     []slotRange
	flags     []string
	connected bool
}

type slotRange struct{ first, last int }

// shardRange are the slots that a shard begins with.
func shardRange(shard, shards int) slotRange {
	return slotRange{first: shard * slotCount / shards, last: (shard+1)*slotCount/shards - 1}
}

func (m member) is(flag string) bool { return slices.Contains(m.flags, flag) }

func (m member) serves(slot int) bool {
	return slices.ContainsFunc(m.slots, func(r slotRange) bool { return r.first <= slot && slot <= r.last })
}

// look asks a node for its view.
func (n *Node) look(ctx context.Context, password string) (view, error) {
	replies, err := n.ask(ctx, password, []string{"CLUSTER", "INFO"}, []string{"CLUSTER", "NODES"}, []string{"INFO", "replication"})
	if err != nil {
		return view{}, err
	}
	members, err := parseMembers(replies[1].text)
	if err != nil {
		return view{}, fmt.Errorf("node %d: %w", n.index, err)
	}
	return view{state: parseInfo(replies[0].text), replication: parseInfo(replies[2].text), members: members}, nil
}

// parseMembers reads lines such as
//
//	<id> 127.0.0.1:7000@17000,host myself,master - 0 0 1 connected 0-5460 5470 [93-<-<id>]
func parseMembers(text string) (map[string]member, error) {
	const slotsAt = 8
	members := map[string]member{}
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		if len(words) < slotsAt {
			return nil, fmt.Errorf("CLUSTER NODES: line %q is too short", line)
		}
		m := member{id: words[0], flags: strings.Split(words[2], ","), connected: words[7] == "connected"}
		if words[3] != "-" {
			m.master = words[3]
		}
		for _, word := range words[slotsAt:] {
			if strings.HasPrefix(word, "[") { // on its way from or to another node, and counted where it is
				continue
			}
			r, err := parseSlots(word)
			if err != nil {
				return nil, fmt.Errorf("CLUSTER NODES: line %q: %w", line, err)
			}
			m.slots = append(m.slots, r)
		}
		members[m.id] = m
	}
	return members, nil
}

func parseSlots(word string) (slotRange, error) {
	first, last, isRange := strings.Cut(word, "-")
	if !isRange {
		last = first
	}
	from, err := strconv.Atoi(first)
	if err != nil {
		return slotRange{}, err
	}
	to, err := strconv.Atoi(last)
	if err != nil {
		return slotRange{}, err
	}
	return slotRange{first: from, last: to}, nil
}

// owner is the member that serves a slot; false where nobody does.
func (v view) owner(slot int) (member, bool) {
	for _, m := range v.members {
		if m.serves(slot) {
			return m, true
		}
	}
	return member{}, false
}

// layout is who is master of which slots, and replica of whom: the part of a view that all nodes have to agree on.
func (v view) layout() string {
	lines := make([]string, 0, len(v.members))
	for _, m := range v.members {
		lines = append(lines, fmt.Sprintln(m.id, "replica of", m.master, "slots", m.slots))
	}
	slices.Sort(lines)
	return strings.Join(lines, "")
}
