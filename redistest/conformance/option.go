package conformance

import "time"

// defaultTimeLimit is generous: a healthy server needs milliseconds, a busy machine under the race detector seconds.
const defaultTimeLimit = 20 * time.Second

// Option changes what [Describe] registers.
type Option func(*settings)

type settings struct {
	deviations deviations
	survey     func(spec string, outcome error)
	timeLimit  time.Duration
	mayFlush   bool
	cluster    bool
}

// Deviations lists specs that the server is known to fail: the family and the text of a spec ("strings APPEND creates
// a missing key") to the reason. A listed spec is run and has to fail; its report then carries the reason. A listed
// spec that passes fails the run, and so does a name that no spec has, or an empty reason. Given more than once, the
// tables are joined.
func Deviations(table map[string]string) Option {
	return func(s *settings) {
		for name, reason := range table {
			s.deviations[name] = reason
		}
	}
}

// Survey runs every spec and tells how it went, in place of failing: nil, or what the first failed assertion said. It is for
// making a table of [Deviations] from, of which it takes no notice. tell is called for one spec at a time, and not for those
// that are skipped; with ginkgo -p each process knows of its own specs only.
func Survey(tell func(spec string, outcome error)) Option {
	return func(s *settings) { s.survey = tell }
}

// TimeLimit sets how long one spec may take; 20 seconds unless set. At the limit the connections of the spec are
// closed, which ends whatever waits for the server, and the spec fails.
func TimeLimit(limit time.Duration) Option {
	return func(s *settings) { s.timeLimit = limit }
}

// AllowFlush adds the family "flush": FLUSHDB, FLUSHALL, SWAPDB and exact DBSIZE. They empty every database of
// the server and are Serial, so no other spec of the same run is disturbed; other users of the server are.
func AllowFlush() Option {
	return func(s *settings) { s.mayFlush = true }
}

func resolve(opts []Option) settings {
	s := settings{deviations: deviations{}, timeLimit: defaultTimeLimit}
	for _, opt := range opts {
		opt(&s)
	}
	return s
}
