package process

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// holdServer as an argument makes the test below the parent that is to be killed.
const holdServer = "hold-redis-server"

// TestKilledParentLeavesNoServer runs itself again as a process that starts servers, and kills that process.
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
	orphans := make([]orphan, 2)
	printed := bufio.NewReader(stdout)
	for i := range orphans {
		var server, watchdog int
		_, err := fmt.Fscanln(printed, &orphans[i].socket, &server, &watchdog)
		require.NoError(t, err)
		orphans[i].conn = connect(t, orphans[i].socket)
		orphans[i].conn.say(t, "PING")
		orphans[i].processes = []int{handle(t, server), handle(t, watchdog)}
	}

	require.NoError(t, parent.Process.Kill())
	require.Error(t, parent.Wait())

	for _, o := range orphans {
		_, err = o.conn.call(t.Context(), "PING")
		require.Error(t, err, "the server lives on")
		require.Error(t, ask(t, "unix", o.socket, "", "PING"), "somebody still answers")
		for _, process := range o.processes {
			awaitEnd(t, process)
		}
		require.NoDirExists(t, filepath.Dir(o.socket))
	}
}

// orphan is a server whose parent is killed.
type orphan struct {
	socket    string
	conn      *conn
	processes []int // of the server and its watchdog
}

// handle keeps hold of a process that is not our child.
func handle(t *testing.T, pid int) int {
	t.Helper()
	fd, err := unix.PidfdOpen(pid, 0)
	require.NoError(t, err)
	t.Cleanup(func() { _ = unix.Close(fd) })
	return fd
}

// awaitEnd waits until a process is gone: then its handle can be read.
func awaitEnd(t *testing.T, process int) {
	t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for {
		left := int(time.Until(deadline).Milliseconds())
		ended, err := unix.Poll([]unix.PollFd{{Fd: int32(process), Events: unix.POLLIN}}, max(0, left)) //nolint:gosec // a file descriptor is small
		if errors.Is(err, syscall.EINTR) {
			continue
		}
		require.NoError(t, err)
		require.Equal(t, 1, ended, "it lives on")
		return
	}
}

// hold has a server and one of the shared pool. It ends by itself only when its standard input does, so that a failed test leaves
// nothing behind.
func hold(t *testing.T) {
	t.Helper()
	server, err := Start(t.Context())
	require.NoError(t, err)
	fmt.Println(server.Socket(), server.PID(), server.watchdog.shell.Process.Pid)
	lease, err := Shared().Lease(t.Context())
	require.NoError(t, err)
	fmt.Println(lease.Socket(), lease.PID(), lease.server.watchdog.shell.Process.Pid)
	_, err = io.Copy(io.Discard, os.Stdin)
	require.NoError(t, err)
	require.NoError(t, server.Close())
	require.NoError(t, Shared().Close())
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
	assert.NoError(t, ask(t, "unix", server.Socket(), "", "PING"))
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
