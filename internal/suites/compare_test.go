package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// theirs and ours are two runs of the same tests, twice each.
const (
	theirs = `
{"Action":"start","Package":"lock"}
{"Action":"run","Package":"lock","Test":"TestObtain"}
{"Action":"pass","Package":"lock","Test":"TestObtain","Elapsed":0.1}
{"Action":"pass","Package":"lock","Test":"TestRelease","Elapsed":0}
{"Action":"fail","Package":"lock","Test":"TestFlaky","Elapsed":0}
{"Action":"pass","Package":"lock","Test":"TestFlaky","Elapsed":0}
{"Action":"skip","Package":"lock","Test":"TestCluster","Elapsed":0}
{"Action":"fail","Package":"lock","Elapsed":1.5}
`
	ours = `
{"Action":"pass","Package":"lock","Test":"TestObtain","Elapsed":0.1}
{"Action":"output","Package":"lock","Test":"TestObtain","Output":"lock_test.go:7: "}
{"Action":"output","Package":"lock","Test":"TestObtain","Output":"not obtained\n"}
{"Action":"fail","Package":"lock","Test":"TestObtain","Elapsed":0.1}
{"Action":"fail","Package":"lock","Test":"TestFlaky","Elapsed":0}
{"Action":"pass","Package":"lock","Elapsed":1.5}
`
)

func parsed(t *testing.T, events string) *result {
	t.Helper()
	r, err := parse(strings.NewReader(events))
	require.NoError(t, err)
	return r
}

func TestAResultCountsWhatPassedEachTime(t *testing.T) {
	t.Parallel()
	r := parsed(t, theirs)
	require.Equal(t, 2, r.number("lock", passed))
	require.Equal(t, 1, r.number("lock", failed), "the flaky one")
	require.Equal(t, 1, r.number("lock", skipped))
	require.Zero(t, r.number("other", passed))
	require.Equal(t, "1.5s", r.took["lock"].String())
	_, err := parse(strings.NewReader("FAIL"))
	require.ErrorContains(t, err, "invalid character 'F'")
}

func TestWhatPassesThereHasToPassHere(t *testing.T) {
	t.Parallel()
	require.NoError(t, compare(parsed(t, theirs), parsed(t, theirs)))
	require.EqualError(t, compare(parsed(t, theirs), parsed(t, ours)),
		"TestObtain of lock: pass on redis-server, fail on redistest:\nlock_test.go:7: not obtained\n\n"+
			"TestRelease of lock: pass on redis-server, no end on redistest:\n")
	require.ErrorIs(t, compare(parsed(t, ""), parsed(t, ours)), errNothingPassed)
}
