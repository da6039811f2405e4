package engine

import (
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/alicebob/miniredis/v2/server"

	"github.com/compozy/rediskit/internal/command"
)

// scripting is what is known of the script that runs, whose own calls come through fromScript.
type scripting struct {
	// running is atomic because a connection that somebody made with Miniredis' own Dial comes through fromScript as
	// well, without the engine's lock.
	running atomic.Bool

	client   any         // miniredis' view of who has sent it
	declared []string    // the keys that it was given; known with a cluster's rules only
	db       int         // that the script has selected
	contexts map[any]int // and those that redis.call and redis.pcall have, each for itself; nil while all have the first
}

// script runs EVAL and its kin.
func (s *session) script(args []string) {
	sha := strings.ToLower(args[1])
	if strings.HasPrefix(strings.ToUpper(args[0]), "EVALSHA") {
		args[1] = sha
	} else {
		sha = nameOfScript(args[1])
	}
	running := &s.engine.scripting
	running.client, running.db, running.contexts, running.declared = s.peer.Ctx, s.db, nil, nil
	if s.engine.cluster != nil {
		running.declared = slottedWords(s.engine.table.lookup(args[0]), args)
	}
	running.running.Store(true)
	defer running.running.Store(false)
	s.peer.WriteRaw(string(scriptError(s.call(args...), sha)))
}

// fromScript sees every command that reaches miniredis. Of a script's it refuses what scripts may not do, and replaces what the
// engine has itself.
func (e *Engine) fromScript(peer *server.Peer, name string, args ...string) bool {
	if !e.scripting.running.Load() || peer.Ctx == e.scripting.client {
		return false
	}
	k := keyspace{e, e.scripting.db, e.inScript(peer)}
	e.scripting.follow(k, peer)
	c := e.table.lookup(name)
	words := append([]string{c.lower}, args...)
	if flaw := c.flaw(words); flaw != "" {
		peer.WriteError(scriptFlaw(flaw))
		return true
	}
	if c.spec != nil && c.spec.Has(command.NoScript) {
		peer.WriteError("ERR This Redis command is not allowed from script")
		return true
	}
	if refusal := e.cluster.refusesInScript(c, words, e.scripting.declared); refusal != "" {
		writeError(peer, refusal)
		return true
	}
	if c.inScript == nil {
		return false
	}
	words[0] = c.name
	reply := c.inScript(k, words)
	if c.name == "SELECT" && !isError(reply, "") {
		e.scripting.contexts[peer.Ctx] = e.scripting.db
	}
	peer.WriteRaw(string(reply))
	return true
}

// inScript calls miniredis for a command of a script.
func (e *Engine) inScript(peer *server.Peer) caller {
	var inner scratch // the outer one may be in use further up
	return func(args ...string) []byte {
		e.scripting.running.Store(false)
		defer e.scripting.running.Store(true)
		return inner.call(e.native, peer, args)
	}
}

// follow makes a call go to the database that the script has selected, through whichever of redis.call and redis.pcall.
func (r *scripting) follow(k keyspace, peer *server.Peer) {
	if r.contexts == nil {
		return
	}
	if db, known := r.contexts[peer.Ctx]; !known || db != r.db {
		k.call("SELECT", strconv.Itoa(r.db))
		r.contexts[peer.Ctx] = r.db
	}
}

// firstSpare is the first of the databases that are for scripts and exclusive sections alone, to put things aside.
const firstSpare = 1 << 20

// selectInScript answers SELECT index.
func selectInScript(k keyspace, args []string) []byte {
	db, err := databaseIndex(args[1])
	if spare, ok := parseInteger(args[1]); ok && spare >= firstSpare {
		db, err = int(spare), nil
	}
	if err != nil {
		return errorReply(err)
	}
	running := &k.engine.scripting
	if running.contexts == nil {
		running.contexts = map[any]int{}
	}
	running.db = db
	return k.call("SELECT", strconv.Itoa(db))
}
