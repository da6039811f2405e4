package engine

// keyspace is one database to a command, whoever has sent that: a client, a transaction, a script, or whoever has the
// server for himself.
type keyspace struct {
	engine *Engine
	db     int
	call   caller // runs a command of miniredis there
}

func (k keyspace) space() *space { return k.engine.deadlines.space(k.db) }

// keyspaceCommand runs a command over those of miniredis, and returns the raw reply.
type keyspaceCommand func(k keyspace, args []string) []byte

// keyspaceCommands are those that work on keys and that the engine has itself: because miniredis does them otherwise
// than Redis, or because they set, tell or carry times to live.
func keyspaceCommands() map[string]keyspaceCommand {
	return map[string]keyspaceCommand{
		"SET":    set,
		"SETEX":  setEx(1000),
		"PSETEX": setEx(1),
		"GETEX":  getEx,

		"EXPIRE":      expire(span(1000)),
		"PEXPIRE":     expire(span(1)),
		"EXPIREAT":    expire(moment(1000)),
		"PEXPIREAT":   expire(moment(1)),
		"TTL":         timeToLive(1000, false),
		"PTTL":        timeToLive(1, false),
		"EXPIRETIME":  timeToLive(1000, true),
		"PEXPIRETIME": timeToLive(1, true),

		"HSET":         overwriteFields("HSET"),
		"HMSET":        overwriteFields("HMSET"),
		"HDEL":         deleteFields,
		"HSETEX":       setFieldsEx,
		"HEXPIRE":      expireFields(span(1000)),
		"HPEXPIRE":     expireFields(span(1)),
		"HEXPIREAT":    expireFields(moment(1000)),
		"HPEXPIREAT":   expireFields(moment(1)),
		"HTTL":         fieldsTimeToLive(1000, false),
		"HPTTL":        fieldsTimeToLive(1, false),
		"HEXPIRETIME":  fieldsTimeToLive(1000, true),
		"HPEXPIRETIME": fieldsTimeToLive(1, true),

		"RENAME":    rename,
		"RENAMENX":  rename,
		"COPY":      copyKey,
		"MOVE":      moveKey,
		"DUMP":      dump,
		"RESTORE":   restore,
		"LMOVE":     moveElement,
		"RPOPLPUSH": moveElement,
		"SWAPDB":    swapDB,
		"FLUSHALL":  flushAll,
		"FLUSHDB":   flushDB,

		"XGROUP":   group,
		"XCLAIM":   claim,
		"XPENDING": pendingOf,
		"XINFO":    streamInfo,

		"PFADD":   pfAdd,
		"PFCOUNT": pfCount,
		"PFMERGE": pfMerge,
	}
}

// overwriteFields spares HSET the way through a reply of its own, while no field has a time to live.
func (s *session) overwriteFields(args []string) {
	args[0] = "HSET"
	if !s.engine.deadlines.fields {
		s.engine.native.Dispatch(s.peer, args)
		return
	}
	s.peer.WriteRaw(string(overwriteFields("HSET")(s.keyspace(), args)))
}
