package rdb

import (
	"errors"
	"fmt"

	"github.com/compozy/rediskit/internal/words"
)

// What to look for with [errors.Is]: reasons of an [Error], and of what [Encode] and [EncodeValue] refuse.
var (
	// ErrFormat is where the file is no .rdb file, or not one of a version from 1 to 12. The same goes for a payload.
	ErrFormat = errors.New("not an RDB file of version 1 to 12")
	// ErrChecksum is where the bytes are not those that were written.
	ErrChecksum = errors.New("the checksum does not match")
	// ErrModule is where a value or a record belongs to a module: only the module can read it. [Read] leaves it out.
	ErrModule = errors.New("data of a module")
	// ErrMemoryLimit is where the contents would need more memory than [MemoryLimit] allows, or its default.
	ErrMemoryLimit = errors.New("the contents exceed the memory limit; rdb.MemoryLimit sets another")
	// ErrNoCreationTime is where [AtCreation] is asked for and the file does not say when it was written. [At] can.
	ErrNoCreationTime = errors.New("the file does not say when it was written, which rdb.AtCreation needs")
	// ErrFieldTTLs is where a hash has fields with a time to live, and the version to be written has no place for them. It
	// is no [Error].
	ErrFieldTTLs = errors.New("fields with a time to live need rdb.Version(12), which Redis 7.4 and later read")
)

var (
	errEmpty   = errors.New("a collection without elements")
	errVersion = errors.New("only the versions 10 to 12 can be written")
)

// Error tells where bytes could not be read, and why. What was cut off has the reason [io.ErrUnexpectedEOF]; what the
// reader itself failed with is a reason, too.
type Error struct {
	// Offset is the place of the fault in bytes from the beginning. Within a string that is compressed it is the place of
	// that string.
	Offset int64
	// Database and Key are the key's in whose value the fault is. Key is meaningless where HasKey is false.
	Database int
	Key      string
	HasKey   bool
	// Reason is what is wrong.
	Reason error

	subject string
}

func (e *Error) Error() string {
	if !e.HasKey {
		return fmt.Sprintf("decode %s: byte %d: %v", e.subject, e.Offset, e.Reason)
	}
	return fmt.Sprintf("decode %s: database %d: key %s: byte %d: %v", e.subject, e.Database, words.Quote(e.Key), e.Offset, e.Reason)
}

// Unwrap returns the reason.
func (e *Error) Unwrap() error { return e.Reason }

// corrupt is an [Error] at a place.
func corrupt(offset int64, format string, args ...any) error {
	return &Error{Offset: offset, Reason: fmt.Errorf(format, args...)}
}

// about fills in what the place of the fault did not know.
func about(err error, subject string) *Error {
	var e *Error
	if !errors.As(err, &e) {
		e = &Error{Reason: err}
	}
	e.subject = subject
	return e
}
