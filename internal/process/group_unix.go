//go:build unix

package process

import (
	"errors"
	"os"
	"os/exec"
	"syscall"
)

// detach puts a process into a group of its own: an interrupt typed at a terminal goes to the tests alone, which then
// close their servers.
func detach(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// kill ends the server and the children that it may have forked to save or rewrite files.
func kill(server *os.Process) error {
	err := syscall.Kill(-server.Pid, syscall.SIGKILL)
	if errors.Is(err, syscall.ESRCH) {
		return os.ErrProcessDone
	}
	return err
}
