//go:build !unix

package process

import (
	"os"
	"os/exec"
)

func detach(*exec.Cmd) {}

func kill(server *os.Process) error { return server.Kill() }
