package engine

import (
	"bytes"

	"github.com/compozy/rediskit/internal/hyperloglog"
)

// HyperLogLogs are strings here, as in Redis, so that they can be read, dumped, captured and carried elsewhere. miniredis
// has a type of its own for them, whose contents nobody can reach.

// pfAdd runs PFADD key [element …].
func pfAdd(k keyspace, args []string) []byte {
	hll, failure := readHyperLogLog(k, args[1])
	if failure != nil {
		return failure
	}
	updated, changed, err := hyperloglog.Add(hll, args[2:]...)
	if changed { // what was added before an error stays
		k.call("SET", args[1], string(updated), "KEEPTTL")
	}
	switch {
	case err != nil:
		return errorReply(err)
	case changed:
		return integerReply(1)
	default:
		return integerReply(0)
	}
}

// pfCount runs PFCOUNT key [key …]. Of a single key the count is kept in the value, for the next time.
func pfCount(k keyspace, args []string) []byte {
	if len(args) > 2 {
		hlls, failure := readHyperLogLogs(k, args[1:])
		if failure != nil {
			return failure
		}
		n, err := hyperloglog.Count(hlls...)
		if err != nil {
			return errorReply(err)
		}
		return integerReply(n)
	}
	hll, failure := readHyperLogLog(k, args[1])
	if failure != nil {
		return failure
	}
	n, updated, changed, err := hyperloglog.CountCached(hll)
	if err != nil {
		return errorReply(err)
	}
	if changed {
		k.call("SET", args[1], string(updated), "KEEPTTL")
	}
	return integerReply(n)
}

// pfMerge runs PFMERGE destination [source …].
func pfMerge(k keyspace, args []string) []byte {
	hlls, failure := readHyperLogLogs(k, args[1:])
	if failure != nil {
		return failure
	}
	merged, err := hyperloglog.Merge(hlls[0], hlls[1:]...)
	if err != nil {
		return errorReply(err)
	}
	k.call("SET", args[1], string(merged), "KEEPTTL")
	return []byte("+OK\r\n")
}

func readHyperLogLogs(k keyspace, keys []string) (hlls [][]byte, failure []byte) {
	hlls = make([][]byte, len(keys))
	for i, key := range keys {
		if hlls[i], failure = readHyperLogLog(k, key); failure != nil {
			return nil, failure
		}
	}
	return hlls, nil
}

// readHyperLogLog returns a string's bytes, nil where there is no such key, or the error that GET answers.
func readHyperLogLog(k keyspace, key string) (hll, failure []byte) {
	reply := k.call("GET", key)
	switch {
	case isNil(reply):
		return nil, nil
	case isError(reply, ""):
		return nil, bytes.Clone(reply)
	}
	value, _ := bulkOf(reply)
	return []byte(value), nil
}
