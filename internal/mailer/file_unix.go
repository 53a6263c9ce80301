// SPDX-License-Identifier: MIT

//go:build unix

package mailer

import (
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// noFollow makes open fail for a symbolic link, and return at once for a FIFO.
const noFollow = syscall.O_NOFOLLOW | syscall.O_NONBLOCK

// keepAccess gives f the owner, the group and the mode of the file at path, which f will
// replace. Nobody gets more rights than before: if the group cannot be set, the group of f
// gets only the rights that everybody has.
func keepAccess(f *os.File, path string, old fs.FileInfo) error {
	mode := old.Mode().Perm()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	was, ok := old.Sys().(*syscall.Stat_t)
	is, known := info.Sys().(*syscall.Stat_t)
	if ok && known && (was.Uid != is.Uid || was.Gid != is.Gid) &&
		f.Chown(int(was.Uid), int(was.Gid)) != nil && (was.Gid == is.Gid || f.Chown(-1, int(was.Gid)) != nil) && was.Gid != is.Gid {
		mode = mode&^0o070 | mode&0o007<<3
	}
	if err := f.Chmod(mode); err != nil {
		return err
	}
	return keepList(f, path)
}

// openToOthers returns what users other than the owner can do with a private file. It
// returns "" if they can do nothing.
func openToOthers(info fs.FileInfo) string {
	mode := info.Mode().Perm()
	can := ""
	switch {
	case mode&0o044 != 0 && mode&0o022 != 0:
		can = "read and write"
	case mode&0o044 != 0:
		can = "read"
	case mode&0o022 != 0:
		can = "write"
	default:
		return ""
	}
	return fmt.Sprintf("other users can %s it (mode %04o): run chmod go-rw FILE", can, mode)
}

// ownFile reports whether the effective user of this process owns the file.
func ownFile(info fs.FileInfo) bool {
	st, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(st.Uid) == os.Geteuid()
}

// hasOtherNames reports whether the file has more than one hard link.
func hasOtherNames(info fs.FileInfo) bool {
	st, ok := info.Sys().(*syscall.Stat_t)
	return ok && st.Nlink > 1
}

// foreignOwner reports whether the owner of the file is neither the effective user
// of this process nor root.
func foreignOwner(info fs.FileInfo) bool {
	st, ok := info.Sys().(*syscall.Stat_t)
	return ok && st.Uid != 0 && int(st.Uid) != os.Geteuid()
}
