package snapshot

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"time"
)

// Save implements [Store]. It returns when the file and its name are on the disk. The capture's moment must lie between
// the years 0 and 9999.
func (f *FileStore) Save(ctx context.Context, s *Snapshot, captured time.Time) (Generation, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	g, err := f.save(ctx, s, captured)
	if err != nil {
		return g, fmt.Errorf("save snapshot in %s: %w", f.folder, err)
	}
	return g, nil
}

func (f *FileStore) save(ctx context.Context, s *Snapshot, captured time.Time) (Generation, error) {
	if err := f.usable(ctx); err != nil {
		return Generation{}, err
	}
	if f.readOnly {
		return Generation{}, ErrReadOnly
	}
	contents, err := encodeFile(s, captured, f.compressed)
	if err != nil {
		return Generation{}, err
	}
	files, err := f.scan()
	if err != nil {
		return Generation{}, err
	}
	if err := f.clean(files); err != nil { // a disk that fails again and again must not fill up with them
		return Generation{}, err
	}
	g := Generation{Captured: captured, Keys: s.Len(), Size: int64(len(contents))}
	if g.Number, err = f.nextNumber(files); err != nil {
		return Generation{}, err
	}
	extension := plainExtension
	if f.compressed {
		extension = compressedExtension
	}
	g.Name = generationName(g.Number, extension)
	if err := f.write(ctx, f.path(g.Name), contents); err != nil {
		return Generation{}, err
	}
	f.whole[g.Name] = true
	if err := f.prune(append([]found{{g.Number, g.Name}}, files.generations...)); err != nil {
		return g, &PruneError{err}
	}
	return g, nil
}

// nextNumber is one that no file has, nor had one that this store has tried to write.
func (f *FileStore) nextNumber(files findings) (int, error) {
	f.last = max(f.last, files.greatest)
	if f.last == math.MaxInt {
		return 0, errors.New("there is no greater number than that of the last file")
	}
	f.last++
	return f.last, nil
}

// write makes a file that is there as a whole or not at all.
func (f *FileStore) write(ctx context.Context, path string, contents []byte) error {
	temporary := path + temporarySuffix
	err := f.writeTemporary(temporary, contents)
	if err == nil {
		err = ctx.Err() // the last chance: from here on the generation is there
	}
	if err == nil {
		err = f.disk.rename(temporary, path)
	}
	if err == nil {
		err = f.disk.syncDir(f.folder)
	}
	if err != nil {
		// A rename that fails may still have happened, and one that is not synced may be lost later. What cannot be removed
		// does no harm: it is whole, or else the next save or start removes it.
		_, _ = f.disk.remove(temporary), f.disk.remove(path)
	}
	return err
}

func (f *FileStore) writeTemporary(path string, contents []byte) error {
	file, err := f.disk.create(path)
	if err != nil {
		return err
	}
	n, err := file.Write(contents)
	if err == nil && n < len(contents) {
		err = fmt.Errorf("write %s: %w", path, io.ErrShortWrite)
	}
	if err == nil {
		err = file.Sync()
	}
	return errors.Join(err, file.Close())
}

// prune removes the oldest of the generations that are as they were saved, if there are more of these than are to be kept.
func (f *FileStore) prune(generations []found) error {
	var errs []error
	kept := 0
	for _, file := range generations {
		switch {
		case !f.isWhole(file.name):
		case kept < f.keep:
			kept++
		default:
			errs = append(errs, f.disk.remove(f.path(file.name)))
		}
	}
	return errors.Join(errs...)
}

// isWhole tells whether a file is as it was saved, so that there is no need to keep it for a person to look at.
func (f *FileStore) isWhole(name string) bool {
	whole, known := f.whole[name]
	if !known {
		contents, err := f.disk.readFile(f.path(name))
		if err == nil {
			_, _, _, err = unseal(contents)
		}
		whole = err == nil
		f.whole[name] = whole
	}
	return whole
}
