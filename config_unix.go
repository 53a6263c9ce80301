// SPDX-License-Identifier: MIT

//go:build unix

package main

import (
	"os"
	"syscall"
)

// privileged tells whether the program has rights that its caller has not:
// the caller's environment is then not to be trusted.
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
		return "it is no regular file"
	}
	if info.Mode().Perm()&0o022 != 0 {
		return "others may write it (chmod go-w)"
	}
	if st, ok := info.Sys().(*syscall.Stat_t); ok && st.Uid != 0 && int(st.Uid) != os.Getuid() {
		return "it belongs to another user"
	}
	return ""
}
