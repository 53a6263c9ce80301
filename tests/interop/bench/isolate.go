// SPDX-License-Identifier: MIT

package main

import (
	"os/exec"
	"syscall"
)

// isolate puts a program and what it starts into a group of its own, which is
// ended as a whole when it has taken too long.
func isolate(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if cmd.Cancel != nil { // it has a context
		cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	}
}
