// Package process runs real redis-server and valkey-server processes for tests: single ones, a pool of them that wipes and
// reuses, and clusters.
//
//	server, err := process.Start(ctx)
//	...
//	defer server.Close()
//	client := redis.NewClient(&redis.Options{Network: "unix", Addr: server.Socket()})
//
// A test that wants a server quickly leases one, which takes a millisecond where one was returned before:
//
//	lease, err := process.Shared().Lease(ctx, process.OnWait(func(message string) { t.Log(message) }))
//	...
//	defer lease.Return()
//
// And [StartCluster] starts as many nodes as it takes, as one cluster.
//
// A server listens on a unix socket in a private folder and, where asked, on a random TCP port of 127.0.0.1. It saves
// nothing unless its arguments say so.
//
// # The end of the test binary
//
// A server dies with the process that started it, also when that one is killed with SIGKILL. On Linux the kernel sees to it, by a
// parent-death signal. That signal is tied to the thread that forked and not to its process, and the Go runtime ends threads as
// it likes; so each server is started, and then waited for, on a thread that is locked for as long as the server lives.
// Besides, on every unix, a shell waits at a pipe for the end of the test binary; it removes the server's folder and, where there
// is no such signal, kills the server. On systems without a shell, and on Linux if somebody kills the shell as well, folders
// are left behind; on Windows a killed test binary leaves its servers running.
//
// Tests use the package processtest beside this one.
package process

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
)

// Process is a running redis-server. Its methods may be called from many goroutines.
type Process struct {
	cmd        *exec.Cmd
	folder     string
	keepFolder bool
	password   string
	version    string
	output     *output
	watchdog   *watchdog

	listening sync.Mutex // held while a port is sought
	mu        sync.Mutex
	socket    string
	addr      string

	exited  chan struct{} // closed when the process is gone and waitErr is set
	waitErr error

	closing  sync.Once
	closeErr error
}

// Socket is the path of the unix socket.
func (p *Process) Socket() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.socket
}

// Addr is the TCP address, host and port, or "" where there is none: see [WithTCP] and [Process.Listen].
func (p *Process) Addr() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.addr
}

func (p *Process) setAddr(addr string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.addr = addr
}

// moveSocket gives the socket another name, which ends the old one for new connections: a unix socket can be renamed while its server
// listens.
func (p *Process) moveSocket(name string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	path := filepath.Join(p.folder, name)
	if err := os.Rename(p.socket, path); err != nil {
		return err
	}
	p.socket = path
	return nil
}

// PID is the process id.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Version is the Redis version that the server says to be, such as 7.0.15, or "" where it refuses to say.
func (p *Process) Version() string { return p.version }

// Output is the last 64 KiB of what the server has printed so far.
func (p *Process) Output() string { return p.output.String() }

// Exited is closed when the server process is gone, for whatever reason.
func (p *Process) Exited() <-chan struct{} { return p.exited }

// Close kills the server, waits until it is gone, and removes its folder; a test's server has nothing to save. (Send
// SHUTDOWN first where it has.) It reports a server that had crashed before. A second Close, and one that
// runs at the same time, waits for the first and returns the same error.
func (p *Process) Close() error {
	p.closing.Do(func() { p.closeErr = p.close() })
	return p.closeErr
}

func (p *Process) close() error {
	p.watchdog.dismiss()
	var crashed error
	if p.cmd != nil && p.cmd.Process != nil {
		crashed = p.end()
	}
	if p.keepFolder {
		return crashed
	}
	if err := os.RemoveAll(p.folder); err != nil {
		return errors.Join(crashed, fmt.Errorf("close redis-server: %w", err))
	}
	return crashed
}

// end kills the server. One that was ready and then ended by itself has crashed, unless it was told to shut down.
func (p *Process) end() error {
	if p.isGone() {
		if p.waitErr != nil && p.output.isReady() {
			return fmt.Errorf("close redis-server: it had exited before: %w", p.exitReason())
		}
		return nil
	}
	if err := kill(p.cmd.Process); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("close redis-server: kill process %d: %w", p.cmd.Process.Pid, err)
	}
	<-p.exited
	return nil
}

func (p *Process) isGone() bool {
	select {
	case <-p.exited:
		return true
	default:
		return false
	}
}

// exitReason is the error of a server that is gone, with its output. A clean exit is an error too.
func (p *Process) exitReason() error {
	if p.waitErr == nil {
		return fmt.Errorf("exit status 0%s", p.quoteOutput())
	}
	return fmt.Errorf("%w%s", p.waitErr, p.quoteOutput())
}

func (p *Process) quoteOutput() string {
	text := p.output.String()
	if text == "" {
		return "; it printed nothing"
	}
	return "; its output:\n" + text
}
