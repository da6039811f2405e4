package snapshot

import (
	"context"
	"fmt"
	"slices"

	"github.com/compozy/rediskit/internal/words"
)

// Target is a Redis that a snapshot can be put into. [Of] makes one of a client; a *redistest.Server is one.
type Target interface {
	Source
	// Restore is what [Restore] calls.
	Restore(ctx context.Context, s *Snapshot, opts ...RestoreOption) error
}

// Restore puts s into target, all of it or nothing, and without anybody seeing a part: a client that reads sees the
// keyspace before or after, and one that is blocked is served when everything is there.
//
// A target that holds keys is left as it is, with an error that is [ErrNotEmpty], unless an option says what is to become
// of them. What the target cannot hold is an *[UnsupportedError], found before anything is written.
//
// The counters of streams and the read counters of consumer groups, which only Redis 7.0 and later keep, are bookkeeping
// and not data: a server without them simply goes without.
func Restore(ctx context.Context, target Target, s *Snapshot, opts ...RestoreOption) error {
	return target.Restore(ctx, s, opts...)
}

// RestoreOption changes how a snapshot is put back.
type RestoreOption func(*restoring)

// restoring is what the options say.
type restoring struct {
	mode mode
	lost func(Loss)
}

// mode says what becomes of the keys that the target has. It is a word of the restoring script, too.
type mode string

const (
	onlyEmpty mode = "empty"
	replacing mode = "replace"
	merging   mode = "merge"
)

// Replace removes everything that the target holds, as FLUSHALL does.
func Replace() RestoreOption { return func(r *restoring) { r.mode = replacing } }

// Merge keeps the target's keys, except those that the snapshot has, too: those become as the snapshot has them.
func Merge() RestoreOption { return func(r *restoring) { r.mode = merging } }

// Lossy leaves out what the target cannot hold, and calls report for each such attribute. Without it that is an error.
func Lossy(report func(Loss)) RestoreOption { return func(r *restoring) { r.lost = report } }

// Loss is something that a target cannot hold.
type Loss struct {
	Database  int
	Key       string
	Attribute string // "TTL of field name", for example
}

func (l Loss) String() string {
	return fmt.Sprintf("database %d: key %s: %s", l.Database, words.Quote(l.Key), l.Attribute)
}

// UnsupportedError tells what a target cannot hold. Nothing was written.
type UnsupportedError struct{ Loss Loss }

func (e *UnsupportedError) Error() string { return e.Loss.String() + ": the target cannot hold it" }

func restoringAs(opts []RestoreOption) restoring {
	r := restoring{mode: onlyEmpty}
	for _, opt := range opts {
		opt(&r)
	}
	return r
}

// fit returns what of s the target can hold, or an error if that is not all and the options do not allow a loss.
func (r restoring) fit(s *Snapshot, l limits) (*Snapshot, error) {
	if l.fieldTTLs && l.words == 0 && !slices.ContainsFunc(s.databases, func(db database) bool { return db.index >= l.databases }) {
		return s, nil
	}
	fitting := &Snapshot{}
	for _, db := range s.databases {
		kept := database{index: db.index}
		for _, key := range db.keys {
			if db.index >= l.databases {
				if err := r.lose(Loss{db.index, key.Name, fmt.Sprintf("a database above %d", l.databases-1)}); err != nil {
					return nil, err
				}
				continue
			}
			var err error
			if key.Value, err = r.fitValue(db.index, key, l); err != nil {
				return nil, err
			}
			kept.keys = append(kept.keys, key)
		}
		if len(kept.keys) > 0 {
			fitting.databases = append(fitting.databases, kept)
		}
	}
	return fitting, nil
}

func (r restoring) fitValue(db int, key Key, l limits) (Value, error) {
	switch v := key.Value.(type) {
	case Hash:
		if !l.fieldTTLs {
			return r.withoutFieldTTLs(db, key.Name, v)
		}
	case *Stream:
		return r.withoutLongEntries(db, key.Name, v, l)
	}
	return key.Value, nil
}

// withoutLongEntries leaves out what no script could add.
func (r restoring) withoutLongEntries(db int, key string, s *Stream, l limits) (Value, error) {
	tooLong := func(e Entry) bool { return l.words > 0 && len(e.fields) > l.words }
	if !slices.ContainsFunc(s.entries, tooLong) {
		return s, nil
	}
	shorter := *s
	shorter.entries = nil
	for _, e := range s.entries {
		if !tooLong(e) {
			shorter.entries = append(shorter.entries, e)
			continue
		}
		if err := r.lose(Loss{db, key, fmt.Sprintf("entry %s of %d fields", e.ID, len(e.fields)/2)}); err != nil {
			return nil, err
		}
	}
	return &shorter, nil
}

func (r restoring) withoutFieldTTLs(db int, key string, hash Hash) (Value, error) {
	fields := slices.Clone(hash.fields)
	for i := range fields {
		if fields[i].TTL == 0 {
			continue
		}
		if err := r.lose(Loss{db, key, "TTL of field " + words.Quote(fields[i].Name)}); err != nil {
			return hash, err
		}
		fields[i].TTL = 0
	}
	return Hash{fields}, nil
}

func (r restoring) lose(l Loss) error {
	if r.lost == nil {
		return &UnsupportedError{l}
	}
	r.lost(l)
	return nil
}
