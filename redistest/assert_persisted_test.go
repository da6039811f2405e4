package redistest_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/redistest"
)

func TestAssertPersisted(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	folder := t.TempDir()
	srv := redistest.New(t, asked(folder), redistest.WithTime(noon), redistest.WithFixture("testdata/every-type.redis"))
	require.NoError(t, srv.Client().Save(ctx).Err())
	require.NoError(t, srv.Client().FlushAll(ctx).Err())
	redistest.AssertPersisted(t, folder, "while-it-runs")
	redistest.AssertPersisted(t, folder, "filtered", redistest.Match("user:*"), redistest.WithoutTTL())
}

func TestFailuresOfAssertPersisted(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	folder := t.TempDir()
	goldens := t.TempDir()
	run := &redistest.GoldenRun{Root: goldens}
	write(t, filepath.Join(goldens, "testdata", "TestRun", "kept.redis"), "SELECT 0\nSET k v\n")
	assertion := func(tb redistest.TB) { run.AssertPersisted(tb, folder, "kept") }

	srv := redistest.New(t, asked(folder))
	require.Equal(t, "redistest: golden kept: latest snapshot in "+folder+": there is no snapshot yet", fails(t, "TestRun", assertion))
	require.NoError(t, srv.Client().Set(ctx, "k", "v", 0).Err())
	require.NoError(t, srv.Client().Save(ctx).Err())
	require.Empty(t, fails(t, "TestRun", assertion))
	require.NoError(t, srv.Client().Set(ctx, "k", "other", 0).Err())
	require.NoError(t, srv.Client().Save(ctx).Err())
	require.Equal(t, "redistest: the keyspace is not that of golden testdata/TestRun/kept.redis:\n"+
		"\tk (string): want v, got other\n"+
		"to accept it: REDISTEST_UPDATE=1 go test -run '^TestRun$'", fails(t, "TestRun", assertion))
	missing := filepath.Join(folder, "missing")
	require.Contains(t, fails(t, "TestRun", func(tb redistest.TB) { run.AssertPersisted(tb, missing, "kept") }),
		"redistest: golden kept: open snapshot store "+missing)
}
