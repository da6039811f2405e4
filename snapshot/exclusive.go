package snapshot

import (
	"context"
	"fmt"
)

// Exclusive runs a function that has a server for itself: until it returns, nobody else's command runs. It makes a
// [Source] and a [Target] of a server that no go-redis client reaches, as that of another client library, or one in the
// same process. What is captured is atomic if the function really is alone; [Of] needs no such promise.
//
// It is about the databases 0 to 15, and leaves out the counters of streams. Restoring with [Replace] or [Merge] sets aside
// what is in the way, in databases from 1,048,576 on: an embedded server has these, and on one that has not nothing is
// changed and the error is the server's.
type Exclusive func(fn func(do Do) error) error

// embeddedDatabases are those that an embedded server offers.
const embeddedDatabases = 16

// Capture implements [Source].
func (x Exclusive) Capture(ctx context.Context, opts ...CaptureOption) (*Snapshot, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("capture: %w", err)
	}
	var s *Snapshot
	err := x(func(do Do) (err error) {
		s, err = read(do, selected(opts))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("capture: %w", err)
	}
	return s, nil
}

// read reads everything, one command after the other. It is atomic as do is exclusive.
func read(do Do, chosen selection) (*Snapshot, error) {
	s := &Snapshot{}
	for index := range embeddedDatabases {
		if !chosen.database(index) {
			continue
		}
		if _, err := do("SELECT", fmt.Sprint(index)); err != nil {
			return nil, err
		}
		keys, err := readDatabase(do, chosen)
		if err != nil {
			return nil, fmt.Errorf("database %d: %w", index, err)
		}
		if len(keys) > 0 {
			s.databases = append(s.databases, database{index, keys})
		}
	}
	return s, nil
}
