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

// cache holds packages that are unpacked instead of installed; see apt.sh.
const cache = "/var/cache/csmtp-interop"

// Kind is a server that can be run.
type Kind struct {
	Name  string
	needs []string // files that are there when it is installed; none: it is part of this process
	start func() (*Server, error)
}

// Installed says what is missing, or nothing.
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

// install by the script, unless all is there.
func (k *Kind) install() error {
	if k.needs == nil {
		return nil
	}
	if os.Geteuid() != 0 {
		if err := k.Installed(); err != nil {
			return err
		}
		return fmt.Errorf("%s needs accounts of its own: run the tests as root", k.Name)
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

type berth struct {
	once   sync.Once
	server *Server
	err    error
}

var (
	fleet sync.Map // *Kind to *berth
)

// Get the one running server of that kind, started at the first call. Where
// it cannot run, the test is skipped, and on CI it fails.
func Get(t testing.TB, k *Kind) *Server {
	t.Helper()
	v, _ := fleet.LoadOrStore(k, new(berth))
	b := v.(*berth)
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

// Main runs the tests of a package and stops the servers they started.
func Main(m *testing.M) int {
	code := m.Run()
	fleet.Range(func(_, v any) bool {
		if s := v.(*berth).server; s != nil {
			if err := s.Stop(); err != nil {
				fmt.Fprintln(os.Stderr, s.Name, err)
				code = 1
			}
		}
		return true
	})
	return code
}
