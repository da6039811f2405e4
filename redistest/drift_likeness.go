package redistest

import (
	"slices"
	"strings"
	"time"
)

// likeness tells whether two servers have answered alike.
type likeness func(want, got any, tolerance time.Duration) bool

// likenessOf is what can be asked of the replies to a command, for all servers to agree.
func likenessOf(words []string) likeness {
	switch commandOf(words) {
	case "SPOP", "SRANDMEMBER", "RANDOMKEY", "HRANDFIELD", "ZRANDMEMBER":
		return sameShape
	case "TIME", "LASTSAVE", "INFO", "HELLO", "ROLE", "LOLWUT", "COMMAND", "DUMP", "MEMORY", "SLOWLOG", "LATENCY", "MODULE",
		"CLIENT ID", "CLIENT LIST", "CLIENT INFO", "OBJECT FREQ", "OBJECT IDLETIME", "OBJECT REFCOUNT", "ACL GENPASS":
		return bothAnswered
	case "SMEMBERS", "SUNION", "SINTER", "SDIFF", "KEYS", "HKEYS", "HVALS", "SCAN", "SSCAN", "GEOSEARCH", "GEORADIUS",
		"GEORADIUSBYMEMBER", "PUBSUB CHANNELS", "FUNCTION LIST", "ACL CAT", "ACL USERS", "ACL LIST":
		return sameElements
	case "HGETALL", "CONFIG GET", "PUBSUB NUMSUB", "HSCAN", "ZSCAN":
		return samePairs
	case "TTL", "HTTL":
		return near(time.Second)
	case "PTTL", "HPTTL", "XPENDING":
		return near(time.Millisecond)
	case "EXPIRETIME", "PEXPIRETIME", "HEXPIRETIME", "HPEXPIRETIME":
		return sameSign
	case "XINFO STREAM":
		return func(want, got any, tolerance time.Duration) bool {
			return same(withoutTree(want), withoutTree(got), tolerance)
		}
	default:
		return same
	}
}

// commandOf is the name of a command, with that of the subcommand where it has some.
func commandOf(words []string) string {
	if len(words) == 0 {
		return ""
	}
	name := strings.ToUpper(words[0])
	switch name {
	case "ACL", "CLIENT", "CLUSTER", "CONFIG", "FUNCTION", "OBJECT", "PUBSUB", "SCRIPT", "XGROUP", "XINFO":
		if len(words) > 1 {
			return name + " " + strings.ToUpper(words[1])
		}
	}
	return name
}

// same is likeness in every detail. Durations and moments, which only typed replies have, may differ by the tolerance.
func same(want, got any, tolerance time.Duration) bool {
	switch want := want.(type) {
	case list:
		got, ok := got.(list)
		return ok && slices.EqualFunc(want, got, func(a, b any) bool { return same(a, b, tolerance) })
	case table:
		got, ok := got.(table)
		return ok && slices.EqualFunc(want, got, func(a, b field) bool {
			return same(a.key, b.key, tolerance) && same(a.value, b.value, tolerance)
		})
	case time.Duration:
		got, ok := got.(time.Duration)
		return ok && sameSpan(want, got, tolerance)
	case time.Time:
		got, ok := got.(time.Time)
		return ok && want.Sub(got).Abs() <= tolerance
	case float64:
		got, ok := got.(float64)
		return ok && (want == got || want != want && got != got)
	default:
		return want == got
	}
}

// sameSpan holds that below zero numbers have a meaning of their own.
func sameSpan(want, got, tolerance time.Duration) bool {
	return want == got || want >= 0 && got >= 0 && (want-got).Abs() <= tolerance
}

// sameShape asks for as many elements, and for nil and errors where the other has them.
func sameShape(want, got any, _ time.Duration) bool {
	switch want := want.(type) {
	case nil:
		return got == nil
	case failure:
		return want == got
	case list:
		got, ok := got.(list)
		return ok && len(want) == len(got)
	case table:
		got, ok := got.(table)
		return ok && len(want) == len(got)
	default:
		switch got.(type) {
		case nil, failure, list, table:
			return false
		}
		return true
	}
}

// bothAnswered asks for no more than that neither fails where the other does not.
func bothAnswered(want, got any, _ time.Duration) bool {
	wanted, failed := want.(failure)
	if failing, ok := got.(failure); ok || failed {
		return failed && ok && wanted == failing
	}
	return true
}

// sameElements asks for the same ones in any order.
func sameElements(want, got any, tolerance time.Duration) bool {
	return same(inOrder(want, 1), inOrder(got, 1), tolerance)
}

// samePairs asks for the same pairs in any order, in a table or flat.
func samePairs(want, got any, tolerance time.Duration) bool {
	return same(inOrder(want, 2), inOrder(got, 2), tolerance)
}

// inOrder sorts what is in a list, in groups.
func inOrder(reply any, size int) any {
	flat, ok := reply.(list)
	if !ok || len(flat)%size != 0 {
		return reply
	}
	groups := slices.Collect(slices.Chunk(flat, size))
	slices.SortFunc(groups, func(a, b list) int { return strings.Compare(showReply(a), showReply(b)) })
	return slices.Concat(groups...)
}

// near allows numbers of some unit the tolerance, and whole units are rounded.
func near(unit time.Duration) likeness {
	var alike likeness
	alike = func(want, got any, tolerance time.Duration) bool {
		switch want := want.(type) {
		case int64:
			got, ok := got.(int64)
			return ok && sameSpan(time.Duration(want)*unit, time.Duration(got)*unit, tolerance)
		case list:
			got, ok := got.(list)
			return ok && slices.EqualFunc(want, got, func(a, b any) bool { return alike(a, b, tolerance) })
		default:
			return same(want, got, tolerance)
		}
	}
	return alike
}

// sameSign is for moments, which depend on when a test began.
func sameSign(want, got any, _ time.Duration) bool {
	switch want := want.(type) {
	case int64:
		got, ok := got.(int64)
		return ok && (want < 0) == (got < 0) && (want >= 0 || want == got)
	case time.Duration:
		got, ok := got.(time.Duration)
		return ok && (want < 0) == (got < 0) && (want >= 0 || want == got)
	case list:
		got, ok := got.(list)
		return ok && slices.EqualFunc(want, got, func(a, b any) bool { return sameSign(a, b, 0) })
	default:
		return same(want, got, 0)
	}
}

// withoutTree takes away how a stream is stored.
func withoutTree(reply any) any {
	hidden := func(key any) bool {
		name, ok := key.(string)
		return ok && (strings.HasPrefix(name, "RadixTree") || strings.HasPrefix(name, "radix-tree-"))
	}
	switch reply := reply.(type) {
	case table:
		return slices.DeleteFunc(slices.Clone(reply), func(f field) bool { return hidden(f.key) })
	case list: // in RESP2
		var left list
		for pair := range slices.Chunk(reply, 2) {
			if !hidden(pair[0]) {
				left = append(left, pair...)
			}
		}
		return left
	default:
		return reply
	}
}
