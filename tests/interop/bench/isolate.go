// SPDX-License-Identifier: MIT

package main

import (
	"os/exec"
	"syscall"
)

// isolate makes cmd start in a new process group. When the command's context ends, the
// whole group is killed.
func isolate(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if cmd.Cancel != nil { // nil if cmd has no context
		cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	}
}
