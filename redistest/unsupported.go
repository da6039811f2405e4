package redistest

import "errors"

// ErrUnsupported is what every [UnsupportedError] is.
var ErrUnsupported = errors.New("unsupported")

// UnsupportedError says that a server cannot do something, and why.
type UnsupportedError struct {
	Feature string // what was asked for
	Backend string // the backend that cannot; "" where that is not the reason
}

// Error implements error.
func (e *UnsupportedError) Error() string {
	if e.Backend == "" {
		return e.Feature + ": unsupported"
	}
	return e.Feature + ": unsupported by the backend " + e.Backend
}

// Is makes errors.Is(err, ErrUnsupported) true.
func (e *UnsupportedError) Is(target error) bool { return target == ErrUnsupported }
