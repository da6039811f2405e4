package snapshot

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/compozy/rediskit/internal/words"
)

// Restore implements [Target].
func (x Exclusive) Restore(ctx context.Context, s *Snapshot, opts ...RestoreOption) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	r := restoringAs(opts)
	fitting, err := r.fit(s, limits{databases: embeddedDatabases, fieldTTLs: true})
	if err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	if err := x(func(do Do) error { return r.into(do, fitting) }); err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	return nil
}

// into makes sure that what was there comes back if anything fails.
func (r restoring) into(do Do, s *Snapshot) error {
	before, err := read(do, selection{})
	if err != nil {
		return err
	}
	if before.Len() > 0 && r.mode == onlyEmpty {
		return fmt.Errorf("%w (it holds %d keys)", ErrNotEmpty, before.Len())
	}
	if err := r.write(do, s); err != nil {
		return errors.Join(err, restoring{mode: replacing}.write(do, before))
	}
	return nil
}

func (r restoring) write(do Do, s *Snapshot) error {
	if r.mode == replacing {
		if _, err := do("FLUSHALL"); err != nil {
			return err
		}
	}
	for _, db := range s.databases {
		if _, err := do("SELECT", strconv.Itoa(db.index)); err != nil {
			return err
		}
		for _, key := range db.keys {
			if err := r.writeKey(do, key); err != nil {
				return fmt.Errorf("database %d: key %s: %w", db.index, words.Quote(key.Name), err)
			}
		}
	}
	return nil
}

func (r restoring) writeKey(do Do, key Key) error {
	if r.mode == merging {
		if _, err := do("DEL", key.Name); err != nil {
			return err
		}
	}
	for command := range batched(commands(key)) {
		for translated := range embeddedDialect(command, key) {
			if _, err := do(translated...); err != nil {
				return err
			}
		}
	}
	return nil
}

// embeddedDialect says the same to the embedded server, which lacks some of the commands.
func embeddedDialect(command []string, key Key) func(func([]string) bool) {
	return func(yield func([]string) bool) {
		switch command[0] {
		case "HPEXPIRE": // key milliseconds FIELDS 1 field
			name := command[5]
			yield([]string{"HSETEX", command[1], "PX", command[2], "FIELDS", "1", name, fieldValue(key, name)})
		case "XSETID": // an entry that comes and goes leaves its id behind
			if stream, ok := key.Value.(*Stream); ok && stream.lastWritten().Compare(stream.LastID) < 0 {
				_ = yield([]string{"XADD", command[1], command[2], "", ""}) && yield([]string{"XDEL", command[1], command[2]})
			}
		case "XGROUP":
			yield(withoutEntriesRead(command))
		default:
			yield(command)
		}
	}
}

func fieldValue(key Key, name string) string {
	if hash, ok := key.Value.(Hash); ok {
		for _, f := range hash.fields {
			if f.Name == name {
				return f.Value
			}
		}
	}
	return ""
}

// withoutEntriesRead drops a read counter from the end of XGROUP CREATE.
func withoutEntriesRead(command []string) []string {
	if n := len(command); n > 6 && command[1] == "CREATE" && command[n-2] == "ENTRIESREAD" {
		return command[:n-2]
	}
	return command
}
