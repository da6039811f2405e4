package command

import (
	"strconv"
	"strings"
)

// The flags of keys that a search finds.
var (
	keyRead      = []string{"RO", "access"}           // never changed
	keyOverwrite = []string{"OW", "update"}           // never changed
	keyUpdate    = []string{"RW", "access", "update"} // never changed
	keyTake      = []string{"RW", "access", "delete"} // never changed
)

// search finds the keys of a call where the specifications do not tell enough, as the server does, too, command by command.
func (s *Spec) search(args []string) []Key {
	switch s.Name {
	case "set":
		return []Key{{1, setFlags(args)}}
	case "bitfield":
		return []Key{{1, bitfieldFlags(args)}}
	case "sort":
		return sortKeys(args)
	case "sort_ro":
		return []Key{{1, keyRead}}
	case "migrate":
		return migrateKeys(args)
	case "georadius", "georadiusbymember":
		return radiusKeys(args)
	case "xread", "xreadgroup":
		return streamKeys(args)
	case "zunionstore", "zinterstore", "zdiffstore":
		if keys := countedKeys(args, 2); len(keys) > 0 {
			return append(keys, Key{1, nil})
		}
	case "eval", "eval_ro", "evalsha", "evalsha_ro", "fcall", "fcall_ro", "blmpop", "bzmpop":
		return countedKeys(args, 2)
	case "zunion", "zinter", "zdiff", "sintercard", "zintercard", "lmpop", "zmpop":
		return countedKeys(args, 1)
	}
	return nil
}

// parseCount reads a number of keys as strictly as the server does at first.
func parseCount(word string) (int, bool) {
	n, err := strconv.Atoi(word)
	return n, err == nil && n >= 0 && strconv.Itoa(n) == word
}

// countedKeys are as many as a word says, of which the server reads no more than the digits it begins with here.
func countedKeys(args []string, countAt int) []Key {
	word := strings.TrimLeft(args[countAt], " \t\n\v\f\r")
	end := 0
	for end < len(word) && ('0' <= word[end] && word[end] <= '9' || end == 0 && (word[0] == '+' || word[0] == '-')) {
		end++
	}
	first := countAt + 1
	count, err := strconv.Atoi(word[:end])
	if err != nil || count < 1 || count > len(args)-first {
		return nil
	}
	keys := make([]Key, count)
	for i := range keys {
		keys[i].Position = first + i
	}
	return keys
}

func setFlags(args []string) []string {
	for _, word := range args[3:] {
		if strings.EqualFold(word, "GET") {
			return keyUpdate
		}
	}
	return keyOverwrite
}

func bitfieldFlags(args []string) []string {
	for at := 2; at < len(args); {
		size := 0
		switch strings.ToUpper(args[at]) {
		case "GET":
			size = 3
		case "OVERFLOW":
			size = 2
		}
		if size == 0 || at+size > len(args) {
			return keyUpdate
		}
		at += size
	}
	return keyRead
}

// sortKeys are those of SORT: the last STORE counts.
func sortKeys(args []string) []Key {
	keys := []Key{{1, keyRead}}
	for at := 2; at < len(args); at++ {
		switch strings.ToUpper(args[at]) {
		case "LIMIT":
			at += 2
		case "GET", "BY":
			at++
		case "STORE":
			if at+1 < len(args) {
				keys = append(keys[:1], Key{at + 1, keyOverwrite})
			}
		}
	}
	return keys
}

// migrateKeys is either the third word, or, where that is empty, all those behind KEYS.
func migrateKeys(args []string) []Key {
	for at := 6; at < len(args); at++ {
		switch strings.ToUpper(args[at]) {
		case "AUTH":
			at++
		case "AUTH2":
			at += 2
		case "KEYS":
			if args[3] != "" {
				return nil
			}
			var keys []Key
			for at++; at < len(args); at++ {
				keys = append(keys, Key{at, keyTake})
			}
			return keys
		}
	}
	return []Key{{3, keyTake}}
}

// radiusKeys are those of GEORADIUS and GEORADIUSBYMEMBER: the last STORE or STOREDIST counts.
func radiusKeys(args []string) []Key {
	keys := []Key{{1, nil}}
	for at := 5; at+1 < len(args); at++ {
		if word := args[at]; strings.EqualFold(word, "STORE") || strings.EqualFold(word, "STOREDIST") {
			at++
			keys = append(keys[:1], Key{at, nil})
		}
	}
	return keys
}

// streamKeys are the first half of what stands behind STREAMS.
func streamKeys(args []string) []Key {
	for at := 1; at < len(args); at++ {
		switch strings.ToUpper(args[at]) {
		case "BLOCK", "COUNT":
			at++
		case "GROUP":
			at += 2
		case "NOACK":
		case "STREAMS":
			count := len(args) - at - 1
			if count%2 != 0 {
				return nil
			}
			keys := make([]Key, count/2)
			for i := range keys {
				keys[i].Position = at + 1 + i
			}
			return keys
		default:
			return nil
		}
	}
	return nil
}
