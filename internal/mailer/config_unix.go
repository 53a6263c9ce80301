// SPDX-License-Identifier: MIT

//go:build unix

package mailer

import (
	"os"
	"syscall"
)

// knowsOwners says whether writableByOthers checks the owner of a file.
const knowsOwners = true

// privileged reports whether the program has rights that its caller lacks, such as those of
// a set-user-id program. The environment of such a program cannot be trusted. If the rights
// were acquired when the program was started (AT_SECURE), internal/gate/start_linux.c has
// already hidden the environment on Linux.
func privileged() bool {
	return os.Getuid() != os.Geteuid() || os.Getgid() != os.Getegid()
}

// writableByOthers returns why the file cannot be trusted: it is not a regular file, or users
// other than root and the user of this process could have written it. It returns "" if the
// file can be trusted.
func writableByOthers(f *os.File) string {
	info, err := f.Stat()
	if err != nil {
		return err.Error()
	}
	if !info.Mode().IsRegular() {
		return notRegular
	}
	if info.Mode().Perm()&0o022 != 0 {
		return "other users can write it: run chmod go-w FILE"
	}
	return foreignConfig(f)
}

// foreignConfig returns why the configuration file must not set the transport (SMTP, or a
// service that sends mail over HTTPS). It returns "" if the file belongs to the user of this
// process or to root.
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

// trustedOwner reports whether a process trusts a file. 'own' is the user id of the process,
// and 'owner' is that of the file's owner.
func trustedOwner(owner, own int) bool { return owner == 0 || owner == own }
