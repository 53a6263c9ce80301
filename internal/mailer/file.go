// SPDX-License-Identifier: MIT

package mailer

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// saving is a temporary file in the folder of the file that it will replace.
type saving struct {
	path string      // its last component is not a symbolic link
	old  fs.FileInfo // the file to replace; nil if there is none
	to   *os.File
}

// writeFile writes content to path. It replaces the file in one step, after everything has
// been written: other programs see either the old or the new content, and after a failure
// the old content remains. The umask determines the mode of a new file. A file that
// replaces another gets the mode of the old file and, if the process has the right to set
// it, the owner of the old file. If path is a symbolic link, its target is replaced.
func writeFile(path string, content io.WriterTo) error {
	s, err := newSaving(path)
	if err != nil {
		return s.failed(path, err)
	}
	if _, err = content.WriteTo(s); err == nil {
		err = s.finish()
	}
	if err != nil {
		s.to.Close()
		os.Remove(s.to.Name())
		return s.failed(path, err)
	}
	return nil
}

// saveError is an error of writing the file. Errors of reading the parts of the message
// keep their own error numbers.
type saveError struct{ err error }

func (e *saveError) Error() string { return e.err.Error() }
func (e *saveError) Unwrap() error { return e.err }

func (s *saving) failed(path string, err error) error {
	var own *saveError
	if !errors.As(err, &own) {
		return err
	}
	left := ""
	if s != nil && s.old != nil {
		left = "; the existing file is unchanged"
	}
	return Faultf(fileNotExist, "SaveMessage: %s was not written: %v%s", path, own.err, left)
}

func newSaving(path string) (*saving, error) {
	if path == "" {
		return nil, Faultf(BadArgument, "SaveMessage: the path is empty")
	}
	if err := checkPath("SaveMessage", path); err != nil {
		return nil, err
	}
	target, err := lastTarget(path)
	if err != nil {
		return nil, &saveError{err}
	}
	s := &saving{path: target}
	if s.old, err = replaceable(target); err != nil {
		return s, &saveError{err}
	}
	// The kernel applies the umask. If the file replaces another, nobody else can
	// read the content before the mode is set.
	mode := fs.FileMode(0o666)
	if s.old != nil {
		mode = 0o600
	}
	name := filepath.Join(filepath.Dir(target), ".csmtp-"+rand.Text())
	if s.to, err = os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode); err != nil {
		return s, &saveError{fmt.Errorf("cannot create a temporary file in its folder: %w", err)}
	}
	return s, nil
}

func (s *saving) Write(p []byte) (int, error) {
	n, err := s.to.Write(p)
	if err != nil {
		err = &saveError{err}
	}
	return n, err
}

func (s *saving) finish() error {
	var err error
	if s.old != nil {
		if err = keepAccess(s.to, s.path, s.old); err == nil {
			err = s.to.Sync() // without this, both contents could be lost at a power failure
		}
	}
	if err == nil {
		err = s.to.Close()
	}
	if err == nil {
		err = os.Rename(s.to.Name(), s.path)
	}
	if err != nil {
		return &saveError{err}
	}
	return nil
}

// lastTarget follows the symbolic links of the path's last component. It refuses a link
// whose target does not exist, because another user could have made the link to choose
// where the file is created. It also refuses a link in /dev and /proc, such as /dev/stdout,
// because such a link refers to a descriptor, which cannot be replaced.
func lastTarget(path string) (string, error) {
	for range 40 {
		info, err := os.Lstat(path)
		if errors.Is(err, fs.ErrNotExist) {
			return path, nil
		}
		if err != nil {
			return "", err
		}
		if info.Mode()&fs.ModeSymlink == 0 {
			return path, nil
		}
		if _, err := os.Stat(path); err != nil { // the system may also forbid following this link
			return "", fmt.Errorf("the symbolic link cannot be followed: %w", err)
		}
		folder, err := filepath.EvalSymlinks(filepath.Dir(path))
		if err != nil {
			return "", err
		}
		to, err := os.Readlink(path)
		if err != nil {
			return "", err
		}
		if folder == "/dev" || folder == "/dev/fd" || strings.HasPrefix(folder, "/proc/") {
			return "", fmt.Errorf("%s is not a regular file: write the octets of RenderMessage there", path)
		}
		if !filepath.IsAbs(to) {
			to = filepath.Join(folder, to)
		}
		path = to
	}
	return "", errors.New("there are too many symbolic links")
}

// replaceable returns the file at path, or nil if there is none. It returns an error if the
// file is not a regular file that this process can write.
func replaceable(path string) (fs.FileInfo, error) {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("it exists and is not a regular file") // root could otherwise replace /dev/null
	}
	f, err := os.OpenFile(path, os.O_WRONLY|noFollow, 0)
	if err != nil {
		return info, err
	}
	defer f.Close()
	if info, err = f.Stat(); err == nil && !info.Mode().IsRegular() {
		err = errors.New("it exists and is not a regular file")
	}
	return info, err
}
