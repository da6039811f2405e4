package redistest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/compozy/rediskit/internal/words"
	"github.com/compozy/rediskit/snapshot"
)

// verdict is how one side compares with another one, which is taken to be right.
type verdict struct {
	want, got side
	replies   []string // differences in them
	keyspace  string   // the difference in it
	errs      []error
	allowable string // a command that could be allowed to differ
	notes     []string
}

// compare looks at the replies, if their order means something, and at the keyspaces.
func (d *drift) compare(want, got side) *verdict {
	v := &verdict{want: want, got: got}
	wanted, left := d.prepare(want.calls)
	given, leftToo := d.prepare(got.calls)
	switch {
	case d.keyspacesOnly:
	case !want.ordered || !got.ordered:
		v.notes = append(v.notes, "commands have overlapped in time, so that the replies of "+want.name+" and "+got.name+
			" are not compared; what they hold is")
	default:
		v.compareCalls(d, wanted, given)
	}
	for _, s := range []side{want, got} {
		if s.err != nil {
			v.errs = append(v.errs, fmt.Errorf("what %s holds: %w", s.name, s.err))
		}
	}
	if len(v.errs) == 0 {
		for key := range leftToo {
			left[key] = true
		}
		wanted := left.conceal(withoutClock(want.keyspace, got.keyspace))
		given := left.conceal(withoutClock(got.keyspace, want.keyspace))
		v.keyspace = snapshot.Diff(wanted, given, snapshot.TTLTolerance(d.tolerance))
	}
	return v
}

// event is a call made ready to be compared.
type event struct {
	call           // what is compared
	shown    *call // what it was
	byChance bool
}

func (d *drift) prepare(calls []*call) ([]event, chance) {
	ids, left := streamIDs{}, chance{}
	scrub := d.view.scrubber()
	var events []event
	for _, c := range mergeScans(calls) {
		e := event{call: *c, shown: c, byChance: left.follow(c.words)}
		ids.rename(&e.call)
		e.words, e.reply = changed(e.words, scrub), changeText(e.reply, scrub)
		events = append(events, e)
	}
	return events, left
}

// scrubber does to a word what the filters do to one in a keyspace.
func (v view) scrubber() func(string) string {
	if len(v.change) == 0 {
		return func(word string) string { return word }
	}
	return func(word string) string {
		var b snapshot.Builder
		b.Set(0, snapshot.Key{Name: "word", Value: snapshot.String(word)})
		s := b.Snapshot()
		for _, change := range v.change {
			s = change(s)
		}
		for key := range s.Keys(0) {
			if text, ok := key.Value.(snapshot.String); ok {
				return string(text)
			}
		}
		return word
	}
}

func (v *verdict) compareCalls(d *drift, want, got []event) {
	used := map[string]int{}
	for i := range max(len(want), len(got)) {
		if i == len(want) || i == len(got) {
			v.parted(i, want, got)
			break
		}
		want, got := want[i], got[i]
		name := commandOf(want.words)
		if reason, ok := d.allowed[name]; ok && name == commandOf(got.words) {
			if !slices.Equal(want.words, got.words) || !same(want.reply, got.reply, 0) {
				used[fmt.Sprintf("%s may differ: %s", name, reason)]++
			}
			continue
		}
		if !slices.Equal(want.words, got.words) {
			v.add(i, "the test has sent another command", showWords(want.shown), showWords(got.shown))
			if name == commandOf(got.words) {
				v.allowable = name
			}
			break // it has gone another way, so that nothing that follows can be compared
		}
		alike := likenessOf(want.words)
		if want.byChance || got.byChance {
			alike = sameShape
		}
		if want.ended && got.ended && !alike(want.reply, got.reply, d.tolerance) {
			v.add(i, showWords(want.shown), showReply(want.shown.reply), showReply(got.shown.reply))
			v.allowable = name
		}
	}
	for note := range used {
		v.notes = append(v.notes, note)
	}
	slices.Sort(v.notes)
}

// parted tells that one side has gone on where the other had ended.
func (v *verdict) parted(i int, want, got []event) {
	const ended = "nothing any more"
	if i < len(want) {
		v.add(i, "the test has sent another command", showWords(want[i].shown), ended)
		return
	}
	v.add(i, "the test has sent another command", ended, showWords(got[i].shown))
}

func (v *verdict) add(i int, what, want, got string) {
	want, got = apart(want, got)
	width := max(len(v.want.name), len(v.got.name)) + 1
	v.replies = append(v.replies, fmt.Sprintf("command %d: %s\n\t%-*s %s\n\t%-*s %s", i+1, what,
		width, v.want.name+":", want, width, v.got.name+":", got))
}

// failure is what there is to say against the other side, "" for nothing.
func (v *verdict) failure() string {
	const most = 10
	var parts []string
	for i, difference := range v.replies {
		if i == most {
			parts = append(parts, fmt.Sprintf("and %d more", len(v.replies)-most))
			break
		}
		parts = append(parts, difference)
	}
	if v.keyspace != "" {
		parts = append(parts, fmt.Sprintf("the keyspace, where %s is right:\n%s", v.want.name, indent(v.keyspace)))
	}
	for _, err := range v.errs {
		parts = append(parts, err.Error())
	}
	if len(parts) == 0 {
		return ""
	}
	text := fmt.Sprintf("%s is not as %s:\n%s", v.got.name, v.want.name, indent(strings.Join(parts, "\n")))
	if v.allowable != "" {
		text += fmt.Sprintf("\nif that is to be: redistest.AllowDrift(%q, \"the reason\")", v.allowable)
	}
	return text
}

func showWords(c *call) string {
	quoted := changed(c.words, words.Quote)
	if len(quoted) > 0 {
		quoted[0] = strings.ToUpper(quoted[0])
	}
	return strings.Join(quoted, " ")
}

// apart cuts two long texts to where they begin to differ.
func apart(a, b string) (shortA, shortB string) {
	const lead, most = 40, 200
	first := 0
	for first < min(len(a), len(b)) && a[first] == b[first] {
		first++
	}
	cut := func(text string) string {
		if len(text) <= most {
			return text
		}
		prefix, from := "", 0
		if first > most-lead {
			prefix, from = "…", first-lead
		}
		text = text[from:]
		if len(text) <= most {
			return prefix + strings.ToValidUTF8(text, "")
		}
		return prefix + strings.ToValidUTF8(text[:most], "") + "…"
	}
	return cut(a), cut(b)
}
