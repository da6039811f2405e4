//go:build !linux

package process

import (
	"os"
	"os/exec"
)

// tie does nothing where the kernel has no parent-death signal: the server stays in the process group of the tests, so that
// at least an interrupt typed at a terminal reaches it too.
func tie(*exec.Cmd) {}

func kill(server *os.Process) error { return server.Kill() }
