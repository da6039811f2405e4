package snapshot

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"
)

// volatileDisk keeps nothing but what was synced: contents by a sync of the file, names by a sync of the folder. Of the
// rest any part may or may not be there after a loss of power.
type volatileDisk struct {
	live, durable map[string]*inode
	pending       []func(map[string]*inode) // changes of names since the folder was synced, in their order
	left          int                       // how many calls there are until the power is lost
}

type inode struct{ contents, synced []byte }

// call tells whether there still is power.
func (d *volatileDisk) call() error {
	if d.left == 0 {
		return errCrashed
	}
	d.left--
	return nil
}

func (d *volatileDisk) change(op func(map[string]*inode)) {
	op(d.live)
	d.pending = append(d.pending, op)
}

func (d *volatileDisk) disk() disk {
	read := func(path string) ([]byte, error) {
		node := d.live[filepath.Base(path)]
		if node == nil {
			return nil, fs.ErrNotExist
		}
		return node.contents, d.call()
	}
	return disk{
		create: func(path string) (output, error) {
			node := &inode{}
			d.change(func(names map[string]*inode) { names[filepath.Base(path)] = node })
			return &volatileOutput{node, d}, d.call()
		},
		rename: func(from, to string) error {
			node := d.live[filepath.Base(from)]
			d.change(func(names map[string]*inode) {
				delete(names, filepath.Base(from))
				names[filepath.Base(to)] = node
			})
			return d.call()
		},
		remove: func(path string) error {
			if d.live[filepath.Base(path)] == nil {
				return fs.ErrNotExist
			}
			d.change(func(names map[string]*inode) { delete(names, filepath.Base(path)) })
			return d.call()
		},
		syncDir: func(string) error {
			for _, op := range d.pending {
				op(d.durable)
			}
			d.pending = nil
			return d.call()
		},
		readFile: read,
		readHead: func(path string, length int) ([]byte, int64, error) {
			contents, err := read(path)
			return contents[:min(length, len(contents))], int64(len(contents)), err
		},
		readDir: func(string) ([]fs.DirEntry, error) {
			files := fstest.MapFS{}
			for name, node := range d.live {
				files[name] = &fstest.MapFile{Data: node.contents}
			}
			if err := d.call(); err != nil {
				return nil, err
			}
			return files.ReadDir(".")
		},
	}
}

type volatileOutput struct {
	node *inode
	disk *volatileDisk
}

func (o *volatileOutput) Write(p []byte) (int, error) {
	o.node.contents = append(o.node.contents, p...)
	return len(p), o.disk.call()
}

func (o *volatileOutput) Sync() error {
	o.node.synced = slices.Clone(o.node.contents)
	return o.disk.call()
}

func (o *volatileOutput) Close() error { return o.disk.call() }

// losses are all that a loss of power may leave.
func (d *volatileDisk) losses() []map[string][]byte {
	damages := []func(contents []byte) []byte{
		func([]byte) []byte { return nil },
		func(contents []byte) []byte { return contents[:len(contents)/2] },
		func(contents []byte) []byte { return make([]byte, len(contents)) },
		func(contents []byte) []byte { return contents },
	}
	var all []map[string][]byte
	for subset := range 1 << len(d.pending) {
		names := map[string]*inode{}
		for name, node := range d.durable {
			names[name] = node
		}
		for i, op := range d.pending {
			if subset&(1<<i) != 0 {
				op(names)
			}
		}
		for _, damage := range damages {
			files := map[string][]byte{}
			for name, node := range names {
				files[name] = damage(node.contents)
				if node.synced != nil && bytes.Equal(node.synced, node.contents) {
					files[name] = node.synced
				}
			}
			all = append(all, files)
		}
	}
	return all
}

// A loss of power at any call leaves the new generation or that before, whatever of the unsynced is lost.
func TestPowerIsLostAtEveryCall(t *testing.T) {
	t.Parallel()
	tried, saves := 0, 0
	for left := 0; ; left++ {
		d := &volatileDisk{live: map[string]*inode{}, durable: map[string]*inode{}, left: 1000}
		store := opened(t, t.TempDir(), Keep(2), withDisk(d.disk()))
		for n := 1; n <= 2; n++ {
			_, err := store.Save(t.Context(), numbered(n), time.UnixMilli(int64(n)))
			require.NoError(t, err)
		}
		d.left = left
		_, err := store.Save(t.Context(), numbered(3), time.UnixMilli(3))
		for _, files := range d.losses() {
			tried++
			latest := afterwards(t, files)
			if err == nil {
				require.Equal(t, 3, latest)
			} else {
				require.Contains(t, []int{2, 3}, latest)
			}
		}
		if err == nil {
			saves++
			break
		}
	}
	require.Equal(t, 1, saves)
	require.Greater(t, tried, 100)
}

// afterwards tells which generation is found among these files.
func afterwards(t *testing.T, files map[string][]byte) int {
	t.Helper()
	folder := t.TempDir()
	for name, contents := range files {
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), contents, privateFile))
	}
	store, err := OpenFileStore(folder, OnCorrupt(func(*CorruptError) {}))
	require.NoError(t, err)
	s, _, err := store.Latest(t.Context())
	require.NoError(t, err)
	require.NoError(t, store.Close())
	for _, name := range fileNames(t, folder) {
		require.False(t, strings.HasSuffix(name, temporarySuffix), name)
		require.False(t, strings.HasSuffix(name, corruptSuffix), name)
	}
	return requireNumbered(t, s)
}
