// SPDX-License-Identifier: MIT

//go:build unix

package mailer

import (
	"os"
	"syscall"
)

// knowsOwners reports whether writableByOthers checks the owner of a file.
const knowsOwners = true

// privileged reports whether the program has acquired rights that its caller does not
// have, so that the environment cannot be trusted. On Linux,
// internal/gate/start_linux.c already hides the environment if the program was started
// with such rights (AT_SECURE).
func privileged() bool {
	return os.Getuid() != os.Geteuid() || os.Getgid() != os.Getegid()
}

// writableByOthers returns why the file cannot be trusted, or "" if it can.
func writableByOthers(f *os.File) string {
	info, err := f.Stat()
	if err != nil {
		return err.Error()
	}
	if !info.Mode().IsRegular() {
		return notRegular
	}
	if info.Mode().Perm()&0o022 != 0 {
		return "other users can write it: chmod go-w"
	}
	return foreignConfig(f)
}

// foreignConfig returns why the file must not set how mail is sent, or "" if its owner is
// the user of this process or root.
func foreignConfig(f *os.File) string {
	info, err := f.Stat()
	if err != nil {
		return err.Error()
	}
	if st, ok := info.Sys().(*syscall.Stat_t); ok && !trustedOwner(int(st.Uid), os.Getuid()) {
		return "it belongs to another user"
	}
	return ""
}

// trustedOwner reports whether a process with the user id own trusts files that belong to
// the user id owner.
func trustedOwner(owner, own int) bool { return owner == 0 || owner == own }
