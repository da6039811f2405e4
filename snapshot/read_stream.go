package snapshot

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/compozy/rediskit/internal/words"
)

// readStream reads what the embedded server keeps of a stream. It counts neither additions nor deletions.
func readStream(do Do, name string) (Value, error) {
	entries, err := ask(do, readEntries, "XRANGE", name, "-", "+")
	if err != nil {
		return nil, err
	}
	info, err := ask(do, record, "XINFO", "STREAM", name)
	if err != nil {
		return nil, err
	}
	lastID, err := field(info, "last-generated-id", streamID)
	if err != nil {
		return nil, err
	}
	if n := len(entries); n > 0 && entries[n-1].ID.Compare(lastID) > 0 {
		lastID = entries[n-1].ID
	}
	infos, err := ask(do, records, "XINFO", "GROUPS", name)
	if err != nil {
		return nil, err
	}
	groups := make([]Group, len(infos))
	for i, info := range infos {
		if groups[i], err = readGroup(do, name, info); err != nil {
			return nil, err
		}
	}
	return NewStream(lastID, entries, groups), nil
}

func readGroup(do Do, key string, info map[string]any) (Group, error) {
	name, err := field(info, "name", text)
	if err != nil {
		return Group{}, err
	}
	fail := func(err error) (Group, error) { return Group{}, fmt.Errorf("group %s: %w", words.Quote(name), err) }
	lastID, err := field(info, "last-delivered-id", streamID)
	if err != nil {
		return fail(err)
	}
	infos, err := ask(do, records, "XINFO", "CONSUMERS", key, name)
	if err != nil {
		return fail(err)
	}
	consumers := make([]string, len(infos))
	for i, info := range infos {
		if consumers[i], err = field(info, "name", text); err != nil {
			return fail(err)
		}
	}
	pending, err := readPending(do, key, name)
	if err != nil {
		return fail(err)
	}
	return NewGroup(name, lastID, consumers, pending), nil
}

// readPending turns the idle times of XPENDING into times of delivery. The server's clock must not tick in between.
func readPending(do Do, key, group string) ([]Pending, error) {
	for {
		before, err := ask(do, milliseconds, "TIME")
		if err != nil {
			return nil, err
		}
		pending, err := ask(do, pendingAt(before), "XPENDING", key, group, "-", "+", strconv.Itoa(math.MaxInt32))
		if err != nil {
			return nil, err
		}
		after, err := ask(do, milliseconds, "TIME")
		if err != nil {
			return nil, err
		}
		if before == after {
			return pending, nil
		}
	}
}

// milliseconds reads the reply of TIME.
func milliseconds(reply any) (int64, error) {
	parts, err := texts(reply)
	if err != nil {
		return 0, err
	}
	if len(parts) != 2 {
		return 0, unexpected("two numbers", reply)
	}
	seconds, err := strconv.ParseInt(parts[0], 10, 64)
	if err != nil {
		return 0, err
	}
	microseconds, err := strconv.ParseInt(parts[1], 10, 64)
	return seconds*1000 + microseconds/1000, err
}

// pendingAt reads rows of id, consumer, idle time and count.
func pendingAt(now int64) func(any) ([]Pending, error) {
	return pendingRows(func(idle int64) time.Time { return time.UnixMilli(now - idle) })
}

func readEntries(reply any) ([]Entry, error) { return all(reply, readEntry) }

func readEntry(reply any) (Entry, error) {
	parts, err := list(reply)
	if err != nil {
		return Entry{}, err
	}
	if len(parts) != 2 {
		return Entry{}, unexpected("an id and fields", reply)
	}
	id, err := streamID(parts[0])
	if err != nil {
		return Entry{}, err
	}
	fields, err := texts(parts[1])
	return Entry{ID: id, fields: fields}, err
}

func records(reply any) ([]map[string]any, error) { return all(reply, record) }

func lists(reply any) ([][]any, error) { return all(reply, list) }
