// Package command is what redis-server 7.0 says of its own commands, as values: arity, flags, key positions, ACL
// categories and subcommands, as COMMAND reports them.
//
//	spec, ok := command.Lookup("GET")
//	if !ok || !spec.ArityOK(len(words)) { ... }
//	if spec.Has(command.Write) { ... }
//
// The facts come from a text file beside the code, which a test compares with a real server; run that test with
// REDISTEST_UPDATE=1 to write the file anew.
package command

import (
	"iter"
	"slices"
	"sync"
)

// commands is parsed at its first use, and never again.
var commands = sync.OnceValue(mustParse)

// Lookup finds a command by its name in any case. A subcommand is not found here, as "client|setname" is not a command
// that a client can send: see [Spec.Subcommand]. Lookup allocates nothing.
func Lookup(name string) (*Spec, bool) {
	var lowered [maxNameLen]byte
	if len(name) > len(lowered) {
		return nil, false
	}
	for i := range len(name) {
		c := name[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		lowered[i] = c
	}
	spec, ok := commands().byName[string(lowered[:len(name)])]
	return spec, ok
}

// All returns every command, sorted by name. Subcommands are in the specs of their containers.
func All() iter.Seq[*Spec] { return slices.Values(commands().sorted) }
