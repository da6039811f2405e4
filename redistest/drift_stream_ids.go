package redistest

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/compozy/rediskit/snapshot"
)

// clockID matches what XADD makes of the time: from the year 2001 on, milliseconds have thirteen digits.
var clockID = regexp.MustCompile(`\b[1-9]\d{12}-\d+\b`)

// someID stands for such an id where nobody knows its stream.
const someID = "<id>"

// streamIDs numbers, for each stream, the ids that a server has made of its clock, as they come up.
type streamIDs map[[2]string]int

// number is what stands for an id of a stream, and for anything else itself.
func (ids streamIDs) number(stream, word string) string {
	if clockID.FindString(word) != word || word == "" {
		return anonymous(word)
	}
	entry := [2]string{stream, word}
	if ids[entry] == 0 {
		ids[entry] = len(ids) + 1
	}
	return fmt.Sprintf("<id %d>", ids[entry])
}

func anonymous(word string) string { return clockID.ReplaceAllLiteralString(word, someID) }

// rename puts numbers in place of the ids of a call.
func (ids streamIDs) rename(c *call) {
	name := commandOf(c.words)
	switch {
	case name == "XREAD" || name == "XREADGROUP":
		c.words = ids.inRead(c.words)
		c.reply = ids.inStreams(c.reply)
	case name == "XADD":
		c.words = changed(c.words, anonymous)
		c.reply = ids.inReply(streamOf(c.words), c.reply)
	case strings.HasPrefix(name, "X"):
		stream := streamOf(c.words)
		c.words = changed(c.words, func(word string) string { return ids.number(stream, word) })
		c.reply = ids.inReply(stream, c.reply)
	default:
		c.words = changed(c.words, anonymous)
		c.reply = changeText(c.reply, anonymous)
	}
}

func changed(words []string, change func(string) string) []string {
	result := make([]string, len(words))
	for i, word := range words {
		result[i] = change(word)
	}
	return result
}

// streamOf is the key of a command about one stream.
func streamOf(words []string) string {
	at := 1
	if name := strings.ToUpper(words[0]); name == "XGROUP" || name == "XINFO" {
		at = 2
	}
	if at >= len(words) {
		return ""
	}
	return words[at]
}

// inRead numbers the ids that XREAD is given: half of what follows STREAMS are keys, the other half ids.
func (ids streamIDs) inRead(words []string) []string {
	words = slices.Clone(words)
	first := 1 + slices.IndexFunc(words, func(word string) bool { return strings.EqualFold(word, "STREAMS") })
	if first == 0 {
		return words
	}
	half := (len(words) - first) / 2
	for i := first; i < first+half; i++ {
		words[i+half] = ids.number(words[i], words[i+half])
	}
	return words
}

// inStreams numbers the ids in a reply about several streams.
func (ids streamIDs) inStreams(reply any) any {
	switch reply := reply.(type) {
	case list: // of pairs, or of structs that begin with the stream
		all := make(list, len(reply))
		for i, element := range reply {
			all[i] = ids.inReply(firstText(element), element)
		}
		return all
	case table:
		all := make(table, len(reply))
		for i, f := range reply {
			all[i] = field{f.key, ids.inReply(firstText(f.key), f.value)}
		}
		return all
	default:
		return reply
	}
}

func firstText(reply any) string {
	switch reply := reply.(type) {
	case string:
		return reply
	case list:
		if len(reply) > 0 {
			return firstText(reply[0])
		}
	case table:
		if len(reply) > 0 {
			return firstText(reply[0].value)
		}
	}
	return ""
}

// inReply numbers the ids of a stream in a reply. What the fields of entries hold is the application's.
func (ids streamIDs) inReply(stream string, reply any) any {
	switch reply := reply.(type) {
	case string:
		return ids.number(stream, reply)
	case list:
		all := make(list, len(reply))
		for i, element := range reply {
			id, _ := reply[0].(string)
			if fields, ok := element.(list); ok && i == 1 && clockID.FindString(id) == id && id != "" {
				all[i] = changeText(fields, anonymous)
				continue
			}
			all[i] = ids.inReply(stream, element)
		}
		return all
	case table:
		all := make(table, len(reply))
		for i, f := range reply {
			if all[i] = (field{f.key, ids.inReply(stream, f.value)}); f.key == "Values" {
				all[i].value = changeText(f.value, anonymous)
			}
		}
		return all
	default:
		return reply
	}
}

// withoutClock is a keyspace in which nothing is left of when entries were added and delivered, nor of what streams count
// if those of the other keyspace do not: an id that was deleted must not take part in the numbering then.
func withoutClock(s, other *snapshot.Snapshot) *snapshot.Snapshot {
	s = eachStream(snapshot.Scrub(s, clockID, someID), func(db int, name string, stream *snapshot.Stream) *snapshot.Stream {
		counterpart, _ := other.Key(db, name)
		if it, ok := counterpart.Value.(*snapshot.Stream); ok {
			if _, counts := it.Counters(); counts {
				return stream
			}
		}
		return snapshot.NewStream(stream.LastID(), slices.Collect(stream.Entries()), slices.Collect(stream.Groups()))
	})
	renumbered := snapshot.Renumber(s)
	return eachStream(s, func(db int, name string, stream *snapshot.Stream) *snapshot.Stream {
		if key, _ := renumbered.Key(db, name); clocked(stream) {
			if it, ok := key.Value.(*snapshot.Stream); ok {
				return it
			}
		}
		return stream
	})
}

func eachStream(s *snapshot.Snapshot, change func(db int, name string, stream *snapshot.Stream) *snapshot.Stream) *snapshot.Snapshot {
	var b snapshot.Builder
	for _, db := range s.Databases() {
		for key := range s.Keys(db) {
			if stream, ok := key.Value.(*snapshot.Stream); ok {
				key.Value = change(db, key.Name, stream)
			}
			b.Set(db, key)
		}
	}
	return b.Snapshot()
}

// clocked tells whether a clock is in a stream, so that it is never twice the same.
func clocked(stream *snapshot.Stream) bool {
	if clockID.MatchString(stream.LastID().String()) {
		return true
	}
	for entry := range stream.Entries() {
		if clockID.MatchString(entry.ID.String()) {
			return true
		}
	}
	for group := range stream.Groups() {
		for range group.Pending() {
			return true
		}
	}
	return false
}
