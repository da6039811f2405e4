package snapshot

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

const (
	privateFile   = 0o600
	privateFolder = 0o700
)

// disk is every system call by which a store changes or reads its folder, so that a test can make each of them fail.
type disk struct {
	create   func(path string) (output, error) // fails if there is such a file
	rename   func(from, to string) error
	remove   func(path string) error
	syncDir  func(path string) error
	readFile func(path string) ([]byte, error)
	readHead func(path string, length int) ([]byte, int64, error) // the beginning, and the size of all
	readDir  func(path string) ([]fs.DirEntry, error)
}

// output is a file that is being written.
type output interface {
	io.WriteCloser
	Sync() error
}

func realDisk() disk {
	return disk{
		create: func(path string) (output, error) {
			return os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, privateFile)
		},
		rename:   os.Rename,
		remove:   os.Remove,
		syncDir:  syncFolder,
		readFile: os.ReadFile,
		readHead: readHead,
		readDir:  os.ReadDir,
	}
}

// syncFolder makes sure that the names in a folder outlive a crash of the machine. Windows has no such thing.
func syncFolder(path string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	defer folder.Close() //nolint:errcheck // it was only read
	return folder.Sync()
}

func readHead(path string, length int) (head []byte, size int64, err error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, 0, err
	}
	defer file.Close() //nolint:errcheck // it was only read
	info, err := file.Stat()
	if err != nil {
		return nil, 0, err
	}
	head, err = io.ReadAll(io.LimitReader(file, int64(length)))
	return head, info.Size(), err
}

// makeFolder makes a folder and those above it, and makes sure that they stay.
func makeFolder(path string) error {
	var parents []string // of those that are missing
	for at := path; ; at = filepath.Dir(at) {
		if _, err := os.Stat(at); err == nil || filepath.Dir(at) == at {
			break
		}
		parents = append(parents, filepath.Dir(at))
	}
	if err := os.MkdirAll(path, privateFolder); err != nil {
		return err
	}
	for _, parent := range parents {
		if err := syncFolder(parent); err != nil {
			return err
		}
	}
	return nil
}
