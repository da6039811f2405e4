package engine

import (
	"bytes"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Consumers of a group are idle since they were last heard of, which miniredis notes for XCLAIM alone.

// neverPending is an id that no entry has.
const neverPending = "18446744073709551615-18446744073709551615"

// heardOf notes that a consumer has said something: to claim what is not there does so, and nothing else.
func (k keyspace) heardOf(key, group, consumer string) {
	k.call("XCLAIM", key, group, consumer, "0", neverPending, "JUSTID")
}

// group runs XGROUP CREATE|CREATECONSUMER|….
func group(k keyspace, args []string) []byte {
	reply := bytes.Clone(k.call(args...))
	if strings.EqualFold(args[1], "CREATECONSUMER") && string(reply) == ":1\r\n" {
		k.heardOf(args[2], args[3], args[4])
	}
	return reply
}

// claim runs XCLAIM key group consumer min-idle-time id [id …] [options]. It sees to it that an entry has been idle for so
// long, and that no delivery lies in the future, which miniredis does not.
func claim(k keyspace, args []string) []byte {
	isOption := func(word string) bool {
		return isOneOf(word, []string{"IDLE", "TIME", "RETRYCOUNT", "FORCE", "JUSTID", "LASTID"})
	}
	ids, options := args[5:], []string(nil)
	if i := slices.IndexFunc(ids, isOption); i >= 0 {
		ids, options = ids[:i], slices.Clone(ids[i:])
	}
	now := k.engine.time.milliseconds()
	for i := 0; i+1 < len(options); i++ {
		at, ok := parseInteger(options[i+1])
		if ok && strings.EqualFold(options[i], "TIME") && (at < 0 || at > now) {
			options[i+1] = strconv.FormatInt(now, 10)
		}
	}
	least, ok := parseInteger(args[4])
	if !ok || least <= 0 {
		return k.call(slices.Concat(args[:5], ids, options)...)
	}
	ids = slices.DeleteFunc(slices.Clone(ids), func(id string) bool {
		idle, pending := k.idle(args[1], args[2], id)
		return pending && idle < least
	})
	if len(ids) == 0 {
		return []byte("*0\r\n")
	}
	return k.call(slices.Concat(args[:4], []string{"0"}, ids, options)...)
}

// pendingOf runs XPENDING key group [[IDLE min-idle-time] start end count [consumer]]. miniredis hides what was delivered
// in the future, which is where a delivery lies that the clock has gone back behind.
func pendingOf(k keyspace, args []string) []byte {
	if len(args) < 6 {
		return k.call(args...)
	}
	words := args
	if !strings.EqualFold(args[3], "IDLE") {
		words = slices.Concat(args[:3], []string{"IDLE", strconv.Itoa(-farthest)}, args[3:])
	}
	var reply []byte
	for raw := k.call(words...); len(raw) > 0; {
		end := bytes.IndexByte(raw, '\n') + 1 // of the head of an array, or else of an element
		if raw[0] != '*' {
			end = len(raw) - len(rest(raw))
		}
		if n, ok := integerOf(raw[:end]); ok && n < 0 {
			reply = append(reply, integerReply(0)...)
		} else {
			reply = append(reply, raw[:end]...)
		}
		raw = raw[end:]
	}
	return reply
}

// streamInfo runs XINFO. A consumer that was last heard of in the future is idle since just now.
func streamInfo(k keyspace, args []string) []byte {
	if !strings.EqualFold(args[1], "CONSUMERS") {
		return k.call(args...)
	}
	return idleBeforeNow.ReplaceAll(k.call(args...), []byte("$$4\r\nidle\r\n:0\r\n"))
}

var idleBeforeNow = regexp.MustCompile(`\$4\r\nidle\r\n:-\d+\r\n`)

// idle asks for how many milliseconds an entry has been pending since its last delivery.
func (k keyspace) idle(key, group, id string) (ms int64, pending bool) {
	row := pendingOf(k, []string{"XPENDING", key, group, id, id, "1"}) // *1 *4 id consumer idle deliveries
	lines := strings.Split(string(row), "\r\n")
	const idleLine = 6
	if len(lines) <= idleLine || lines[0] != "*1" {
		return 0, false
	}
	ms, err := strconv.ParseInt(strings.TrimPrefix(lines[idleLine], ":"), 10, 64)
	return ms, err == nil
}
