package engine

import "math"

// unit is how a command gives a time: as a span from now or as a moment, in so many milliseconds each.
type unit struct {
	milliseconds int64
	absolute     bool
}

func span(milliseconds int64) unit { return unit{milliseconds, false} }

func moment(milliseconds int64) unit { return unit{milliseconds, true} }

// expireUnits are those of the options that SET and its like have.
var expireUnits = map[string]unit{"EX": span(1000), "PX": span(1), "EXAT": moment(1000), "PXAT": moment(1)}

// farthest is how far a deadline can be from the base, in milliseconds, as miniredis counts nanoseconds. What is further
// away, some 292 years, is kept as that.
const farthest = math.MaxInt64 / 1_000_000

// deadline reads a time, and returns it in Unix milliseconds.
func (u unit) deadline(word string, t *timekeeper, command string) (int64, error) {
	n, ok := parseInteger(word)
	if !ok {
		return 0, errNotInteger
	}
	if n > math.MaxInt64/u.milliseconds || n < math.MinInt64/u.milliseconds {
		return 0, invalidExpire(command)
	}
	n *= u.milliseconds
	now := t.milliseconds()
	if !u.absolute {
		if n > math.MaxInt64-now {
			return 0, invalidExpire(command)
		}
		n += now
	}
	return min(max(n, t.base-1), t.base+farthest), nil // of the past only that it has been is kept
}

// positiveDeadline is deadline for commands that refuse zero and less.
func (u unit) positiveDeadline(word string, t *timekeeper, command string) (int64, error) {
	if n, ok := parseInteger(word); ok && n <= 0 {
		return 0, invalidExpire(command)
	}
	return u.deadline(word, t, command)
}

func invalidExpire(command string) error {
	return redisError("ERR invalid expire time in '" + command + "' command")
}
