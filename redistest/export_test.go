package redistest

import (
	"flag"
	"io/fs"

	"github.com/compozy/rediskit/internal/config"
	"github.com/compozy/rediskit/snapshot"
)

// GoldenRun is a run of tests in a folder of its own, told what to do in its own way.
type GoldenRun struct {
	Root                  string
	Update, CI, Artifacts bool
	run                   run
}

// AssertGolden is the function of that name, in this run.
func (r *GoldenRun) AssertGolden(t TB, source snapshot.Source, name string, opts ...GoldenOption) {
	t.Helper()
	g := goldens{root: r.Root, run: &r.run, told: orders{update: r.Update, ci: r.CI, artifacts: r.Artifacts}}
	if err := g.check(t, source, name, opts); err != nil {
		t.Errorf("redistest: %v", err)
	}
}

// AssertPersisted is the function of that name, in this run.
func (r *GoldenRun) AssertPersisted(t TB, dataDir, name string, opts ...GoldenOption) {
	t.Helper()
	g := goldens{root: r.Root, run: &r.run, told: orders{update: r.Update, ci: r.CI, artifacts: r.Artifacts}}
	if err := g.checkPersisted(t, dataDir, name, opts); err != nil {
		t.Errorf("redistest: %v", err)
	}
}

// AskFor notes that a fixture was loaded.
func (r *GoldenRun) AskFor(path string) { r.run.askFor(path) }

// Obsolete is ObsoleteGoldens of this run, whatever the flags.
func (r *GoldenRun) Obsolete() ([]string, error) { return r.run.obsolete(r.Root) }

// ReadOrders says what an environment and a command line order.
func ReadOrders(env config.Env, flags *flag.FlagSet) (update, ci, artifacts bool) {
	told := readOrders(env, flags)
	return told.update, told.ci, told.artifacts
}

// Internals that are tested by themselves.
var (
	Partial    = partial
	GoldenPath = goldenPath
	Selecting  = selecting
)

// Fixtures is a shelf of its own.
type Fixtures struct{ shelf shelf }

// Parsed reads a file and returns what is the same as long as the file was not parsed again.
func (f *Fixtures) Parsed(files fs.FS, path, mark string) (*snapshot.Snapshot, error) {
	read, err := f.shelf.read(files, path, shelfMark{path: mark})
	return read.data, err
}
