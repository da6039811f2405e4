package engine

import (
	"bytes"
	"strconv"
	"strings"
	"time"
)

// What XREAD and XREADGROUP refuse.
const (
	errBlockInteger redisError = "ERR timeout is not an integer or out of range"
	errUnbalanced   redisError = "ERR Unbalanced XREAD list of streams: for each stream key an ID or '$' must be specified."
	errGroupOption  redisError = "ERR The GROUP option is only supported by XREADGROUP. You called XREAD instead."
	errNoAckOption  redisError = "ERR The NOACK option is only supported by XREADGROUP. You called XREAD instead."
	errNoGroup      redisError = "ERR Missing GROUP option for XREADGROUP"
	errWrongType    redisError = "WRONGTYPE Operation against a key holding the wrong kind of value"
	errNewID        redisError = "ERR The > ID can be specified only when calling XREADGROUP using the GROUP <group> <consumer> option."
	errEndID        redisError = "ERR The $ ID is meaningless in the context of XREADGROUP: you want to read the history of " +
		"this consumer by specifying a proper ID, or use the > ID to get new messages. The $ ID would just return an empty result set."
)

// streamRead is XREAD or XREADGROUP with its options.
type streamRead struct {
	grouped bool     // XREADGROUP
	group   []string // its name and the consumer's
	words   []string // what is handed on to the sibling: all but BLOCK
	keys    []string
	ids     []string // of words, so that they can be replaced
	blocks  bool
	timeout time.Duration
}

// readStreams reads XREAD and XREADGROUP, which are their own siblings without BLOCK.
func readStreams(k keyspace, args []string) (attempt, error) {
	r := streamRead{grouped: strings.EqualFold(args[0], "XREADGROUP"), words: args[:1:1]}
	if err := r.parse(args[1:]); err != nil {
		return attempt{}, err
	}
	if err := r.resolve(k); err != nil {
		return attempt{}, err
	}
	return attempt{timeout: r.timeout, once: !r.blocks, pairs: true, try: r.try}, nil
}

// parse reads the options, of which STREAMS is the last.
func (r *streamRead) parse(args []string) error {
	hasGroup := false
	for len(args) > 0 {
		size := 2
		switch option := strings.ToUpper(args[0]); {
		case option == "BLOCK" && len(args) > 1:
			if err := r.parseBlock(args[1]); err != nil {
				return err
			}
			args = args[2:]
			continue
		case option == "COUNT" && len(args) > 1:
			n, ok := parseInteger(args[1])
			switch {
			case !ok:
				return errNotInteger
			case n <= 0: // no limit
				args = args[2:]
				continue
			}
		case option == "STREAMS" && len(args) > 1:
			return r.parseStreams(args, hasGroup)
		case option == "GROUP" && len(args) > 2:
			if !r.grouped {
				return errGroupOption
			}
			hasGroup, size = true, 3
			r.group = args[1:3]
		case option == "NOACK":
			if !r.grouped {
				return errNoAckOption
			}
			size = 1
		default:
			return errSyntax
		}
		r.words = append(r.words, args[:size]...)
		args = args[size:]
	}
	return errSyntax
}

func (r *streamRead) parseBlock(timeout string) error {
	ms, ok := parseInteger(timeout)
	switch {
	case !ok:
		return errBlockInteger
	case ms < 0:
		return errTimeoutNegative
	case ms <= longestWait.Milliseconds():
		r.timeout = time.Duration(ms) * time.Millisecond
	}
	r.blocks = true
	return nil
}

func (r *streamRead) parseStreams(args []string, hasGroup bool) error {
	n := (len(args) - 1) / 2
	switch {
	case len(args)%2 == 0:
		return errUnbalanced
	case r.grouped && !hasGroup:
		return errNoGroup
	}
	r.words = append(r.words, args...)
	r.ids = r.words[len(r.words)-n:]
	r.keys = args[1 : 1+n]
	return nil
}

// resolve checks keys and ids, and replaces each "$" by the id that the stream's next entry has to exceed.
func (r *streamRead) resolve(k keyspace) error {
	for i, key := range r.keys {
		switch string(k.call("TYPE", key)) {
		case "+stream\r\n", "+none\r\n":
		default:
			return errWrongType
		}
		switch id := r.ids[i]; {
		case id == "$" && r.grouped:
			return errEndID
		case id == ">" && !r.grouped:
			return errNewID
		case id == "$":
			r.ids[i] = lastStreamID(k, key)
		}
	}
	return nil
}

func (r *streamRead) try(k keyspace, first bool) []byte {
	reply := bytes.Clone(k.call(r.words...))
	if r.grouped && !isError(reply, "") && (first || !isNil(reply)) {
		for _, key := range r.keys {
			k.heardOf(key, r.group[0], r.group[1])
		}
	}
	switch {
	case isNil(reply):
		return nil
	case first:
		return reply
	case isError(reply, "WRONGTYPE") && !r.grouped:
		return nil
	case isError(reply, "NOGROUP"), isError(reply, "WRONGTYPE"):
		if r.allExist(k) {
			return []byte("-NOGROUP the consumer group this client was blocked on no longer exists\r\n")
		}
		return []byte("-UNBLOCKED the stream key no longer exists\r\n")
	}
	return reply
}

// allExist tells whether every key is a stream.
func (r *streamRead) allExist(k keyspace) bool {
	for _, key := range r.keys {
		if string(k.call("TYPE", key)) != "+stream\r\n" {
			return false
		}
	}
	return true
}

// lastStreamID asks XINFO STREAM, which answers names and values in turn.
func lastStreamID(k keyspace, key string) string {
	_, after, ok := bytes.Cut(k.call("XINFO", "STREAM", key), []byte("last-generated-id\r\n"))
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

// asMap turns an array of pairs into a map of RESP3.
func asMap(try func(keyspace, bool) []byte) func(keyspace, bool) []byte {
	return func(k keyspace, first bool) []byte {
		reply := try(k, first)
		if len(reply) == 0 || reply[0] != '*' {
			return reply
		}
		header, pairs, _ := bytes.Cut(reply, []byte("\r\n"))
		result := append([]byte{'%'}, header[1:]...)
		result = append(result, "\r\n"...)
		for n, _ := strconv.Atoi(string(header[1:])); n > 0; n-- {
			_, value, _ := bytes.Cut(pairs, []byte("\r\n")) // the pair's own header
			pairs = rest(pairs)
			result = append(result, value[:len(value)-len(pairs)]...)
		}
		return result
	}
}
