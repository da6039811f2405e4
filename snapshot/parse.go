package snapshot

import (
	"fmt"
	"time"

	"github.com/compozy/rediskit/internal/words"
)

// parseValue reads the contents of a key as the capturing script returns them.
func parseValue(kind string, contents any) (Value, error) {
	switch kind {
	case "string":
		s, err := text(contents)
		return String(s), err
	case "list":
		elements, err := texts(contents)
		return NewList(elements...), err
	case "set":
		members, err := texts(contents)
		return NewSet(members...), err
	case "zset":
		pairs, err := texts(contents)
		if err != nil {
			return nil, err
		}
		return parseMembers(pairs)
	case "hash":
		return parseHash(contents)
	case "stream":
		return parseStream(contents)
	default:
		return nil, fmt.Errorf("type %s is not one that a snapshot can hold", kind)
	}
}

func parseHash(contents any) (Value, error) {
	parts, err := list(contents)
	if err != nil {
		return nil, err
	}
	if len(parts) != 2 {
		return nil, unexpected("fields and their TTLs", contents)
	}
	pairs, err := texts(parts[0])
	if err != nil {
		return nil, err
	}
	ttls, err := numbers(parts[1])
	if err != nil {
		return nil, err
	}
	fields := make([]Field, 0, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		fields = append(fields, Field{Name: pairs[i], Value: pairs[i+1]})
	}
	return hashWithTTLs(fields, ttls)
}

// parseStream reads the reply of XINFO STREAM key FULL COUNT 0. Before Redis 7.0 it has no counters.
func parseStream(contents any) (Value, error) {
	info, err := record(contents)
	if err != nil {
		return nil, err
	}
	lastID, err := field(info, "last-generated-id", streamID)
	if err != nil {
		return nil, err
	}
	entries, err := field(info, "entries", readEntries)
	if err != nil {
		return nil, err
	}
	groups, err := field(info, "groups", func(reply any) ([]Group, error) { return all(reply, parseGroup) })
	if err != nil {
		return nil, err
	}
	s := NewStream(lastID, entries, groups)
	if _, ok := info["entries-added"]; !ok {
		return s, nil
	}
	added, err := field(info, "entries-added", number)
	if err != nil {
		return nil, err
	}
	deleted, err := field(info, "max-deleted-entry-id", streamID)
	if err != nil {
		return nil, err
	}
	return s.WithCounters(StreamCounters{EntriesAdded: int64(added), MaxDeletedID: deleted}), nil
}

func parseGroup(reply any) (Group, error) {
	info, err := record(reply)
	if err != nil {
		return Group{}, err
	}
	name, err := field(info, "name", text)
	if err != nil {
		return Group{}, err
	}
	fail := func(err error) (Group, error) { return Group{}, fmt.Errorf("group %s: %w", words.Quote(name), err) }
	lastID, err := field(info, "last-delivered-id", streamID)
	if err != nil {
		return fail(err)
	}
	consumers, err := field(info, "consumers", func(reply any) ([]string, error) { return all(reply, parseConsumer) })
	if err != nil {
		return fail(err)
	}
	pending, err := field(info, "pending", pendingRows(time.UnixMilli))
	if err != nil {
		return fail(err)
	}
	g := NewGroup(name, lastID, consumers, pending)
	if read, ok := info["entries-read"]; ok && read != nil {
		n, err := number(read)
		if err != nil {
			return fail(fmt.Errorf("entries-read: %w", err))
		}
		g = g.WithEntriesRead(int64(n))
	}
	return g, nil
}

func parseConsumer(reply any) (string, error) {
	info, err := record(reply)
	if err != nil {
		return "", err
	}
	return field(info, "name", text)
}

// pendingRows reads rows of id, consumer, a number that tells when it was delivered, and count.
func pendingRows(delivered func(int64) time.Time) func(any) ([]Pending, error) {
	return func(reply any) ([]Pending, error) {
		return all(reply, func(row any) (Pending, error) { return pendingRow(row, delivered) })
	}
}

func pendingRow(reply any, delivered func(int64) time.Time) (Pending, error) {
	row, err := list(reply)
	if err != nil {
		return Pending{}, err
	}
	if len(row) != 4 {
		return Pending{}, unexpected("four columns", reply)
	}
	id, err := streamID(row[0])
	if err != nil {
		return Pending{}, err
	}
	consumer, err := text(row[1])
	if err != nil {
		return Pending{}, err
	}
	when, err := number(row[2])
	if err != nil {
		return Pending{}, err
	}
	count, err := number(row[3])
	return Pending{ID: id, Consumer: consumer, Delivered: delivered(int64(when)), Count: int64(count)}, err
}
