package process

import (
	"os"
	"os/exec"
	"strconv"
)

// watchdog is a shell that outlives the test binary by a moment: it waits for the end of a pipe whose other end the test
// binary alone holds, so that nothing but the end of that process, however it comes, lets it go on. Then it kills the server and
// removes its folder.
//
// On Linux the parent-death signal has killed the server by then, and the watchdog is there for the folder, which nobody else
// would remove after a test binary that was killed or that left its pool open. On other systems it is what ends the
// server. Where there is no shell there is no watchdog.
type watchdog struct {
	shell *exec.Cmd
	leash *os.File
}

const watch = `read -r _; kill -9 -"$1" 2> /dev/null; rm -rf "$2"`

// newWatchdog returns nil where it cannot start one: a server is no worse for it while its test lives.
func newWatchdog(server int, folder string) *watchdog {
	held, leash, err := os.Pipe()
	if err != nil {
		return nil
	}
	defer held.Close()                                                                      //nolint:errcheck // the shell has its own copy
	shell := exec.Command("/bin/sh", "-c", watch, "watchdog", strconv.Itoa(server), folder) //nolint:noctx // it must outlive everything here
	shell.Dir = "/"
	shell.Stdin = held
	detach(shell)
	if err := shell.Start(); err != nil {
		_ = leash.Close()
		return nil
	}
	return &watchdog{shell: shell, leash: leash}
}

// dismiss ends the watchdog without its doing anything.
func (w *watchdog) dismiss() {
	if w == nil {
		return
	}
	_ = w.shell.Process.Kill()
	_ = w.shell.Wait() // "signal: killed"
	_ = w.leash.Close()
}
