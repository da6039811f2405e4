package engine

import (
	"strings"
	"sync"

	"github.com/compozy/rediskit/internal/command"
)

// entry is what the engine knows of one command.
type entry struct {
	name   string                          // in upper case
	lower  string                          // the same in lower case
	spec   *command.Spec                   // nil where Redis 7.0 has no such command
	run    func(s *session, args []string) // the engine's own implementation; nil leaves it to miniredis
	native bool                            // miniredis has it

	// inScript is the engine's own implementation for calls from a script or from who has the server for himself; nil
	// leaves it to miniredis.
	inScript keyspaceCommand

	direct directCommand // may answer it in place of all others; nil if nothing does
	whole  wholeCommand  // the same, for sections alone

	endsQueueing    bool // is run, not queued, inside MULTI
	whileSubscribed bool // is allowed to a subscribed client of RESP2
	openToStrangers bool // is allowed before AUTH
}

// onlyReads tells whether the command cannot have given a blocked client what it waits for.
func (c *entry) onlyReads() bool { return c.spec != nil && c.spec.Has(command.ReadOnly) }

func newEntry(name string) *entry {
	return &entry{name: strings.ToUpper(name), lower: strings.ToLower(name)}
}

// fullName is "get", or "client|id" of a subcommand.
func (c *entry) fullName(args []string) string {
	if c.spec != nil && len(args) > 1 {
		if sub, ok := c.spec.Subcommand(args[1]); ok {
			return sub.Name
		}
	}
	return c.lower
}

// flaw tells what is wrong with a call before it is run, as the text of a Redis error; "" if nothing is.
func (c *entry) flaw(args []string) string {
	switch {
	case c.spec == nil:
		return ""
	case !c.spec.ArityOK(len(args)):
		return wrongArity(c.lower)
	case len(c.spec.Subcommands) == 0 || len(args) < 2:
		return ""
	}
	sub, ok := c.spec.Subcommand(args[1])
	switch {
	case !ok && c.sinceAdded(args[1]):
		return ""
	case !ok:
		return unknownSubcommand(c.name, args[1])
	case !sub.ArityOK(len(args)):
		return wrongArity(sub.Name)
	}
	return ""
}

// sinceAdded tells whether a subcommand is one of those after Redis 7.0 that clients send unasked.
func (c *entry) sinceAdded(subcommand string) bool {
	return c.name == "CLIENT" && (strings.EqualFold(subcommand, "SETINFO") || strings.EqualFold(subcommand, "NO-TOUCH"))
}

// commandTable has every known command under its name in upper and in lower case.
type commandTable map[string]*entry

// lookup returns the command of that name in any case; one that does not exist has an entry without spec and handler.
func (t commandTable) lookup(name string) *entry {
	if found, ok := t[name]; ok {
		return found
	}
	c := newEntry(name)
	if found, ok := t[c.name]; ok {
		return found
	}
	return c
}

// add makes sure that there is an entry, which a command since Redis 7.0 has not.
func (t commandTable) add(name string) {
	if t[name] == nil {
		c := newEntry(name)
		t[c.name], t[c.lower] = c, c
	}
}

// commands is the table; it is the same for every engine and never changes.
var commands = sync.OnceValues(func() (commandTable, error) {
	mini, err := startMiniredis()
	if err != nil {
		return nil, err
	}
	defer mini.Close()

	table := commandTable{}
	for spec := range command.All() {
		c := newEntry(spec.Name)
		c.spec = spec
		c.native = mini.Server().IsRegisteredCommand(spec.Name)
		c.openToStrangers = spec.Has(command.NoAuth)
		table[c.name], table[c.lower] = c, c
	}
	for name, run := range ownCommands() {
		table[name].run = run
	}
	for name, run := range diskCommands() {
		table[name].run = run
		table[name].inScript = refuseInScript
	}
	table["LASTSAVE"].inScript = lastSaveInScript
	for name, parse := range blockingCommands {
		table[name].run = func(s *session, args []string) { s.block(parse, args) }
		table[name].inScript = func(k keyspace, args []string) []byte { return tryOnce(parse, k, args) }
	}
	for name, run := range keyspaceCommands() {
		table.add(name)
		table[name].run = func(s *session, args []string) {
			args[0] = name
			s.peer.WriteRaw(string(run(s.keyspace(), args)))
		}
		table[name].inScript = run
	}
	for name, answer := range directCommands() {
		table[name].direct = answer
	}
	for name, answer := range wholeCommands() {
		table[name].whole = answer
	}
	table["HSET"].run = (*session).overwriteFields
	table["SELECT"].inScript = selectInScript
	table["CLUSTER"].inScript = clusterInScript
	table["PUBLISH"].inScript = func(k keyspace, args []string) []byte {
		return integerReply(int64(k.engine.deliver(args[1], args[2])))
	}
	table["SPUBLISH"].inScript = func(k keyspace, args []string) []byte {
		return integerReply(int64(k.engine.deliverShard(args[1], args[2])))
	}
	for _, name := range []string{"EXEC", "DISCARD", "MULTI", "WATCH", "QUIT", "RESET"} {
		table[name].endsQueueing = true
	}
	for _, name := range []string{
		"SUBSCRIBE", "PSUBSCRIBE", "SSUBSCRIBE", "UNSUBSCRIBE", "PUNSUBSCRIBE", "SUNSUBSCRIBE", "PING", "QUIT", "RESET",
	} {
		table[name].whileSubscribed = true
	}
	return table, nil
})

// ownCommands are the commands whose state is the clients', not the keyspace's, or which miniredis does differently.
func ownCommands() map[string]func(s *session, args []string) {
	return map[string]func(s *session, args []string){
		"MULTI":   (*session).multi,
		"EXEC":    (*session).exec,
		"DISCARD": (*session).discard,
		"WATCH":   (*session).watch,
		"UNWATCH": (*session).unwatch,

		"SUBSCRIBE":    (*session).subscribe,
		"UNSUBSCRIBE":  (*session).unsubscribe,
		"PSUBSCRIBE":   (*session).psubscribe,
		"PUNSUBSCRIBE": (*session).punsubscribe,
		"SSUBSCRIBE":   (*session).ssubscribe,
		"SUNSUBSCRIBE": (*session).sunsubscribe,
		"PUBLISH":      (*session).publish,
		"SPUBLISH":     (*session).spublish,
		"PUBSUB":       (*session).pubsub,

		"EVAL":       (*session).script,
		"EVALSHA":    (*session).script,
		"EVAL_RO":    (*session).script,
		"EVALSHA_RO": (*session).script,

		"HELLO":   (*session).hello,
		"AUTH":    (*session).auth,
		"SELECT":  (*session).selectDB,
		"PING":    (*session).ping,
		"QUIT":    (*session).quit,
		"RESET":   (*session).reset,
		"CLIENT":  (*session).client,
		"COMMAND": (*session).describeCommands,
		"INFO":    (*session).info,

		"CLUSTER":   (*session).clusterInfo,
		"READONLY":  (*session).clusterSwitch,
		"READWRITE": (*session).clusterSwitch,
		"ASKING":    (*session).clusterSwitch,
	}
}
