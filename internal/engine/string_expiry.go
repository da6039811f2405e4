package engine

import (
	"bytes"
	"strconv"
	"strings"
)

// set runs SET key value [NX|XX] [GET] [EX seconds|PX milliseconds|EXAT seconds|PXAT milliseconds|KEEPTTL].
func set(k keyspace, args []string) []byte {
	if len(args) == 3 {
		return k.call(args...)
	}
	options, err := k.setOptions(args[3:])
	if err != nil {
		return errorReply(err)
	}
	return k.setting(append(args[:3:3], options.words...), options.expires, options.at)
}

// setOptions are those of SET.
type setOptions struct {
	words   []string // as miniredis shall see them, but for the time to live
	expires bool
	at      int64 // in Unix milliseconds
}

func (k keyspace) setOptions(words []string) (setOptions, error) {
	var o setOptions
	var condition, lifetime bool
	for len(words) > 0 {
		name := strings.ToUpper(words[0])
		unit, expires := expireUnits[name]
		switch {
		case name == "GET":
		case (name == "NX" || name == "XX") && (!condition || isOneOf(name, o.words)):
			condition = true
		case name == "KEEPTTL" && !o.expires:
			lifetime = true
		case expires && !lifetime && len(words) > 1:
			at, err := unit.positiveDeadline(words[1], &k.engine.time, "set")
			if err != nil {
				return o, err
			}
			o.expires, o.at, lifetime = true, at, true
			words = words[2:]
			continue
		default:
			return o, errSyntax
		}
		o.words = append(o.words, name)
		words = words[1:]
	}
	return o, nil
}

// setting runs a command that sets a string, with its time to live.
func (k keyspace) setting(args []string, expires bool, at int64) []byte {
	if !expires {
		return k.call(args...)
	}
	distance := max(at-k.engine.time.base, 1) // miniredis takes nothing less
	reply := bytes.Clone(k.call(append(args, "PX", strconv.FormatInt(distance, 10))...))
	if left, ok := integerOf(k.call("PTTL", args[1])); ok && left == distance { // else a condition was not met
		k.expiresAt(args[1], at)
	}
	return reply
}

// setEx runs SETEX key seconds value and PSETEX key milliseconds value.
func setEx(milliseconds int64) keyspaceCommand {
	return func(k keyspace, args []string) []byte {
		at, err := span(milliseconds).positiveDeadline(args[2], &k.engine.time, strings.ToLower(args[0]))
		if err != nil {
			return errorReply(err)
		}
		return k.setting([]string{"SET", args[1], args[3]}, true, at)
	}
}

// getEx runs GETEX key [EX seconds|PX milliseconds|EXAT seconds|PXAT milliseconds|PERSIST].
func getEx(k keyspace, args []string) []byte {
	var at int64
	persist := len(args) == 3 && strings.EqualFold(args[2], "PERSIST")
	switch unit, expires := expireUnits[strings.ToUpper(args[min(2, len(args)-1)])]; {
	case len(args) == 2, persist:
	case len(args) == 4 && expires:
		var err error
		if at, err = unit.positiveDeadline(args[3], &k.engine.time, "getex"); err != nil {
			return errorReply(err)
		}
	default:
		return errorReply(errSyntax)
	}
	reply := bytes.Clone(k.call("GET", args[1]))
	switch {
	case isNil(reply), isError(reply, ""):
	case persist:
		k.call("PERSIST", args[1])
	case at != 0:
		k.keepUntil(args[1], at)
	}
	return reply
}
