package config

import (
	"errors"
	"fmt"
	"time"
)

// Persistence says how a server keeps its data beyond its end. The zero value is a server that does not.
type Persistence struct {
	// Enabled makes the rest count.
	Enabled bool
	// DataDir is the folder of the snapshots. It is made if need be.
	DataDir string
	// SnapshotInterval is the time between snapshots while the server runs; 0 for none.
	SnapshotInterval time.Duration
	// SnapshotOnShutdown takes a last snapshot at the end.
	SnapshotOnShutdown bool
	// RestoreOnStartup begins with what the latest snapshot holds, if there is one.
	RestoreOnStartup bool
	// Keep is how many snapshots are kept; 0 for what the store does by itself.
	Keep int
	// OnRestoreError says what to do where there are snapshots, and none can be restored.
	OnRestoreError OnRestoreError
}

// OnRestoreError is what to do where snapshots cannot be restored.
type OnRestoreError int

// What can be done.
const (
	FailStart  OnRestoreError = iota // the server does not start
	StartEmpty                       // it starts without data, and leaves alone what it could not read
)

// Validate tells which setting makes no sense.
func (p Persistence) Validate() error {
	switch {
	case p.DataDir == "":
		return errors.New("DataDir is empty; it is to be the folder of the snapshots")
	case p.SnapshotInterval < 0:
		return fmt.Errorf("SnapshotInterval is %s, and must not be negative", p.SnapshotInterval)
	case p.Keep < 0:
		return fmt.Errorf("the setting Keep is %d, and must not be negative", p.Keep)
	case p.OnRestoreError != FailStart && p.OnRestoreError != StartEmpty:
		return fmt.Errorf("OnRestoreError is %d, and must be FailStart or StartEmpty", p.OnRestoreError)
	}
	return nil
}
