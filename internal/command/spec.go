package command

import "strings"

// Spec is what redis-server says of one command or subcommand. Specs are shared by the whole process: read them, never
// change them.
type Spec struct {
	// Name is in lower case. A subcommand's is "client|setname".
	Name string
	// Arity is the number of words, command and subcommand names included; a negative one is a minimum.
	Arity int
	// Flags are the flags' names in the server's order; [Spec.Has] is the quick way to ask for one.
	Flags []string
	// FirstKey and LastKey are the positions of keys among the words, 0 for none. A negative LastKey counts from the end,
	// -1 being the last word. With the flag [MovableKeys] there may be other keys.
	FirstKey, LastKey int
	// Step is the distance from one key to the next.
	Step int
	// Categories are the ACL categories with their at sign, such as "@read", in the server's order.
	Categories []string
	// Tips are what cluster clients go by, such as "request_policy:multi_shard", in the server's order.
	Tips []string
	// Subcommands are sorted by name; none for most commands.
	Subcommands []*Spec
	// KeySpecs say where the keys are; [Spec.Keys] finds those of a call.
	KeySpecs []KeySpec

	bits Flag
}

// Has reports whether the command has every one of the given flags.
func (s *Spec) Has(flags Flag) bool { return s.bits&flags == flags }

// ArityOK reports whether a call of argc words, the command's name included, has as many as the command wants.
func (s *Spec) ArityOK(argc int) bool {
	if s.Arity < 0 {
		return argc >= -s.Arity
	}
	return argc == s.Arity
}

// Subcommand finds a subcommand by its second word ("setname") in any case.
func (s *Spec) Subcommand(word string) (*Spec, bool) {
	for _, sub := range s.Subcommands {
		if own := sub.Name[len(s.Name)+len(separator):]; len(own) == len(word) && strings.EqualFold(own, word) {
			return sub, true
		}
	}
	return nil, false
}
