package redistest

import (
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/compozy/rediskit/internal/config"
	"github.com/compozy/rediskit/snapshot"
)

// Drift runs fn on the embedded server and on a real one, and fails the test where they did not do the same: it is
// [ForEachBackend] without subtests, for Ginkgo and for what asserts nothing itself.
//
//	redistest.Drift(t, func(srv *redistest.Server) {
//		app.New(srv.Client()).Reindex(t.Context())
//	}, redistest.AllowDrift("OBJECT ENCODING", "short lists are stored in another way"))
//
// The real server is taken to be right. What no two servers have in common is overlooked from the start:
//   - which element SPOP, SRANDMEMBER, RANDOMKEY, HRANDFIELD and ZRANDMEMBER choose, and then which are left in a set that
//     SPOP has taken from; that there are as many is compared
//   - the order of what has none (SMEMBERS, SUNION, KEYS, HGETALL, GEOSEARCH and so on), and the steps of SCAN and its kin:
//     what a whole iteration has returned is compared
//   - the ids that XADD makes of the time, which are numbered as they come up
//   - times to live, within [ClockTolerance]; EXPIRETIME and TIME, which depend on when a test began
//   - what is about the server and not about data: INFO, CLIENT ID, OBJECT IDLETIME, OBJECT FREQ, DUMP and the like
//
// Errors have to have the same text. An option allows more.
//
// fn is given the same server as New returns, with the same options; it closes when fn is done.
func Drift(t TB, fn func(srv *Server), opts ...DriftOption) {
	t.Helper()
	env := config.ReadEnv()
	d := newDrift(env, opts)
	if d.err != nil {
		t.Fatalf("redistest: %v", d.err)
	}
	var sides sides
	var missing error
	for _, backend := range d.backends {
		if err := d.runOn(t, backend, fn, &sides); err != nil {
			var none *missingError
			if !errors.As(err, &none) || env.Require {
				t.Fatalf("redistest: %v", err)
			}
			missing = err
		}
	}
	d.judge(t, sides.all)
	if missing != nil {
		giveUp(t, missing)
	}
}

// runOn runs fn on a server, and adds what came of it to the sides.
func (d *drift) runOn(t TB, backend Backend, fn func(*Server), sides *sides) (err error) {
	t.Helper()
	var tr transcript
	srv, err := start(t.Context(), testLogger(t), d.options(backend, &tr))
	if err != nil {
		return err
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(srv.ctx), closeTimeout)
		defer cancel()
		err = errors.Join(err, srv.Close(ctx))
	}()
	srv.fail = func(format string, args ...any) {
		t.Helper()
		t.Fatalf(format, args...)
	}
	fn(srv)
	sides.add(d.sideOf(t.Context(), srv, &tr))
	return nil
}

// side is what came of a test on one backend.
type side struct {
	name     string
	embedded bool
	calls    []*call
	ordered  bool // their order means something
	keyspace *snapshot.Snapshot
	err      error // why there is no keyspace
}

// sides are filled by tests that may be parallel.
type sides struct {
	mu  sync.Mutex
	all []side
}

func (s *sides) add(one side) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = append(s.all, one)
}

func (s *sides) len() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.all)
}

// sideOf looks at a server when its test is done. The test's context may have ended by then.
func (d *drift) sideOf(ctx context.Context, srv *Server, tr *transcript) side {
	s := side{name: srv.on.name()}
	_, s.embedded = srv.on.(embedded)
	s.calls, s.ordered = tr.read()
	s.keyspace, s.err = comparison{view: d.view}.capture(ctx, srv)
	return s
}

// judge compares each side with that of a real server.
func (d *drift) judge(t TB, all []side) {
	t.Helper()
	if len(all) < 2 {
		t.Logf("redistest: nothing is compared, as the test has run on no two backends")
		return
	}
	at := max(0, slices.IndexFunc(all, func(s side) bool { return !s.embedded }))
	for i, other := range all {
		if i == at {
			continue
		}
		v := d.compare(all[at], other)
		for _, note := range v.notes {
			t.Logf("redistest: %s", note)
		}
		if text := v.failure(); text != "" {
			t.Errorf("redistest: %s", text)
		}
	}
}
