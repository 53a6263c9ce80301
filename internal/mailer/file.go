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

// saving is a temporary file. It is in the same folder as the file that it will replace.
type saving struct {
	path string      // the path of the file to replace; its last component is not a symbolic link
	old  fs.FileInfo // the file to replace; nil if it does not exist
	to   *os.File
}

// writeFile writes content to the file at path. It first writes a complete temporary file,
// which then replaces the file at path: other programs see either the old or the new
// content, and after a failure the old content remains. A new file gets the mode that the
// umask determines. If there was an old file, the new one gets its mode and, if the process
// has the right to set it, its owner. If path is a symbolic link, its target is replaced.
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

// saveError is an error that occurs when the file is written. An error that occurs when a
// part of the message is read keeps its own error number.
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
	// A new file gets the mode that the umask leaves. If the file replaces another one,
	// only the owner can read the content until the mode is set.
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
			err = s.to.Sync() // without this, a power failure could lose both the old and the new content
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

// lastTarget returns the path after following the symbolic links of its last component. It
// refuses a link whose target does not exist, because another user could have made the link
// to choose where a file is created. It also refuses a link in /dev and /proc, such as
// /dev/stdout: such a link refers to a descriptor, and a descriptor cannot be replaced.
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
		if _, err := os.Stat(path); err != nil { // the system may forbid following this link
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
			return "", fmt.Errorf("%s is not a regular file: call RenderMessage, and write the octets there", path)
		}
		if !filepath.IsAbs(to) {
			to = filepath.Join(folder, to)
		}
		path = to
	}
	return "", errors.New("there are too many symbolic links")
}

// replaceable returns the file at path, or nil if there is none. It returns an error unless
// the file is a regular file that this process can write.
func replaceable(path string) (fs.FileInfo, error) {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("it exists and is not a regular file") // root could replace /dev/null otherwise
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
