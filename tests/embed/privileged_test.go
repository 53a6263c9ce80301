// SPDX-License-Identifier: MIT

package embed

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"csmtp/smtp/smtptest"
	"csmtp/tests/hosttest"

	"github.com/stretchr/testify/require"
)

// nobody is the id of an unprivileged user.
const nobody = "65534"

func needRoot(t *testing.T, to string) {
	t.Helper()
	if os.Getuid() == 0 {
		return
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("only root may %s", to)
	}
	t.Skipf("only root may %s", to)
}

// needChroot skips the test if this process is not allowed to call chroot. On CI the test
// fails instead.
func needChroot(t *testing.T) {
	t.Helper()
	needRoot(t, "change the root of a process")
	cmd := exec.Command("/proc/self/exe", "-test.run", "^$")
	cmd.SysProcAttr = &syscall.SysProcAttr{Chroot: "/"}
	err := cmd.Run()
	if errors.Is(err, syscall.EPERM) && os.Getenv("CI") != "true" {
		t.Skipf("root is not allowed to call chroot here (it needs CAP_SYS_CHROOT): %v", err)
	}
	require.NoError(t, err, "starting a process after chroot")
}

// A program with more rights than its caller ignores the caller's environment.
func TestPrivilegesAboveTheCaller(t *testing.T) {
	needRoot(t, "switch to another user")
	proof{program: "privileged", mode: "set-user-id", mails: 2}.run(t)
}

// A program that received more rights when it was started also ignores the caller's
// environment. The kernel marks such a program with AT_SECURE, even if its user and group ids
// do not show that it has more rights.
func TestPrivilegesFromTheStart(t *testing.T) {
	needRoot(t, "give a file capabilities")
	hosttest.Need(t, "gcc")
	hosttest.Need(t, "setpriv")
	folder, err := os.MkdirTemp(hosttest.Folder(), "privileged")
	require.NoError(t, err)
	require.NoError(t, os.Chmod(folder, 0o755))
	at := func(name string) string { return filepath.Join(folder, name) }
	// The loader ignores LD_LIBRARY_PATH for a program with more rights than its caller.
	content, err := os.ReadFile(libraryFile(t))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(at("libcsmtp.so.1"), content, 0o755))
	require.NoError(t, os.Symlink("libcsmtp.so.1", at("libcsmtp.so")))
	require.NoError(t, os.WriteFile(at("csmtp.conf"), []byte("nonsense\n"), 0o644))
	require.NoError(t, os.WriteFile(at("authority.pem"), smtptest.Authority().PEM(), 0o644))
	require.NoError(t, hosttest.Command(".", nil, "gcc", "-O1", "-Wall", "-Wextra", "-Werror", "-I../../include", "hosts/privileged.c",
		"-o", at("plain"), "-L"+folder, "-lcsmtp", "-pthread", "-Wl,-rpath,"+folder))
	program, err := os.ReadFile(at("plain"))
	require.NoError(t, err)

	// A vfs_cap_data of revision 2 with the effective flag. The permitted capabilities
	// are CAP_DAC_READ_SEARCH (bit 2) and CAP_NET_BIND_SERVICE (bit 10).
	capability := append([]byte{1, 0, 0, 2, 1 << 2, 4, 0, 0}, make([]byte, 12)...)
	for _, p := range []struct {
		proof
		rights func(path string) error
		env    string
	}{
		{proof{program: "plain", mode: "plain"}, nil, "CSMTP_CONFIG=" + at("csmtp.conf")},
		{proof{program: "trusting", mode: "trusting", mails: 1}, nil, "SSL_CERT_FILE=" + at("authority.pem")},
		{proof{program: "capabilities", mode: "rights", mails: 2}, func(path string) error {
			return syscall.Setxattr(path, "security.capability", capability, 0)
		}, ""},
		{proof{program: "group", mode: "rights", mails: 2}, func(path string) error {
			if err := os.Chown(path, 0, 12); err != nil {
				return err
			}
			return os.Chmod(path, 0o755|os.ModeSetgid)
		}, ""},
	} {
		t.Run(p.program, func(t *testing.T) {
			path := at(p.program + "-program")
			require.NoError(t, os.WriteFile(path, program, 0o755))
			if p.rights != nil {
				require.NoError(t, p.rights(path))
			}
			wrapper := at(p.program + "-start")
			start := []string{"exec setpriv --reuid", nobody, "--regid", nobody, "--clear-groups", path, `"$@"`}
			require.NoError(t, os.WriteFile(wrapper, []byte("#!/bin/sh\n"+strings.Join(start, " ")+"\n"), 0o755))
			env := []string{p.env}
			if p.env == "" {
				env = []string{"CSMTP_CONFIG=" + at("csmtp.conf"), "SSL_CERT_FILE=" + at("authority.pem"), "GODEBUG=nonsense"}
			}
			p.runFile(t, wrapper, env...)
		})
	}
}
