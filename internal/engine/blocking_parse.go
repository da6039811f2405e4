package engine

import (
	"bytes"
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Each blocking command is its non-blocking sibling, tried on one key after the other.

// What blocking commands refuse.
const (
	errTimeout         redisError = "ERR timeout is not a float or out of range"
	errTimeoutRange    redisError = "ERR timeout is out of range"
	errTimeoutNegative redisError = "ERR timeout is negative"
	errSyntax          redisError = "ERR syntax error"
	errNumKeys         redisError = "ERR numkeys should be greater than 0"
	errCount           redisError = "ERR count should be greater than 0"
	errNotInteger      redisError = "ERR value is not an integer or out of range"
)

// blockingCommands reads each of them; args begin with the command's name.
var blockingCommands = map[string]blockingParser{
	"BLPOP":      popOne("LPOP"),
	"BRPOP":      popOne("RPOP"),
	"BZPOPMIN":   popOne("ZPOPMIN"),
	"BZPOPMAX":   popOne("ZPOPMAX"),
	"BLMPOP":     popMany("LMPOP", "LEFT", "RIGHT"),
	"BZMPOP":     popMany("ZMPOP", "MIN", "MAX"),
	"BLMOVE":     move("LMOVE", "LEFT", "RIGHT"),
	"BRPOPLPUSH": move("RPOPLPUSH"),
	"XREAD":      readStreams,
	"XREADGROUP": readStreams,
}

// popOne reads BLPOP key [key …] timeout and its kin.
func popOne(sibling string) blockingParser {
	return func(_ keyspace, args []string) (attempt, error) {
		timeout, err := parseTimeout(args[len(args)-1])
		keys := args[1 : len(args)-1]
		return attempt{timeout: timeout, try: func(k keyspace, first bool) []byte {
			return eachKey(keys, first, func(key string) []byte { return withKey(key, k.call(sibling, key)) })
		}}, err
	}
}

// popMany reads BLMPOP timeout numkeys key [key …] LEFT|RIGHT [COUNT count] and its kin, which have ends of other names.
func popMany(sibling string, ends ...string) blockingParser {
	return func(_ keyspace, args []string) (attempt, error) {
		n, ok := parseInteger(args[2])
		switch {
		case !ok || n <= 0:
			return attempt{}, errNumKeys
		case n >= int64(len(args)-3):
			return attempt{}, errSyntax
		}
		keys, rest := args[3:3+n], args[3+n:]
		if err := checkPop(rest, ends); err != nil {
			return attempt{}, err
		}
		timeout, err := parseTimeout(args[1])
		return attempt{timeout: timeout, try: func(k keyspace, first bool) []byte {
			return eachKey(keys, first, func(key string) []byte {
				return k.call(append([]string{sibling, "1", key}, rest...)...)
			})
		}}, err
	}
}

// checkPop checks "LEFT [COUNT count]".
func checkPop(words, ends []string) error {
	switch {
	case !isOneOf(words[0], ends):
		return errSyntax
	case len(words) == 1:
		return nil
	case len(words) != 3 || !strings.EqualFold(words[1], "COUNT"):
		return errSyntax
	}
	if n, ok := parseInteger(words[2]); !ok || n <= 0 {
		return errCount
	}
	return nil
}

// move reads BLMOVE source destination LEFT|RIGHT LEFT|RIGHT timeout and BRPOPLPUSH source destination timeout.
func move(sibling string, ends ...string) blockingParser {
	return func(_ keyspace, args []string) (attempt, error) {
		for _, end := range args[3 : len(args)-1] {
			if !isOneOf(end, ends) {
				return attempt{}, errSyntax
			}
		}
		timeout, err := parseTimeout(args[len(args)-1])
		words := append([]string{sibling}, args[1:len(args)-1]...)
		source := args[1]
		return attempt{timeout: timeout, nilBulk: true, try: func(k keyspace, first bool) []byte {
			reply := bytes.Clone(moveElement(k, words))
			if isNil(reply) || !first && isError(reply, "WRONGTYPE") && string(k.call("TYPE", source)) != "+list\r\n" {
				return nil
			}
			return reply
		}}, err
	}
}

func isOneOf(word string, words []string) bool {
	return slices.ContainsFunc(words, func(other string) bool { return strings.EqualFold(word, other) })
}

// eachKey tries the keys in their order.
func eachKey(keys []string, first bool, pop func(key string) []byte) []byte {
	for _, key := range keys {
		reply := pop(key)
		switch {
		case isNil(reply):
		case !first && isError(reply, "WRONGTYPE"):
		default:
			return reply
		}
	}
	return nil
}

// withKey puts the key in front of what was popped from it: an element, or a sorted set's member and score.
func withKey(key string, popped []byte) []byte {
	size := 2
	switch {
	case isNil(popped), isError(popped, ""):
		return popped
	case bytes.HasPrefix(popped, []byte("*0")):
		return []byte("*-1\r\n")
	case popped[0] == '*':
		size = 3
		popped = popped[bytes.IndexByte(popped, '\n')+1:]
	}
	reply := "*" + strconv.Itoa(size) + "\r\n$" + strconv.Itoa(len(key)) + "\r\n" + key + "\r\n"
	return append([]byte(reply), popped...)
}

// longestWait is how long a timer can run; to wait longer is to wait for ever.
const longestWait time.Duration = math.MaxInt64

// parseTimeout reads a timeout in seconds.
func parseTimeout(s string) (time.Duration, error) {
	seconds, err := strconv.ParseFloat(s, 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return 0, errTimeout
	}
	switch ms := seconds * 1000; {
	case math.IsNaN(ms):
		return 0, errTimeout
	case ms < 0:
		return 0, errTimeoutNegative
	case ms >= math.MaxInt64:
		return 0, errTimeoutRange
	case ms > longestWait.Seconds()*1000:
		return 0, nil
	}
	// Redis counts in milliseconds and rounds up, so that a tiny timeout does not become none.
	return time.Duration(math.Ceil(seconds*1000)) * time.Millisecond, nil
}
