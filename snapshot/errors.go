package snapshot

import (
	"errors"
	"fmt"
)

// What to look for with [errors.Is].
var (
	// ErrNotEmpty is why [Restore] leaves a target alone: it holds keys, and neither [Replace] nor [Merge] says what is to
	// become of them.
	ErrNotEmpty = errors.New("the target is not empty; use Replace or Merge")
	// ErrNotDeclarative is the reason of a [SyntaxError] where a command does not say what a key holds but changes it, such as
	// INCR or EVAL: only a server can run that.
	ErrNotDeclarative = errors.New("is not a command that describes a keyspace; only a server can run it")
	// ErrNoSnapshot is why a [Store] has nothing to restore: nothing was ever saved.
	ErrNoSnapshot = errors.New("there is no snapshot yet")
	// ErrNoneGood is why a [Store] has nothing to restore although something was saved: nothing of it is left that can be read.
	// What was set aside is still there, for a person to look at.
	ErrNoneGood = errors.New("no snapshot is left that can be read")
	// ErrNewerFormat is why a file is not read that is whole: a later version of this package has written it.
	ErrNewerFormat = errors.New("the file has a format that only a newer version can read")
	// ErrReadOnly is why a store that was opened with [ReadOnly] keeps nothing.
	ErrReadOnly = errors.New("the store was opened for reading only")
	// ErrBusy is why [Manager.TryAlone] does nothing: a snapshot is being taken or restored.
	ErrBusy = errors.New("another snapshot is being taken or restored")
	// ErrStopped is why a [Manager] does nothing any more.
	ErrStopped = errors.New("the manager was stopped")
	// ErrUnrestored is why a [Manager] takes no snapshot: what was there before could not be restored, and would in time give
	// way to snapshots of what is there instead. See [Manager.StartOver].
	ErrUnrestored = errors.New("the last snapshot could not be restored, and must not be replaced")
)

// SyntaxError tells where a text is no snapshot, and why.
type SyntaxError struct {
	// File is where the text came from, "" where that is unknown.
	File string
	// Line and Column count from 1; columns are bytes.
	Line, Column int
	// Command is the command's name and its key, "" where the line could not even be cut into words.
	Command string
	// Reason is what is wrong.
	Reason error
}

func (e *SyntaxError) Error() string {
	at := fmt.Sprintf("line %d, column %d", e.Line, e.Column)
	if e.File != "" {
		at = fmt.Sprintf("%s:%d:%d", e.File, e.Line, e.Column)
	}
	if e.Command == "" {
		return fmt.Sprintf("%s: %v", at, e.Reason)
	}
	return fmt.Sprintf("%s: %s: %v", at, e.Command, e.Reason)
}

// Unwrap returns the reason.
func (e *SyntaxError) Unwrap() error { return e.Reason }

// CorruptError tells of a file that is not as it was saved.
type CorruptError struct {
	// File is the path that it was saved as.
	File string
	// MovedTo is the path that it has now; "" where it was left in its place.
	MovedTo string
	// Reason is what is wrong.
	Reason error
}

func (e *CorruptError) Error() string {
	text := fmt.Sprintf("%s is corrupt: %v", e.File, e.Reason)
	if e.MovedTo != "" {
		text += "; it is kept as " + e.MovedTo
	}
	return text
}

// Unwrap returns the reason.
func (e *CorruptError) Unwrap() error { return e.Reason }

// LockedError tells that a folder is in use.
type LockedError struct {
	// Folder is the one that was to be opened.
	Folder string
	// Holder is who has it open, "process 123 on host"; "another process" where that is unknown.
	Holder string
}

func (e *LockedError) Error() string { return fmt.Sprintf("%s is in use by %s", e.Folder, e.Holder) }

// PruneError tells that a snapshot was saved, but that older ones, which were to go, could not be removed.
type PruneError struct{ Reason error }

func (e *PruneError) Error() string {
	return fmt.Sprintf("saved, but older snapshots remain: %v", e.Reason)
}

// Unwrap returns the reason.
func (e *PruneError) Unwrap() error { return e.Reason }
