package snapshot

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/gofrs/flock"
)

// lockFile is the name of the file that whoever uses a folder has locked. It stays when the lock is gone: were it removed,
// two processes might each have locked a file of this name.
const lockFile = "lock"

// folderLock is a lock on a folder, which ends with the process at the latest.
type folderLock struct{ *flock.Flock }

// lockFolder fails with a *[LockedError] if somebody has it locked.
func lockFolder(folder string) (folderLock, error) {
	lock := folderLock{flock.New(filepath.Join(folder, lockFile), flock.SetPermissions(privateFile))}
	locked, err := lock.TryLock()
	if err != nil {
		return folderLock{}, err
	}
	if !locked {
		return folderLock{}, &LockedError{Folder: folder, Holder: lock.holder()}
	}
	// The name helps others to find us. Where it cannot be written, as on a full disk, the lock still holds.
	_ = os.WriteFile(lock.Path(), []byte(self()+"\n"), privateFile)
	return lock, nil
}

// holder is the name that the lock's owner has written.
func (l folderLock) holder() string {
	text, err := os.ReadFile(l.Path())
	if name := strings.TrimSpace(string(text)); err == nil && name != "" {
		return name
	}
	return "another process"
}

// release ends the lock. What is left of the name would be wrong from then on.
func (l folderLock) release() error {
	if l.Flock == nil {
		return nil
	}
	_ = os.Truncate(l.Path(), 0)
	return l.Unlock()
}

// self is this process to a person who looks for it.
func self() string {
	host, err := os.Hostname()
	if err != nil {
		host = "an unnamed host"
	}
	return fmt.Sprintf("process %d on %s", os.Getpid(), host)
}
