// SPDX-License-Identifier: MIT

package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"time"
)

// sinkProcess is a running sink, pinned to a CPU.
type sinkProcess struct {
	mu      sync.Mutex
	cmd     *exec.Cmd
	orders  io.WriteCloser
	answers *bufio.Scanner
}

// counted contains the sink's counters for one run.
type counted struct {
	Sessions, Mails, Octets, Arrivals, Turns, Resumed int64
	First, Mailed, Last                               int64
}

func (b *bench) startSink(cpu int) (*sinkProcess, error) {
	cmd := exec.Command("taskset", "-c", strconv.Itoa(cpu), b.path("sink"), "-cert", b.path("server.pem"))
	isolate(cmd)
	cmd.Stderr = os.Stderr
	orders, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	answers, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	return &sinkProcess{cmd: cmd, orders: orders, answers: bufio.NewScanner(answers)}, nil
}

// ask sends a command to the sink and returns its answer.
func (s *sinkProcess) ask(order string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := fmt.Fprintln(s.orders, order); err != nil {
		return "", fmt.Errorf("sink: %w", err)
	}
	if !s.answers.Scan() {
		return "", fmt.Errorf("sink: no answer to %q", order)
	}
	return s.answers.Text(), nil
}

func (s *sinkProcess) open(options string) (string, error) {
	answer, err := s.ask("open " + options)
	return strings.TrimPrefix(answer, "port "), err
}

func (s *sinkProcess) close(port string) (*counted, error) {
	answer, err := s.ask("close " + port)
	if err != nil {
		return nil, err
	}
	c := new(counted)
	return c, json.Unmarshal([]byte(answer), c)
}

func (s *sinkProcess) stop() {
	s.orders.Close()
	_ = s.cmd.Wait()
}

// startPostfix starts Postfix's smtp-sink on a free port.
func (b *bench) startPostfix(cpu int) (port string, stop func(), err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	address := l.Addr().String()
	l.Close()
	arguments := []string{"-c", strconv.Itoa(cpu), "smtp-sink"}
	if os.Getuid() == 0 {
		arguments = append(arguments, "-u", "nobody")
	}
	cmd := exec.Command("taskset", append(arguments, address, "128")...)
	cmd.Env = append(os.Environ(), "PATH="+os.Getenv("PATH")+":/usr/sbin")
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	stop = func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }
	for range 100 {
		if c, err := net.Dial("tcp", address); err == nil {
			c.Close()
			return address[strings.LastIndexByte(address, ':')+1:], stop, nil
		}
		time.Sleep(20 * time.Millisecond)
	}
	stop()
	return "", nil, fmt.Errorf("smtp-sink does not listen on %s", address)
}
