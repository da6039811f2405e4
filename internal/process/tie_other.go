//go:build !linux

package process

import "os/exec"

// tie only detaches the server where the kernel has no parent-death signal: its watchdog is what ends it.
func tie(cmd *exec.Cmd) { detach(cmd) }
