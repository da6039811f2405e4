package snapshot

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"strconv"
	"time"

	"github.com/compozy/rediskit/internal/words"
)

// Encode writes s as Redis commands, one self-contained command a line:
//
//	SELECT 0
//	HSET user:1 name 'Ada "the Countess" Lovelace'
//	PEXPIRE user:1 1800000
//	RPUSH queue:mail '{"to":"ada"}'
//
// Databases, keys, set members and hash fields are in the order of their numbers and bytes; lists, sorted sets and streams
// in their own. Equal snapshots give equal text. [Decode] reads it back, and redis-cli runs it: redis-cli < file.
func Encode(w io.Writer, s *Snapshot) error {
	e := encoder{w: bufio.NewWriter(w)}
	for _, db := range s.databases {
		e.line("SELECT", strconv.Itoa(db.index))
		for _, key := range db.keys {
			e.key(key)
		}
	}
	if err := e.w.Flush(); err != nil {
		return fmt.Errorf("encode snapshot: %w", err)
	}
	return nil
}

// encoder writes commands. Errors are kept by its writer until the end.
type encoder struct {
	w    *bufio.Writer
	text []byte // of the line being written
}

func (e *encoder) line(args ...string) {
	e.text = e.text[:0]
	for i, arg := range args {
		if i > 0 {
			e.text = append(e.text, ' ')
		}
		e.text = words.Append(e.text, arg)
	}
	_, _ = e.w.Write(append(e.text, '\n')) // the writer keeps the error until Flush
}

func (e *encoder) key(k Key) {
	for command := range commands(k, 1) {
		e.line(command...)
	}
}

// commands are those that make a key, in an order in which a server can run them. Each adds up to so many elements.
func commands(k Key, elements int) func(yield func([]string) bool) {
	return func(yield func([]string) bool) {
		c := commandWriter{yield: yield, elements: elements}
		switch v := k.Value.(type) {
		case String:
			c.put("SET", k.Name, string(v))
		case List:
			c.add("RPUSH", k.Name, len(v.elements), func(args []string, i int) []string {
				return append(args, v.elements[i])
			})
		case Hash:
			c.hash(k.Name, v)
		case Set:
			c.add("SADD", k.Name, len(v.members), func(args []string, i int) []string {
				return append(args, v.members[i])
			})
		case SortedSet:
			c.add("ZADD", k.Name, len(v.members), func(args []string, i int) []string {
				return append(args, formatScore(v.members[i].Score), v.members[i].Name)
			})
		case *Stream:
			c.stream(k.Name, v)
		}
		if k.TTL > 0 {
			c.put("PEXPIRE", k.Name, formatTTL(k.TTL))
		}
	}
}

// commandWriter yields commands until the taker has had enough.
type commandWriter struct {
	yield    func([]string) bool
	done     bool
	elements int // that one command may add
}

func (c *commandWriter) put(args ...string) {
	if !c.done {
		c.done = !c.yield(args)
	}
}

// add yields commands that add n elements.
func (c *commandWriter) add(command, key string, n int, element func(args []string, i int) []string) {
	for from := 0; from < n; from += c.elements {
		to := min(from+c.elements, n)
		args := append(make([]string, 0, 2+2*(to-from)), command, key)
		for i := from; i < to; i++ {
			args = element(args, i)
		}
		c.put(args...)
	}
}

func (c *commandWriter) hash(key string, h Hash) {
	c.add("HSET", key, len(h.fields), func(args []string, i int) []string {
		return append(args, h.fields[i].Name, h.fields[i].Value)
	})
	for _, f := range h.fields {
		if f.TTL > 0 {
			c.put("HPEXPIRE", key, formatTTL(f.TTL), "FIELDS", "1", f.Name)
		}
	}
}

// stream writes entries, groups and pending entries. Redis makes an entry pending only where it is in the stream, so one
// that was deleted since is added and deleted again.
func (c *commandWriter) stream(key string, s *Stream) {
	ghosts := s.ghosts()
	last := c.entries(key, s.entries, ghosts)
	created, counted := last != StreamID{}, len(ghosts) == 0
	if !created && len(s.groups) == 0 {
		// A stream that has nothing but an id, which is set below.
		c.put("XADD", key, "MAXLEN", "0", "0-1", "", "")
		created, counted, last = true, false, StreamID{Sequence: 1}
	}
	for _, g := range s.groups {
		create := []string{"XGROUP", "CREATE", key, g.Name, g.LastID.String()}
		if !created {
			create, created = append(create, "MKSTREAM"), true
		}
		if g.entriesRead != nil {
			create = append(create, "ENTRIESREAD", strconv.FormatInt(*g.entriesRead, 10))
		}
		c.put(create...)
		c.group(key, g)
	}
	for _, id := range ghosts {
		c.put("XDEL", key, id.String())
	}
	counted = counted && s.counters != nil && *s.counters == s.plainCounters()
	if last != s.lastID || s.counters != nil && !counted {
		c.setID(key, s)
	}
}

// entries writes the stream's entries, and empty ones in the place of ghosts, and returns the last id.
func (c *commandWriter) entries(key string, entries []Entry, ghosts []StreamID) (last StreamID) {
	for len(entries)+len(ghosts) > 0 {
		if len(entries) == 0 || len(ghosts) > 0 && ghosts[0].Compare(entries[0].ID) < 0 {
			last, ghosts = ghosts[0], ghosts[1:]
			c.put("XADD", key, last.String(), "", "")
			continue
		}
		last = entries[0].ID
		c.put(append([]string{"XADD", key, last.String()}, entries[0].fields...)...)
		entries = entries[1:]
	}
	return last
}

func (c *commandWriter) group(key string, g Group) {
	busy := map[string]bool{}
	for _, p := range g.pending {
		busy[p.Consumer] = true
	}
	for _, consumer := range g.consumers {
		if !busy[consumer] {
			c.put("XGROUP", "CREATECONSUMER", key, g.Name, consumer)
		}
	}
	for _, p := range g.pending {
		c.put("XCLAIM", key, g.Name, p.Consumer, "0", p.ID.String(), "TIME", strconv.FormatInt(p.Delivered.UnixMilli(), 10),
			"RETRYCOUNT", strconv.FormatInt(p.Count, 10), "FORCE", "JUSTID")
	}
}

func (c *commandWriter) setID(key string, s *Stream) {
	command := []string{"XSETID", key, s.lastID.String()}
	if s.counters != nil {
		command = append(command, "ENTRIESADDED", strconv.FormatInt(s.counters.EntriesAdded, 10),
			"MAXDELETEDID", s.counters.MaxDeletedID.String())
	}
	c.put(command...)
}

// plainCounters are those of a stream whose entries were all added and never deleted.
func (s *Stream) plainCounters() StreamCounters {
	return StreamCounters{EntriesAdded: int64(len(s.entries))}
}

// formatTTL writes milliseconds; what is left of one counts, lest a key that lives become one that does not.
func formatTTL(ttl time.Duration) string {
	return strconv.FormatInt(max(1, ttl.Milliseconds()), 10)
}

// formatScore writes the shortest number that reads as the same score.
func formatScore(score float64) string {
	const tooSmall, tooLarge = 1e-7, 1e21 // for plain notation to be the more readable
	size := math.Abs(score)
	switch {
	case math.IsInf(score, 1):
		return "inf"
	case math.IsInf(score, -1):
		return "-inf"
	case size != 0 && (size < tooSmall || size >= tooLarge):
		return strconv.FormatFloat(score, 'g', -1, 64)
	default:
		return strconv.FormatFloat(score, 'f', -1, 64)
	}
}
