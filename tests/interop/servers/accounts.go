// SPDX-License-Identifier: MIT

package servers

import (
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"runtime"
	"strconv"
	"strings"
)

// saslPlugins is the folder of Debian's Cyrus SASL mechanisms.
var saslPlugins = "/usr/lib/" + map[string]string{"amd64": "x86_64", "arm64": "aarch64"}[runtime.GOARCH] + "-linux-gnu/sasl2"

// account is a system account, for a daemon that drops its privileges.
type account struct{ uid, gid int }

func lookupAccount(name string) (account, error) {
	u, err := user.Lookup(name)
	if err != nil {
		return account{}, err
	}
	uid, err := strconv.Atoi(u.Uid)
	if err != nil {
		return account{}, err
	}
	gid, err := strconv.Atoi(u.Gid)
	return account{uid, gid}, err
}

func (a account) own(path string) error { return os.Chown(path, a.uid, a.gid) }

// sasldb writes the passwords of Alice and Bob to sasl/sasldb2. Only the system account
// 'reader' can read the file.
func (s *Server) sasldb(reader account) error {
	if err := os.Mkdir(s.path("sasl"), 0o755); err != nil {
		return err
	}
	file := s.path("sasl/sasldb2")
	for _, u := range []User{Alice, Bob} {
		cmd := exec.Command("/usr/sbin/saslpasswd2", "-p", "-c", "-f", file, "-u", Domain, u.Local())
		cmd.Stdin = strings.NewReader(u.Password)
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("saslpasswd2: %w: %s", err, out)
		}
	}
	if err := os.Chmod(file, 0o600); err != nil {
		return err
	}
	return reader.own(file)
}
