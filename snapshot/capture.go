package snapshot

import (
	"context"
	"slices"

	"github.com/compozy/rediskit/internal/glob"
)

// Source is a Redis whose keyspace can be captured, or anything that can be seen as one. [Of] makes one of any client; a
// *redistest.Server is one, and so is a *[Snapshot].
type Source interface {
	// Capture is what [Capture] calls. It must heed the options: [Selects] tells what they leave, or the Capture of a
	// snapshot that has everything.
	Capture(ctx context.Context, opts ...CaptureOption) (*Snapshot, error)
}

// Capture takes a snapshot of what source holds: one atomic view of all databases, or of what the options leave of it. A
// Redis Cluster is the exception: each of its masters is captured atomically, but one after the other. A server that cannot
// be reached, and a value of a type that modules bring along, is an error.
func Capture(ctx context.Context, source Source, opts ...CaptureOption) (*Snapshot, error) {
	return source.Capture(ctx, opts...)
}

// CaptureOption leaves something out of a capture.
type CaptureOption func(*selection)

// Match captures only keys that match a glob-style pattern, as KEYS does. Given several times, one of them must match.
func Match(pattern string) CaptureOption {
	return func(s *selection) { s.match = append(s.match, pattern) }
}

// Except captures no keys that match a glob-style pattern. It can be given several times, and outdoes [Match].
func Except(pattern string) CaptureOption {
	return func(s *selection) { s.except = append(s.except, pattern) }
}

// Databases captures only the databases of these numbers. Given several times, it captures those of all.
func Databases(indexes ...int) CaptureOption {
	return func(s *selection) { s.databases = append(s.databases, indexes...) }
}

// Selects returns a function that tells whether a capture with these options would take a key: for a [Source] of one's own.
func Selects(opts ...CaptureOption) func(db int, name string) bool {
	chosen := selected(opts)
	return func(db int, name string) bool { return chosen.database(db) && chosen.key(name) }
}

// selection is what the options leave.
type selection struct {
	match, except []string
	databases     []int
}

func selected(opts []CaptureOption) selection {
	var s selection
	for _, opt := range opts {
		opt(&s)
	}
	return s
}

func (s selection) database(index int) bool {
	return len(s.databases) == 0 || slices.Contains(s.databases, index)
}

func (s selection) key(name string) bool {
	matches := func(pattern string) bool { return pattern == "*" || glob.Match(pattern, name) }
	if len(s.match) > 0 && !slices.ContainsFunc(s.match, matches) {
		return false
	}
	return !slices.ContainsFunc(s.except, matches)
}
