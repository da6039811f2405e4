package snapshot

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var (
	errBroken  = errors.New("the disk is broken")
	errCrashed = errors.New("the process is no more")
)

// fault is what goes wrong at one of the system calls.
type fault int

const (
	fails        fault = iota // it does nothing, and says so
	failsHalfway              // a write writes half of it; another call does its work, and says that it failed
	shortens                  // a write writes half of it, and does not say so
	kills                     // it does nothing, and neither does any later one
	killsHalfway              // it does half its work, and later ones nothing
	killsAfter                // it does its work, and later ones nothing
)

func (f fault) String() string {
	return [...]string{"fails", "fails halfway", "is short", "kills", "kills halfway", "kills after"}[f]
}

// faultyDisk is a real disk of which one call has a fault.
type faultyDisk struct {
	calls   []string
	at      int // the call that has the fault; -1 for none
	fault   fault
	crashed bool
}

// call makes a system call, whole or in part.
func (d *faultyDisk) call(name string, whole, half func() error) error {
	if d.crashed {
		return errCrashed
	}
	d.calls = append(d.calls, name)
	if len(d.calls)-1 != d.at {
		return whole()
	}
	d.crashed = d.fault >= kills
	switch d.fault {
	case fails:
		return errBroken
	case failsHalfway:
		return errors.Join(half(), syscall.ENOSPC)
	case shortens:
		return half()
	case kills:
		return errCrashed
	case killsHalfway:
		return errors.Join(half(), errCrashed)
	default:
		return errors.Join(whole(), errCrashed)
	}
}

// simply is for calls that have no half.
func (d *faultyDisk) simply(name string, work func() error) error { return d.call(name, work, work) }

func (d *faultyDisk) disk() disk {
	genuine := realDisk()
	return disk{
		create: func(path string) (out output, err error) {
			err = d.simply("create", func() (err error) {
				out, err = genuine.create(path)
				return err
			})
			if err != nil && out != nil {
				return nil, errors.Join(err, out.Close())
			}
			return faultyOutput{out, d}, err
		},
		rename: func(from, to string) error {
			return d.simply("rename", func() error { return genuine.rename(from, to) })
		},
		remove:  func(path string) error { return d.simply("remove", func() error { return genuine.remove(path) }) },
		syncDir: func(path string) error { return d.simply("syncDir", func() error { return genuine.syncDir(path) }) },
		readFile: func(path string) (contents []byte, err error) {
			err = d.simply("readFile", func() (err error) {
				contents, err = genuine.readFile(path)
				return err
			})
			return contents, err
		},
		readHead: genuine.readHead,
		readDir: func(path string) (entries []fs.DirEntry, err error) {
			err = d.simply("readDir", func() (err error) {
				entries, err = genuine.readDir(path)
				return err
			})
			return entries, err
		},
	}
}

type faultyOutput struct {
	output
	disk *faultyDisk
}

func (o faultyOutput) Write(p []byte) (n int, err error) {
	write := func(p []byte) func() error {
		return func() (err error) {
			n, err = o.output.Write(p)
			return err
		}
	}
	err = o.disk.call("write", write(p), write(p[:len(p)/2]))
	return n, err
}

func (o faultyOutput) Sync() error { return o.disk.simply("sync", o.output.Sync) }

// Close closes the real file always: a process that is no more has none open.
func (o faultyOutput) Close() error {
	return errors.Join(o.disk.simply("close", func() error { return nil }), o.output.Close())
}

// numbered is a keyspace that says which one it is.
func numbered(n int) *Snapshot {
	var b Builder
	b.Set(0, Key{Name: "number", Value: String(strconv.Itoa(n)), TTL: time.Hour})
	b.Set(3, Key{Name: "some list", Value: NewList("a", "b", "\x00\xff")})
	return b.Snapshot()
}

// requireNumbered tells which one it is, and makes sure that it is the whole of it.
func requireNumbered(t *testing.T, s *Snapshot) int {
	t.Helper()
	key, ok := s.Key(0, "number")
	require.True(t, ok)
	text, ok := key.Value.(String)
	require.True(t, ok)
	n, err := strconv.Atoi(string(text))
	require.NoError(t, err)
	require.Empty(t, Diff(numbered(n), s))
	return n
}

// filled is a folder with so many generations.
func filled(t *testing.T, generations int, opts ...FileStoreOption) string {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "data")
	store := opened(t, folder, opts...)
	for n := 1; n <= generations; n++ {
		_, err := store.Save(t.Context(), numbered(n), time.UnixMilli(int64(n)))
		require.NoError(t, err)
	}
	require.NoError(t, store.Close())
	return folder
}

func opened(t *testing.T, folder string, opts ...FileStoreOption) *FileStore {
	t.Helper()
	store, err := OpenFileStore(folder, opts...)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	return store
}

func fileNames(t *testing.T, folder string) []string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	var names []string
	for _, entry := range entries {
		if entry.Name() != lockFile {
			names = append(names, entry.Name())
		}
	}
	return names
}

// callsOfSave are the system calls of a Save that succeeds.
func callsOfSave(t *testing.T) []string {
	t.Helper()
	d := &faultyDisk{at: -1}
	store := opened(t, filled(t, 3), withDisk(d.disk()))
	d.calls = nil
	_, err := store.Save(t.Context(), numbered(4), time.UnixMilli(4))
	require.NoError(t, err)
	require.Equal(t, []string{
		"readDir", "create", "write", "sync", "close", "rename", "syncDir", "readFile", "readFile", "readFile", "remove",
	}, d.calls)
	return d.calls
}

// Whatever goes wrong at whichever system call, there is what was there before, or the new generation, and the error says
// which.
func TestSaveWithAFaultAtEveryCall(t *testing.T) {
	t.Parallel()
	for at, call := range callsOfSave(t) {
		for fault := fails; fault <= killsAfter; fault++ {
			if fault == shortens && call != "write" {
				continue
			}
			t.Run(strconv.Itoa(at)+" "+call+" "+fault.String(), func(t *testing.T) {
				t.Parallel()
				d := &faultyDisk{at: -1}
				folder := filled(t, 3)
				store := opened(t, folder, withDisk(d.disk()))
				d.calls, d.at, d.fault = nil, at, fault
				g, err := store.Save(t.Context(), numbered(4), time.UnixMilli(4))

				var remains *PruneError
				saved := err == nil || errors.As(err, &remains)
				if call != "readFile" { // which is only a look whether an old one may be removed
					require.Error(t, err)
				}
				want := []int{3}
				if saved {
					require.Equal(t, 4, g.Number)
					want = []int{4}
				} else if d.crashed {
					want = []int{3, 4} // nobody was told
				}
				if !d.crashed { // the process goes on, and the disk recovers
					s, _, err := store.Latest(t.Context())
					require.NoError(t, err)
					require.Contains(t, want, requireNumbered(t, s))
				}
				require.NoError(t, store.Close())

				again := opened(t, folder)
				s, _, err := again.Latest(t.Context())
				require.NoError(t, err)
				require.Contains(t, want, requireNumbered(t, s))
				for _, name := range fileNames(t, folder) {
					require.True(t, strings.HasSuffix(name, plainExtension), name)
				}
				g, err = again.Save(t.Context(), numbered(5), time.UnixMilli(5))
				require.NoError(t, err)
				require.GreaterOrEqual(t, g.Number, 4)
				list, err := again.List(t.Context())
				require.NoError(t, err)
				require.Len(t, list, 3)
			})
		}
	}
}

// A disk that fails at every tick must not fill up.
func TestADiskThatFailsAgainAndAgain(t *testing.T) {
	t.Parallel()
	for at, call := range callsOfSave(t)[:7] {
		t.Run(call, func(t *testing.T) {
			t.Parallel()
			d := &faultyDisk{at: -1}
			folder := filled(t, 3)
			before := fileNames(t, folder)
			store := opened(t, folder, withDisk(d.disk()))
			for range 5 {
				d.calls, d.at, d.fault = nil, at, failsHalfway
				_, err := store.Save(t.Context(), numbered(4), time.UnixMilli(4))
				require.Error(t, err)
			}
			require.LessOrEqual(t, len(fileNames(t, folder)), len(before)+1)
			d.at = -1
			g, err := store.Save(t.Context(), numbered(4), time.UnixMilli(4))
			require.NoError(t, err)
			require.Len(t, fileNames(t, folder), 3)
			s, latest, err := store.Latest(t.Context())
			require.NoError(t, err)
			require.Equal(t, g.Number, latest.Number)
			require.Equal(t, 4, requireNumbered(t, s))
		})
	}
}

func TestOpenFindsOutThatNothingCanBeWritten(t *testing.T) {
	t.Parallel()
	for at, call := range []string{"remove", "create", "close", "remove", "readDir"} {
		t.Run(call, func(t *testing.T) {
			t.Parallel()
			folder := filled(t, 1)
			d := &faultyDisk{at: at}
			_, err := OpenFileStore(folder, withDisk(d.disk()))
			require.ErrorIs(t, err, errBroken)
			require.ErrorContains(t, err, "open snapshot store "+folder)
			require.Equal(t, call, d.calls[at])
			opened(t, folder) // nothing was left locked
		})
	}
}
