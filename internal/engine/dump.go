package engine

import (
	"errors"
	"strconv"
	"strings"

	"github.com/compozy/rediskit/snapshot"
	"github.com/compozy/rediskit/snapshot/rdb"
)

// What RESTORE refuses.
const (
	errBusyKey    redisError = "BUSYKEY Target key name already exists."
	errInvalidTTL redisError = "ERR Invalid TTL value, must be >= 0"
	errIdleTime   redisError = "ERR Invalid IDLETIME value, must be >= 0"
	errFrequency  redisError = "ERR Invalid FREQ value, must be >= 0 and <= 255"
	errPayload    redisError = "ERR DUMP payload version or checksum are wrong"
	errBadData    redisError = "ERR Bad data format"
)

// do runs a command for the reading and writing of whole values.
func (k keyspace) do(args ...string) (any, error) {
	if c := k.engine.table[args[0]]; c != nil && c.inScript != nil {
		return parseReply(c.inScript(k, args))
	}
	return parseReply(k.call(args...))
}

// dump runs DUMP key.
func dump(k keyspace, args []string) []byte {
	key, ok, err := snapshot.Do(k.do).Key(args[1])
	if err != nil {
		return errorReply(redisError("ERR " + err.Error()))
	}
	if !ok {
		return k.call("GET", args[1]) // which is how a nil is said to this client
	}
	payload, err := rdb.EncodeValue(key.Value)
	if errors.Is(err, rdb.ErrFieldTTLs) {
		const withFieldTTLs = 12
		payload, err = rdb.EncodeValue(key.Value, rdb.Version(withFieldTTLs), rdb.At(k.engine.time.now))
	}
	if err != nil {
		return errorReply(redisError("ERR " + err.Error()))
	}
	return []byte("$" + strconv.Itoa(len(payload)) + "\r\n" + string(payload) + "\r\n")
}

// restoreOptions are those of RESTORE. What they say of the key's use is checked, and kept nowhere.
type restoreOptions struct{ replace, absolute bool }

func parseRestore(words []string) (o restoreOptions, err error) {
	var used bool // IDLETIME or FREQ was given
	for len(words) > 0 {
		size := 1
		switch option := strings.ToUpper(words[0]); {
		case option == "REPLACE":
			o.replace = true
		case option == "ABSTTL":
			o.absolute = true
		case (option == "IDLETIME" || option == "FREQ") && len(words) > 1 && !used:
			n, ok := parseInteger(words[1])
			switch {
			case !ok:
				return o, errNotInteger
			case option == "IDLETIME" && n < 0:
				return o, errIdleTime
			case option == "FREQ" && (n < 0 || n > 255):
				return o, errFrequency
			}
			used, size = true, 2
		default:
			return o, errSyntax
		}
		words = words[size:]
	}
	return o, nil
}

// restore runs RESTORE key ttl payload [REPLACE] [ABSTTL] [IDLETIME seconds] [FREQ frequency].
func restore(k keyspace, args []string) []byte {
	name := args[1]
	o, err := parseRestore(args[4:])
	if err != nil {
		return errorReply(err)
	}
	if !o.replace && string(k.call("EXISTS", name)) == ":1\r\n" {
		return errorReply(errBusyKey)
	}
	ttl, ok := parseInteger(args[2])
	switch {
	case !ok:
		return errorReply(errNotInteger)
	case ttl < 0:
		return errorReply(errInvalidTTL)
	}
	value, err := rdb.DecodeValue([]byte(args[3]), rdb.At(k.engine.time.now))
	switch {
	case errors.Is(err, rdb.ErrChecksum), errors.Is(err, rdb.ErrFormat):
		return errorReply(errPayload)
	case err != nil:
		return errorReply(errBadData)
	}
	k.call("DEL", name)
	if err := snapshot.Do(k.do).Set(snapshot.Key{Name: name, Value: value}); err != nil {
		k.call("DEL", name)
		return errorReply(redisError("ERR " + err.Error()))
	}
	if ttl > 0 {
		at, err := unit{1, o.absolute}.deadline(args[2], &k.engine.time, "restore")
		if err != nil {
			return errorReply(err)
		}
		k.keepUntil(name, at)
	}
	return []byte("+OK\r\n")
}

// sharing reads a key whose copy would share memory with it, or leave the fields' times to live behind. It is false for
// keys that miniredis copies as Redis does.
func (k keyspace) sharing(name string) (original snapshot.Key, shares bool, err error) {
	switch string(k.call("TYPE", name)) {
	case "+stream\r\n":
	case "+hash\r\n":
		if !k.engine.deadlines.fields {
			return snapshot.Key{}, false, nil
		}
	default:
		return snapshot.Key{}, false, nil
	}
	return snapshot.Do(k.do).Key(name)
}
