package redistest

import (
	"slices"
	"strings"
)

// mergeScans makes one call of all that an iteration with SCAN or its kin has sent, where its first one was, with all that
// it has returned, each once: no two servers agree on how many steps it takes. What is left of an iteration that nobody
// has brought to its end says nothing.
func mergeScans(calls []*call) []*call {
	open := map[string]*call{}
	var merged []*call
	for _, c := range calls {
		at := cursorOf(c.words)
		if at == 0 {
			merged = append(merged, c)
			continue
		}
		name := strings.Join(slices.Concat(c.words[:at], c.words[at+1:]), "\x00")
		size := 1
		if kind := commandOf(c.words); kind == "HSCAN" || kind == "ZSCAN" {
			size = 2
		}
		next, found, ok := batchOf(c.reply)
		if !ok { // it has failed
			merged = append(merged, c)
			delete(open, name)
			continue
		}
		whole := open[name]
		if whole == nil || c.words[at] == "0" {
			whole = &call{words: c.words, reply: list{}}
			merged, open[name] = append(merged, whole), whole
		}
		whole.reply = joined(whole.reply, found, size)
		if whole.ended = next == "0"; whole.ended {
			delete(open, name)
		}
	}
	return merged
}

// cursorOf is where the cursor stands among the words, 0 where there is none.
func cursorOf(words []string) int {
	at := 0
	switch commandOf(words) {
	case "SCAN":
		at = 1
	case "SSCAN", "HSCAN", "ZSCAN":
		at = 2
	}
	if at >= len(words) {
		return 0
	}
	return at
}

// batchOf takes the reply to one step apart: redis.ScanCmd has the cursor last, a plain reply has it first.
func batchOf(reply any) (next string, found list, ok bool) {
	parts, ok := reply.(list)
	if !ok || len(parts) != 2 {
		return "", nil, false
	}
	if found, ok = parts[0].(list); ok {
		return strings.Trim(showReply(parts[1]), `"`), found, true
	}
	found, ok = parts[1].(list)
	return strings.Trim(showReply(parts[0]), `"`), found, ok
}

// joined adds the groups that are new.
func joined(reply any, found list, size int) list {
	all, _ := reply.(list)
	seen := map[string]bool{}
	for group := range slices.Chunk(all, size) {
		seen[showReply(group)] = true
	}
	for group := range slices.Chunk(found, size) {
		if text := showReply(group); !seen[text] {
			seen[text] = true
			all = append(all, group...)
		}
	}
	return all
}
