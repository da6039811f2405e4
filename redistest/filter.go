package redistest

import (
	"context"
	"regexp"

	"github.com/compozy/rediskit/snapshot"
)

// Filter chooses and changes keys: those that [AssertGolden] compares, and those that [Server.Load] takes from a file.
type Filter func(*view)

func (f Filter) compare(c *comparison) { f(&c.view) }

// view is what filters leave of a keyspace.
type view struct {
	selection []snapshot.CaptureOption
	change    []func(*snapshot.Snapshot) *snapshot.Snapshot
}

func viewOf(filters []Filter) view {
	var v view
	for _, filter := range filters {
		filter(&v)
	}
	return v
}

// of captures what the filters leave.
func (v view) of(ctx context.Context, source snapshot.Source) (*snapshot.Snapshot, error) {
	s, err := snapshot.Capture(ctx, source, v.selection...)
	if err != nil {
		return nil, err
	}
	for _, change := range v.change {
		s = change(s)
	}
	return s, nil
}

// Match takes only keys that match a glob-style pattern; given several times, one of them must match.
func Match(pattern string) Filter {
	return func(v *view) { v.selection = append(v.selection, snapshot.Match(pattern)) }
}

// Except takes no keys that match a glob-style pattern.
func Except(pattern string) Filter {
	return func(v *view) { v.selection = append(v.selection, snapshot.Except(pattern)) }
}

// Scrub replaces what matches a pattern, in keys and values alike: random ids, times, and what must not get into a test.
// See [snapshot.Scrub].
func Scrub(pattern *regexp.Regexp, replacement string) Filter {
	return func(v *view) {
		v.change = append(v.change, func(s *snapshot.Snapshot) *snapshot.Snapshot {
			return snapshot.Scrub(s, pattern, replacement)
		})
	}
}

// WithoutTTL takes no times to live.
func WithoutTTL() Filter {
	return func(v *view) { v.change = append(v.change, snapshot.WithoutTTL) }
}

// Renumber numbers the entries of each stream from 1-0, in place of ids that the server has made of its clock.
func Renumber() Filter {
	return func(v *view) { v.change = append(v.change, snapshot.Renumber) }
}
