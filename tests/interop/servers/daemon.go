// SPDX-License-Identifier: MIT

package servers

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// daemon is a server in its own process namespace, whose first process is a
// shell that waits for it: when the shell ends, or this test does, the kernel
// ends all that the server started. (The server itself cannot be that first
// process: one that changes its user loses the signal of its parent's death.)
// Its mount namespace is its own too, so that it may see other files at fixed
// paths.
type daemon struct {
	cmd  *exec.Cmd
	done chan struct{}
}

// run starts argv after the shell commands of setup, in that namespace.
func (s *Server) run(name, setup string, env []string, argv ...string) error {
	log, err := os.Create(s.path("log/" + name + ".out"))
	if err != nil {
		return err
	}
	defer log.Close()
	script := "set -e\nmount --make-rprivate /\nmount -t proc proc /proc\n" + setup + "\n\"$@\" &\nwait $!\n"
	cmd := exec.Command("/bin/sh", append([]string{"-c", script, name}, argv...)...)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.Env = append([]string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8"}, env...)
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: syscall.CLONE_NEWPID | syscall.CLONE_NEWNS | syscall.CLONE_NEWUTS,
		Pdeathsig:  syscall.SIGKILL,
		Setsid:     true, // a Ctrl-C at the terminal is this test's, which then ends the server
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start %s in a process namespace: %w", strings.Join(argv, " "), err)
	}
	d := &daemon{cmd, make(chan struct{})}
	go func() { _ = cmd.Wait(); close(d.done) }()
	s.daemons = append(s.daemons, d)
	return nil
}

func (d *daemon) ended() bool {
	select {
	case <-d.done:
		return true
	default:
		return false
	}
}

// stop without asking: what a server would still write, nobody reads.
func (d *daemon) stop() error {
	_ = d.cmd.Process.Kill()
	select {
	case <-d.done:
		return nil
	case <-time.After(10 * time.Second):
		return fmt.Errorf("process %d does not end", d.cmd.Process.Pid)
	}
}
