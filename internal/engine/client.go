package engine

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
)

const badClientName = "ERR Client names cannot contain spaces, newlines or special characters."

func validClientName(name string) bool {
	return !strings.ContainsFunc(name, func(r rune) bool { return r < '!' || r > '~' })
}

// client answers CLIENT and the subcommands that make sense without a configuration.
func (s *session) client(args []string) {
	switch strings.ToUpper(args[1]) {
	case "ID":
		s.peer.WriteInt(int(s.id))
	case "GETNAME":
		s.getName()
	case "SETNAME":
		s.setName(args[2])
	case "INFO":
		s.peer.WriteBulk(s.describe() + "\n")
	case "LIST":
		s.listClients()
	case "KILL":
		s.killClients(args[2:])
	case "UNBLOCK":
		s.unblockClient(args)
	case "SETINFO", "NO-EVICT", "NO-TOUCH":
		s.peer.WriteOK() // of no consequence to a server that neither evicts nor lists libraries
	default:
		writeError(s.peer, unknownSubcommand("CLIENT", args[1]))
	}
}

func (s *session) getName() {
	if s.name == "" {
		s.peer.WriteNull()
		return
	}
	s.peer.WriteBulk(s.name)
}

func (s *session) setName(name string) {
	if !validClientName(name) {
		s.peer.WriteError(badClientName)
		return
	}
	s.name = name
	s.peer.WriteOK()
}

// clients are all of them, by id. The caller holds the engine's lock.
func (e *Engine) clients() []*session {
	all := make([]*session, 0, len(e.sessions))
	for s := range e.sessions {
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b *session) int { return cmp.Compare(a.id, b.id) })
	return all
}

func (s *session) listClients() {
	var list strings.Builder
	for _, other := range s.engine.clients() {
		list.WriteString(other.describe() + "\n")
	}
	s.peer.WriteBulk(list.String())
}

// describe is the client's line in CLIENT LIST: the fields of Redis that mean something here.
func (s *session) describe() string {
	flags, queued, protocol := "", -1, 2
	if s.blocked != nil {
		flags += "b"
	}
	if s.subs.count() > 0 {
		flags += "P"
	}
	if s.tx != nil {
		flags += "x"
		queued = len(s.tx.queue)
	}
	if s.peer.Resp3 {
		protocol = 3
	}
	return fmt.Sprintf("id=%d addr=%s name=%s db=%d flags=%s sub=%d psub=%d ssub=%d multi=%d cmd=%s user=default resp=%d",
		s.id, s.remote, s.name, s.db, cmp.Or(flags, "N"), len(s.subs.channels), len(s.subs.patterns), len(s.subs.shards),
		queued, strings.ToLower(s.lastName), protocol)
}

// killClients answers CLIENT KILL addr and CLIENT KILL with the filters ID, ADDR and SKIPME.
func (s *session) killClients(filters []string) {
	if len(filters) == 1 {
		if s.kill(func(other *session) bool { return other.remote.String() == filters[0] }) == 0 {
			s.peer.WriteError("ERR No such client")
			return
		}
		s.peer.WriteOK()
		return
	}
	matches := []func(*session) bool{}
	skipMe := true
	for ; len(filters) > 1; filters = filters[2:] {
		if strings.EqualFold(filters[0], "SKIPME") && isOneOf(filters[1], []string{"yes", "no"}) {
			skipMe = strings.EqualFold(filters[1], "yes")
			continue
		}
		match, err := killFilter(filters[0], filters[1])
		if err != nil {
			writeError(s.peer, err.Error())
			return
		}
		matches = append(matches, match)
	}
	if len(filters) > 0 {
		s.peer.WriteError(errSyntax.Error())
		return
	}
	s.peer.WriteInt(s.kill(func(other *session) bool {
		return (other != s || !skipMe) && !slices.ContainsFunc(matches, func(match func(*session) bool) bool { return !match(other) })
	}))
}

// killFilter reads one filter of CLIENT KILL. It fails with the text of a Redis error.
func killFilter(name, value string) (func(*session) bool, error) {
	switch strings.ToUpper(name) {
	case "ID":
		id, ok := parseInteger(value)
		if !ok || id <= 0 {
			return nil, errors.New("ERR client-id should be greater than 0")
		}
		return func(other *session) bool { return other.id == id }, nil
	case "ADDR":
		return func(other *session) bool { return other.remote.String() == value }, nil
	case "TYPE":
		switch strings.ToLower(value) {
		case "normal":
			return func(other *session) bool { return other.subs.count() == 0 }, nil
		case "pubsub":
			return func(other *session) bool { return other.subs.count() > 0 }, nil
		case "master", "replica", "slave":
			return func(*session) bool { return false }, nil
		}
		return nil, errors.New("ERR Unknown client type '" + excerpt(value, len(value)) + "'")
	case "USER":
		if value != "default" {
			return nil, errors.New("ERR No such user '" + excerpt(value, len(value)) + "'")
		}
		return func(*session) bool { return true }, nil
	case "LADDR":
		return nil, errors.New("ERR CLIENT KILL LADDR is not supported by the embedded server")
	}
	return nil, errSyntax
}

// kill disconnects the clients that match and returns how many there were. The one who asked still gets its answer.
func (s *session) kill(match func(*session) bool) int {
	n := 0
	for _, other := range s.engine.clients() {
		if !match(other) {
			continue
		}
		n++
		if other == s {
			s.leaving = true
			continue
		}
		other.disconnect()
	}
	return n
}

// unblockClient answers CLIENT UNBLOCK id [TIMEOUT|ERROR].
func (s *session) unblockClient(args []string) {
	if len(args) > 4 {
		writeError(s.peer, badSubcommand("CLIENT", args[1]))
		return
	}
	id, ok := parseInteger(args[2])
	if !ok {
		s.peer.WriteError(errNotInteger.Error())
		return
	}
	withError := len(args) > 3 && strings.EqualFold(args[3], "ERROR")
	if len(args) > 3 && !withError && !strings.EqualFold(args[3], "TIMEOUT") {
		s.peer.WriteError("ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR")
		return
	}
	for _, w := range s.engine.blocked {
		if w.session.id != id {
			continue
		}
		reply := nothing(false, w.session.peer.Resp3)
		if withError {
			reply = "-UNBLOCKED client unblocked via CLIENT UNBLOCK\r\n"
		}
		s.engine.unblock(w, reply)
		s.peer.WriteInt(1)
		return
	}
	s.peer.WriteInt(0)
}
