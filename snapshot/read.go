package snapshot

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/compozy/rediskit/internal/words"
)

// readDatabase reads the keys of the selected database, by name.
func readDatabase(do Do, chosen selection) ([]Key, error) {
	names, err := ask(do, texts, "KEYS", "*")
	if err != nil {
		return nil, err
	}
	names = slices.DeleteFunc(names, func(name string) bool { return !chosen.key(name) })
	slices.Sort(names)
	keys := make([]Key, 0, len(names))
	for _, name := range names {
		key, ok, err := readKey(do, name)
		if err != nil {
			return nil, fmt.Errorf("key %s: %w", words.Quote(name), err)
		}
		if ok {
			keys = append(keys, key)
		}
	}
	return keys, nil
}

// readKey is false where there is no such key any more: it has expired since.
func readKey(do Do, name string) (Key, bool, error) {
	kind, err := ask(do, text, "TYPE", name)
	if err != nil || kind == "none" {
		return Key{}, false, err
	}
	ms, err := ask(do, number, "PTTL", name)
	if err != nil {
		return Key{}, false, err
	}
	key := Key{Name: name, TTL: timeToLive(ms)}
	key.Value, err = readValue(do, name, kind)
	return key, true, err
}

func readValue(do Do, name, kind string) (Value, error) {
	switch kind {
	case "string":
		value, err := ask(do, text, "GET", name)
		return String(value), err
	case "list":
		elements, err := ask(do, texts, "LRANGE", name, "0", "-1")
		return NewList(elements...), err
	case "hash":
		return readHash(do, name)
	case "set":
		members, err := ask(do, texts, "SMEMBERS", name)
		return NewSet(members...), err
	case "zset":
		pairs, err := ask(do, texts, "ZRANGE", name, "0", "-1", "WITHSCORES")
		if err != nil {
			return nil, err
		}
		return parseMembers(pairs)
	case "stream":
		return readStream(do, name)
	default:
		return nil, fmt.Errorf("type %s is not one that a snapshot can hold", kind)
	}
}

func parseMembers(pairs []string) (Value, error) {
	members := make([]Member, 0, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		score, err := strconv.ParseFloat(pairs[i+1], 64)
		if err != nil {
			return nil, fmt.Errorf("score %q of %s: %w", pairs[i+1], words.Quote(pairs[i]), err)
		}
		members = append(members, Member{pairs[i], score})
	}
	return NewSortedSet(members...), nil
}

func readHash(do Do, name string) (Value, error) {
	pairs, err := ask(do, texts, "HGETALL", name)
	if err != nil {
		return nil, err
	}
	fields := make([]Field, 0, len(pairs)/2)
	question := []string{"HPTTL", name, "FIELDS", strconv.Itoa(len(pairs) / 2)}
	for i := 0; i+1 < len(pairs); i += 2 {
		fields = append(fields, Field{Name: pairs[i], Value: pairs[i+1]})
		question = append(question, pairs[i])
	}
	ttls, err := ask(do, numbers, question...)
	if err != nil && !isUnknownCommand(err) {
		return nil, err
	}
	return hashWithTTLs(fields, ttls)
}

// isUnknownCommand tells what a server says that is older than a command.
func isUnknownCommand(err error) bool {
	return strings.Contains(strings.ToLower(err.Error()), "unknown command")
}

// hashWithTTLs joins fields and what HPTTL has answered, nothing where the server does not know field TTLs.
func hashWithTTLs(fields []Field, ttls []int) (Value, error) {
	if len(ttls) > 0 && len(ttls) != len(fields) {
		return nil, fmt.Errorf("HPTTL: %d answers for %d fields", len(ttls), len(fields))
	}
	for i, ms := range ttls {
		fields[i].TTL = timeToLive(ms)
	}
	return NewHash(fields...), nil
}

// timeToLive reads the answer of PTTL and HPTTL. A key in its last millisecond is answered with 0, which is not for ever.
// What is longer than a duration can be is as long as that can be, 292 years.
func timeToLive(ms int) time.Duration {
	if ms < 0 {
		return 0
	}
	return time.Duration(min(max(1, int64(ms)), math.MaxInt64/int64(time.Millisecond))) * time.Millisecond
}

// wholeMilliseconds is a time to live as Redis has it: what is left of a millisecond counts as one.
func wholeMilliseconds(ttl time.Duration) time.Duration {
	if ttl <= 0 {
		return 0
	}
	return max(time.Millisecond, ttl.Truncate(time.Millisecond))
}

// ask runs a command and reads its reply.
func ask[T any](do Do, read func(any) (T, error), args ...string) (T, error) {
	reply, err := do(args...)
	if err != nil {
		var none T
		return none, err
	}
	answer, err := read(reply)
	if err != nil {
		return answer, fmt.Errorf("%s: %w", args[0], err)
	}
	return answer, nil
}

func text(reply any) (string, error) {
	s, ok := reply.(string)
	if !ok {
		return "", unexpected("a string", reply)
	}
	return s, nil
}

func number(reply any) (int, error) {
	switch n := reply.(type) {
	case int:
		return n, nil
	case int64:
		return int(n), nil
	default:
		return 0, unexpected("a number", reply)
	}
}

func list(reply any) ([]any, error) {
	l, ok := reply.([]any)
	if !ok && reply != nil {
		return nil, unexpected("a list", reply)
	}
	return l, nil
}

func texts(reply any) ([]string, error) {
	if words, ok := reply.([]string); ok {
		return words, nil
	}
	return all(reply, text)
}

func numbers(reply any) ([]int, error) {
	if numbers, ok := reply.([]int); ok {
		return numbers, nil
	}
	return all(reply, number)
}

func all[T any](reply any, read func(any) (T, error)) ([]T, error) {
	elements, err := list(reply)
	if err != nil {
		return nil, err
	}
	result := make([]T, len(elements))
	for i, element := range elements {
		if result[i], err = read(element); err != nil {
			return nil, err
		}
	}
	return result, nil
}

// record reads a reply of names and values in turn.
func record(reply any) (map[string]any, error) {
	elements, err := list(reply)
	if err != nil {
		return nil, err
	}
	fields := make(map[string]any, len(elements)/2)
	for i := 0; i+1 < len(elements); i += 2 {
		name, err := text(elements[i])
		if err != nil {
			return nil, err
		}
		fields[name] = elements[i+1]
	}
	return fields, nil
}

// field reads one field of a record.
func field[T any](fields map[string]any, name string, read func(any) (T, error)) (T, error) {
	value, err := read(fields[name])
	if err != nil {
		return value, fmt.Errorf("%s: %w", name, err)
	}
	return value, nil
}

func streamID(reply any) (StreamID, error) {
	s, err := text(reply)
	if err != nil || s == "" { // a stream that never had an entry
		return StreamID{}, err
	}
	return ParseStreamID(s)
}

func unexpected(want string, got any) error {
	return fmt.Errorf("want %s, got %s", want, strings.TrimSpace(fmt.Sprintf("%T %v", got, got)))
}
