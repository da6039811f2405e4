package snapshot

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/compozy/rediskit/internal/words"
)

// streamAdd reads XADD key [MAXLEN 0] id field value [field value …].
func (c *call) streamAdd() error {
	k, err := c.key("stream")
	if err != nil {
		return err
	}
	trim := false
	if c.option("MAXLEN") {
		c.option("=")
		if trim = c.option("0"); !trim {
			return errors.New("MAXLEN is other than 0")
		}
	}
	id, err := c.id()
	if err != nil {
		return err
	}
	stream := k.entries()
	if id.Compare(stream.lastID) <= 0 {
		c.at--
		return fmt.Errorf("id %s does not come after the stream's last one, %s", id, stream.lastID)
	}
	stream.lastID = id
	entry := Entry{ID: id, fields: append([]string(nil), c.args[c.at:]...)}
	if err := c.pairs(func(string, string) error { return nil }); err != nil {
		return err
	}
	stream.entries = append(stream.entries, entry)
	if trim {
		stream.entries = nil
	}
	return nil
}

func (c *call) streamDelete() error {
	k, err := c.stream()
	if err != nil {
		return err
	}
	return c.each(func(text string) error {
		id, err := ParseStreamID(text)
		if k.stream.has(id) {
			k.stash(id)
		}
		return err
	})
}

// streamSetID reads XSETID key id [ENTRIESADDED n] [MAXDELETEDID id].
func (c *call) streamSetID() error {
	k, err := c.stream()
	if err != nil {
		return err
	}
	last := k.lastEntry()
	if k.stream.lastID, err = c.id(); err != nil {
		return err
	}
	if k.stream.lastID.Compare(last) < 0 {
		c.at--
		return fmt.Errorf("id %s comes before the last entry's, %s", k.stream.lastID, last)
	}
	if c.rest() == 0 {
		return nil
	}
	if !c.option("ENTRIESADDED") {
		return c.end()
	}
	var counters StreamCounters
	if counters.EntriesAdded, err = c.number(0, math.MaxInt64); err != nil {
		return err
	}
	if c.option("MAXDELETEDID") {
		if counters.MaxDeletedID, err = c.id(); err != nil {
			return err
		}
	}
	k.stream.counters = &counters
	return c.end()
}

// streamGroup reads XGROUP CREATE key group id [MKSTREAM] [ENTRIESREAD n] and XGROUP CREATECONSUMER key group consumer.
func (c *call) streamGroup() error {
	subcommand, err := c.next()
	if err != nil {
		return err
	}
	switch strings.ToUpper(subcommand) {
	case "CREATE":
		return c.createGroup()
	case "CREATECONSUMER":
		return c.createConsumer()
	default:
		c.at--
		return ErrNotDeclarative
	}
}

func (c *call) createGroup() error {
	// Only with MKSTREAM, which comes last, may the stream be a new one.
	making := slices.ContainsFunc(c.args[min(4, len(c.args)):], func(arg string) bool { return strings.EqualFold(arg, "MKSTREAM") })
	take := c.stream
	if making {
		take = func() (*draftKey, error) { return c.key("stream") }
	}
	k, err := take()
	if err != nil {
		return err
	}
	stream, g := k.entries(), Group{}
	if g.Name, err = c.next(); err != nil {
		return err
	}
	if c.option("$") {
		g.LastID = stream.lastID
	} else if g.LastID, err = c.id(); err != nil {
		return err
	}
	c.option("MKSTREAM")
	if c.option("ENTRIESREAD") {
		n, err := c.number(0, math.MaxInt64)
		if err != nil {
			return err
		}
		g.entriesRead = &n
	}
	if k.group(g.Name) != nil {
		c.at = 2
		return errors.New("the group exists already")
	}
	stream.groups = append(stream.groups, g)
	return c.end()
}

func (c *call) createConsumer() error {
	k, err := c.stream()
	if err != nil {
		return err
	}
	g, err := c.group(k)
	if err != nil {
		return err
	}
	consumer, err := c.next()
	if err != nil {
		return err
	}
	g.consumers = append(g.consumers, consumer)
	return c.end()
}

// streamClaim reads XCLAIM key group consumer 0 id TIME milliseconds RETRYCOUNT n FORCE JUSTID.
func (c *call) streamClaim() error {
	k, err := c.stream()
	if err != nil {
		return err
	}
	g, err := c.group(k)
	if err != nil {
		return err
	}
	p := Pending{}
	if p.Consumer, err = c.next(); err != nil {
		return err
	}
	if _, err := c.number(0, math.MaxInt64); err != nil {
		return err
	}
	if p.ID, err = c.id(); err != nil {
		return err
	}
	if !k.stream.has(p.ID) || k.stashed[p.ID] {
		c.at--
		return fmt.Errorf("there is no entry %s in the lines before", p.ID)
	}
	if err := c.claimOptions(&p); err != nil {
		return err
	}
	g.claim(p)
	return nil
}

// claimOptions are all needed: without them the outcome would depend on the time and on the entry.
func (c *call) claimOptions(p *Pending) error {
	if !c.option("TIME") {
		return errors.New("TIME is missing")
	}
	ms, err := c.number(0, math.MaxInt64)
	if err != nil {
		return err
	}
	p.Delivered = time.UnixMilli(ms)
	if !c.option("RETRYCOUNT") {
		return errors.New("RETRYCOUNT is missing")
	}
	if p.Count, err = c.number(0, math.MaxInt64); err != nil {
		return err
	}
	if !c.option("FORCE") || !c.option("JUSTID") {
		return errors.New("FORCE JUSTID is missing")
	}
	return c.end()
}

// claim makes an entry pending, in place of what was known of it.
func (g *Group) claim(p Pending) {
	last := len(g.pending) - 1
	if last < 0 || g.pending[last].ID.Compare(p.ID) < 0 { // nearly always: Encode writes them in their order
		g.pending = append(g.pending, p)
		return
	}
	i, known := slices.BinarySearchFunc(g.pending, p.ID, func(p Pending, id StreamID) int { return p.ID.Compare(id) })
	if known {
		g.pending[i] = p
		return
	}
	g.pending = slices.Insert(g.pending, i, p)
}

// stream takes the key of a stream that exists.
func (c *call) stream() (*draftKey, error) {
	name, err := c.next()
	if err != nil {
		return nil, err
	}
	k, err := c.draft.existing(name)
	if err == nil && k.kind != "stream" {
		err = k.mismatch()
	}
	if err != nil {
		c.at--
		return nil, err
	}
	return k, nil
}

func (k *draftKey) group(name string) *Group {
	for i := range k.stream.groups {
		if k.stream.groups[i].Name == name {
			return &k.stream.groups[i]
		}
	}
	return nil
}

// group takes the name of a group, which must exist.
func (c *call) group(k *draftKey) (*Group, error) {
	name, err := c.next()
	if err != nil {
		return nil, err
	}
	g := k.group(name)
	if g == nil {
		c.at--
		return nil, fmt.Errorf("there is no group %s in the lines before", words.Quote(name))
	}
	return g, nil
}

// id takes a stream id.
func (c *call) id() (StreamID, error) {
	text, err := c.next()
	if err != nil {
		return StreamID{}, err
	}
	id, err := ParseStreamID(text)
	if err != nil {
		c.at--
	}
	return id, err
}
