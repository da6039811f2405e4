package command

import (
	_ "embed"
	"fmt"
	"strconv"
	"strings"
)

//go:embed redis-7.0-keys.txt
var keysText string

// KeySpec says where among a command's words some of its keys are. A command has one for each of its kinds of keys; which
// words these are depends on the call, see [Spec.Keys].
type KeySpec struct {
	// Flags tell what happens to the keys, in the server's order: RO, RW, OW or RM, and such words as access, update, insert
	// and delete. With not_key it is no keys that are meant but the channels of sharded Pub/Sub.
	Flags []string
	// Begin says where to begin.
	Begin KeyBegin
	// Find says which words from there on are keys.
	Find KeyFind

	notKey, incomplete, variable bool
}

// KeyBegin is where the keys of a KeySpec begin: at a position, or behind a keyword; with neither it is not told.
type KeyBegin struct {
	Index   int    // the position of the first of them, where Keyword is ""
	Keyword string // the word that stands before them
	From    int    // where to look for the keyword; a negative one counts from the end, and looks backward
}

// KeyFind is which words are keys: those of a range, or as many as a word says; with a step of 0 it is not told.
type KeyFind struct {
	// Last is the last one of a range, counted from the first, or from the end of the call if it is negative.
	Last int
	// Limit, if not 0, makes a negative Last mean the end of the first half, third, and so on, of what follows.
	Limit int
	// Counted means that a word, CountAt words behind the first, is the number of keys, and the first key FirstAt behind it.
	Counted          bool
	CountAt, FirstAt int
	// Step is the distance from one key to the next.
	Step int
}

func (b KeyBegin) known() bool { return b.Index > 0 || b.Keyword != "" }

// parseKeys reads one specification a line: name, beginning, keys, flags; and gives them to their commands.
func (t *table) parseKeys(text string) error {
	number := 0
	for line := range strings.Lines(text) {
		number++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		if err := t.parseKeyLine(line); err != nil {
			return fmt.Errorf("keys: line %d: %w", number, err)
		}
	}
	return nil
}

func (t *table) parseKeyLine(line string) error {
	fields := strings.Fields(line)
	if len(fields) != 4 {
		return fmt.Errorf("%d fields, want 4", len(fields))
	}
	container, sub, isSub := strings.Cut(fields[0], separator)
	spec, ok := t.byName[container]
	if ok && isSub {
		spec, ok = spec.Subcommand(sub)
	}
	if !ok {
		return fmt.Errorf("there is no command %s", fields[0])
	}
	k := KeySpec{Flags: splitList(fields[3])}
	for _, flag := range k.Flags {
		k.notKey = k.notKey || flag == "not_key"
		k.incomplete = k.incomplete || flag == "incomplete"
		k.variable = k.variable || flag == "variable_flags"
	}
	if err := k.Begin.parse(fields[1]); err != nil {
		return fmt.Errorf("%s: %w", fields[0], err)
	}
	if err := k.Find.parse(fields[2]); err != nil {
		return fmt.Errorf("%s: %w", fields[0], err)
	}
	spec.KeySpecs = append(spec.KeySpecs, k)
	return nil
}

func (b *KeyBegin) parse(field string) (err error) {
	kind, details, _ := strings.Cut(field, ":")
	switch kind {
	case "index":
		_, err = parseNumbers(details, &b.Index)
	case "keyword":
		word, from, _ := strings.Cut(details, ",")
		b.Keyword = word
		_, err = parseNumbers(from, &b.From)
	case "unknown":
	default:
		err = fmt.Errorf("begin %q", field)
	}
	return err
}

func (f *KeyFind) parse(field string) (err error) {
	kind, details, _ := strings.Cut(field, ":")
	switch kind {
	case "range":
		_, err = parseNumbers(details, &f.Last, &f.Step, &f.Limit)
	case "keynum":
		f.Counted, err = parseNumbers(details, &f.CountAt, &f.FirstAt, &f.Step)
	case "unknown":
	default:
		err = fmt.Errorf("find %q", field)
	}
	return err
}

func parseNumbers(list string, targets ...*int) (ok bool, err error) {
	words := strings.Split(list, ",")
	if len(words) != len(targets) {
		return false, fmt.Errorf("%d numbers, want %d", len(words), len(targets))
	}
	for i, target := range targets {
		if *target, err = strconv.Atoi(words[i]); err != nil {
			return false, err
		}
	}
	return true, nil
}

// formatKeys writes the key specifications of commands as the lines that parseKeys reads.
func formatKeys(specs []*Spec) string {
	var b strings.Builder
	for _, spec := range specs {
		for _, k := range spec.KeySpecs {
			fmt.Fprintf(&b, "%s %s %s %s\n", spec.Name, k.Begin, k.Find, joinList(k.Flags))
		}
		b.WriteString(formatKeys(spec.Subcommands))
	}
	return b.String()
}

// String writes it as the table does.
func (b KeyBegin) String() string {
	switch {
	case b.Keyword != "":
		return fmt.Sprintf("keyword:%s,%d", b.Keyword, b.From)
	case b.Index > 0:
		return fmt.Sprintf("index:%d", b.Index)
	default:
		return "unknown"
	}
}

// String writes it as the table does.
func (f KeyFind) String() string {
	switch {
	case f.Step == 0:
		return "unknown"
	case f.Counted:
		return fmt.Sprintf("keynum:%d,%d,%d", f.CountAt, f.FirstAt, f.Step)
	default:
		return fmt.Sprintf("range:%d,%d,%d", f.Last, f.Step, f.Limit)
	}
}
