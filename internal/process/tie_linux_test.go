package process

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// holdServer as an argument makes the test below the parent that is to be killed.
const holdServer = "hold-redis-server"

// TestKilledParentLeavesNoServer runs itself again as a process that starts a server, and kills that process.
func TestKilledParentLeavesNoServer(t *testing.T) {
	t.Parallel()
	if flag.Arg(0) == holdServer {
		hold(t)
		return
	}
	find(t)
	executable, err := os.Executable()
	require.NoError(t, err)
	parent := exec.CommandContext(t.Context(), executable, "-test.run=^"+t.Name()+"$", holdServer)
	parent.Stderr = os.Stderr
	stdin, err := parent.StdinPipe()
	require.NoError(t, err)
	t.Cleanup(func() { _ = stdin.Close() })
	stdout, err := parent.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, parent.Start())
	line, err := bufio.NewReader(stdout).ReadString('\n')
	require.NoError(t, err)
	socket := strings.TrimSuffix(line, "\n")

	conn := dial(t, "unix", socket)
	require.NoError(t, newCaller(conn).call("PING"))
	require.NoError(t, parent.Process.Kill())
	require.Error(t, parent.Wait())

	require.NoError(t, conn.SetReadDeadline(time.Now().Add(10*time.Second)))
	_, err = conn.Read(make([]byte, 1))
	require.True(t, errors.Is(err, io.EOF) || errors.Is(err, syscall.ECONNRESET), "the server lives on: %v", err)
	require.Error(t, ping(t, "unix", socket), "somebody still answers")
	require.NoError(t, os.RemoveAll(strings.TrimSuffix(socket, socketName)))
}

// hold ends by itself only when its standard input does, so that a failed test leaves nothing behind.
func hold(t *testing.T) {
	t.Helper()
	server, err := Start(t.Context())
	require.NoError(t, err)
	fmt.Println(server.Socket())
	_, err = io.Copy(io.Discard, os.Stdin)
	require.NoError(t, err)
	require.NoError(t, server.Close())
}

// TestServerOutlivesTheThreadOfItsStarter ends the thread that called Start, which is not the parent's end.
func TestServerOutlivesTheThreadOfItsStarter(t *testing.T) {
	t.Parallel()
	find(t)
	var server *Process
	var err error
	thread := endThreadAfter(func() { server, err = Start(t.Context()) })
	require.NoError(t, err)
	for !errors.Is(syscall.Tgkill(syscall.Getpid(), thread, 0), syscall.ESRCH) {
		require.NoError(t, t.Context().Err())
		runtime.Gosched()
	}
	assert.NoError(t, ping(t, "unix", server.Socket()))
	assert.NoError(t, server.Close())
}

// endThreadAfter runs a function on a thread that ends with it, and returns that thread's id.
func endThreadAfter(run func()) int {
	thread := make(chan int)
	go func() {
		runtime.LockOSThread()
		if syscall.Gettid() == syscall.Getpid() {
			// The main thread never ends. While it is held here the next goroutine gets another one.
			defer runtime.UnlockOSThread()
			thread <- endThreadAfter(run)
			return
		}
		run()
		thread <- syscall.Gettid() // the goroutine ends without unlocking, and its thread with it
	}()
	return <-thread
}
