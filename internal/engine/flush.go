package engine

// A flush counts as a change of every watched key that there was. miniredis does not notice it.

// watchedKey is a key that a client watches.
type watchedKey struct {
	db   int
	name string
}

// flushAll runs FLUSHALL [ASYNC|SYNC].
func flushAll(k keyspace, args []string) []byte {
	k.engine.touchWatched(k, func(int) bool { return true })
	reply := k.call(args...)
	if !isError(reply, "") {
		k.engine.deadlines = deadlines{}
	}
	return reply
}

// flushDB runs FLUSHDB [ASYNC|SYNC].
func flushDB(k keyspace, args []string) []byte {
	k.engine.touchWatched(k, func(db int) bool { return db == k.db })
	reply := k.call(args...)
	if !isError(reply, "") {
		k.engine.deadlines.flush(k.db)
	}
	return reply
}

// touchWatched makes the transactions fail of those who watch a key that exists in one of these databases. The caller
// holds the engine's lock.
func (e *Engine) touchWatched(k keyspace, chosen func(db int) bool) {
	for s := range e.sessions {
		for _, key := range s.watched {
			if chosen(key.db) {
				k.in(key.db, func(there keyspace) {
					s.touched = s.touched || string(there.call("EXISTS", key.name)) == ":1\r\n"
				})
			}
		}
	}
}
