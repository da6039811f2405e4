package command

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestLookup(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"get", "GET", "Get"} {
		spec, ok := Lookup(name)
		require.True(t, ok, name)
		assert.Equal(t, "get", spec.Name)
	}
	for _, name := range []string{"", "no-such-command", "client|setname", "gét", strings.Repeat("get", 100)} {
		_, ok := Lookup(name)
		assert.False(t, ok, name)
	}
}

func TestSpecTellsWhatRedisSays(t *testing.T) {
	t.Parallel()
	bitop := lookup(t, "BITOP")
	assert.Equal(t, -4, bitop.Arity)
	assert.Equal(t, []string{"write", "denyoom"}, bitop.Flags)
	assert.Equal(t, []int{2, -1, 1}, []int{bitop.FirstKey, bitop.LastKey, bitop.Step})
	assert.Equal(t, []string{"@write", "@bitmap", "@slow"}, bitop.Categories)
	assert.Empty(t, bitop.Subcommands)
	assert.Empty(t, lookup(t, "CLIENT").Flags)
}

func TestHas(t *testing.T) {
	t.Parallel()
	blpop := lookup(t, "BLPOP")
	assert.True(t, blpop.Has(Write))
	assert.True(t, blpop.Has(Write|Blocking))
	assert.False(t, blpop.Has(Write|ReadOnly))
	assert.False(t, blpop.Has(Fast))
	for spec := range All() {
		for _, name := range spec.Flags {
			flag, ok := flagOf(name)
			require.True(t, ok, "%s %s", spec.Name, name)
			assert.True(t, spec.Has(flag), "%s %s", spec.Name, name)
		}
	}
}

func TestArityOK(t *testing.T) {
	t.Parallel()
	get, set := lookup(t, "GET"), lookup(t, "SET")
	assert.False(t, get.ArityOK(1))
	assert.True(t, get.ArityOK(2))
	assert.False(t, get.ArityOK(3))
	assert.False(t, set.ArityOK(2))
	assert.True(t, set.ArityOK(3))
	assert.True(t, set.ArityOK(9))
}

func TestSubcommand(t *testing.T) {
	t.Parallel()
	client := lookup(t, "CLIENT")
	for _, word := range []string{"setname", "SETNAME", "SetName"} {
		sub, ok := client.Subcommand(word)
		require.True(t, ok, word)
		assert.Equal(t, "client|setname", sub.Name)
		assert.Equal(t, 3, sub.Arity)
	}
	_, ok := client.Subcommand("set")
	assert.False(t, ok)
	_, ok = lookup(t, "GET").Subcommand("get")
	assert.False(t, ok)
}

func TestAllIsSorted(t *testing.T) {
	t.Parallel()
	specs := slices.Collect(All())
	assert.Len(t, specs, 240)
	assert.True(t, slices.IsSortedFunc(specs, compareNames))
	for _, spec := range specs {
		assert.LessOrEqual(t, len(spec.Name), maxNameLen)
		assert.True(t, slices.IsSortedFunc(spec.Subcommands, compareNames), spec.Name)
		assert.Same(t, spec, lookup(t, spec.Name))
	}
}

func TestLookupDoesNotAllocate(t *testing.T) { //nolint:paralleltest // AllocsPerRun counts for the whole process
	for _, name := range []string{"get", "GET", "Get", "nothing"} {
		Lookup(name)
		assert.Zero(t, testing.AllocsPerRun(100, func() { Lookup(name) }), name)
	}
}

func TestFormatWritesWhatParseReads(t *testing.T) {
	t.Parallel()
	specs := slices.Collect(All())
	parsed, err := parse(format(specs))
	require.NoError(t, err)
	require.NoError(t, parsed.parseKeys(formatKeys(specs)))
	assert.Equal(t, specs, parsed.sorted)
}

func TestParseRefusesDamage(t *testing.T) {
	t.Parallel()
	for damaged, want := range map[string]string{
		"get 2 1 1 1 fast -":                    "line 1: 7 fields, want 8",
		"# fine\nget two 1 1 1 - - -":           `line 2: get: strconv.Atoi: parsing "two": invalid syntax`,
		"get 2 1 1 1 quick - -":                 `line 1: get: unknown flag "quick"`,
		"a|b 2 0 0 0 - - -\na -2 0 0 0 - - -\n": "line 1: a|b has no container before it",
	} {
		_, err := parse(damaged)
		assert.EqualError(t, err, want)
	}
}

func lookup(t *testing.T, name string) *Spec {
	t.Helper()
	spec, ok := Lookup(name)
	require.True(t, ok, name)
	return spec
}

func BenchmarkLookup(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := Lookup("GET"); !ok {
			b.Fatal("no GET")
		}
	}
}
