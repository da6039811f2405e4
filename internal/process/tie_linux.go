package process

import (
	"os/exec"
	"syscall"
)

// tie makes the kernel kill the server when the thread that starts it ends, and detaches it.
func tie(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
}
