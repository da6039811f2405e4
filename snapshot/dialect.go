package snapshot

import (
	"slices"
	"strings"
)

// limits are what a target can hold and do.
type limits struct {
	databases int
	fieldTTLs bool
	counters  bool // those of streams and their groups
	embedded  bool // lacks some commands, and has databases to spare
	words     int  // of one command, apart from its name, its key and an id; 0 for any number
}

func embeddedLimits() limits {
	return limits{databases: embeddedDatabases, fieldTTLs: true, embedded: true}
}

// firstSpare is the number of a database that nobody can select but who has the embedded server for himself.
const firstSpare = 1 << 20

// spare is the first database that may be used while something is put back, and 0 where there are none.
func (l limits) spare() int {
	if l.embedded {
		return firstSpare
	}
	return 0
}

// spoken are the commands that make a key, in words that the target understands.
func (l limits) spoken(key Key) func(func([]string) bool) {
	const elements = 500 // of one command; scripts cannot handle any number
	return func(yield func([]string) bool) {
		for command := range commands(key, elements) {
			if !l.translates(command[0]) {
				if !yield(command) {
					return
				}
				continue
			}
			for translated := range l.translate(command, key) {
				if !yield(translated) {
					return
				}
			}
		}
	}
}

// translates tells whether there may be other words for a command.
func (limits) translates(command string) bool {
	return command == "HPEXPIRE" || command == "XSETID" || command == "XGROUP"
}

// translate says the same in other words where the target lacks a command or an option.
func (l limits) translate(command []string, key Key) func(func([]string) bool) {
	return func(yield func([]string) bool) {
		switch {
		case l.embedded && command[0] == "HPEXPIRE": // key milliseconds FIELDS 1 field
			name := command[5]
			yield([]string{"HSETEX", command[1], "PX", command[2], "FIELDS", "1", name, fieldValue(key, name)})
		case l.embedded && command[0] == "XSETID": // an entry that comes and goes leaves its id behind
			if stream, ok := key.Value.(*Stream); ok && stream.lastWritten().Compare(stream.lastID) < 0 {
				_ = yield([]string{"XADD", command[1], command[2], "", ""}) && yield([]string{"XDEL", command[1], command[2]})
			}
		case !l.counters && command[0] == "XSETID":
			yield(command[:3])
		case !l.counters && command[0] == "XGROUP":
			yield(withoutEntriesRead(command))
		default:
			yield(command)
		}
	}
}

func fieldValue(key Key, name string) string {
	hash, ok := key.Value.(Hash)
	if !ok {
		return ""
	}
	i, _ := slices.BinarySearchFunc(hash.fields, name, func(f Field, name string) int { return strings.Compare(f.Name, name) })
	return hash.fields[i].Value
}

// withoutEntriesRead drops a read counter from the end of XGROUP CREATE.
func withoutEntriesRead(command []string) []string {
	if n := len(command); n > 6 && command[1] == "CREATE" && command[n-2] == "ENTRIESREAD" {
		return command[:n-2]
	}
	return command
}
