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
	w := exclusiveWriter{restoring: restoringAs(opts)}
	w.limits = embeddedLimits()
	fitting, err := w.fit(s, w.limits)
	if err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	err = x(func(do Do) error {
		w.do = do
		return w.restore(fitting)
	})
	if err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	return nil
}

// exclusiveWriter writes to a server that it has for itself. What is in the way goes to the spare databases first, and
// comes back from there if anything fails.
type exclusiveWriter struct {
	restoring
	limits
	do Do

	filled   []int      // databases that were empty before something was written
	made     []keyPlace // keys that were written, or were about to be, beside others
	replaced []int      // databases that were set aside as a whole
	aside    []keyPlace // single keys that were set aside
}

// keyPlace is where a key is.
type keyPlace struct {
	db   int
	name string
}

func (w *exclusiveWriter) restore(s *Snapshot) error {
	if w.mode == onlyEmpty {
		if err := w.checkEmpty(); err != nil {
			return err
		}
	}
	err := w.setAside()
	if err == nil {
		err = w.write(s)
	}
	if err != nil {
		return errors.Join(err, w.undo())
	}
	return w.forget()
}

func (w *exclusiveWriter) checkEmpty() error {
	total := 0
	for db := range w.databases {
		size, err := w.size(db)
		if err != nil {
			return err
		}
		total += size
	}
	if total > 0 {
		return fmt.Errorf("%w (it holds %d keys)", ErrNotEmpty, total)
	}
	return nil
}

// setAside empties the server, if that is what is to be done.
func (w *exclusiveWriter) setAside() error {
	if w.mode != replacing {
		return nil
	}
	for db := range w.databases {
		size, err := w.size(db)
		if err != nil {
			return err
		}
		if size == 0 {
			continue
		}
		if err := w.run("SWAPDB", strconv.Itoa(db), spareOf(db)); err != nil {
			return err
		}
		w.replaced = append(w.replaced, db)
	}
	return nil
}

func (w *exclusiveWriter) write(s *Snapshot) error {
	for _, db := range s.databases {
		if err := w.run("SELECT", strconv.Itoa(db.index)); err != nil {
			return err
		}
		if w.mode != merging {
			w.filled = append(w.filled, db.index)
		}
		for _, key := range db.keys {
			if err := w.writeKey(keyPlace{db.index, key.Name}, key); err != nil {
				return fmt.Errorf("database %d: key %s: %w", db.index, words.Quote(key.Name), err)
			}
		}
	}
	return nil
}

func (w *exclusiveWriter) writeKey(place keyPlace, key Key) error {
	if w.mode == merging {
		moved, err := ask(w.do, number, "MOVE", place.name, spareOf(place.db))
		if err != nil {
			return err
		}
		w.made = append(w.made, place) // not before: what could not be moved is still there
		if moved == 1 {
			w.aside = append(w.aside, place)
		}
	}
	for command := range w.spoken(key) {
		if err := w.run(command...); err != nil {
			return err
		}
	}
	return nil
}

// undo makes everything as it was.
func (w *exclusiveWriter) undo() error {
	for _, db := range w.filled {
		if err := w.in(strconv.Itoa(db), "FLUSHDB"); err != nil {
			return err
		}
	}
	for _, place := range w.made {
		if err := w.in(strconv.Itoa(place.db), "DEL", place.name); err != nil {
			return err
		}
	}
	for _, db := range w.replaced {
		if err := w.run("SWAPDB", strconv.Itoa(db), spareOf(db)); err != nil {
			return err
		}
	}
	for _, place := range w.aside {
		if err := w.in(spareOf(place.db), "MOVE", place.name, strconv.Itoa(place.db)); err != nil {
			return err
		}
	}
	return nil
}

// forget throws away what was set aside.
func (w *exclusiveWriter) forget() error {
	for _, db := range w.replaced {
		if err := w.in(spareOf(db), "FLUSHDB"); err != nil {
			return err
		}
	}
	for _, place := range w.aside {
		if err := w.in(spareOf(place.db), "DEL", place.name); err != nil {
			return err
		}
	}
	return nil
}

func (w *exclusiveWriter) size(db int) (int, error) {
	if err := w.run("SELECT", strconv.Itoa(db)); err != nil {
		return 0, err
	}
	return ask(w.do, number, "DBSIZE")
}

// in runs a command in a database.
func (w *exclusiveWriter) in(db string, command ...string) error {
	if err := w.run("SELECT", db); err != nil {
		return err
	}
	return w.run(command...)
}

func (w *exclusiveWriter) run(command ...string) error {
	_, err := w.do(command...)
	return err
}

func spareOf(db int) string { return strconv.Itoa(firstSpare + db) }
