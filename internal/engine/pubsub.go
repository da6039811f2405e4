package engine

import (
	"slices"
	"strings"

	"github.com/compozy/rediskit/internal/glob"
)

// Subscriptions live here and not in miniredis, so that a message is in its subscribers' hands before PUBLISH answers,
// in one order for all of them and without goroutines, and so that a RESP3 client may go on sending commands.

// topics are the subscribers of each channel or pattern, both in the order in which they came.
type topics struct {
	names       []string
	subscribers map[string][]*session
}

func (t *topics) add(name string, s *session) {
	if t.subscribers == nil {
		t.subscribers = map[string][]*session{}
	}
	if len(t.subscribers[name]) == 0 {
		t.names = append(t.names, name)
	}
	t.subscribers[name] = append(t.subscribers[name], s)
}

func (t *topics) remove(name string, s *session) {
	rest := slices.DeleteFunc(t.subscribers[name], func(other *session) bool { return other == s })
	if len(rest) > 0 {
		t.subscribers[name] = rest
		return
	}
	delete(t.subscribers, name)
	t.names = slices.DeleteFunc(t.names, func(other string) bool { return other == name })
}

// subscriptions are those of one client, in the order in which it made them.
type subscriptions struct{ channels, patterns, shards []string }

func (u *subscriptions) count() int { return len(u.channels) + len(u.patterns) + len(u.shards) }

func (u *subscriptions) dropAll(s *session) {
	for _, k := range []kind{channels, patterns, shards} {
		mine, all := k.of(s)
		for _, name := range *mine {
			all.remove(name, s)
		}
		*mine = nil
	}
}

// kind is what one can subscribe to.
type kind string

const (
	channels kind = ""
	patterns kind = "p"
	shards   kind = "s"
)

// of returns the client's subscriptions of a kind, and everybody's.
func (k kind) of(s *session) (mine *[]string, all *topics) {
	switch k {
	case patterns:
		return &s.subs.patterns, &s.engine.patterns
	case shards:
		return &s.subs.shards, &s.engine.shards
	default:
		return &s.subs.channels, &s.engine.channels
	}
}

// count is the figure in the reply: channels and patterns are counted together.
func (k kind) count(s *session) int {
	if k == shards {
		return len(s.subs.shards)
	}
	return len(s.subs.channels) + len(s.subs.patterns)
}

func (s *session) subscribe(args []string)    { s.join(channels, args[1:]) }
func (s *session) psubscribe(args []string)   { s.join(patterns, args[1:]) }
func (s *session) ssubscribe(args []string)   { s.join(shards, args[1:]) }
func (s *session) unsubscribe(args []string)  { s.part(channels, args[1:]) }
func (s *session) punsubscribe(args []string) { s.part(patterns, args[1:]) }
func (s *session) sunsubscribe(args []string) { s.part(shards, args[1:]) }

func (s *session) join(k kind, names []string) {
	mine, all := k.of(s)
	for _, name := range names {
		if !slices.Contains(*mine, name) {
			*mine = append(*mine, name)
			all.add(name, s)
		}
		s.push(string(k)+"subscribe", name)
		s.peer.WriteInt(k.count(s))
	}
}

// part ends the named subscriptions of a kind, or all of them.
func (s *session) part(k kind, names []string) {
	mine, all := k.of(s)
	if len(names) == 0 {
		names = slices.Clone(*mine)
	}
	for _, name := range names {
		if i := slices.Index(*mine, name); i >= 0 {
			*mine = slices.Delete(*mine, i, i+1)
			all.remove(name, s)
		}
		s.push(string(k)+"unsubscribe", name)
		s.peer.WriteInt(k.count(s))
	}
	if len(names) == 0 {
		s.peer.WritePushLen(3)
		s.peer.WriteBulk(string(k) + "unsubscribe")
		s.peer.WriteNull()
		s.peer.WriteInt(k.count(s))
	}
}

// push begins a message of three parts, the last of which the caller adds.
func (s *session) push(parts ...string) {
	s.peer.WritePushLen(len(parts) + 1)
	for _, part := range parts {
		s.peer.WriteBulk(part)
	}
}

func (s *session) publish(args []string)  { s.peer.WriteInt(s.engine.deliver(args[1], args[2])) }
func (s *session) spublish(args []string) { s.peer.WriteInt(s.engine.deliverShard(args[1], args[2])) }

// deliver sends a message to all who have subscribed to the channel or to a pattern that matches it, and returns how
// many times it was sent. The caller holds the engine's lock.
func (e *Engine) deliver(channel, message string) int {
	n := 0
	for _, s := range e.channels.subscribers[channel] {
		s.send(message, "message", channel)
		n++
	}
	for _, pattern := range e.patterns.names {
		if !glob.Match(pattern, channel) {
			continue
		}
		for _, s := range e.patterns.subscribers[pattern] {
			s.send(message, "pmessage", pattern, channel)
			n++
		}
	}
	return n
}

func (e *Engine) deliverShard(channel, message string) int {
	for _, s := range e.shards.subscribers[channel] {
		s.send(message, "smessage", channel)
	}
	return len(e.shards.subscribers[channel])
}

func (s *session) send(message string, parts ...string) {
	s.push(parts...)
	s.peer.WriteBulk(message)
	s.flush()
}

// pubsub answers PUBSUB CHANNELS, NUMSUB, NUMPAT, SHARDCHANNELS and SHARDNUMSUB.
func (s *session) pubsub(args []string) {
	e := s.engine
	switch strings.ToUpper(args[1]) {
	case "CHANNELS":
		s.listTopics(&e.channels, args)
	case "SHARDCHANNELS":
		s.listTopics(&e.shards, args)
	case "NUMSUB":
		s.countSubscribers(&e.channels, args[2:])
	case "SHARDNUMSUB":
		s.countSubscribers(&e.shards, args[2:])
	case "NUMPAT":
		s.peer.WriteInt(len(e.patterns.names))
	default:
		writeError(s.peer, unknownSubcommand("PUBSUB", args[1]))
	}
}

func (s *session) listTopics(t *topics, args []string) {
	pattern := args[2:]
	if len(pattern) > 1 {
		writeError(s.peer, badSubcommand("PUBSUB", args[1]))
		return
	}
	names := slices.DeleteFunc(slices.Clone(t.names), func(name string) bool {
		return len(pattern) > 0 && !glob.Match(pattern[0], name)
	})
	s.peer.WriteStrings(names)
}

func (s *session) countSubscribers(t *topics, names []string) {
	s.peer.WriteLen(2 * len(names)) // a flat array with RESP3, too
	for _, name := range names {
		s.peer.WriteBulk(name)
		s.peer.WriteInt(len(t.subscribers[name]))
	}
}
