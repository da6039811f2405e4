package snapshot

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"github.com/compozy/rediskit/internal/logger"
)

// FileStore is a [Store] in a folder of files, a generation each. It is safe for concurrent use.
//
// A file is the text of [Encode] behind a few comments, so it can be read, and loaded by redis-cli < FILE. What is there
// is never written to: a new generation gets a file of its own, under a temporary name until it is complete and on the
// disk. A process that is killed at any moment, and a machine that loses power, leave every generation that was saved.
type FileStore struct {
	folder     string
	keep       int
	compressed bool
	readOnly   bool
	onCorrupt  func(*CorruptError)
	disk       disk

	mu     sync.Mutex // over all that follows, and over changes of the folder
	lock   folderLock
	closed bool
	last   int             // the greatest number that was used or tried
	whole  map[string]bool // of files that were looked at: whether they are as they were saved
}

// FileStoreOption changes how a [FileStore] keeps snapshots.
type FileStoreOption func(*FileStore)

// Keep sets how many generations are kept, 3 without this option. Older ones are removed after each save. Those that
// cannot be read are never removed, and are not counted.
func Keep(generations int) FileStoreOption { return func(f *FileStore) { f.keep = generations } }

// Compressed makes new files smaller, by zstd. They can be read by zstdcat FILE. Files are read whether they are compressed
// or not, whatever the option.
func Compressed() FileStoreOption { return func(f *FileStore) { f.compressed = true } }

// ReadOnly leaves a folder exactly as it is, and does not lock it: so another process may be using it. Saving fails with
// [ErrReadOnly], and files that are corrupt are passed over where they are.
func ReadOnly() FileStoreOption { return func(f *FileStore) { f.readOnly = true } }

// OnCorrupt calls report for each file that [FileStore.Latest] finds corrupt. Without this option a line is logged.
func OnCorrupt(report func(*CorruptError)) FileStoreOption {
	return func(f *FileStore) { f.onCorrupt = report }
}

// withDisk replaces the system calls.
func withDisk(d disk) FileStoreOption { return func(f *FileStore) { f.disk = d } }

// OpenFileStore opens a folder for as long as until Close, and makes it if need be: its files and itself are readable by
// their owner only. One process at a time can have a folder open; a second one gets a *[LockedError], which names the
// first. Files that were not complete when another process ended are removed.
func OpenFileStore(folder string, opts ...FileStoreOption) (*FileStore, error) {
	const generations = 3
	f := &FileStore{keep: generations, disk: realDisk(), whole: map[string]bool{}}
	for _, opt := range opts {
		opt(f)
	}
	if err := f.open(folder); err != nil {
		return nil, fmt.Errorf("open snapshot store %s: %w", folder, errors.Join(err, f.lock.release()))
	}
	return f, nil
}

func (f *FileStore) open(folder string) (err error) {
	if folder == "" {
		return errors.New("the folder has no name")
	}
	if f.keep < 1 {
		return fmt.Errorf("%d generations are to be kept, and must be 1 at least", f.keep)
	}
	if f.folder, err = filepath.Abs(folder); err != nil {
		return err
	}
	if f.readOnly {
		_, err = f.scan()
		return err
	}
	if err := makeFolder(f.folder); err != nil {
		return err
	}
	if f.lock, err = lockFolder(f.folder); err != nil {
		return err
	}
	if err := f.probe(); err != nil {
		return err
	}
	found, err := f.scan()
	if err != nil {
		return err
	}
	f.last = found.greatest
	return f.clean(found)
}

// probe finds out whether files can be made here: now, and not when there is something to be saved.
func (f *FileStore) probe() error {
	path := f.path(generationName(0, plainExtension) + temporarySuffix)
	if err := f.disk.remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	file, err := f.disk.create(path)
	if err != nil {
		return err
	}
	return errors.Join(file.Close(), f.disk.remove(path))
}

// clean removes what was never completed.
func (f *FileStore) clean(found findings) error {
	var errs []error
	for _, name := range found.temporary {
		errs = append(errs, f.disk.remove(f.path(name)))
	}
	return errors.Join(errs...)
}

// Close lets others use the folder. It waits for what is being saved; what follows fails with an error that is
// [os.ErrClosed]. It can be called more than once.
func (f *FileStore) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return nil
	}
	f.closed = true
	if err := f.lock.release(); err != nil {
		return fmt.Errorf("close snapshot store %s: %w", f.folder, err)
	}
	return nil
}

// usable tells why nothing can be done.
func (f *FileStore) usable(ctx context.Context) error {
	if f.closed {
		return os.ErrClosed
	}
	return ctx.Err()
}

func (f *FileStore) path(name string) string { return filepath.Join(f.folder, name) }

func (f *FileStore) report(ctx context.Context, corrupt *CorruptError) {
	if f.onCorrupt != nil {
		f.onCorrupt(corrupt)
		return
	}
	logger.FromContext(ctx).WarnContext(ctx, "snapshot is corrupt", "file", corrupt.File, "reason", corrupt.Reason,
		"moved_to", corrupt.MovedTo)
}
