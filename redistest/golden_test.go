package redistest_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/internal/process/processtest"
	"github.com/compozy/rediskit/redistest"
	"github.com/compozy/rediskit/snapshot"
)

// loaded is a server that holds what some commands make.
func loaded(t *testing.T, commands ...string) *redistest.Server {
	t.Helper()
	srv := redistest.New(t)
	load(t, srv, commands...)
	return srv
}

func load(t *testing.T, srv *redistest.Server, commands ...string) {
	t.Helper()
	require.NoError(t, srv.Load(write(t, filepath.Join(t.TempDir(), "commands.redis"), lines(commands...))))
}

func lines(of ...string) string { return strings.Join(of, "\n") + "\n" }

// write puts text into a file, whose folder it makes, and returns its path.
func write(t *testing.T, path, text string) string {
	t.Helper()
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(text)
}

// fails runs an assertion in a test called name, and returns its failure or "".
func fails(t *testing.T, name string, assertion func(redistest.TB)) string {
	t.Helper()
	failures := runFake(t, func(f *fakeTB) {
		f.name = name
		assertion(f)
	})
	if len(failures) == 0 {
		return ""
	}
	require.Len(t, failures, 1)
	return failures[0]
}

// The goldens are in the repository, as a user's are. Whoever breaks this sees what a user sees.
func TestAssertGolden(t *testing.T) {
	t.Parallel()
	srv := redistest.New(t, redistest.WithFixture("testdata/every-type.redis"))
	redistest.AssertGolden(t, srv, "loaded")

	client := srv.Client()
	require.NoError(t, client.HIncrBy(t.Context(), "user:1", "visits", 1).Err())
	require.NoError(t, client.LPop(t.Context(), "queue:mail").Err())
	require.NoError(t, client.Persist(t.Context(), "session:1").Err())
	redistest.AssertGolden(t, srv, "changed")

	t.Run("in a subtest", func(t *testing.T) {
		t.Parallel()
		redistest.AssertGolden(t, redistest.New(t, redistest.WithFixture("testdata/every-type.redis")), "loaded")
	})
}

func TestAssertGoldenTellsWhatDiffersAndHowToAcceptIt(t *testing.T) {
	t.Parallel()
	run := &redistest.GoldenRun{Root: t.TempDir()}
	golden := write(t, filepath.Join(run.Root, "testdata", "TestShop", "buys_tea", "after.redis"),
		lines("SELECT 0", "HSET user:1 name Ada", "RPUSH queue a", "SET session s", "PEXPIRE session 60000"))
	srv := loaded(t, "HSET user:1 name Eve", "RPUSH queue a b", "SET session s", "SELECT 3", "SET greeting hello")
	assertion := func(f redistest.TB) { run.AssertGolden(f, srv, "after") }

	require.Equal(t, `redistest: the keyspace is not that of golden testdata/TestShop/buys_tea/after.redis:
	queue (list): unexpected element 1: b
	session (string): TTL: want 1m0s, got none
	user:1 (hash): field name: want Ada, got Eve
	db 3: greeting: unexpected string hello
to accept it: REDISTEST_UPDATE=1 go test -run '^TestShop$/^buys_tea$'`, fails(t, "TestShop/buys_tea", assertion))

	run.Update = true
	require.Empty(t, fails(t, "TestShop/buys_tea", assertion))
	require.Equal(t, lines("SELECT 0", "RPUSH queue a", "RPUSH queue b", "SET session s", "HSET user:1 name Eve",
		"SELECT 3", "SET greeting hello"), read(t, golden))

	run.Update = false
	require.Empty(t, fails(t, "TestShop/buys_tea", assertion))
}

func TestAssertGoldenOfAMissingFile(t *testing.T) {
	t.Parallel()
	run := &redistest.GoldenRun{Root: t.TempDir()}
	srv := loaded(t, "SET k v")
	assertion := func(f redistest.TB) { run.AssertGolden(f, srv, "after") }

	require.Equal(t, `redistest: golden testdata/TestShop/after.redis: there is no such file yet
to accept it: REDISTEST_UPDATE=1 go test -run '^TestShop$'`, fails(t, "TestShop", assertion))
	require.NoDirExists(t, filepath.Join(run.Root, "testdata"))

	run.Update, run.CI = true, true
	require.Equal(t, `redistest: golden testdata/TestShop/after.redis: there is no such file yet
to accept it: REDISTEST_UPDATE=1 go test -run '^TestShop$'
where CI is set, as it is here, nothing is written`, fails(t, "TestShop", assertion))
	require.NoDirExists(t, filepath.Join(run.Root, "testdata"))

	run.CI = false
	require.Empty(t, fails(t, "TestShop", assertion))
	require.Equal(t, "SELECT 0\nSET k v\n", read(t, filepath.Join(run.Root, "testdata", "TestShop", "after.redis")))

	run.CI = true
	require.Empty(t, fails(t, "TestShop", assertion), "where nothing differs there is nothing to write")
}

func TestAssertGoldenOfAFileThatIsNoGolden(t *testing.T) {
	t.Parallel()
	run := &redistest.GoldenRun{Root: t.TempDir()}
	srv := loaded(t, "SET k v")
	folder := filepath.Join(run.Root, "testdata", "TestShop")
	merged := write(t, filepath.Join(folder, "merged.redis"), lines("SELECT 0", "<<<<<<< ours", "SET k w"))
	write(t, filepath.Join(folder, "quote.redis"), lines("# a comment", "SET k 'v"))
	write(t, filepath.Join(folder, "number.redis"), lines("ZADD board 1 ada x bob"))
	require.NoError(t, os.Mkdir(filepath.Join(folder, "folder.redis"), 0o755))

	for name, want := range map[string]string{
		"merged": "testdata/TestShop/merged.redis:2:1: <<<<<<< ours: is not a command that describes a keyspace; only a server can run it",
		"quote":  "testdata/TestShop/quote.redis:2:7: the quote that begins here is never closed",
		"number": "testdata/TestShop/number.redis:1:18: ZADD board: score x is not a number",
	} {
		require.Equal(t, "redistest: golden "+want+"\nto accept it: REDISTEST_UPDATE=1 go test -run '^TestShop$'",
			fails(t, "TestShop", func(f redistest.TB) { run.AssertGolden(f, srv, name) }))
	}
	require.Equal(t, "redistest: golden testdata/TestShop/folder.redis: is a directory",
		fails(t, "TestShop", func(f redistest.TB) { run.AssertGolden(f, srv, "folder") }))

	run.Update = true
	require.Empty(t, fails(t, "TestShop", func(f redistest.TB) { run.AssertGolden(f, srv, "merged") }))
	require.Equal(t, "SELECT 0\nSET k v\n", read(t, merged))
}

// broken is what cannot be captured.
type broken struct{}

func (broken) Capture(context.Context, ...snapshot.CaptureOption) (*snapshot.Snapshot, error) {
	return nil, errors.New("capture: no")
}

func TestAssertGoldenOfASourceThatFails(t *testing.T) {
	t.Parallel()
	run := &redistest.GoldenRun{Root: t.TempDir(), Update: true}
	require.Equal(t, "redistest: golden testdata/TestShop/after.redis: capture: no",
		fails(t, "TestShop", func(f redistest.TB) { run.AssertGolden(f, broken{}, "after") }))
	require.NoDirExists(t, filepath.Join(run.Root, "testdata"))
}

func TestAssertGoldenInACleanup(t *testing.T) {
	t.Parallel()
	run := &redistest.GoldenRun{Root: t.TempDir(), Update: true}
	require.Empty(t, fails(t, "TestShop", func(f redistest.TB) {
		srv := redistest.New(f)
		f.Cleanup(func() { // the test's context has ended by then
			srv.Client().Set(context.WithoutCancel(f.Context()), "k", "v", 0)
			run.AssertGolden(f, srv, "after")
		})
	}))
	require.Equal(t, "SELECT 0\nSET k v\n", read(t, filepath.Join(run.Root, "testdata", "TestShop", "after.redis")))
}

func TestGoldenOptions(t *testing.T) {
	t.Parallel()
	ids := regexp.MustCompile(`order-[0-9a-f]{8}`)
	srv := loaded(t, "SET order-12ab34cd 'of ada, see order-ffffffff'", "HSET user:1 last order-12ab34cd", "PEXPIRE user:1 1500",
		"XADD log 1700000000000-3 k v", "XADD log 1700000000001-0 k w", "XGROUP CREATE log g 1700000000000-3",
		"XCLAIM log g c 0 1700000000000-3 TIME 1700000000002 RETRYCOUNT 1 FORCE JUSTID", "SET tmp:1 x", "SET tmp:keep x")
	for name, c := range map[string]struct {
		opts []redistest.GoldenOption
		want string
	}{
		"match": {
			[]redistest.GoldenOption{redistest.Match("tmp:?"), redistest.Match("user:*")},
			lines("SELECT 0", "SET tmp:1 x", "HSET user:1 last order-12ab34cd", "PEXPIRE user:1 1500"),
		},
		"except": {
			[]redistest.GoldenOption{redistest.Except("log"), redistest.Except("user:*"), redistest.Except("order*")},
			lines("SELECT 0", "SET tmp:1 x", "SET tmp:keep x"),
		},
		"match-and-except": {
			[]redistest.GoldenOption{redistest.Match("tmp:*"), redistest.Except("*:keep")},
			lines("SELECT 0", "SET tmp:1 x"),
		},
		"scrub": {
			[]redistest.GoldenOption{redistest.Match("[ou]*"), redistest.Scrub(ids, "order-ID")},
			lines("SELECT 0", "SET order-ID 'of ada, see order-ID'", "HSET user:1 last order-ID", "PEXPIRE user:1 1500"),
		},
		"without-ttl": {
			[]redistest.GoldenOption{redistest.Match("user:*"), redistest.WithoutTTL()},
			lines("SELECT 0", "HSET user:1 last order-12ab34cd"),
		},
		"renumber": {
			[]redistest.GoldenOption{redistest.Match("log"), redistest.Renumber()},
			lines("SELECT 0", "XADD log 1-0 k v", "XADD log 2-0 k w", "XGROUP CREATE log g 1-0",
				"XCLAIM log g c 0 1-0 TIME 0 RETRYCOUNT 1 FORCE JUSTID"),
		},
		"in-their-order": {
			[]redistest.GoldenOption{
				redistest.Match("user:*"), redistest.WithoutTTL(), redistest.Scrub(ids, "A"), redistest.Scrub(regexp.MustCompile("A"), "B"),
			},
			lines("SELECT 0", "HSET user:1 last B"),
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run := &redistest.GoldenRun{Root: t.TempDir(), Update: true}
			for range 2 {
				require.Empty(t, fails(t, "TestShop", func(f redistest.TB) { run.AssertGolden(f, srv, name, c.opts...) }))
				run.Update = false
			}
			require.Equal(t, c.want, read(t, filepath.Join(run.Root, "testdata", "TestShop", name+".redis")))
		})
	}
}

func TestTTLToleranceOnARealServer(t *testing.T) {
	t.Parallel()
	client := redis.NewClient(&redis.Options{Network: "unix", Addr: processtest.Start(t).Socket()})
	t.Cleanup(func() { require.NoError(t, client.Close()) })
	source := snapshot.Of(client)
	require.NoError(t, client.Set(t.Context(), "session", "s", time.Hour).Err())
	redistest.AssertGolden(t, source, "session", redistest.TTLTolerance(10*time.Minute))

	run := &redistest.GoldenRun{Root: t.TempDir()}
	golden := write(t, filepath.Join(run.Root, "testdata", "TestShop", "session.redis"), lines("SET session s", "PEXPIRE session 3600000"))
	assertion := func(opts ...redistest.GoldenOption) func(redistest.TB) {
		return func(f redistest.TB) { run.AssertGolden(f, source, "session", opts...) }
	}
	require.NoError(t, client.Expire(t.Context(), "session", 50*time.Minute).Err())
	require.Contains(t, fails(t, "TestShop", assertion(redistest.TTLTolerance(time.Minute))), "TTL: want 1h0m0s, got ")
	require.Contains(t, fails(t, "TestShop", assertion()), "TTL: want 1h0m0s, got ")

	// Neither is a tolerated difference accepted, nor is it one between two assertions of a run.
	run.Update = true
	for range 2 {
		require.Empty(t, fails(t, "TestShop", assertion(redistest.TTLTolerance(15*time.Minute))))
	}
	require.Equal(t, lines("SET session s", "PEXPIRE session 3600000"), read(t, golden))

	require.NoError(t, client.Persist(t.Context(), "session").Err())
	require.Contains(t, fails(t, "TestShop", assertion(redistest.TTLTolerance(24*time.Hour))), "TTL: want ")
}

// artifactTB keeps artifacts, as *testing.T does.
type artifactTB struct {
	redistest.TB
	folder string
}

func (a artifactTB) ArtifactDir() string { return a.folder }

func TestAssertGoldenKeepsWhatItReceived(t *testing.T) {
	t.Parallel()
	srv := loaded(t, "SET k v")
	folder := t.TempDir()
	run := &redistest.GoldenRun{Root: t.TempDir()}
	assertion := func(folder string) func(redistest.TB) {
		return func(f redistest.TB) { run.AssertGolden(artifactTB{f, folder}, srv, "after") }
	}
	const missing = `redistest: golden testdata/TestShop/after.redis: there is no such file yet`
	const hint = "\nto accept it: REDISTEST_UPDATE=1 go test -run '^TestShop$'"

	require.Equal(t, missing+hint, fails(t, "TestShop", assertion(folder)))
	require.NoFileExists(t, filepath.Join(folder, "after.redis"))

	run.Artifacts = true
	kept := filepath.Join(folder, "after.redis")
	require.Equal(t, missing+hint+"\nwhat was received is in "+kept, fails(t, "TestShop", assertion(folder)))
	require.Equal(t, "SELECT 0\nSET k v\n", read(t, kept))
	require.Equal(t, missing+hint, fails(t, "TestShop", func(f redistest.TB) { run.AssertGolden(f, srv, "after") }), "it has no such folder")

	nowhere := filepath.Join(folder, "nowhere")
	require.Equal(t, missing+hint+"\nkeep what was received: open "+filepath.Join(nowhere, "after.redis")+": no such file or directory",
		fails(t, "TestShop", assertion(nowhere)))

	run.Update = true
	require.Empty(t, fails(t, "TestShop", assertion(nowhere)), "what passes is not kept")
}

func TestTheHintRunsTheTest(t *testing.T) {
	t.Parallel()
	for test, want := range map[string]string{
		"TestShop":                  `-run '^TestShop$'`,
		"TestShop/a+b/it's_#01":     `-run '^TestShop$/^a\+b$/^it'\''s_#01$'`,
		"FuzzShop/seed#0":           `-run '^FuzzShop$/^seed#0$'`,
		"BenchmarkShop/10":          `-run '^$' -bench '^BenchmarkShop$/^10$'`,
		"the shop sells tea (hot)":  `-ginkgo.focus 'the shop sells tea \(hot\)'`,
		"Test of a shop that sells": `-ginkgo.focus 'Test of a shop that sells'`,
	} {
		assert.Equal(t, want, redistest.Selecting(test))
	}
}
