package engine

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/alicebob/miniredis/v2"
)

// wholeCommand is a command of a section that reads or writes a whole value, answered as a directCommand is. Where a reply is
// all words, or all numbers, it is not taken apart. It shares no memory with miniredis.
type wholeCommand func(x *Section, db *miniredis.RedisDB, args []string) (reply any, ok bool)

// wholeCommands are those that captures and restores consist of.
func wholeCommands() map[string]wholeCommand {
	return map[string]wholeCommand{
		"KEYS":     keysDirectly,
		"PTTL":     timeToLiveDirectly,
		"LRANGE":   listDirectly,
		"SMEMBERS": setDirectly,
		"HGETALL":  hashDirectly,
		"HPTTL":    fieldsTimeToLiveDirectly,
		"ZRANGE":   sortedSetDirectly,
		"XRANGE":   streamDirectly,
		"HSET":     setFieldsDirectly,
		"ZADD":     addScoresDirectly,
		"XADD":     addEntryDirectly,
	}
}

// keysDirectly answers KEYS *.
func keysDirectly(_ *Section, db *miniredis.RedisDB, args []string) (any, bool) {
	if len(args) != 2 || args[1] != "*" {
		return nil, false
	}
	return db.Keys(), true
}

func timeToLiveDirectly(x *Section, db *miniredis.RedisDB, args []string) (any, bool) {
	left := db.TTL(args[1])
	if left == 0 {
		return -1, len(args) == 2 && db.Exists(args[1])
	}
	return int(x.keyspace.told(left.Milliseconds(), false)), len(args) == 2
}

// listDirectly answers LRANGE key 0 -1.
func listDirectly(_ *Section, db *miniredis.RedisDB, args []string) (any, bool) {
	if len(args) != 4 || args[2] != "0" || args[3] != "-1" {
		return nil, false
	}
	elements, err := db.List(args[1])
	return slices.Clone(elements), err == nil
}

func setDirectly(_ *Section, db *miniredis.RedisDB, args []string) (any, bool) {
	members, err := db.Members(args[1])
	return members, err == nil && len(args) == 2
}

func hashDirectly(_ *Section, db *miniredis.RedisDB, args []string) (any, bool) {
	fields, err := db.HKeys(args[1])
	if err != nil || len(args) != 2 {
		return nil, false
	}
	pairs := make([]string, 0, 2*len(fields))
	for _, field := range fields {
		pairs = append(pairs, field, db.HGet(args[1], field))
	}
	return pairs, true
}

// fieldsTimeToLiveDirectly answers for all fields of a hash, in their order, where no field has a time to live.
func fieldsTimeToLiveDirectly(x *Section, db *miniredis.RedisDB, args []string) (any, bool) {
	if x.engine.deadlines.fields || len(args) < 5 {
		return nil, false
	}
	fields, err := db.HKeys(args[1])
	if err != nil || !slices.Equal(fields, args[4:]) || args[3] != strconv.Itoa(len(fields)) {
		return nil, false
	}
	replies := make([]int, len(fields))
	for i := range replies {
		replies[i] = -1
	}
	return replies, true
}

// sortedSetDirectly answers ZRANGE key 0 -1 WITHSCORES.
func sortedSetDirectly(_ *Section, db *miniredis.RedisDB, args []string) (any, bool) {
	if len(args) != 5 || args[2] != "0" || args[3] != "-1" || args[4] != "WITHSCORES" {
		return nil, false
	}
	scores, err := db.SortedSet(args[1])
	if err != nil {
		return nil, false
	}
	members := make([]string, 0, len(scores))
	for member := range scores {
		members = append(members, member)
	}
	slices.SortFunc(members, func(a, b string) int {
		return cmp.Or(cmp.Compare(scores[a], scores[b]), strings.Compare(a, b))
	})
	pairs := make([]string, 0, 2*len(members))
	for _, member := range members {
		pairs = append(pairs, member, strconv.FormatFloat(scores[member], 'g', -1, 64))
	}
	return pairs, true
}

// streamDirectly answers XRANGE key - +.
func streamDirectly(_ *Section, db *miniredis.RedisDB, args []string) (any, bool) {
	if len(args) != 4 || args[2] != "-" || args[3] != "+" {
		return nil, false
	}
	entries, err := db.Stream(args[1])
	if err != nil {
		return nil, false
	}
	replies := make([]any, len(entries))
	for i, entry := range entries {
		replies[i] = []any{entry.ID, slices.Clone(entry.Values)}
	}
	return replies, true
}

// setFieldsDirectly makes a new hash.
func setFieldsDirectly(_ *Section, db *miniredis.RedisDB, args []string) (any, bool) {
	if len(args) < 4 || len(args)%2 != 0 || db.Exists(args[1]) {
		return nil, false
	}
	db.HSet(args[1], args[2:]...)
	fields, err := db.HKeys(args[1])
	return len(fields), err == nil
}

// addScoresDirectly answers ZADD key score member [score member …].
func addScoresDirectly(_ *Section, db *miniredis.RedisDB, args []string) (any, bool) {
	if kind := db.Type(args[1]); len(args) < 4 || len(args)%2 != 0 || kind != "" && kind != "zset" {
		return nil, false
	}
	for i := 2; i < len(args); i += 2 { // all of them or none
		if score, err := strconv.ParseFloat(args[i], 64); err != nil || math.IsNaN(score) {
			return nil, false
		}
	}
	added := 0
	for i := 2; i < len(args); i += 2 {
		score, _ := strconv.ParseFloat(args[i], 64) // as before
		if isNew, err := db.ZAdd(args[1], score, args[i+1]); err == nil && isNew {
			added++
		}
	}
	return added, true
}

// addEntryDirectly answers XADD key id field value [field value …]. miniredis does not tell those who watch the key.
func addEntryDirectly(x *Section, db *miniredis.RedisDB, args []string) (any, bool) {
	if len(args) < 5 || len(args)%2 == 0 || !isEntryID(args[2]) || x.engine.anybodyWatches() {
		return nil, false
	}
	id, err := db.XAdd(args[1], args[2], slices.Clone(args[3:]))
	return id, err == nil
}

// isEntryID tells whether a word is an id, complete and not to be made of the time.
func isEntryID(word string) bool {
	milliseconds, sequence, complete := strings.Cut(word, "-")
	return complete && isNumber(milliseconds) && isNumber(sequence)
}

func isNumber(word string) bool {
	_, err := strconv.ParseUint(word, 10, 64)
	return err == nil
}

// anybodyWatches tells whether a client watches any key. The caller holds the engine's lock.
func (e *Engine) anybodyWatches() bool {
	for s := range e.sessions {
		if len(s.watched) > 0 {
			return true
		}
	}
	return false
}
