// SPDX-License-Identifier: MIT

package fleet

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"csmtp/tests/interop/servers"
)

// process is a process that the test kills and starts again.
type process struct {
	name    string
	log     string // the file that contains its output
	argv    []string
	dir     string
	account *syscall.Credential
	spaces  uintptr     // new namespaces: CLONE_NEW...
	greets  string      // "HOST:PORT" of the server; "" if it sends no greeting
	serves  func() bool // reports whether the process is ready; nil for a worker, and for a server that sends a greeting
	cmd     *exec.Cmd
	done    chan struct{}
}

// start starts the process, and waits until it is ready.
func (p *process) start(t *testing.T) {
	t.Helper()
	log, err := os.OpenFile(p.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	must(t, err)
	defer log.Close()
	p.cmd = exec.Command(p.argv[0], p.argv[1:]...)
	p.cmd.Stdout, p.cmd.Stderr, p.cmd.Dir = log, log, p.dir
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setsid: true, Cloneflags: p.spaces, Credential: p.account}
	must(t, p.cmd.Start())
	cmd, done := p.cmd, make(chan struct{})
	p.done = done
	go func() { _ = cmd.Wait(); close(done) }()
	eventually(t, p.name+" serves", func() bool {
		if p.ended() {
			t.Fatalf("%s has ended (%v):\n%s", p.name, p.cmd.ProcessState, readFile(p.log))
		}
		return (p.greets == "" || greets(p.greets)) && (p.serves == nil || p.serves())
	})
}

func (p *process) ended() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// kill kills the process with SIGKILL, and waits until it has ended. If the process has its
// own process namespace, this also kills all other processes in the namespace.
func (p *process) kill() {
	if p.cmd == nil {
		return
	}
	_ = p.cmd.Process.Kill()
	<-p.done
}

// greets reports whether a server sends a greeting. NATS and SMTP servers do so.
func greets(address string) bool {
	c, err := net.DialTimeout("tcp", address, time.Second)
	if err != nil {
		return false
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(5 * time.Second))
	n, _ := c.Read(make([]byte, 1))
	return n == 1
}

// eventually waits until f returns true.
func eventually(t *testing.T, what string, f func() bool) {
	t.Helper()
	deadline := time.Now().Add(3 * time.Minute)
	for !f() {
		if time.Now().After(deadline) {
			t.Fatalf("%s: not within 3 minutes", what)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func freePort(t *testing.T) int {
	t.Helper()
	ports, err := servers.FreePorts(1)
	must(t, err)
	return ports[0]
}

func loopback(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }

// run runs a command, and returns its standard output.
func run(t *testing.T, name string, arguments ...string) string {
	t.Helper()
	var stderr strings.Builder
	cmd := exec.Command(name, arguments...)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s%s", cmd, err, out, stderr.String())
	}
	return string(out)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func readFile(name string) string {
	text, err := os.ReadFile(name)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// programs builds examples/outbox and the test programs ledger and relaylog with CMake, and
// returns the folder of all these programs.
func programs(t *testing.T, dir string) string {
	t.Helper()
	root, err := filepath.Abs("../../..")
	must(t, err)
	library := os.Getenv("CSMTP_BUILD_DIR")
	if library == "" {
		library = filepath.Join(root, "build")
	}
	library, err = filepath.EvalSymlinks(filepath.Join(library, "libcsmtp.so.1"))
	if err != nil {
		t.Fatalf("%v: run ./build.sh lib", err)
	}
	source := filepath.Join(dir, "source")
	must(t, os.Mkdir(source, 0o755))
	must(t, os.WriteFile(filepath.Join(source, "CMakeLists.txt"), fmt.Appendf(nil, `cmake_minimum_required(VERSION 3.16)
project(fleet CXX)
add_library(built SHARED IMPORTED)
set_target_properties(built PROPERTIES IMPORTED_LOCATION %[2]q
  INTERFACE_INCLUDE_DIRECTORIES "%[1]s/include;%[1]s/cpp_wrapper;%[1]s/cpp_wrapper/compat")
add_library(csmtp::csmtp ALIAS built)
add_subdirectory("%[1]s/examples/outbox" outbox)
foreach(program ledger relaylog)
  add_executable(${program} "%[1]s/tests/interop/fleet/${program}/${program}.cpp")
  target_link_libraries(${program} PRIVATE outbox)
  target_include_directories(${program} PRIVATE "%[1]s/examples/outbox")
  set_target_properties(${program} PROPERTIES CXX_STANDARD 11 RUNTIME_OUTPUT_DIRECTORY outbox)
endforeach()
`, root, library), 0o644))
	build := filepath.Join(dir, "build")
	began := time.Now()
	run(t, "cmake", "-S", source, "-B", build)
	run(t, "cmake", "--build", build, "--parallel", fmt.Sprint(runtime.NumCPU()))
	t.Logf("built examples/outbox in %v", time.Since(began).Round(time.Second))
	return filepath.Join(build, "outbox")
}
