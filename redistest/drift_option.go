package redistest

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/compozy/rediskit/internal/config"
)

// DriftOption changes what [ForEachBackend] and [Drift] run and compare. Each of these is one:
//   - an [Option], for the servers; [WithBackend], which may be given several times, says on which there are to be
//   - a [Filter], for what is compared: [Match], [Except], [WithoutTTL] and [Renumber] go for the keyspaces, and [Scrub] goes for
//     commands and replies, too
//   - [AllowDrift], [ClockTolerance], [KeyspacesOnly]
type DriftOption interface{ allow(*drift) }

func (o Option) allow(d *drift) { d.server = append(d.server, o) }

func (f Filter) allow(d *drift) { f(&d.view) }

type driftOption func(*drift)

func (o driftOption) allow(d *drift) { o(d) }

// AllowDrift overlooks what servers reply to a command, and what it is sent with after its name. A subcommand is named with its
// command: "OBJECT ENCODING". The reason is logged where there was something to overlook; one must be given.
func AllowDrift(command, reason string) DriftOption {
	return driftOption(func(d *drift) {
		if strings.TrimSpace(reason) == "" {
			d.err = errors.Join(d.err, fmt.Errorf("allow %s to differ: no reason is given", command))
		}
		d.allowed[strings.ToUpper(command)] = reason
	})
}

// ClockTolerance is by how much times to live and idle times may differ, in replies and in keyspaces; 5s unless set. On a
// real server time goes by, on the embedded one it does not.
func ClockTolerance(most time.Duration) DriftOption {
	return driftOption(func(d *drift) { d.tolerance = most })
}

// KeyspacesOnly compares what the servers hold in the end and no replies, for a test whose order of commands is not its
// own: its goroutines take turns by chance.
func KeyspacesOnly() DriftOption {
	return driftOption(func(d *drift) { d.keyspacesOnly = true })
}

// drift is what the options add up to.
type drift struct {
	server        []Option
	backends      []Backend
	view          view
	allowed       map[string]string // reasons by commandOf
	tolerance     time.Duration
	keyspacesOnly bool
	err           error // of the options themselves
}

func newDrift(env config.Env, opts []DriftOption) *drift {
	d := &drift{allowed: map[string]string{}, tolerance: 5 * time.Second}
	for _, opt := range opts {
		opt.allow(d)
	}
	for _, opt := range d.server {
		var s settings
		if opt(&s); s.backend.start != nil {
			d.backends = append(d.backends, s.backend)
		}
	}
	if len(d.backends) == 0 {
		d.backends = allBackends(env)
	}
	return d
}

// allBackends are those to run on where no option says so.
func allBackends(env config.Env) []Backend {
	all := []Backend{Embedded(), RedisServer()}
	switch {
	case env.URL != "":
		all = append(all, External(env.URL))
	case strings.Contains(env.Backend, "://"):
		all = append(all, External(env.Backend))
	}
	return all
}

// label is what a backend is called in the name of a test, where a password has no place.
func (b Backend) label() string {
	if address, err := url.Parse(b.title); strings.Contains(b.title, "://") && (err != nil || address.Scheme != "") {
		return "external"
	}
	return b.title
}

// options are those of the server on one backend.
func (d *drift) options(b Backend, tr *transcript) []Option {
	return append(append([]Option{}, d.server...), WithBackend(b), withHook(tr))
}
