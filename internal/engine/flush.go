package engine

import "strconv"

// A flush counts as a change of every watched key that there was. miniredis does not notice it.

// watchedKey is a key that a client watches.
type watchedKey struct {
	db   int
	name string
}

func (s *session) flushAll(args []string) {
	s.engine.touchWatched(func(int) bool { return true })
	s.engine.native.Dispatch(s.peer, args)
}

func (s *session) flushDB(args []string) {
	s.engine.touchWatched(func(db int) bool { return db == s.db })
	s.engine.native.Dispatch(s.peer, args)
}

// touchWatched makes the transactions fail of those who watch a key that exists in one of these databases. The caller
// holds the engine's lock.
func (e *Engine) touchWatched(flushed func(db int) bool) {
	for s := range e.sessions {
		for _, key := range s.watched {
			if flushed(key.db) && s.exists(key) {
				s.touched = true
			}
		}
	}
}

func (s *session) exists(key watchedKey) bool {
	s.call("SELECT", strconv.Itoa(key.db))
	defer s.call("SELECT", strconv.Itoa(s.db))
	return string(s.call("EXISTS", key.name)) == ":1\r\n"
}
