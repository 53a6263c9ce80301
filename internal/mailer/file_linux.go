// SPDX-License-Identifier: MIT

package mailer

import (
	"errors"
	"os"
	"strconv"
	"syscall"
)

// If the file at 'path' has an access control list, keepList copies the list to f. If a file
// has such a list, the group bits of its mode are the rights of all users in the list, and
// not only those of the group. Without the list, the group would get these rights. If the
// list cannot be copied, keepList leaves rights only to the owner.
func keepList(f *os.File, path string) error {
	const name = "system.posix_acl_access"
	list := make([]byte, 64<<10)
	n, err := syscall.Getxattr(path, name, list)
	switch {
	case errors.Is(err, syscall.ENODATA), errors.Is(err, syscall.ENOTSUP), errors.Is(err, syscall.ENOSYS):
		return nil
	case err == nil:
		err = syscall.Setxattr("/proc/self/fd/"+strconv.Itoa(int(f.Fd())), name, list[:n], 0)
	}
	if err != nil {
		info, _ := f.Stat()
		return f.Chmod(info.Mode().Perm() & 0o700)
	}
	return nil
}
