package bench_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/gkampitakis/go-snaps/snaps"
	"github.com/sebdah/goldie/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/redistest"
	"github.com/compozy/rediskit/snapshot"
)

// golden is the name of all golden files here.
const golden = "keyspace"

// BenchmarkGolden compares a keyspace of 1,000 keys of all types with its golden file. redistest captures, encodes, and
// compares with the file, which it decodes only where that differs. goldie and go-snaps compare the same text byte by byte: with
// capture-and-encode they are given that of a new capture each time, as a test would, and with bytes-alone one that is there already,
// which leaves reading the file and comparing.
func BenchmarkGolden(b *testing.B) {
	b.Chdir(b.TempDir())
	srv := filled(b, mixedKeys(1000))
	text := textOf(b, srv)
	writeGoldens(b, text)
	anew := func(with comparison) func(int) {
		return func(n int) {
			for range n {
				with(b, textOf(b, srv))
			}
		}
	}
	alone := func(with comparison) func(int) {
		return func(n int) {
			for range n {
				with(b, text)
			}
		}
	}
	race(
		b,
		contestant{"redistest", assertGolden(b, srv, golden)},
		contestant{"goldie-capture-and-encode", anew(withGoldie)},
		contestant{"go-snaps-capture-and-encode", anew(withGoSnaps)},
		contestant{"goldie-bytes-alone", alone(withGoldie)},
		contestant{"go-snaps-bytes-alone", alone(withGoSnaps)},
	)
}

func TestContestantsForGoldensCompare(t *testing.T) {
	t.Chdir(t.TempDir())
	srv := redistest.New(t)
	require.NoError(t, srv.Client().Set(t.Context(), "key", "v", 0).Err())
	writeGoldens(t, textOf(t, srv))
	ours := func(t testing.TB, _ []byte) {
		t.Helper()
		redistest.AssertGolden(t, srv, golden)
	}
	for _, compare := range []comparison{ours, withGoldie, withGoSnaps} {
		compare(t, textOf(t, srv))
	}
	require.NoError(t, srv.Client().Set(t.Context(), "key", "another", 0).Err())
	for i, compare := range []comparison{ours, withGoldie, withGoSnaps} {
		failing := &failingTest{TB: t}
		compare(failing, textOf(t, srv))
		assert.True(t, failing.failed, i)
	}
}

// assertGolden compares a server with its golden file again and again.
func assertGolden(b *testing.B, srv *redistest.Server, name string) func(int) {
	b.Helper()
	return func(n int) {
		for range n {
			redistest.AssertGolden(b, srv, name)
		}
	}
}

// textOf is what a golden file says of a server.
func textOf(t testing.TB, srv *redistest.Server) []byte {
	t.Helper()
	captured, err := srv.Capture(t.Context())
	require.NoError(t, err)
	var text bytes.Buffer
	require.NoError(t, snapshot.Encode(&text, captured))
	return text.Bytes()
}

// writeGoldens writes the golden file where redistest, goldie and go-snaps look for it from the current folder.
func writeGoldens(t testing.TB, text []byte) {
	t.Helper()
	writeGolden(t, golden, text)
	require.NoError(t, os.WriteFile(filepath.Join("testdata", golden+".golden"), text, 0o600))
	require.NoError(t, os.WriteFile(filepath.Join("testdata", golden+"_1.snap"), text, 0o600))
}

// writeGolden writes it where redistest alone looks for it.
func writeGolden(t testing.TB, name string, text []byte) {
	t.Helper()
	folder := filepath.Join("testdata", t.Name())
	require.NoError(t, os.MkdirAll(folder, 0o750))
	require.NoError(t, os.WriteFile(filepath.Join(folder, name+".redis"), text, 0o600))
}

// comparison compares a text with its golden file.
type comparison func(t testing.TB, text []byte)

func withGoldie(t testing.TB, text []byte) {
	t.Helper()
	goldie.New(t).Assert(t, golden, text)
}

// withGoSnaps ends the test with each comparison, as the library takes the next one in a test for that of another file.
func withGoSnaps(t testing.TB, text []byte) {
	t.Helper()
	folder, err := filepath.Abs("testdata") // or it would be beside this source
	require.NoError(t, err)
	ending := &endingTest{TB: t}
	defer ending.end()
	snaps.WithConfig(snaps.Dir(folder), snaps.Filename(golden), snaps.Update(false)).MatchStandaloneSnapshot(ending, string(text))
}

// endingTest is a test that ends before the one around it.
type endingTest struct {
	testing.TB
	cleanups []func()
}

func (t *endingTest) Cleanup(fn func()) { t.cleanups = append(t.cleanups, fn) }

func (t *endingTest) end() {
	for _, cleanup := range t.cleanups {
		cleanup()
	}
}

// failingTest is a test that may fail without the one around it.
type failingTest struct {
	testing.TB
	failed bool
}

func (t *failingTest) Error(...any)          { t.failed = true }
func (t *failingTest) Errorf(string, ...any) { t.failed = true }
