package redistest

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"regexp"
	"strings"
	"time"

	"github.com/compozy/rediskit/internal/config"
	"github.com/compozy/rediskit/snapshot"
)

// captureTimeout is how long an assertion waits for what it compares.
const captureTimeout = 30 * time.Second

// AssertGolden compares the whole keyspace of source, a *[Server] or [snapshot.Of] a client, with the file
// testdata/<test>/<name>.redis, and fails the test where they differ:
//
//	redistest.AssertGolden(t, srv, "after-checkout")
//
// The file holds Redis commands, a line for each element, so that it can be read, reviewed, and run with redis-cli. It is
// written, or accepted as it has become, by running the test with REDISTEST_UPDATE=1, or with the flag -redistest.update,
// or with the flag -update if the program has one; a file that is as the options want it is left alone. Where CI is set
// nothing is ever written. With go test -artifacts, what a failing assertion was given is kept among the test's artifacts.
//
// The name is made of letters, digits, '-', '_' and '.'; <test> is the test's own name, with what some file system could
// not hold replaced. A test that needs several goldens gives each a name of its own. AssertGolden may be called from
// parallel tests, and in a Cleanup.
func AssertGolden(t TB, source snapshot.Source, name string, opts ...GoldenOption) {
	t.Helper()
	g := goldens{run: &thisRun, told: readOrders(config.ReadEnv(), flag.CommandLine)}
	if err := g.check(t, source, name, opts); err != nil {
		t.Errorf("redistest: %v", err)
	}
}

// GoldenOption changes what [AssertGolden] looks at. Every [Filter] is one.
type GoldenOption interface{ compare(*comparison) }

// comparison is what the options add up to.
type comparison struct {
	view
	diff []snapshot.DiffOption
}

// TTLTolerance takes times to live for the same that differ by no more than this.
func TTLTolerance(most time.Duration) GoldenOption { return tolerance(most) }

type tolerance time.Duration

func (t tolerance) compare(c *comparison) {
	c.diff = append(c.diff, snapshot.TTLTolerance(time.Duration(t)))
}

// goldens are the golden files of a package.
type goldens struct {
	root string // the folder that holds testdata; "" for the current one, which go test makes the package's
	run  *run
	told orders
}

// check is AssertGolden that returns its failure.
func (g goldens) check(t TB, source snapshot.Source, name string, opts []GoldenOption) error {
	path, err := goldenPath(t.Name(), name)
	if err != nil {
		return err
	}
	fail := func(err error) error { return fmt.Errorf("golden %s: %w", path, err) }
	if err := g.run.claim(g.root, path, t.Name()); err != nil {
		return fail(err)
	}
	var c comparison
	for _, opt := range opts {
		opt.compare(&c)
	}
	got, err := c.capture(t.Context(), source)
	if err != nil {
		return fail(err)
	}
	var text bytes.Buffer
	if err := snapshot.Encode(&text, got); err != nil {
		return fail(err)
	}
	received := golden{Snapshot: got, text: text.Bytes()}
	want, err := g.load(path, received)
	if err != nil && !errors.Is(err, fs.ErrNotExist) && !malformed(err) {
		return fail(err)
	}
	if g.told.update && !g.told.ci {
		if err := g.accept(path, want, received, c.diff); err != nil {
			return fail(err)
		}
		return nil
	}
	differs := c.difference(path, want, received, err)
	if differs == nil {
		return nil
	}
	differs = fmt.Errorf("%w\n%s", differs, g.hint(t.Name()))
	kept, err := g.keepArtifact(t, name, received)
	if err != nil {
		return errors.Join(differs, err)
	}
	return fmt.Errorf("%w%s", differs, kept)
}

// capture is what the options leave of source. It can be taken when the test's context has ended, in a Cleanup.
func (c comparison) capture(ctx context.Context, source snapshot.Source) (*snapshot.Snapshot, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), captureTimeout)
	defer cancel()
	return c.of(ctx, source)
}

// difference is why the golden is not what was received, or nil. loading is why there is none.
func (c comparison) difference(path string, want, got golden, loading error) error {
	switch {
	case malformed(loading):
		return fmt.Errorf("golden %w", loading)
	case loading != nil:
		return fmt.Errorf("golden %s: there is no such file yet", path)
	}
	diff := snapshot.Diff(want.Snapshot, got.Snapshot, c.diff...)
	if diff == "" {
		return nil
	}
	return fmt.Errorf("the keyspace is not that of golden %s:\n%s", path, indent(diff))
}

// hint tells how to accept what was received.
func (g goldens) hint(test string) string {
	hint := "to accept it: REDISTEST_UPDATE=1 go test " + selecting(test)
	if g.told.ci {
		hint += "\nwhere CI is set, as it is here, nothing is written"
	}
	return hint
}

// selecting is what makes go test run one test.
func selecting(test string) string {
	ofTesting := strings.HasPrefix(test, "Test") || strings.HasPrefix(test, "Fuzz") || strings.HasPrefix(test, "Benchmark")
	if !ofTesting || strings.Contains(test, " ") { // there are spaces in the text of a Ginkgo spec alone
		return "-ginkgo.focus " + shellQuoted(regexp.QuoteMeta(test))
	}
	parts := strings.Split(test, "/")
	for i, part := range parts {
		parts[i] = "^" + regexp.QuoteMeta(part) + "$"
	}
	pattern := shellQuoted(strings.Join(parts, "/"))
	if strings.HasPrefix(test, "Benchmark") {
		return "-run '^$' -bench " + pattern
	}
	return "-run " + pattern
}

func shellQuoted(word string) string { return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'" }

func indent(lines string) string {
	return "\t" + strings.ReplaceAll(strings.TrimSuffix(lines, "\n"), "\n", "\n\t")
}
