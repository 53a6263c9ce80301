// SPDX-License-Identifier: MIT

//go:build unix

package mailer

import (
	"os"
	"syscall"
)

// privileged tells whether the program has taken on rights that its caller has
// not: the caller's environment is then not to be trusted. A program that was
// started with them (AT_SECURE) has been given no environment at all, on Linux:
// internal/gate/start_linux.c.
func privileged() bool {
	return os.Getuid() != os.Geteuid() || os.Getgid() != os.Getegid()
}

// writableByOthers says why the file is not to be trusted; "" when it is.
func writableByOthers(f *os.File) string {
	info, err := f.Stat()
	if err != nil {
		return err.Error()
	}
	if !info.Mode().IsRegular() {
		return notRegular
	}
	if info.Mode().Perm()&0o022 != 0 {
		return "others may write it (chmod go-w)"
	}
	if st, ok := info.Sys().(*syscall.Stat_t); ok && st.Uid != 0 && int(st.Uid) != os.Getuid() {
		return "it belongs to another user"
	}
	return ""
}
