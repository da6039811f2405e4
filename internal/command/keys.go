package command

import (
	"errors"
	"strings"
)

// Key is one key of a call.
type Key struct {
	// Position is the key's place among the words of the call.
	Position int
	// Flags tell what happens to it, as those of a [KeySpec]. They are shared: never change them.
	Flags []string
}

// Errors of [KeysOf], in the words of COMMAND GETKEYS.
var (
	ErrInvalidCommand = errors.New("Invalid command specified")                         //nolint:staticcheck // Redis' words
	ErrNoKeys         = errors.New("The command has no key arguments")                  //nolint:staticcheck // the same
	ErrWrongArity     = errors.New("Invalid number of arguments specified for command") //nolint:staticcheck // the same
	ErrInvalidCall    = errors.New("Invalid arguments specified for command")           //nolint:staticcheck // the same
)

// Find returns the command, or the subcommand, that a call of these words is.
func Find(args []string) (*Spec, bool) {
	if len(args) == 0 {
		return nil, false
	}
	spec, ok := Lookup(args[0])
	if !ok || len(spec.Subcommands) == 0 || len(args) < 2 {
		return spec, ok
	}
	return spec.Subcommand(args[1])
}

// KeysOf is what COMMAND GETKEYS answers to a call.
func KeysOf(args []string) ([]Key, error) {
	spec, ok := Find(args)
	switch {
	case !ok:
		return nil, ErrInvalidCommand
	case !spec.HasKeys():
		return nil, ErrNoKeys
	case !spec.ArityOK(len(args)):
		return nil, ErrWrongArity
	}
	keys := spec.Keys(args)
	if len(keys) == 0 && !spec.Has(NoMandatoryKeys) {
		return nil, ErrInvalidCall
	}
	return keys, nil
}

// HasKeys reports whether calls of the command may have keys.
func (s *Spec) HasKeys() bool {
	for i := range s.KeySpecs {
		if !s.KeySpecs[i].notKey {
			return true
		}
	}
	return false
}

// Keys finds the keys of a call, in no certain order; none in one that the server would refuse for its form. It has as many
// words as the command's arity wants, and s is the subcommand if it is one of that: see [Find].
func (s *Spec) Keys(args []string) []Key {
	reliable := true
	for i := range s.KeySpecs {
		reliable = reliable && !s.KeySpecs[i].variable
	}
	if reliable {
		if keys, ok := s.find(args, false); ok {
			return keys
		}
	}
	return s.search(args)
}

// Channels finds the channels of sharded Pub/Sub in a call, which belong to slots as keys do.
func (s *Spec) Channels(args []string) []Key {
	channels, _ := s.find(args, true)
	return channels
}

// find goes by the specifications of keys, or by those of channels. It is false where they do not suffice.
func (s *Spec) find(args []string, channels bool) ([]Key, bool) {
	var keys []Key
	for i := range s.KeySpecs {
		spec := &s.KeySpecs[i]
		if spec.notKey != channels {
			continue
		}
		begin, ok := spec.Begin.in(args)
		if !ok {
			return nil, false
		}
		if begin == 0 {
			continue // there is no such keyword
		}
		first, last, ok := spec.Find.in(args, begin)
		if !ok || first > last || last >= len(args) || spec.incomplete {
			return nil, false
		}
		for at := first; at <= last; at += spec.Find.Step {
			keys = append(keys, Key{at, spec.Flags})
		}
	}
	return keys, true
}

// in returns where the keys begin; 0 where nothing says that there are any.
func (b KeyBegin) in(args []string) (begin int, ok bool) {
	switch {
	case !b.known():
		return 0, false
	case b.Keyword == "":
		return b.Index, true
	case b.From < 0:
		for at := len(args) + b.From; at > 1; at-- {
			if strings.EqualFold(args[at], b.Keyword) {
				return at + 1, true
			}
		}
		return 0, true
	}
	for at := b.From; at < len(args)-1; at++ { // behind the last word there is no key
		if strings.EqualFold(args[at], b.Keyword) {
			return at + 1, true
		}
	}
	return 0, true
}

// in returns the first and the last key from a beginning on.
func (f KeyFind) in(args []string, begin int) (first, last int, ok bool) {
	switch {
	case f.Step == 0:
		return 0, 0, false
	case f.Counted:
		if begin+f.CountAt >= len(args) {
			return 0, 0, false
		}
		count, ok := parseCount(args[begin+f.CountAt])
		first = begin + f.FirstAt
		if !ok || count > len(args) {
			return 0, 0, false
		}
		return first, first + count - 1, true
	case f.Last >= 0:
		return begin, begin + f.Last, true
	case f.Limit > 0:
		return begin, begin + (len(args)-begin)/f.Limit + f.Last, true
	default:
		return begin, len(args) + f.Last, true
	}
}
