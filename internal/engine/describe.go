package engine

import (
	"slices"
	"strings"

	"github.com/alicebob/miniredis/v2/server"

	"github.com/compozy/rediskit/internal/command"
	"github.com/compozy/rediskit/internal/glob"
)

// describeCommands answers COMMAND, COUNT, LIST, INFO, GETKEYS, GETKEYSANDFLAGS and DOCS: of those commands of Redis 7.0 that
// the engine has.
// There is no documentation to give, which is an answer that redis-cli understands, unlike an error.
func (s *session) describeCommands(args []string) {
	if len(args) == 1 {
		s.writeSpecs(s.engine.specs())
		return
	}
	switch strings.ToUpper(args[1]) {
	case "COUNT":
		s.peer.WriteInt(len(s.engine.specs()))
	case "LIST":
		s.listCommands(args[2:])
	case "INFO":
		if len(args) == 2 {
			s.writeSpecs(s.engine.specs())
			return
		}
		s.writeSpecs(s.engine.named(args[2:]))
	case "GETKEYS":
		s.listKeys(args[2:], false)
	case "GETKEYSANDFLAGS":
		s.listKeys(args[2:], true)
	case "DOCS":
		s.peer.WriteMapLen(0)
	default:
		writeError(s.peer, unknownSubcommand("COMMAND", args[1]))
	}
}

// specs are the commands that the engine has, by name.
func (e *Engine) specs() []*command.Spec {
	var specs []*command.Spec
	for spec := range command.All() {
		if e.has(e.table.lookup(spec.Name)) {
			specs = append(specs, spec)
		}
	}
	return specs
}

// named are the specs of the commands of those names, nil for what the engine has not.
func (e *Engine) named(names []string) []*command.Spec {
	specs := make([]*command.Spec, len(names))
	for i, name := range names {
		if c := e.table.lookup(name); e.has(c) {
			specs[i] = c.spec
		}
	}
	return specs
}

// listCommands answers COMMAND LIST [FILTERBY MODULE name|ACLCAT category|PATTERN pattern]. As in Redis, only a filter
// brings the subcommands to light.
func (s *session) listCommands(filter []string) {
	specs := s.engine.specs()
	if len(filter) > 0 {
		excluded, ok := exclusion(filter)
		if !ok {
			s.peer.WriteError(errSyntax.Error())
			return
		}
		specs = slices.DeleteFunc(withSubcommands(specs), excluded)
	}
	s.peer.WriteLen(len(specs))
	for _, spec := range specs {
		s.peer.WriteBulk(spec.Name)
	}
}

func withSubcommands(specs []*command.Spec) []*command.Spec {
	var all []*command.Spec
	for _, spec := range specs {
		all = append(append(all, spec), spec.Subcommands...)
	}
	return all
}

// exclusion reads a filter, and returns what tells the commands that it leaves out.
func exclusion(filter []string) (excluded func(*command.Spec) bool, ok bool) {
	if len(filter) != 3 || !strings.EqualFold(filter[0], "FILTERBY") {
		return nil, false
	}
	value := filter[2]
	switch strings.ToUpper(filter[1]) {
	case "MODULE": // there are none
		return func(*command.Spec) bool { return true }, true
	case "ACLCAT":
		category := "@" + strings.ToLower(value)
		return func(spec *command.Spec) bool { return !slices.Contains(spec.Categories, category) }, true
	case "PATTERN":
		return func(spec *command.Spec) bool { return !glob.Match(value, spec.Name) }, true
	}
	return nil, false
}

func (s *session) writeSpecs(specs []*command.Spec) {
	s.peer.WriteLen(len(specs))
	for _, spec := range specs {
		if spec == nil {
			s.peer.WriteNull()
			continue
		}
		writeSpec(s.peer, spec)
	}
}

// writeSpec writes the ten fields of Redis 7.0. The notes that Redis has on some key specifications are left out.
func writeSpec(p *server.Peer, spec *command.Spec) {
	p.WriteLen(10)
	p.WriteBulk(spec.Name)
	p.WriteInt(spec.Arity)
	writeStatuses(p, spec.Flags)
	p.WriteInt(spec.FirstKey)
	p.WriteInt(spec.LastKey)
	p.WriteInt(spec.Step)
	writeStatuses(p, spec.Categories)
	p.WriteSetLen(len(spec.Tips))
	for _, tip := range spec.Tips {
		p.WriteBulk(tip)
	}
	writeKeySpecs(p, spec.KeySpecs)
	if len(spec.Subcommands) == 0 {
		p.WriteSetLen(0) // as Redis has it
		return
	}
	p.WriteLen(len(spec.Subcommands))
	for _, sub := range spec.Subcommands {
		writeSpec(p, sub)
	}
}

func writeStatuses(p *server.Peer, words []string) {
	p.WriteSetLen(len(words))
	for _, word := range words {
		p.WriteInline(word)
	}
}
