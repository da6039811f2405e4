// Package process runs real redis-server processes for tests.
//
//	server, err := process.Start(ctx)
//	...
//	defer server.Close()
//	client := redis.NewClient(&redis.Options{Network: "unix", Addr: server.Socket()})
//
// A server listens on a unix socket in a private folder and, where asked, on a random TCP port of 127.0.0.1. It saves
// nothing unless its arguments say so, and dies with the process that started it: on Linux the kernel sees to it, also when that
// process is killed; on other systems only Close ends it. Tests use the package processtest beside this one.
package process

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"time"
)

const (
	// outputLimit is how much of a server's output is kept, in bytes: the end of it.
	outputLimit = 64 << 10
	// pipeGrace bounds the wait for output that a forked child of a dead server still holds open.
	pipeGrace = time.Second
	// maxSocketPath is a length that the socket addresses of every system can hold, in bytes.
	maxSocketPath = 100
)

// Process is a running redis-server. Its methods may be called from many goroutines.
type Process struct {
	cmd    *exec.Cmd
	folder string
	socket string
	addr   string
	output *output

	exited  chan struct{} // closed when the process is gone and waitErr is set
	waitErr error

	closing  sync.Once
	closeErr error
}

// Start runs redis-server and returns when it accepts connections. The context bounds the start and not the life of the
// server, which ends with [Process.Close]. A server that does not come up gives an error that holds what it printed.
// Without a path by [WithPath] the binary is looked up as [Find] does.
func Start(ctx context.Context, opts ...Option) (*Process, error) {
	s := settings{}
	for _, opt := range opts {
		opt(&s)
	}
	if s.path == "" {
		path, err := Find()
		if err != nil {
			return nil, err
		}
		s.path = path
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("start %s: %w", s.path, err)
	}
	folder, err := makeFolder()
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", s.path, err)
	}
	p := &Process{
		folder: folder,
		socket: filepath.Join(folder, socketName),
		output: newOutput(outputLimit),
		exited: make(chan struct{}),
	}
	if err := p.run(ctx, s); err != nil {
		return nil, errors.Join(fmt.Errorf("start %s: %w", s.path, err), p.Close())
	}
	return p, nil
}

// run brings the server up. What it leaves behind on failure is Close's to clean up.
func (p *Process) run(ctx context.Context, s settings) error {
	p.cmd = exec.Command(s.path, s.arguments(p.folder, p.socket)...) //nolint:noctx // ctx bounds the start only, the server outlives it
	p.cmd.Dir = p.folder
	p.cmd.Stdout, p.cmd.Stderr = p.output, p.output
	p.cmd.WaitDelay = pipeGrace
	tie(p.cmd)

	if err := p.launch(); err != nil {
		return err
	}
	select {
	case <-p.output.ready:
	case <-p.exited:
		return fmt.Errorf("exited before it was ready: %w", p.exitReason())
	case <-ctx.Done():
		return fmt.Errorf("not ready: %w%s", context.Cause(ctx), p.quoteOutput())
	}
	if !s.tcp {
		return nil
	}
	addr, err := listenTCP(ctx, p.socket, s.password)
	if err != nil {
		return fmt.Errorf("listen on TCP: %w%s", err, p.quoteOutput())
	}
	p.addr = addr
	return nil
}

// launch starts the command and waits for its end on one thread of its own. A parent-death signal is tied to the
// thread that forked, so that thread must live as long as the server: it is neither given back to other goroutines, one of
// which might end it, nor ended before the server is.
func (p *Process) launch() error {
	started := make(chan error, 1)
	go func() {
		defer close(p.exited)
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		if err := p.cmd.Start(); err != nil {
			p.waitErr = err
			started <- err
			return
		}
		started <- nil
		p.waitErr = p.cmd.Wait()
	}()
	return <-started
}

// Socket is the path of the unix socket.
func (p *Process) Socket() string { return p.socket }

// Addr is the TCP address, host and port, or "" without [WithTCP].
func (p *Process) Addr() string { return p.addr }

// PID is the process id.
func (p *Process) PID() int { return p.cmd.Process.Pid }

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
	var crashed error
	if p.cmd != nil && p.cmd.Process != nil {
		crashed = p.end()
	}
	if err := os.RemoveAll(p.folder); err != nil {
		return errors.Join(crashed, fmt.Errorf("close redis-server: %w", err))
	}
	return crashed
}

// end kills the server. One that was ready and then ended by itself has crashed, unless it was told to shut down.
func (p *Process) end() error {
	select {
	case <-p.exited:
		if p.waitErr != nil && p.output.isReady() {
			return fmt.Errorf("close redis-server: it had exited before: %w", p.exitReason())
		}
		return nil
	default:
	}
	if err := kill(p.cmd.Process); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("close redis-server: kill process %d: %w", p.cmd.Process.Pid, err)
	}
	<-p.exited
	return nil
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

// makeFolder makes a folder that only this user can enter, with a path short enough for a socket in it.
func makeFolder() (string, error) {
	const pattern = "redis-"
	folder, err := os.MkdirTemp("", pattern)
	if err != nil {
		return "", err
	}
	if len(filepath.Join(folder, socketName)) <= maxSocketPath {
		return folder, nil
	}
	if err := os.Remove(folder); err != nil {
		return "", err
	}
	return os.MkdirTemp("/tmp", pattern)
}
