package engine

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/compozy/rediskit/snapshot"
)

// Keys take their deadlines along wherever they go.

// rename runs RENAME key newkey and RENAMENX.
func rename(k keyspace, args []string) []byte {
	reply := bytes.Clone(k.call(args...))
	if !isError(reply, "") {
		k.trackAll(args[2])
	}
	return reply
}

// copyKey runs COPY source destination [DB destination-db] [REPLACE].
func copyKey(k keyspace, args []string) []byte {
	db, err := copyDestination(args, k.db)
	if err != nil {
		return errorReply(err)
	}
	reply := bytes.Clone(k.call(args...))
	if string(reply) != ":1\r\n" {
		return reply
	}
	original, shares, err := k.sharing(args[1])
	lives, _ := integerOf(k.call("PTTL", args[1]))
	k.in(db, func(target keyspace) {
		if shares && err == nil {
			original.Name = args[2]
			target.call("DEL", args[2])
			err = snapshot.Do(target.do).Set(original)
		}
		if lives < 0 {
			target.call("PERSIST", args[2]) // miniredis leaves it the time to live of what was there before
		}
		target.trackAll(args[2])
	})
	if err != nil {
		return errorReply(redisError("ERR " + err.Error()))
	}
	return reply
}

// copyDestination is the database that a COPY is to, home unless it says another one. What else may be wrong with the words
// is not looked at, nor what follows it.
func copyDestination(args []string, home int) (db int, err error) {
	db = home
	for i := 3; i < len(args); i++ {
		switch {
		case strings.EqualFold(args[i], "REPLACE"):
		case strings.EqualFold(args[i], "DB") && i+1 < len(args):
			i++
			if spare, ok := parseInteger(args[i]); ok && spare >= firstSpare {
				db = int(spare)
			} else if db, err = databaseIndex(args[i]); err != nil {
				return home, err
			}
		default:
			return home, nil
		}
	}
	return db, nil
}

// moveKey runs MOVE key db.
func moveKey(k keyspace, args []string) []byte {
	reply := bytes.Clone(k.call(args...))
	if n, ok := parseInteger(args[2]); ok && string(reply) == ":1\r\n" {
		k.in(int(n), func(target keyspace) { target.trackAll(args[1]) })
	}
	return reply
}

// in does something in another database.
func (k keyspace) in(db int, do func(keyspace)) {
	home := k.db
	k.call("SELECT", strconv.Itoa(db))
	k.db = db
	do(k)
	k.call("SELECT", strconv.Itoa(home))
}

// moveElement runs LMOVE source destination LEFT|RIGHT LEFT|RIGHT and RPOPLPUSH source destination. miniredis gives the
// destination the time to live of the source.
func moveElement(k keyspace, args []string) []byte {
	lives, _ := integerOf(k.call("PTTL", args[1]))
	if lives < 0 || args[1] == args[2] {
		return k.call(args...)
	}
	before, _ := integerOf(k.call("PTTL", args[2]))
	reply := bytes.Clone(k.call(args...))
	switch {
	case isNil(reply) || isError(reply, ""):
	case before < 0:
		k.call("PERSIST", args[2])
	default:
		k.call("PEXPIRE", args[2], strconv.FormatInt(before, 10))
	}
	return reply
}

// swapDB runs SWAPDB index index.
func swapDB(k keyspace, args []string) []byte {
	first, ok1 := parseInteger(args[1])
	second, ok2 := parseInteger(args[2])
	if !ok1 || !ok2 {
		return k.call(args...)
	}
	concerned := func(db int) bool { return db == int(first) || db == int(second) }
	k.engine.touchWatched(k, concerned) // keys that there were
	reply := bytes.Clone(k.call(args...))
	if !isError(reply, "") {
		k.engine.deadlines.swap(int(first), int(second))
		k.engine.touchWatched(k, concerned) // keys that there are now
	}
	return reply
}
