package snapshot

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/compozy/rediskit/internal/words"
)

var (
	errNoKey   = errors.New("there is no such key in the lines before")
	errNoField = errors.New("there is no such field in the lines before")
)

// declarations are the commands that describe a keyspace.
var declarations = map[string]func(*call) error{
	"SELECT":   (*call).selectDB,
	"SET":      (*call).set,
	"SETEX":    (*call).setWithTTL,
	"PSETEX":   (*call).setWithTTL,
	"MSET":     (*call).setMany,
	"HSET":     (*call).hashSet,
	"HMSET":    (*call).hashSet,
	"RPUSH":    (*call).push,
	"LPUSH":    (*call).push,
	"SADD":     (*call).setAdd,
	"ZADD":     (*call).sortedSetAdd,
	"EXPIRE":   (*call).expire,
	"PEXPIRE":  (*call).expire,
	"HEXPIRE":  (*call).expireFields,
	"HPEXPIRE": (*call).expireFields,
	"XADD":     (*call).streamAdd,
	"XDEL":     (*call).streamDelete,
	"XSETID":   (*call).streamSetID,
	"XGROUP":   (*call).streamGroup,
	"XCLAIM":   (*call).streamClaim,
}

func (c *call) selectDB() error {
	db, err := c.number(0, math.MaxInt32)
	if err != nil {
		return err
	}
	c.draft.selectDB(int(db))
	return c.end()
}

func (c *call) set() error {
	key, err := c.next()
	if err != nil {
		return err
	}
	value, err := c.next()
	if err != nil {
		return err
	}
	var ttl time.Duration
	switch {
	case c.option("EX"):
		ttl, err = c.ttl(time.Second)
	case c.option("PX"):
		ttl, err = c.ttl(time.Millisecond)
	}
	if err != nil {
		return err
	}
	c.draft.replace(key, value).ttl = ttl
	return c.end()
}

func (c *call) setWithTTL() error {
	key, err := c.next()
	if err != nil {
		return err
	}
	ttl, err := c.ttl(c.unit())
	if err != nil {
		return err
	}
	value, err := c.next()
	if err != nil {
		return err
	}
	c.draft.replace(key, value).ttl = ttl
	return c.end()
}

func (c *call) setMany() error {
	return c.pairs(func(key, value string) error {
		c.draft.replace(key, value)
		return nil
	})
}

func (c *call) hashSet() error {
	k, err := c.key("hash")
	if err != nil {
		return err
	}
	return c.pairs(func(field, value string) error {
		k.setField(field, value)
		return nil
	})
}

func (c *call) push() error {
	k, err := c.key("list")
	if err != nil {
		return err
	}
	return c.each(func(element string) error {
		if c.name == "LPUSH" {
			k.elements = slices.Insert(k.elements, 0, element)
			return nil
		}
		k.elements = append(k.elements, element)
		return nil
	})
}

func (c *call) setAdd() error {
	k, err := c.key("set")
	if err != nil {
		return err
	}
	return c.each(func(member string) error {
		k.elements = append(k.elements, member)
		return nil
	})
}

func (c *call) sortedSetAdd() error {
	k, err := c.key("zset")
	if err != nil {
		return err
	}
	return c.pairs(func(text, member string) error {
		score, err := strconv.ParseFloat(text, 64)
		if err != nil || math.IsNaN(score) {
			return fmt.Errorf("score %s is not a number", words.Quote(text))
		}
		k.members = append(k.members, Member{member, score})
		return nil
	})
}

func (c *call) expire() error {
	name, err := c.next()
	if err != nil {
		return err
	}
	k, err := c.draft.existing(name)
	if err != nil {
		c.at--
		return err
	}
	if k.ttl, err = c.ttl(c.unit()); err != nil {
		return err
	}
	return c.end()
}

// expireFields reads HPEXPIRE key milliseconds FIELDS n field [field …].
func (c *call) expireFields() error {
	k, err := c.key("hash")
	if err != nil {
		return err
	}
	ttl, err := c.ttl(c.unit())
	if err != nil {
		return err
	}
	if !c.option("FIELDS") {
		return errors.New("FIELDS is missing")
	}
	n, err := c.number(1, math.MaxInt32)
	if err != nil {
		return err
	}
	if int(n) != c.rest() {
		return fmt.Errorf("%d fields are announced, and %d there", n, c.rest())
	}
	return c.each(func(name string) error {
		field := k.field(name)
		if field == nil {
			return errNoField
		}
		field.TTL = ttl
		return nil
	})
}

// unit is that of the command's time.
func (c *call) unit() time.Duration {
	if strings.Contains(c.name, "PEX") || c.name == "PSETEX" {
		return time.Millisecond
	}
	return time.Second
}

// key takes the key, which holds a value of this kind or nothing yet.
func (c *call) key(kind string) (*draftKey, error) {
	name, err := c.next()
	if err != nil {
		return nil, err
	}
	k, err := c.draft.key(name, kind)
	if err != nil {
		c.at--
	}
	return k, err
}

// ttl takes a time to live.
func (c *call) ttl(unit time.Duration) (time.Duration, error) {
	n, err := c.number(1, math.MaxInt64/int64(unit))
	return time.Duration(n) * unit, err
}

// number takes a whole number.
func (c *call) number(lowest, highest int64) (int64, error) {
	text, err := c.next()
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseInt(text, 10, 64)
	switch {
	case err != nil:
		err = fmt.Errorf("%s is not a whole number", words.Quote(text))
	case n < lowest || n > highest:
		err = fmt.Errorf("%s is not between %d and %d", text, lowest, highest)
	}
	if err != nil {
		c.at--
	}
	return n, err
}

// each takes all that is left, at least one.
func (c *call) each(take func(string) error) error {
	if c.rest() == 0 {
		return errTooFew
	}
	for c.rest() > 0 {
		if err := take(c.args[c.at]); err != nil {
			return err
		}
		c.at++
	}
	return nil
}

// pairs takes all that is left, two by two, at least one pair.
func (c *call) pairs(take func(first, second string) error) error {
	if c.rest() == 0 {
		return errTooFew
	}
	if c.rest()%2 != 0 {
		return errOdd
	}
	for c.rest() > 0 {
		if err := take(c.args[c.at], c.args[c.at+1]); err != nil {
			return err
		}
		c.at += 2
	}
	return nil
}
