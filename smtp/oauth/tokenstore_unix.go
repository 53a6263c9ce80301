// SPDX-License-Identifier: MIT

//go:build unix

package oauth

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// openLock opens the file to lock, which is the token file itself. It does not follow a
// symbolic link, and does not block on a FIFO.
func openLock(path string, create, strict bool) (*os.File, error) {
	const flags = syscall.O_NOFOLLOW | nonblocking
	mode := os.O_RDWR
	if create {
		mode |= os.O_CREATE
	}
	f, err := os.OpenFile(path, mode|flags, 0o600)
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS) {
		if readable, e := os.OpenFile(path, os.O_RDONLY|flags, 0); e == nil {
			f, err = readable, nil
		}
	}
	switch {
	case errors.Is(err, syscall.ELOOP), errors.Is(err, syscall.EMLINK):
		return nil, &errForeign{"it is a symbolic link, which is not followed: use the path of the file itself"}
	case errors.Is(err, syscall.EISDIR), errors.Is(err, syscall.ENXIO):
		return nil, &errForeign{notRegular}
	case err != nil:
		return nil, err
	}
	if err := checkPrivate(f, strict); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// nonblocking contains flags with which opening a FIFO or a terminal does not block and has
// no side effects.
const nonblocking = syscall.O_NONBLOCK | syscall.O_NOCTTY

// isShared returns false, because on Unix another program cannot prevent a file from being
// opened.
func isShared(error) bool { return false }

const notRegular = "it is not a regular file"

// checkPrivate returns an error unless f is a regular file that the effective user owns. If
// strict is set, it also returns an error if the file mode gives other users access. An access
// control list need not be checked, because it cannot grant more access than the mode shows.
func checkPrivate(f *os.File, strict bool) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	switch mode := info.Mode(); {
	case !mode.IsRegular():
		return &errForeign{notRegular}
	case !ok || int(st.Uid) != os.Geteuid():
		return &errForeign{fmt.Sprintf("it belongs to another user: it must belong to the user with the id %d", os.Geteuid())}
	case strict && mode.Perm()&0o077 != 0:
		return &errForeign{fmt.Sprintf("other users have access to it (mode %04o): run chmod 600 FILE", mode.Perm())}
	}
	return nil
}

var flock = syscall.Flock // a variable for tests

func tryLock(f *os.File) (bool, error) {
	for {
		switch err := flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err {
		case nil:
			return true, nil
		case syscall.EINTR:
		case syscall.EWOULDBLOCK:
			return false, nil
		default:
			return false, err
		}
	}
}

func unlock(f *os.File) { _ = flock(int(f.Fd()), syscall.LOCK_UN) }

// stillLocks reports whether path still names the file that f has locked.
func stillLocks(f *os.File, path string) bool {
	locked, err := f.Stat()
	if err != nil {
		return false
	}
	named, err := os.Lstat(path)
	return err == nil && os.SameFile(locked, named)
}

func readToken(f *os.File, _ string, _ bool) ([]byte, error) { return readAll(f) }

// createPrivate creates a file that only the user can read, whatever the umask and the
// folder's access control list are.
func createPrivate(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL|syscall.O_NOFOLLOW, 0o600)
	if err != nil {
		return nil, err
	}
	if err = f.Chmod(0o600); err == nil {
		err = checkPrivate(f, true)
	}
	if err != nil {
		f.Close()
		os.Remove(path)
		return nil, fmt.Errorf("the file system cannot protect the file: %w", err)
	}
	return f, nil
}

func rename(from, to string) error { return os.Rename(from, to) }

// syncFolder writes the names in the folder to the disk, so that a crash of the system does
// not undo a rename. It returns nil if the folder cannot be opened or the file system cannot
// sync folders.
func syncFolder(folder string) error {
	if folder == "" {
		folder = "."
	}
	f, err := os.Open(folder)
	if err != nil {
		return nil
	}
	defer f.Close()
	if err := f.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, errors.ErrUnsupported) {
		return err
	}
	return nil
}
