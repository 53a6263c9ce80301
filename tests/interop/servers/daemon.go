// SPDX-License-Identifier: MIT

package servers

import (
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// daemon is a server in its own process namespace. The first process of the namespace
// is a shell that waits for the server: when the shell or the test ends, the kernel
// kills every process of the namespace. (The server cannot be the first process,
// because a process that changes its user loses its parent-death signal.) The server
// also has its own mount namespace, so that other files can be mounted at the paths
// that it uses.
type daemon struct {
	cmd   *exec.Cmd
	done  chan struct{}
	again func() error // starts the server again
}

// run runs the shell commands in 'setup', and then starts the command argv, in a new namespace.
func (s *Server) run(name, setup string, env []string, argv ...string) error {
	log, err := os.OpenFile(s.path("log/"+name+".out"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
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
		Setsid:     true, // Ctrl-C then reaches only the test, which ends the server
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start %s in a process namespace: %w", strings.Join(argv, " "), err)
	}
	d := &daemon{cmd, make(chan struct{}), func() error { return s.run(name, setup, env, argv...) }}
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

// Kill kills all processes of the server.
func (s *Server) Kill() error {
	for _, d := range s.daemons {
		if err := d.stop(); err != nil {
			return err
		}
	}
	return nil
}

// Restart starts the processes of a server again after Kill, with the same files and ports.
func (s *Server) Restart() error {
	old := s.daemons
	s.daemons = nil
	for _, d := range old {
		if err := d.again(); err != nil {
			return err
		}
	}
	return s.waitPorts()
}

// Signal sends a signal to all processes of the server.
func (s *Server) Signal(signal syscall.Signal) error {
	for _, d := range s.daemons {
		if err := d.signal(signal); err != nil {
			return err
		}
	}
	return nil
}

// signal sends a signal to all processes in the namespace, except the shell.
func (d *daemon) signal(signal syscall.Signal) error {
	own, err := os.Readlink(fmt.Sprintf("/proc/%d/ns/pid", d.cmd.Process.Pid))
	if err != nil {
		return err
	}
	processes, err := os.ReadDir("/proc")
	if err != nil {
		return err
	}
	for _, p := range processes {
		pid, err := strconv.Atoi(p.Name())
		if err != nil || pid == d.cmd.Process.Pid {
			continue
		}
		if ns, err := os.Readlink("/proc/" + p.Name() + "/ns/pid"); err == nil && ns == own {
			if err := syscall.Kill(pid, signal); err != nil && err != syscall.ESRCH {
				return err
			}
		}
	}
	return nil
}

// stop kills the server.
func (d *daemon) stop() error {
	_ = d.cmd.Process.Kill()
	select {
	case <-d.done:
		return nil
	case <-time.After(10 * time.Second):
		return fmt.Errorf("process %d did not end within 10 s", d.cmd.Process.Pid)
	}
}
