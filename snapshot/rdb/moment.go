package rdb

import (
	"math"
	"time"
)

// moment is what times to live are relative to.
type moment struct {
	now     int64 // in milliseconds of Unix time
	unknown bool
	keep    bool // what has expired stays
	grace   time.Duration
}

// left returns how long there is until an absolute time in milliseconds. It is false for what has expired and must go.
func (m moment) left(until int64) (ttl time.Duration, alive bool, err error) {
	if m.unknown {
		return 0, false, ErrNoCreationTime
	}
	if until < m.now {
		return m.grace, m.keep, nil
	}
	const longest = uint64(math.MaxInt64 / time.Millisecond)
	ms := max(1, min(uint64(until)-uint64(m.now), longest)) // in its last millisecond a key still has one
	return time.Duration(ms) * time.Millisecond, true, nil
}
