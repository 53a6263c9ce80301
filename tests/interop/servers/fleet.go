// SPDX-License-Identifier: MIT

package servers

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// cache is the folder for packages that are unpacked but not installed; see apt.sh.
const cache = "/var/cache/csmtp-interop"

// Kind describes a mail server and how to start it.
type Kind struct {
	Name  string
	needs []string // files of the installed server; nil for a server that runs in this process
	start func() (*Server, error)
}

// Installed returns nil if the server is installed, or an error that names the missing
// files.
func (k *Kind) Installed() error {
	var missing []string
	for _, f := range k.needs {
		if _, err := os.Stat(f); err != nil {
			missing = append(missing, f)
		}
	}
	if missing == nil {
		return nil
	}
	return fmt.Errorf("%s is not installed (no %s): run tests/interop/servers/%s/install.sh as root",
		k.Name, strings.Join(missing, ", "), k.Name)
}

// install runs install.sh, unless the server is installed already. It returns an error if
// the server needs root and the user is not root.
func (k *Kind) install() error {
	if k.needs == nil {
		return nil
	}
	if os.Geteuid() != 0 {
		if err := k.Installed(); err != nil {
			return err
		}
		return fmt.Errorf("%s changes its user: run the tests as root", k.Name)
	}
	if k.Installed() == nil {
		return nil
	}
	dir, err := os.MkdirTemp("", "csmtp-install-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := os.CopyFS(dir, files); err != nil {
		return err
	}
	if out, err := exec.Command("/bin/bash", filepath.Join(dir, k.Name, "install.sh")).CombinedOutput(); err != nil {
		return fmt.Errorf("tests/interop/servers/%s/install.sh: %w\n%s", k.Name, err, out)
	}
	return k.Installed()
}

// instance is the server of a Kind that all tests in this process share.
type instance struct {
	once   sync.Once
	server *Server
	err    error
}

var fleet sync.Map // *Kind to *instance

// Get returns the running server of a kind, and starts it at the first call. If the
// server cannot run, the test is skipped; as root or on CI, the test fails.
func Get(t testing.TB, k *Kind) *Server {
	t.Helper()
	v, _ := fleet.LoadOrStore(k, new(instance))
	b := v.(*instance)
	b.once.Do(func() {
		if b.err = k.install(); b.err != nil {
			return
		}
		if b.server, b.err = k.start(); b.err == nil {
			b.err = b.server.waitPorts()
		}
	})
	if b.err != nil {
		if os.Geteuid() == 0 || os.Getenv("CI") != "" {
			t.Fatal(b.err)
		}
		t.Skip(b.err)
	}
	return b.server
}

// Start starts another server of a kind, which ends with the test. A test that stops or
// overloads its server must not share it with others.
func Start(t testing.TB, k *Kind) *Server {
	t.Helper()
	Get(t, k) // installs it, or skips the test
	s, err := k.start()
	if s != nil {
		t.Cleanup(func() { _ = s.Stop() })
	}
	if err == nil {
		err = s.waitPorts()
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Main runs the tests of a package, stops the servers that they started, and returns
// the exit status.
func Main(m *testing.M) int {
	code := m.Run()
	fleet.Range(func(_, v any) bool {
		if s := v.(*instance).server; s != nil {
			if err := s.Stop(); err != nil {
				fmt.Fprintln(os.Stderr, s.Name, err)
				code = 1
			}
		}
		return true
	})
	return code
}
