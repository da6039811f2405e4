package process

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// errUnclean is a server that a wipe does not make what it was.
var errUnclean = errors.New("the server cannot be wiped")

// baseline is what a server was like before the first test.
type baseline struct {
	config  []string // as it came: mostly the comparison is of equal lists
	values  map[string]string
	acl     []string
	modules string
	backlog string
	files   map[string]bool
}

// newBaseline has an error for a server that cannot be told to be clean even when it is new.
func newBaseline(s state, folder string) (baseline, error) {
	names, err := filesIn(folder)
	if err != nil {
		return baseline{}, err
	}
	files := map[string]bool{}
	for _, name := range names {
		files[name] = true
	}
	b := baseline{
		config:  s.config,
		values:  valuesOf(s.config),
		acl:     s.acl,
		modules: modulesOf(s.rest),
		backlog: s.rest["repl_backlog_active"],
		files:   files,
	}
	if s.rest["cluster_enabled"] == "1" {
		return baseline{}, fmt.Errorf("%w: it is the node of a cluster", errUnclean)
	}
	return b, b.verify(s)
}

func valuesOf(config []string) map[string]string {
	values := make(map[string]string, len(config)/2)
	for i := 0; i+1 < len(config); i += 2 {
		values[config[i]] = config[i+1]
	}
	return values
}

// modulesOf has the loaded modules. INFO has them all under one name, of which the last is kept, and each module's own
// fields; so what is compared is that one and how many fields there are.
func modulesOf(rest info) string {
	count := 0
	for name := range rest {
		if strings.HasPrefix(name, "module") {
			count++
		}
	}
	return fmt.Sprintf("%s %d", rest["module"], count)
}

// lasting says what was done to a server that no command can undo, or not even be seen to be undone.
func (b baseline) lasting(s state) error {
	if !s.used.called(wipeMark) {
		return fmt.Errorf("%w: CONFIG RESETSTAT was called, and hides what else was", errUnclean)
	}
	for _, command := range []string{
		"debug", "script|debug", "module|load", "module|loadex", "module|unload", // their settings cannot be read
		"replicaof", "slaveof", "sync", "psync", "failover", // replication leaves ids, offsets and a backlog
	} {
		if s.used.called(command) {
			return fmt.Errorf("%w: %s was called", errUnclean, strings.ToUpper(strings.ReplaceAll(command, "|", " ")))
		}
	}
	return nil
}

// setting is the command that gives a parameter its first value.
func (b baseline) setting(name string) [][]string {
	return [][]string{{"CONFIG", "SET", name, b.values[name]}}
}

// repairs are the commands that set parameters and users back.
func (b baseline) repairs(s state) [][]string {
	var commands [][]string
	if !slices.Equal(s.config, b.config) {
		values := valuesOf(s.config)
		for i := 0; i+1 < len(b.config); i += 2 { // in the order of the server: a random one would make failures random
			if name := b.config[i]; values[name] != b.values[name] {
				commands = append(commands, b.setting(name)...)
			}
		}
	}
	if slices.Equal(s.acl, b.acl) && len(commands) == 0 {
		return nil
	}
	// A password set by CONFIG SET requirepass is a rule of the default user as well, so the rules come after.
	for _, rules := range s.acl {
		if !slices.Contains(b.acl, rules) && !b.knows(userOf(rules)) {
			commands = append(commands, []string{"ACL", "DELUSER", userOf(rules)})
		}
	}
	return append(commands, setUsers(b.acl)...)
}

// setUsers are the commands that give users the rules of ACL LIST and no others.
func setUsers(acl []string) [][]string {
	var commands [][]string
	for _, rules := range acl {
		if words := strings.Fields(rules); len(words) >= 2 { // user NAME rule ...
			commands = append(commands, slices.Concat([]string{"ACL", "SETUSER", words[1], "reset"}, words[2:]))
		}
	}
	return commands
}

func (b baseline) knows(user string) bool {
	return slices.ContainsFunc(b.acl, func(rules string) bool { return userOf(rules) == user })
}

// userOf is the name in a line of ACL LIST: user NAME rule ...
func userOf(rules string) string {
	words := strings.SplitN(rules, " ", 3)
	return words[min(1, len(words)-1)]
}

// verify says what is left of what a test did.
func (b baseline) verify(s state) error {
	if s.refusals != nil {
		return fmt.Errorf("%w: %w", errUnclean, s.refusals)
	}
	values := valuesOf(s.config)
	for name, value := range b.values {
		if values[name] != value {
			return fmt.Errorf("%w: parameter %s is %q and was %q", errUnclean, name, values[name], value)
		}
	}
	if len(values) != len(b.values) {
		return fmt.Errorf("%w: it has %d parameters and had %d", errUnclean, len(values), len(b.values))
	}
	if !slices.Equal(s.acl, b.acl) {
		return fmt.Errorf("%w: its users are %q and were %q", errUnclean, s.acl, b.acl)
	}
	for name := range s.rest {
		if strings.HasPrefix(name, "db") && strings.Trim(name[len("db"):], "0123456789") == "" {
			return fmt.Errorf("%w: database %s still has keys", errUnclean, name[len("db"):])
		}
	}
	if modules := modulesOf(s.rest); modules != b.modules {
		return fmt.Errorf("%w: its modules are %q and were %q", errUnclean, modules, b.modules)
	}
	for _, want := range [][2]string{
		{"connected_clients", "1"},
		{"blocked_clients", "0"},
		{"tracking_clients", "0"},
		{"role", "master"},
		{"connected_slaves", "0"},
		{"repl_backlog_active", b.backlog},
		{"loading", "0"},
		{"rdb_bgsave_in_progress", "0"},
		{"aof_rewrite_in_progress", "0"},
		{"aof_rewrite_scheduled", "0"},
	} {
		if got := s.rest[want[0]]; got != want[1] {
			return fmt.Errorf("%w: %s is %s instead of %s", errUnclean, want[0], got, want[1])
		}
	}
	return nil
}
