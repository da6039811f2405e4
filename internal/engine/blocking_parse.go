package engine

import (
	"bytes"
	"errors"
	"math"
	"strconv"
	"strings"
	"time"
)

// Each blocking command is its non-blocking sibling, tried on one key after the other.

var (
	errTimeout         = errors.New("ERR timeout is not a float or out of range")
	errTimeoutRange    = errors.New("ERR timeout is out of range")
	errTimeoutNegative = errors.New("ERR timeout is negative")
	errBlockInteger    = errors.New("ERR timeout is not an integer or out of range")
	errSyntax          = errors.New("ERR syntax error")
	errNumKeys         = errors.New("ERR numkeys should be greater than 0")
	errNotInteger      = errors.New("ERR value is not an integer or out of range")
)

// blockingCommands reads each of them; args begin with the command's name.
var blockingCommands = map[string]blockingParser{
	"BLPOP":      popOne("LPOP"),
	"BRPOP":      popOne("RPOP"),
	"BZPOPMIN":   popOne("ZPOPMIN"),
	"BZPOPMAX":   popOne("ZPOPMAX"),
	"BLMPOP":     popMany("LMPOP"),
	"BZMPOP":     popMany("ZMPOP"),
	"BLMOVE":     move("LMOVE"),
	"BRPOPLPUSH": move("RPOPLPUSH"),
	"XREAD":      readStreams,
	"XREADGROUP": readStreams,
}

// popOne reads BLPOP key [key …] timeout and its kin.
func popOne(sibling string) blockingParser {
	return func(_ caller, args []string) (attempt, error) {
		timeout, err := parseTimeout(args[len(args)-1])
		keys := args[1 : len(args)-1]
		return attempt{timeout: timeout, try: func(call caller, first bool) []byte {
			return eachKey(keys, first, func(key string) []byte { return withKey(key, call(sibling, key)) })
		}}, err
	}
}

// popMany reads BLMPOP timeout numkeys key [key …] LEFT|RIGHT [COUNT count] and its kin.
func popMany(sibling string) blockingParser {
	return func(_ caller, args []string) (attempt, error) {
		timeout, err := parseTimeout(args[1])
		if err != nil {
			return attempt{}, err
		}
		n, err := strconv.Atoi(args[2])
		if err != nil || n <= 0 {
			return attempt{}, errNumKeys
		}
		if n >= len(args)-3 {
			return attempt{}, errSyntax
		}
		keys, rest := args[3:3+n], args[3+n:]
		return attempt{timeout: timeout, try: func(call caller, first bool) []byte {
			return eachKey(keys, first, func(key string) []byte {
				return call(append([]string{sibling, "1", key}, rest...)...)
			})
		}}, nil
	}
}

// move reads BLMOVE source destination LEFT|RIGHT LEFT|RIGHT timeout and BRPOPLPUSH source destination timeout.
func move(sibling string) blockingParser {
	return func(_ caller, args []string) (attempt, error) {
		timeout, err := parseTimeout(args[len(args)-1])
		words := append([]string{sibling}, args[1:len(args)-1]...)
		source := args[1]
		return attempt{timeout: timeout, nilBulk: true, try: func(call caller, first bool) []byte {
			reply := bytes.Clone(call(words...))
			if isNil(reply) || !first && isError(reply, "WRONGTYPE") && string(call("TYPE", source)) != "+list\r\n" {
				return nil
			}
			return reply
		}}, err
	}
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

// readStreams reads XREAD and XREADGROUP. "$" means the end of the stream as it is now.
func readStreams(call caller, args []string) (attempt, error) {
	words := make([]string, 0, len(args))
	a := attempt{once: true}
	for i := 0; i < len(args); i++ {
		switch strings.ToUpper(args[i]) {
		case "BLOCK":
			if i+1 == len(args) {
				return a, errSyntax
			}
			ms, err := strconv.ParseInt(args[i+1], 10, 64)
			switch {
			case err != nil || ms > math.MaxInt64/int64(time.Millisecond):
				return a, errBlockInteger
			case ms < 0:
				return a, errTimeoutNegative
			}
			a.once, a.timeout = false, time.Duration(ms)*time.Millisecond
			i++
		case "GROUP":
			end := min(i+3, len(args))
			words = append(words, args[i:end]...)
			i = end - 1
		case "STREAMS":
			words = append(words, args[i:]...)
			resolveEnds(call, words, len(words)-len(args[i+1:]))
			i = len(args)
		default:
			words = append(words, args[i])
		}
	}
	a.try = func(call caller, first bool) []byte {
		reply := call(words...)
		switch {
		case isNil(reply):
			return nil
		case !first && isError(reply, "NOGROUP"):
			return []byte("-NOGROUP the consumer group this client was blocked on no longer exists\r\n")
		case !first && isError(reply, "WRONGTYPE"):
			return []byte("-UNBLOCKED the stream key no longer exists\r\n")
		}
		return reply
	}
	return a, nil
}

// resolveEnds replaces each "$" of XREAD … STREAMS key [key …] id [id …] by the id that its stream's next entry has to
// exceed; keys begin at words[from].
func resolveEnds(call caller, words []string, from int) {
	n := (len(words) - from) / 2
	for i := from; i < from+n && len(words)-from == 2*n; i++ {
		if words[i+n] == "$" {
			words[i+n] = lastStreamID(call, words[i])
		}
	}
}

// lastStreamID asks XINFO STREAM, which answers names and values in turn.
func lastStreamID(call caller, key string) string {
	_, after, ok := bytes.Cut(call("XINFO", "STREAM", key), []byte("last-generated-id\r\n"))
	if !ok {
		return "0-0"
	}
	_, id, _ := bytes.Cut(after, []byte("\r\n"))
	id, _, _ = bytes.Cut(id, []byte("\r\n"))
	if len(id) == 0 {
		return "0-0" // a stream that never had an entry
	}
	return string(id)
}

// parseTimeout reads a timeout in seconds.
func parseTimeout(s string) (time.Duration, error) {
	seconds, err := strconv.ParseFloat(s, 64)
	switch {
	case err != nil || math.IsNaN(seconds) || math.IsInf(seconds, 0):
		return 0, errTimeout
	case seconds < 0:
		return 0, errTimeoutNegative
	case seconds > float64(math.MaxInt64/int64(time.Second)):
		return 0, errTimeoutRange
	}
	// Redis counts in milliseconds and rounds up, so that a tiny timeout does not become none.
	return time.Duration(math.Ceil(seconds*1000)) * time.Millisecond, nil
}
