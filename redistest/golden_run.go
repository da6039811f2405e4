package redistest

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/compozy/rediskit/internal/config"
	"github.com/compozy/rediskit/snapshot"
)

const updateFlag = "redistest.update"

func init() { //nolint:gochecknoinits // flags have to be there before the test binary reads its command line
	if testing.Testing() {
		flag.Bool(updateFlag, false, "write the golden files of redistest")
	}
}

// orders are what a run was told to do with golden files.
type orders struct{ update, ci, artifacts bool }

// readOrders reads the environment and the command line. The flag -update is that of whoever has defined it.
func readOrders(env config.Env, flags *flag.FlagSet) orders {
	return orders{
		update:    env.Update || isOn(flags, updateFlag) || isOn(flags, "update"),
		ci:        env.CI,
		artifacts: isOn(flags, "test.artifacts"),
	}
}

// isOn tells whether a boolean flag, which there may or may not be, is set.
func isOn(flags *flag.FlagSet, name string) bool {
	f := flags.Lookup(name)
	if f == nil {
		return false
	}
	on, err := strconv.ParseBool(f.Value.String())
	return err == nil && on
}

// run is what a run as a whole knows of golden files and fixtures. It is safe for concurrent use.
type run struct {
	mu     sync.Mutex
	asked  map[string]bool   // files that were asked for, by absolute path
	claims map[string]*claim // goldens, by claimKey
}

// claim says whose a golden is.
type claim struct {
	path, test string
	accepted   *snapshot.Snapshot // what this run has made the golden, if it has
}

// thisRun is the process's, as a run is.
var thisRun run

// claimKey is the same for files that some file system takes for the same.
func claimKey(root, path string) string { return filepath.Join(root, strings.ToLower(path)) }

// askFor notes that a file is of use.
func (r *run) askFor(path string) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return // without a current folder nothing can be looked for in it either
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.asked == nil {
		r.asked = map[string]bool{}
	}
	r.asked[absolute] = true
}

// claim notes that a golden is a test's. It fails if that cannot be told from another one's everywhere.
func (r *run) claim(root, path, test string) error {
	r.askFor(filepath.Join(root, path))
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.claims == nil {
		r.claims = map[string]*claim{}
	}
	key := claimKey(root, path)
	known := r.claims[key]
	if known == nil {
		r.claims[key] = &claim{path: path, test: test}
		return nil
	}
	if known.path != path {
		return fmt.Errorf("%s has %s, which is the same file where case makes no difference; give one of the two another name", known.test, known.path)
	}
	return nil
}

// ObsoleteGoldens lists the .redis files below testdata that no test has asked for, neither as a golden nor as a fixture.
// It is for TestMain and AfterSuite, when all tests have passed:
//
//	code := m.Run()
//	if code == 0 {
//		obsolete, err := redistest.ObsoleteGoldens()
//		...
//	}
//
// Of a run that has not run all tests nothing can be said, and the list is empty: one with -run, -skip, -short or -list, and
// a Ginkgo suite that is filtered or shared by several processes. A test that skips itself leaves its goldens in the list. A
// file that [Server.LoadFS] has read counts as asked for where its path leads to it from here or from testdata.
func ObsoleteGoldens() ([]string, error) {
	if partial(flag.CommandLine) {
		return nil, nil
	}
	return thisRun.obsolete("")
}

// obsolete lists files below root's testdata, from root.
func (r *run) obsolete(root string) ([]string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	absolute, err := filepath.Abs(root)
	if err != nil {
		return nil, fmt.Errorf("obsolete goldens: %w", err)
	}
	var obsolete []string
	err = filepath.WalkDir(filepath.Join(absolute, goldenFolder), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != goldenExtension || r.asked[path] {
			return err
		}
		relative, err := filepath.Rel(absolute, path)
		obsolete = append(obsolete, relative)
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("obsolete goldens: %w", err)
	}
	return obsolete, nil
}

// partial tells whether the command line leaves tests out.
func partial(flags *flag.FlagSet) bool {
	for _, name := range []string{
		"test.run", "test.skip", "test.list",
		"ginkgo.focus", "ginkgo.skip", "ginkgo.focus-file", "ginkgo.skip-file", "ginkgo.label-filter", "ginkgo.sem-ver-filter",
	} {
		if f := flags.Lookup(name); f != nil && f.Value.String() != "" && f.Value.String() != "[]" {
			return true
		}
	}
	if f := flags.Lookup("ginkgo.parallel.total"); f != nil && f.Value.String() != "1" {
		return true
	}
	return isOn(flags, "test.short") || isOn(flags, "test.fuzzworker") || isOn(flags, "ginkgo.dry-run")
}
