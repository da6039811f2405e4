package process

import (
	"context"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestStart(t *testing.T) {
	t.Parallel()
	server := serve(t)

	assert.NoError(t, ask(t, "unix", server.Socket(), "", "PING"))
	assert.Empty(t, server.Addr())
	assert.Contains(t, server.Output(), "Running mode=standalone")
	folder, err := os.Stat(filepath.Dir(server.Socket()))
	require.NoError(t, err)
	assert.Equal(t, fs.FileMode(0o700), folder.Mode().Perm())
	assert.LessOrEqual(t, len(server.Socket()), maxSocketPath)
}

func TestClose(t *testing.T) {
	t.Parallel()
	server := serve(t)
	require.NoError(t, server.Close())

	select {
	case <-server.Exited():
	default:
		t.Error("the server still runs")
	}
	require.Error(t, ask(t, "unix", server.Socket(), "", "PING"))
	assert.NoDirExists(t, filepath.Dir(server.Socket()))
	assert.NoError(t, server.Close())
}

func TestCloseFromManyGoroutines(t *testing.T) {
	t.Parallel()
	server := serve(t)
	var callers sync.WaitGroup
	for range 8 {
		callers.Go(func() {
			assert.NoError(t, server.Close())
			assert.NoDirExists(t, filepath.Dir(server.Socket()))
		})
	}
	callers.Wait()
}

func TestCloseAfterShutdown(t *testing.T) {
	t.Parallel()
	server := serve(t)
	require.Error(t, ask(t, "unix", server.Socket(), "", "SHUTDOWN", "NOSAVE"), "the connection ends instead of a reply")
	<-server.Exited()
	assert.NoError(t, server.Close())
}

func TestCloseReportsCrash(t *testing.T) {
	t.Parallel()
	server := serve(t)
	process, err := os.FindProcess(server.PID())
	require.NoError(t, err)
	require.NoError(t, process.Kill())
	<-server.Exited()

	err = server.Close()
	require.ErrorContains(t, err, "close redis-server: it had exited before: signal: killed")
	require.ErrorContains(t, err, "eady to accept connections")
	assert.NoDirExists(t, filepath.Dir(server.Socket()))
	assert.Equal(t, err, server.Close())
}

func TestWithTCP(t *testing.T) {
	t.Parallel()
	server := serve(t, WithTCP(), WithPassword("secret"))
	host, port, err := net.SplitHostPort(server.Addr())
	require.NoError(t, err)
	assert.Equal(t, "127.0.0.1", host)
	assert.NotEqual(t, "0", port)
	require.ErrorContains(t, ask(t, "tcp", server.Addr(), "", "PING"), "NOAUTH")

	assert.NoError(t, ask(t, "tcp", server.Addr(), "secret", "PING"))
}

func TestWithArgs(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	server := serve(t, WithArgs("--dir", folder), WithArgs("--port", "1", "--dbfilename", "kept.rdb"))
	require.NoError(t, ask(t, "unix", server.Socket(), "", "SAVE"))
	require.NoError(t, server.Close())
	assert.FileExists(t, filepath.Join(folder, "kept.rdb"), "a folder of the caller's is left alone")
}

func TestStartFailsWithTheServersOwnWords(t *testing.T) {
	t.Parallel()
	server, err := Start(t.Context(), WithPath(find(t)), WithArgs("--no-such-flag", "1"))
	assert.Nil(t, server)
	require.ErrorContains(t, err, "redis-server: exited before it was ready: exit status 1; its output:\n")
	require.ErrorContains(t, err, "no-such-flag")
	require.ErrorContains(t, err, "Bad directive")
}

func TestStartLeavesNoFolderOfAFailure(t *testing.T) {
	path := find(t)
	folder, err := os.MkdirTemp("", "") //nolint:usetesting // a test's own folder has too long a path
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, os.Remove(folder), "it must be empty") })
	t.Setenv("TMPDIR", folder)
	_, err = Start(t.Context(), WithPath(path), WithArgs("--no-such-flag", "1"))
	require.Error(t, err)
}

func TestStartWithoutBinary(t *testing.T) {
	t.Parallel()
	missing := filepath.Join(t.TempDir(), "redis-server")
	_, err := Start(t.Context(), WithPath(missing))
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.ErrorContains(t, err, "start "+missing+": ")
}

func TestFindWithoutBinary(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	_, err := Find()
	require.ErrorIs(t, err, ErrNotFound)
	require.EqualError(t, err, `find redis-server: redis-server is not installed (exec: "redis-server": executable file not found in $PATH; nor is there a valkey-server)`)
	_, err = Start(t.Context())
	require.ErrorIs(t, err, ErrNotFound)
}

func TestStartWithLongTemporaryFolder(t *testing.T) {
	path := find(t)
	folder := filepath.Join(t.TempDir(), strings.Repeat("long", 30))
	require.NoError(t, os.Mkdir(folder, 0o700))
	t.Setenv("TMPDIR", folder)
	server := serve(t, WithPath(path))
	assert.NoError(t, ask(t, "unix", server.Socket(), "", "PING"))
	left, err := os.ReadDir(folder)
	require.NoError(t, err)
	assert.Empty(t, left)
}

func TestStartCancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := Start(ctx, WithPath(find(t)))
	require.ErrorIs(t, err, context.Canceled)
}

// writeProgram writes an executable. No process may be forked meanwhile: it would inherit the file, open for writing, and
// until it has begun its own program the system refuses to run this one.
func writeProgram(t *testing.T, path, text string) {
	t.Helper()
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	require.NoError(t, os.WriteFile(path, []byte(text), 0o700)) //nolint:gosec // a program must be executable
}

// TestStartGivesUp has a program that starts and is never ready.
func TestStartGivesUp(t *testing.T) {
	t.Parallel()
	fake := filepath.Join(t.TempDir(), "redis-server")
	writeProgram(t, fake, "#!/bin/sh\necho not yet\nexec tail -f /dev/null\n")
	ctx, cancel := context.WithTimeoutCause(t.Context(), 100*time.Millisecond, errPatience)
	defer cancel()
	_, err := Start(ctx, WithPath(fake))
	require.ErrorIs(t, err, errPatience)
	require.ErrorContains(t, err, "not ready")
}

type patienceError struct{}

func (patienceError) Error() string { return "out of patience" }

var errPatience = patienceError{}
