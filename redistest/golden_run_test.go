package redistest_test

import (
	"flag"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/internal/config"
	"github.com/compozy/rediskit/redistest"
)

// commandLine is that of a test binary which defines these flags besides.
func commandLine(t *testing.T, define func(*flag.FlagSet), args ...string) *flag.FlagSet {
	t.Helper()
	flags := flag.NewFlagSet("test", flag.ContinueOnError)
	for _, name := range []string{"test.short", "test.artifacts", "redistest.update"} {
		flags.Bool(name, false, "")
	}
	for _, name := range []string{"test.run", "test.skip", "test.list"} {
		flags.String(name, "", "")
	}
	if define != nil {
		define(flags)
	}
	require.NoError(t, flags.Parse(args))
	return flags
}

func TestWhatARunIsTold(t *testing.T) {
	t.Parallel()
	type told struct{ update, ci, artifacts bool }
	orders := func(env config.Env, flags *flag.FlagSet) (o told) {
		o.update, o.ci, o.artifacts = redistest.ReadOrders(env, flags)
		return o
	}
	anotherLibrarys := func(flags *flag.FlagSet) { flags.Bool("update", false, "") }
	something := func(flags *flag.FlagSet) { flags.String("update", "never", "") }

	assert.Equal(t, told{}, orders(config.Env{}, commandLine(t, nil)))
	assert.Equal(t, told{update: true}, orders(config.Env{Update: true}, commandLine(t, nil)))
	assert.Equal(t, told{update: true}, orders(config.Env{}, commandLine(t, nil, "-redistest.update")))
	assert.Equal(t, told{update: true}, orders(config.Env{}, commandLine(t, anotherLibrarys, "-update")))
	assert.Equal(t, told{}, orders(config.Env{}, commandLine(t, anotherLibrarys, "-update=false")))
	assert.Equal(t, told{}, orders(config.Env{}, commandLine(t, something)))
	assert.Equal(t, told{ci: true}, orders(config.Env{CI: true}, commandLine(t, nil)))
	assert.Equal(t, told{artifacts: true}, orders(config.Env{}, commandLine(t, nil, "-test.artifacts")))
}

func TestTheFlagsAreThoseOfTesting(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"redistest.update", "test.run", "test.skip", "test.list", "test.short", "test.artifacts", "test.fuzzworker",
		"ginkgo.focus", "ginkgo.skip", "ginkgo.focus-file", "ginkgo.skip-file", "ginkgo.label-filter", "ginkgo.sem-ver-filter",
		"ginkgo.parallel.total", "ginkgo.dry-run",
	} {
		assert.NotNil(t, flag.Lookup(name), name)
	}
	assert.Nil(t, flag.Lookup("update"), "that is for others to define")
}

func TestPartialRuns(t *testing.T) {
	t.Parallel()
	ginkgo := func(flags *flag.FlagSet) {
		flags.String("ginkgo.focus", "[]", "")
		flags.String("ginkgo.label-filter", "", "")
		flags.Int("ginkgo.parallel.total", 1, "")
		flags.Bool("ginkgo.dry-run", false, "")
	}
	assert.False(t, redistest.Partial(commandLine(t, nil)))
	assert.False(t, redistest.Partial(commandLine(t, ginkgo)))
	for _, arg := range []string{
		"-test.run=Shop", "-test.skip=Shop", "-test.list=.", "-test.short", "-ginkgo.focus=[tea]", "-ginkgo.label-filter=fast",
		"-ginkgo.parallel.total=2", "-ginkgo.dry-run",
	} {
		assert.True(t, redistest.Partial(commandLine(t, ginkgo, arg)), arg)
	}
}

func TestObsoleteGoldens(t *testing.T) {
	t.Parallel()
	run := &redistest.GoldenRun{Root: t.TempDir()}
	obsolete, err := run.Obsolete()
	require.NoError(t, err)
	require.Empty(t, obsolete, "there is no testdata")

	srv := loaded(t, "SET k v")
	for _, name := range []string{"TestShop/after", "TestShop/before", "TestGone/after", "fixture", "absolute", "unused"} {
		write(t, filepath.Join(run.Root, "testdata", name+".redis"), "SET k v\n")
	}
	write(t, filepath.Join(run.Root, "testdata", "notes.txt"), "not ours")
	write(t, filepath.Join(run.Root, "elsewhere.redis"), "not ours either")
	require.Empty(t, fails(t, "TestShop", func(f redistest.TB) { run.AssertGolden(f, srv, "after") }))
	run.AskFor(filepath.Join(run.Root, "testdata", "sub", "..", "fixture.redis"))
	absolute, err := filepath.Abs(filepath.Join(run.Root, "testdata", "absolute.redis"))
	require.NoError(t, err)
	run.AskFor(absolute)

	obsolete, err = run.Obsolete()
	require.NoError(t, err)
	require.Equal(t, []string{
		filepath.FromSlash("testdata/TestGone/after.redis"),
		filepath.FromSlash("testdata/TestShop/before.redis"),
		filepath.FromSlash("testdata/unused.redis"),
	}, obsolete)
}
