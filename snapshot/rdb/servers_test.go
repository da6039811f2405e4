package rdb_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/internal/process"
	"github.com/compozy/rediskit/internal/process/processtest"
	"github.com/compozy/rediskit/redistest"
	"github.com/compozy/rediskit/snapshot"
	"github.com/compozy/rediskit/snapshot/rdb"
)

// realServer is a redis-server of the test's own.
func realServer(t testing.TB, args ...string) *redis.Client {
	t.Helper()
	server := processtest.Start(t, process.WithArgs(args...))
	client := redis.NewClient(&redis.Options{Network: "unix", Addr: server.Socket()})
	t.Cleanup(func() { require.NoError(t, client.Close()) })
	return client
}

// serverWith is a redis-server that has loaded a file at its start.
func serverWith(t testing.TB, file []byte) *redis.Client {
	t.Helper()
	client, _ := savingServer(t, file)
	return client
}

// savingServer is a redis-server that has loaded a file at its start, where there is one, and has a place to save to.
func savingServer(t testing.TB, file []byte) (client *redis.Client, path string) {
	t.Helper()
	folder := t.TempDir()
	path = filepath.Join(folder, "dump.rdb")
	if file != nil {
		writeFile(t, path, file)
	}
	return realServer(t, "--dir", folder, "--dbfilename", filepath.Base(path)), path
}

func readFile(t testing.TB, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	return content
}

func writeFile(t testing.TB, path string, content []byte) {
	t.Helper()
	require.NoError(t, os.WriteFile(path, content, 0o600))
}

// targets are the servers that snapshots can be put into.
func targets() map[string]func(testing.TB) snapshot.Target {
	return map[string]func(testing.TB) snapshot.Target{
		"embedded":     embedded,
		"redis-server": genuine,
	}
}

func embedded(t testing.TB) snapshot.Target {
	t.Helper()
	return redistest.New(t)
}

func genuine(t testing.TB) snapshot.Target {
	t.Helper()
	return snapshot.Of(realServer(t))
}

func capture(t testing.TB, source snapshot.Source) *snapshot.Snapshot {
	t.Helper()
	s, err := snapshot.Capture(t.Context(), source)
	require.NoError(t, err)
	return s
}

func decode(t testing.TB, file []byte, opts ...rdb.DecodeOption) *snapshot.Snapshot {
	t.Helper()
	s, err := rdb.Decode(bytes.NewReader(file), opts...)
	require.NoError(t, err)
	return s
}

func encode(t testing.TB, s *snapshot.Snapshot, opts ...rdb.EncodeOption) []byte {
	t.Helper()
	var file bytes.Buffer
	require.NoError(t, rdb.Encode(&file, s, opts...))
	return file.Bytes()
}

// requireSame overlooks only what the clock of a real server changes.
func requireSame(t testing.TB, want, got *snapshot.Snapshot) {
	t.Helper()
	const test = 5 * time.Minute // that a test may take at the most
	require.Empty(t, snapshot.Diff(want, got, snapshot.TTLTolerance(test)))
	require.Equal(t, want.Len(), got.Len())
}
