package redistest_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/redistest"
)

func TestGoldenNamesStayInTestdata(t *testing.T) {
	t.Parallel()
	run := &redistest.GoldenRun{Root: t.TempDir(), Update: true}
	srv := loaded(t, "SET k v")
	for name, shown := range map[string]string{
		"":                       `""`,
		".":                      `"."`,
		"..":                     `".."`,
		"../other":               `"../other"`,
		"/etc/passwd":            `"/etc/passwd"`,
		"a/b":                    `"a/b"`,
		`a\b`:                    `"a\\b"`,
		`C:a`:                    `"C:a"`,
		"a b":                    `"a b"`,
		"a\x00":                  `"a\x00"`,
		"hidden.":                `"hidden."`,
		"aux":                    `"aux"`,
		"CON.old":                `"CON.old"`,
		"zażółć":                 `"zażółć"`,
		strings.Repeat("a", 101): `"` + strings.Repeat("a", 101) + `"`,
	} {
		require.Equal(t, "redistest: golden "+shown+": a name is made of up to 100 letters, digits, '-', '_' and '.', "+
			"without a '.' at either end, and is no device of Windows",
			fails(t, "TestShop", func(f redistest.TB) { run.AssertGolden(f, srv, name) }))
	}
	require.NoDirExists(t, filepath.Join(run.Root, "testdata"))
}

func TestGoldenPathsAreSafeForEveryFileSystem(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for test, want := range map[string]string{
		"TestShop":                             "TestShop",
		"TestShop/buys_tea#01":                 "TestShop/buys_tea_01-3fe4e6b2",
		"TestShop/buys_tea_01":                 "TestShop/buys_tea_01",
		"TestShop/a:b":                         "TestShop/a_b-",
		"TestShop/a*b":                         "TestShop/a_b-",
		"TestShop/..":                          "TestShop/-",
		"TestShop/.git":                        "TestShop/git-",
		"TestShop/dots...":                     "TestShop/dots-",
		"TestShop/":                            "TestShop/-",
		"TestShop/con":                         "TestShop/_con-",
		"TestShop/Lpt1.txt":                    "TestShop/_Lpt1.txt-",
		"TestShop/żółw":                        "TestShop/___w-",
		"TestShop/\xff":                        "TestShop/_-",
		"TestShop/" + strings.Repeat("x", 300): "TestShop/" + strings.Repeat("x", 100) + "-",
		"the shop sells tea":                   "the_shop_sells_tea-",
	} {
		path, err := redistest.GoldenPath(test, "after")
		require.NoError(t, err)
		path = filepath.ToSlash(path)
		assert.True(t, strings.HasPrefix(path, "testdata/"+strings.TrimSuffix(want, "3fe4e6b2")), path)
		assert.True(t, strings.HasSuffix(path, "/after.redis"), path)
		assert.Regexp(t, `^[A-Za-z0-9._/-]+$`, path)
		assert.False(t, seen[path], path)
		seen[path] = true
		again, err := redistest.GoldenPath(test, "after")
		require.NoError(t, err)
		assert.Equal(t, path, filepath.ToSlash(again))
	}
}

func TestAGoldenIsWrittenOnceInARun(t *testing.T) {
	t.Parallel()
	run := &redistest.GoldenRun{Root: t.TempDir(), Update: true}
	first, second := loaded(t, "SET k v"), loaded(t, "SET k w")
	require.Empty(t, fails(t, "TestShop", func(f redistest.TB) { run.AssertGolden(f, first, "after") }))
	require.Empty(t, fails(t, "TestShop", func(f redistest.TB) { run.AssertGolden(f, first, "after") }), "as with -count=2")
	require.Equal(t, `redistest: golden testdata/TestShop/after.redis: this run has written it with other contents already; `+
		"give one of the two another name:\n\tk (string): want v, got w",
		fails(t, "TestShop", func(f redistest.TB) { run.AssertGolden(f, second, "after") }))
	require.Equal(t, "SELECT 0\nSET k v\n", read(t, filepath.Join(run.Root, "testdata", "TestShop", "after.redis")))

	// Whatever the update does, one file for two goldens works on some machines only.
	for _, run.Update = range []bool{true, false} {
		require.Equal(t, `redistest: golden testdata/TestSHOP/after.redis: TestShop has testdata/TestShop/after.redis, `+
			`which is the same file where case makes no difference; give one of the two another name`,
			fails(t, "TestSHOP", func(f redistest.TB) { run.AssertGolden(f, first, "after") }))
	}
}

func TestParallelTestsThatWriteTheSameGolden(t *testing.T) {
	t.Parallel()
	run := &redistest.GoldenRun{Root: t.TempDir(), Update: true}
	servers := []*redistest.Server{loaded(t, "SET k v"), loaded(t, "SET k w")}
	failures := make(chan []string, len(servers))
	for _, srv := range servers {
		go func() {
			failures <- runFake(t, func(f *fakeTB) {
				f.name = "TestShop"
				run.AssertGolden(f, srv, "after")
			})
		}()
	}
	both := strings.Join(append(<-failures, <-failures...), "\n")
	require.Contains(t, both, "this run has written it with other contents already")
	require.Equal(t, 1, strings.Count(both, "redistest: "), "one of them has written it")
}

func TestLineEnds(t *testing.T) {
	t.Parallel()
	run := &redistest.GoldenRun{Root: t.TempDir()}
	srv := loaded(t, "SET k v", `SET cr "a\r\n"`, "RPUSH q 'x y'")
	golden := filepath.Join(run.Root, "testdata", "TestShop", "after.redis")
	text := lines("SELECT 0", `SET cr "a\r\n"`, "SET k v", "RPUSH q 'x y'")
	write(t, golden, strings.ReplaceAll(text, "\n", "\r\n"))
	assertion := func(f redistest.TB) { run.AssertGolden(f, srv, "after") }

	require.Empty(t, fails(t, "TestShop", assertion), "a golden that git has checked out with CRLF is the same")
	run.Update = true
	require.Empty(t, fails(t, "TestShop", assertion))
	require.Equal(t, text, read(t, golden), "what is written has LF only")
}

func TestAnUpdateLeavesAloneWhatIsAsItShouldBe(t *testing.T) {
	t.Parallel()
	run := &redistest.GoldenRun{Root: t.TempDir(), Update: true}
	srv := loaded(t, "HSET user:1 name Ada city London")
	golden := filepath.Join(run.Root, "testdata", "TestShop", "after.redis")
	const text = "# The first user.\nHSET user:1 name Ada city London\n"
	write(t, golden, text)
	require.Empty(t, fails(t, "TestShop", func(f redistest.TB) { run.AssertGolden(f, srv, "after") }))
	require.Equal(t, text, read(t, golden))
}

func TestAGoldenThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	run := &redistest.GoldenRun{Root: t.TempDir(), Update: true}
	srv := loaded(t, "SET k v")
	write(t, filepath.Join(run.Root, "testdata"), "a file is in the way")
	require.Equal(t, "redistest: golden testdata/TestShop/after.redis: not a directory",
		fails(t, "TestShop", func(f redistest.TB) { run.AssertGolden(f, srv, "after") }))
}
