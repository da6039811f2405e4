package snapshot

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// Latest implements [Store]. A file that is corrupt is renamed to NAME.corrupt, reported ([OnCorrupt]) and passed over. A
// file that cannot be read, or only by a newer version, is an error: what is older is not what was last there.
func (f *FileStore) Latest(ctx context.Context) (*Snapshot, Generation, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	s, g, err := f.latest(ctx)
	if err != nil {
		return nil, Generation{}, fmt.Errorf("latest snapshot in %s: %w", f.folder, err)
	}
	return s, g, nil
}

func (f *FileStore) latest(ctx context.Context) (*Snapshot, Generation, error) {
	// Another process may remove old files while this one only reads, but hardly time and again.
	const attempts = 10
	for attempt := 1; ; attempt++ {
		s, g, err := f.newestWhole(ctx)
		if !f.readOnly || attempt == attempts || !errors.Is(err, os.ErrNotExist) {
			return s, g, err
		}
	}
}

func (f *FileStore) newestWhole(ctx context.Context) (*Snapshot, Generation, error) {
	if err := f.usable(ctx); err != nil {
		return nil, Generation{}, err
	}
	files, err := f.scan()
	if err != nil {
		return nil, Generation{}, err
	}
	for _, file := range files.generations {
		if err := ctx.Err(); err != nil {
			return nil, Generation{}, err
		}
		s, g, err := f.read(file)
		if err == nil {
			return s, g, nil
		}
		var corrupt *CorruptError
		if !errors.As(err, &corrupt) {
			return nil, Generation{}, err
		}
		if !f.readOnly {
			corrupt.MovedTo, err = f.moveAside(file.name, corruptSuffix)
			corrupt.Reason = errors.Join(corrupt.Reason, err)
		}
		f.report(ctx, corrupt)
		files.aside = append(files.aside, file.name)
	}
	if len(files.aside) > 0 {
		return nil, Generation{}, fmt.Errorf("%w (see %s)", ErrNoneGood, strings.Join(files.aside, ", "))
	}
	return nil, Generation{}, ErrNoSnapshot
}

// read reads a generation.
func (f *FileStore) read(file found) (*Snapshot, Generation, error) {
	contents, err := f.disk.readFile(f.path(file.name))
	if err != nil {
		return nil, Generation{}, err
	}
	s, h, err := decodeFile(f.path(file.name), contents)
	f.whole[file.name] = err == nil
	if err != nil {
		return nil, Generation{}, err
	}
	return s, Generation{file.number, file.name, h.captured, h.keys, int64(len(contents))}, nil
}

// moveAside renames a file to a name that none has, and that is not that of a generation.
func (f *FileStore) moveAside(name, suffix string) (string, error) {
	taken := map[string]bool{}
	entries, err := f.disk.readDir(f.folder)
	if err != nil {
		return "", err
	}
	for _, entry := range entries {
		taken[entry.Name()] = true
	}
	aside := name + suffix
	for n := 2; taken[aside]; n++ {
		aside = name + suffix + "-" + strconv.Itoa(n)
	}
	if err := f.disk.rename(f.path(name), f.path(aside)); err != nil {
		return "", err
	}
	return f.path(aside), nil
}

// SetAside renames every generation to NAME.aside, after which there is none: for a new beginning that leaves what could
// not be restored where a person can find it. Until something is saved Latest fails with [ErrNoneGood].
func (f *FileStore) SetAside(ctx context.Context) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.setAside(ctx); err != nil {
		return fmt.Errorf("set snapshots in %s aside: %w", f.folder, err)
	}
	return nil
}

func (f *FileStore) setAside(ctx context.Context) error {
	if err := f.usable(ctx); err != nil {
		return err
	}
	if f.readOnly {
		return ErrReadOnly
	}
	files, err := f.scan()
	if err != nil {
		return err
	}
	for _, file := range files.generations {
		if _, err := f.moveAside(file.name, asideSuffix); err != nil {
			return err
		}
	}
	return f.disk.syncDir(f.folder)
}

// Open implements [Store]. A file that is not as it was saved is left where it is; the error is a *[CorruptError]. The
// error is [os.ErrNotExist] if there is no generation of this number.
func (f *FileStore) Open(ctx context.Context, number int) (*Snapshot, Generation, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	s, g, err := f.openNumber(ctx, number)
	if err != nil {
		return nil, Generation{}, fmt.Errorf("snapshot %d in %s: %w", number, f.folder, err)
	}
	return s, g, nil
}

func (f *FileStore) openNumber(ctx context.Context, number int) (*Snapshot, Generation, error) {
	if err := f.usable(ctx); err != nil {
		return nil, Generation{}, err
	}
	files, err := f.scan()
	if err != nil {
		return nil, Generation{}, err
	}
	for _, file := range files.generations {
		if file.number == number {
			return f.read(file)
		}
	}
	return nil, Generation{}, os.ErrNotExist
}

// List implements [Store]. It reads what files say of themselves and not whether that is true: of a file that does not say
// when it was captured only the number, the name and the size are known.
func (f *FileStore) List(ctx context.Context) ([]Generation, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	list, err := f.list(ctx)
	if err != nil {
		return nil, fmt.Errorf("list snapshots in %s: %w", f.folder, err)
	}
	return list, nil
}

func (f *FileStore) list(ctx context.Context) ([]Generation, error) {
	if err := f.usable(ctx); err != nil {
		return nil, err
	}
	files, err := f.scan()
	if err != nil {
		return nil, err
	}
	generations := make([]Generation, 0, len(files.generations))
	for _, file := range files.generations {
		head, size, err := f.disk.readHead(f.path(file.name), longestHeader)
		if errors.Is(err, os.ErrNotExist) { // removed since by another process
			continue
		}
		if err != nil {
			return nil, err
		}
		h := peek(head)
		generations = append(generations, Generation{file.number, file.name, h.captured, h.keys, size})
	}
	return generations, nil
}
