package snapshot_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/compozy/rediskit/snapshot"
)

// child is another process that runs this test binary in a role.
type child struct {
	*exec.Cmd
	input  io.WriteCloser
	output *bufio.Reader
}

func startChild(t *testing.T, role string, args ...string) child {
	t.Helper()
	binary, err := os.Executable()
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context())) // it is killed below, and not earlier
	cmd := exec.CommandContext(ctx, binary, args...)
	cmd.Env = append(os.Environ(), childRole+"="+role)
	cmd.Stderr = os.Stderr
	input, err := cmd.StdinPipe()
	require.NoError(t, err)
	output, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		cancel()
		_ = cmd.Wait() // it was killed, or waited for before
	})
	return child{cmd, input, bufio.NewReader(output)}
}

const holderRole = "holder"

// holdFolder has a folder open until its input ends.
func holdFolder(folder string) (code int) {
	if _, err := snapshot.OpenFileStore(folder); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	fmt.Println("open")
	_, err := io.Copy(io.Discard, os.Stdin)
	if err != nil {
		return 1
	}
	return 0
}

func TestTwoProcessesAndOneFolder(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	holder := startChild(t, holderRole, folder)
	line, err := holder.output.ReadString('\n')
	require.NoError(t, err)
	require.Equal(t, "open\n", line)

	host, err := os.Hostname()
	require.NoError(t, err)
	_, err = snapshot.OpenFileStore(folder)
	var locked *snapshot.LockedError
	require.ErrorAs(t, err, &locked)
	require.Equal(t, snapshot.LockedError{Folder: folder, Holder: fmt.Sprintf("process %d on %s", holder.Process.Pid, host)}, *locked)
	require.EqualError(t, err, fmt.Sprintf("open snapshot store %s: %s is in use by process %d on %s", folder, folder, holder.Process.Pid, host))

	// The lock ends with the process, however that ends.
	require.NoError(t, holder.Process.Kill())
	_ = holder.Wait()
	store, err := snapshot.OpenFileStore(folder)
	require.NoError(t, err)
	require.NoError(t, store.Close())
}
