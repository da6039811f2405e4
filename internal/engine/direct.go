package engine

import (
	"errors"

	"github.com/alicebob/miniredis/v2"
)

// directCommand answers a command from what miniredis holds, through the methods of its databases: that takes a fraction of
// the time of sending it the command. It is false, and has changed nothing, where there is more to the command than that:
// then it is run as any other. Only what answers one word or number is done so; of others RESP3 has its own notion.
//
// Whoever has miniredis in hands can make it do things of its own before each command. Then nothing is answered directly.
type directCommand func(db *miniredis.RedisDB, args []string) (reply scalar, ok bool)

// directCommands are those that tests use most. They are called with at least one argument.
func directCommands() map[string]directCommand {
	return map[string]directCommand{
		"TYPE":      typeDirectly,
		"EXISTS":    existsDirectly,
		"DEL":       deleteDirectly,
		"GET":       getDirectly,
		"SET":       setStringDirectly,
		"INCR":      addToNumberDirectly(+1),
		"DECR":      addToNumberDirectly(-1),
		"HGET":      getFieldDirectly,
		"LPUSH":     pushLeftDirectly,
		"RPUSH":     pushDirectly,
		"LPOP":      popDirectly((*miniredis.RedisDB).Lpop),
		"RPOP":      popDirectly((*miniredis.RedisDB).Pop),
		"SADD":      addMembersDirectly,
		"SREM":      removeMembersDirectly,
		"SISMEMBER": isMemberDirectly,
	}
}

func typeDirectly(db *miniredis.RedisDB, args []string) (scalar, bool) {
	if len(args) != 2 {
		return scalar{}, false
	}
	kind := db.Type(args[1])
	if kind == "" {
		kind = "none"
	}
	return status(kind), true
}

func existsDirectly(db *miniredis.RedisDB, args []string) (scalar, bool) {
	if len(args) != 2 {
		return scalar{}, false
	}
	return truth(db.Exists(args[1])), true
}

func deleteDirectly(db *miniredis.RedisDB, args []string) (scalar, bool) {
	if len(args) != 2 {
		return scalar{}, false
	}
	return truth(db.Del(args[1])), true
}

func getDirectly(db *miniredis.RedisDB, args []string) (scalar, bool) {
	if len(args) != 2 {
		return scalar{}, false
	}
	value, err := db.Get(args[1])
	if errors.Is(err, miniredis.ErrKeyNotFound) {
		return none, true
	}
	return bulk(value), err == nil
}

// setStringDirectly answers SET key value, unless the key has a value of another type.
func setStringDirectly(db *miniredis.RedisDB, args []string) (scalar, bool) {
	return status("OK"), len(args) == 3 && db.Set(args[1], args[2]) == nil
}

func addToNumberDirectly(delta int) directCommand {
	return func(db *miniredis.RedisDB, args []string) (scalar, bool) {
		if len(args) != 2 {
			return scalar{}, false
		}
		n, err := db.Incr(args[1], delta)
		return number(n), err == nil
	}
}

// getFieldDirectly answers HGET key field where that is not empty: else there may be no such field, or no hash.
func getFieldDirectly(db *miniredis.RedisDB, args []string) (scalar, bool) {
	if len(args) != 3 {
		return scalar{}, false
	}
	value := db.HGet(args[1], args[2])
	return bulk(value), value != ""
}

// pushLeftDirectly answers LPUSH key element.
func pushLeftDirectly(db *miniredis.RedisDB, args []string) (scalar, bool) {
	if len(args) != 3 {
		return scalar{}, false
	}
	n, err := db.Lpush(args[1], args[2])
	return number(n), err == nil
}

func pushDirectly(db *miniredis.RedisDB, args []string) (scalar, bool) {
	if len(args) < 3 {
		return scalar{}, false
	}
	n, err := db.Push(args[1], args[2:]...)
	return number(n), err == nil
}

// popDirectly answers LPOP key and RPOP key.
func popDirectly(pop func(*miniredis.RedisDB, string) (string, error)) directCommand {
	return func(db *miniredis.RedisDB, args []string) (scalar, bool) {
		if len(args) != 2 {
			return scalar{}, false
		}
		element, err := pop(db, args[1])
		if errors.Is(err, miniredis.ErrKeyNotFound) {
			return none, true
		}
		return bulk(element), err == nil
	}
}

func addMembersDirectly(db *miniredis.RedisDB, args []string) (scalar, bool) {
	if len(args) < 3 {
		return scalar{}, false
	}
	n, err := db.SetAdd(args[1], args[2:]...)
	return number(n), err == nil
}

func removeMembersDirectly(db *miniredis.RedisDB, args []string) (scalar, bool) {
	if len(args) < 3 {
		return scalar{}, false
	}
	n, err := db.SRem(args[1], args[2:]...)
	if errors.Is(err, miniredis.ErrKeyNotFound) {
		return number(0), true
	}
	return number(n), err == nil
}

func isMemberDirectly(db *miniredis.RedisDB, args []string) (scalar, bool) {
	if len(args) != 3 {
		return scalar{}, false
	}
	member, err := db.IsMember(args[1], args[2])
	if errors.Is(err, miniredis.ErrKeyNotFound) {
		return number(0), true
	}
	return truth(member), err == nil
}
