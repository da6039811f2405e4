package engine

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
)

// expire runs EXPIRE key time [NX|XX|GT|LT] and its kin.
func expire(u unit) keyspaceCommand {
	return func(k keyspace, args []string) []byte {
		at, err := u.deadline(args[2], &k.engine.time, strings.ToLower(args[0]))
		if err != nil {
			return errorReply(err)
		}
		distance := strconv.FormatInt(at-k.engine.time.base, 10)
		if len(args) == 4 && strings.EqualFold(args[3], "LT") && string(k.call("PTTL", args[1])) == ":"+distance+"\r\n" {
			return integerReply(0) // not less, to miniredis' mind it were
		}
		reply := bytes.Clone(k.call(append([]string{"PEXPIRE", args[1], distance}, args[3:]...)...))
		if string(reply) == ":1\r\n" {
			k.expiresAt(args[1], at)
		}
		return reply
	}
}

// timeToLive runs TTL, PTTL, EXPIRETIME and PEXPIRETIME.
func timeToLive(milliseconds int64, absolute bool) keyspaceCommand {
	return func(k keyspace, args []string) []byte {
		left, ok := integerOf(k.call("PTTL", args[1]))
		if !ok || left < 0 {
			return integerReply(left) // -2: no such key, -1: it stays
		}
		return integerReply((k.told(left, absolute) + milliseconds/2) / milliseconds) // to the nearest second
	}
}

// told is how a command tells what is left of a time to live, from what miniredis keeps.
func (k keyspace) told(left int64, absolute bool) (milliseconds int64) {
	t := &k.engine.time
	if absolute {
		return left + t.base
	}
	return max(0, left+t.base-t.milliseconds())
}

// expireFields runs HEXPIRE key time [NX|XX|GT|LT] FIELDS count field [field …] and its kin, which Redis has since 7.4.
func expireFields(u unit) keyspaceCommand {
	return func(k keyspace, args []string) []byte {
		if len(args) < 6 {
			return errorReply(redisError(wrongArity(strings.ToLower(args[0]))))
		}
		condition, list := "", args[3:]
		if !strings.EqualFold(list[0], "FIELDS") {
			condition, list = strings.ToUpper(list[0]), list[1:]
		}
		fields, err := fieldList(list)
		if err == nil && !isOneOf(condition, []string{"", "NX", "XX", "GT", "LT"}) {
			err = errSyntax
		}
		if err != nil {
			return errorReply(err)
		}
		at, err := u.deadline(args[2], &k.engine.time, strings.ToLower(args[0]))
		if err != nil {
			return errorReply(err)
		}
		if reply := k.call("HLEN", args[1]); isError(reply, "") {
			return bytes.Clone(reply)
		}
		answers := make([]int64, len(fields))
		for i, field := range fields {
			answers[i] = k.expireField(args[1], field, condition, at)
		}
		return integersReply(answers)
	}
}

// expireField sets one field's deadline and returns what Redis answers for it.
func (k keyspace) expireField(key, field, condition string, at int64) int64 {
	left := k.fieldTimes(key, []string{field})[0]
	distance := at - k.engine.time.base
	switch {
	case left == -2:
		return -2
	case condition == "NX" && left >= 0,
		condition == "XX" && left < 0,
		condition == "GT" && (left < 0 || distance <= left),
		condition == "LT" && left >= 0 && distance >= left:
		return 0
	}
	value, _ := bulkOf(k.call("HGET", key, field))
	k.call("HSETEX", key, "PX", strconv.FormatInt(max(distance, 1), 10), "FIELDS", "1", field, value)
	k.fieldExpiresAt(key, field, at)
	if at <= k.engine.time.milliseconds() {
		return 2
	}
	return 1
}

// fieldsTimeToLive runs HTTL key FIELDS count field [field …] and its kin.
func fieldsTimeToLive(milliseconds int64, absolute bool) keyspaceCommand {
	return func(k keyspace, args []string) []byte {
		if len(args) < 5 {
			return errorReply(redisError(wrongArity(strings.ToLower(args[0]))))
		}
		reply := k.call(append([]string{"HPTTL"}, args[1:]...)...)
		if isError(reply, "") {
			return bytes.Clone(reply)
		}
		answers := integersOf(reply)
		for i, left := range answers {
			if left >= 0 {
				answers[i] = (k.told(left, absolute) + milliseconds - 1) / milliseconds // whole seconds, and what is left of one
			}
		}
		return integersReply(answers)
	}
}

// setFieldsEx runs HSETEX key [FNX|FXX] [EX seconds|…|KEEPTTL] FIELDS count field value [field value …].
func setFieldsEx(k keyspace, args []string) []byte {
	words := slices.Clone(args)
	var fields []string
	for i := 2; i+1 < len(words); i++ {
		option := strings.ToUpper(words[i])
		if option == "FIELDS" {
			for j := i + 2; j < len(words); j += 2 {
				fields = append(fields, words[j])
			}
			break
		}
		unit, ok := expireUnits[option]
		if !ok {
			continue
		}
		at, err := unit.positiveDeadline(words[i+1], &k.engine.time, "hsetex")
		if err != nil {
			return errorReply(err)
		}
		words[i], words[i+1] = "PX", strconv.FormatInt(max(1, at-k.engine.time.base), 10)
		i++
	}
	reply := bytes.Clone(k.call(words...))
	if string(reply) == ":1\r\n" {
		k.trackFields(args[1], fields...)
	}
	return reply
}

// fieldList reads "FIELDS count field [field …]".
func fieldList(words []string) ([]string, error) {
	if len(words) < 3 || !strings.EqualFold(words[0], "FIELDS") {
		return nil, redisError("ERR Mandatory argument FIELDS is missing or not at the right position")
	}
	if n, ok := parseInteger(words[1]); !ok || n != int64(len(words)-2) {
		return nil, redisError("ERR The `numfields` parameter must match the number of arguments")
	}
	return words[2:], nil
}
