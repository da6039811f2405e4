package snapshot

import (
	"errors"
	"fmt"
)

// ErrNotDeclarative is the reason of a [SyntaxError] where a command does not say what a key holds but changes it, such as
// INCR or EVAL: only a server can run that.
var ErrNotDeclarative = errors.New("is not a command that describes a keyspace; only a server can run it")

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

// ErrCluster is why nothing can be put back into a Redis Cluster: that could not be done in one go.
var ErrCluster = errors.New("a cluster cannot be restored in one go")
