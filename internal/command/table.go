package command

import (
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

const (
	// separator stands between a container command and its subcommand in a name.
	separator = "|"
	// none stands for an empty list in the table.
	none = "-"
	// maxNameLen is the longest command name that Lookup considers, in bytes. A test holds the table to it.
	maxNameLen = 32
)

//go:embed redis-7.0.txt
var text string

// table is the parsed form of the embedded text.
type table struct {
	sorted []*Spec          // commands without subcommands, by name
	byName map[string]*Spec // the same commands
}

// mustParse panics where the embedded table is damaged, which is a fault of this package and never of its caller.
func mustParse() *table {
	parsed, err := parse(text)
	if err == nil {
		err = parsed.parseKeys(keysText)
	}
	if err != nil {
		panic(fmt.Sprintf("command: embedded table: %v", err))
	}
	return parsed
}

// parse reads one command a line: name, arity, first key, last key, step, flags, categories, tips. Lists are joined by commas, and
// a subcommand comes anywhere after its container.
func parse(text string) (*table, error) {
	parsed := &table{byName: map[string]*Spec{}}
	number := 0
	for line := range strings.Lines(text) {
		number++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		spec, err := parseLine(line)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", number, err)
		}
		container, _, isSub := strings.Cut(spec.Name, separator)
		if !isSub {
			parsed.sorted = append(parsed.sorted, spec)
			parsed.byName[spec.Name] = spec
			continue
		}
		parent, ok := parsed.byName[container]
		if !ok {
			return nil, fmt.Errorf("line %d: %s has no container before it", number, spec.Name)
		}
		parent.Subcommands = append(parent.Subcommands, spec)
	}
	slices.SortFunc(parsed.sorted, compareNames)
	for _, spec := range parsed.sorted {
		slices.SortFunc(spec.Subcommands, compareNames)
	}
	return parsed, nil
}

func parseLine(line string) (*Spec, error) {
	fields := strings.Fields(line)
	if len(fields) != 8 {
		return nil, fmt.Errorf("%d fields, want 8", len(fields))
	}
	spec := &Spec{Name: fields[0], Flags: splitList(fields[5]), Categories: splitList(fields[6]), Tips: splitList(fields[7])}
	for i, target := range []*int{&spec.Arity, &spec.FirstKey, &spec.LastKey, &spec.Step} {
		value, err := strconv.Atoi(fields[1+i])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", spec.Name, err)
		}
		*target = value
	}
	for _, name := range spec.Flags {
		flag, ok := flagOf(name)
		if !ok {
			return nil, fmt.Errorf("%s: unknown flag %q", spec.Name, name)
		}
		spec.bits |= flag
	}
	return spec, nil
}

// format writes specs as the lines that parse reads.
func format(specs []*Spec) string {
	var b strings.Builder
	for _, spec := range specs {
		fmt.Fprintf(&b, "%s %d %d %d %d %s %s %s\n", spec.Name, spec.Arity, spec.FirstKey, spec.LastKey, spec.Step,
			joinList(spec.Flags), joinList(spec.Categories), joinList(spec.Tips))
		b.WriteString(format(spec.Subcommands))
	}
	return b.String()
}

func splitList(field string) []string {
	if field == none {
		return nil
	}
	return strings.Split(field, ",")
}

func joinList(names []string) string {
	if len(names) == 0 {
		return none
	}
	return strings.Join(names, ",")
}

func compareNames(a, b *Spec) int { return strings.Compare(a.Name, b.Name) }
