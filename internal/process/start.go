package process

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
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

// Start runs redis-server and returns when it answers a PING. The context bounds the start and not the life of the
// server, which ends with [Process.Close]. A server that does not come up gives an error that holds what it printed; one that is too old,
// an error that wraps [ErrTooOld]. Without a path by [WithPath] the binary is looked up as [Find] does.
func Start(ctx context.Context, opts ...Option) (*Process, error) {
	return start(ctx, newSettings(opts))
}

func start(ctx context.Context, s settings) (*Process, error) {
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
	p := &Process{
		folder:     s.folder,
		keepFolder: s.folder != "",
		password:   s.password,
		output:     newOutput(outputLimit),
		exited:     make(chan struct{}),
	}
	if p.folder == "" {
		folder, err := makeFolder()
		if err != nil {
			return nil, fmt.Errorf("start %s: %w", s.path, err)
		}
		p.folder = folder
	}
	p.socket = filepath.Join(p.folder, socketName)
	if s.port != 0 {
		p.addr = loopback(s.port)
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
	tie(p.cmd)
	if err := p.launch(); err != nil {
		return err
	}
	p.watchdog = newWatchdog(p.PID(), p.folder)

	// The server's own word comes first: whoever connects to a socket must know that it is there, and can otherwise only try
	// again and again.
	select {
	case <-p.output.ready:
	case <-p.exited:
		return fmt.Errorf("exited before it was ready: %w", p.exitReason())
	case <-ctx.Done():
		return fmt.Errorf("not ready: %w%s", context.Cause(ctx), p.quoteOutput())
	}
	if err := p.greet(ctx, s.minVersion); err != nil {
		return err
	}
	if !s.tcp {
		return nil
	}
	_, err := p.Listen(ctx)
	return err
}

// launch starts the command and waits for its end on one thread of its own. A parent-death signal is tied to the
// thread that forked, so that thread must live as long as the server: it is neither given back to other goroutines, one of
// which might end it, nor ended before the server is.
func (p *Process) launch() error {
	printed, end, err := os.Pipe()
	if err != nil {
		return err
	}
	p.cmd.Stdout, p.cmd.Stderr = end, end
	started := make(chan error, 1)
	go p.attend(printed, end, started)
	return <-started
}

// attend is the goroutine that lives as long as the server. Its name, and that of collect, are what leak checkers are told to ignore
// where servers outlive tests on purpose.
func (p *Process) attend(printed, end *os.File, started chan<- error) {
	defer close(p.exited)
	defer printed.Close() //nolint:errcheck // it was read
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	err := p.cmd.Start()
	_ = end.Close() // the server has its own copy
	if err != nil {
		p.waitErr = err
		started <- err
		return
	}
	collected := make(chan struct{})
	go p.collect(printed, collected)
	started <- nil
	p.waitErr = p.cmd.Wait()
	_ = printed.SetReadDeadline(time.Now().Add(pipeGrace))
	<-collected
}

// collect keeps what the server prints, until it is gone.
func (p *Process) collect(printed io.Reader, done chan<- struct{}) {
	defer close(done)
	_, _ = io.Copy(p.output, printed) // ends with the pipe, or after the grace
}

// greet sees the server answer, and asks for its version. A refusal is an answer: the arguments may have taken every right from
// the default user.
func (p *Process) greet(ctx context.Context, minVersion string) error {
	server, err := dial(ctx, "unix", p.Socket(), "")
	if err != nil {
		return fmt.Errorf("not ready: %w%s", err, p.quoteOutput())
	}
	defer server.close()
	commands := [][]string{{"PING"}, {"INFO", "server"}}
	if p.password != "" {
		commands = append([][]string{{"AUTH", p.password}}, commands...)
	}
	replies, err := server.pipeline(ctx, commands...)
	if err != nil {
		return fmt.Errorf("not ready: %w%s", err, p.quoteOutput())
	}
	if err := server.part(ctx); err != nil {
		return fmt.Errorf("not ready: %w%s", err, p.quoteOutput())
	}
	asked := replies[len(replies)-1]
	p.version = parseInfo(asked.text)["redis_version"]
	if minVersion == "" {
		return nil
	}
	if asked.refusal != nil {
		return fmt.Errorf("check its version: %w", asked.refusal)
	}
	order, err := compareVersions(p.version, minVersion)
	if err != nil {
		return fmt.Errorf("check its version: %w", err)
	}
	if order < 0 {
		return fmt.Errorf("%w: version %s, and %s is asked for", ErrTooOld, p.version, minVersion)
	}
	return nil
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
