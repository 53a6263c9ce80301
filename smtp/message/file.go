// SPDX-License-Identifier: MIT

package message

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"unicode/utf8"

	"csmtp/smtp/internal/text"
)

// file is a regular file. Its size, modification time and identity must not change after
// Render. The file is open only while it is read.
type file struct {
	field FieldName
	path  string
	info  fs.FileInfo
}

// longestPath is the length in characters of the longest path on Windows. Windows truncates
// some longer paths instead of refusing them. Linux refuses paths of more than 4,095 octets.
const longestPath = 32767

// statFile opens the file at path to check that it can be read, and records its size,
// modification time and identity. It checks the file type first, because opening a device
// can have side effects.
func statFile(field FieldName, path string) (*file, error) {
	if name, place, help := text.FindInPath(path); place > 0 {
		return nil, invalid(field, path, fmt.Sprintf("has a %s at octet %d; %s", name, place, help), nil)
	}
	if len(path) > 4*longestPath || utf8.RuneCountInString(path) > longestPath {
		return nil, unreadable(field, path, &fs.PathError{Op: "stat", Path: path, Err: errors.New("the path is too long")})
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, unreadable(field, path, err)
	}
	if !info.Mode().IsRegular() {
		return nil, invalid(field, path, "is "+kindOf(info.Mode())+" and not a regular file", ErrNotRegular)
	}
	f, err := openFile(path)
	if err != nil {
		return nil, unreadable(field, path, err)
	}
	defer f.Close()
	now, err := f.Stat()
	if err != nil {
		return nil, unreadable(field, path, err)
	}
	if !os.SameFile(info, now) || !now.Mode().IsRegular() {
		return nil, invalid(field, path, "was replaced by another file while it was opened", ErrChanged)
	}
	return &file{field, path, now}, nil
}

func unreadable(field FieldName, path string, err error) error {
	cause := err
	var pe *fs.PathError
	if errors.As(err, &pe) {
		cause = pe.Err
	}
	return invalid(field, path, "cannot be read: "+cause.Error(), err)
}

func kindOf(m fs.FileMode) string {
	switch {
	case m.IsDir():
		return "a directory"
	case m&fs.ModeNamedPipe != 0:
		return "a FIFO"
	case m&fs.ModeSocket != 0:
		return "a socket"
	case m&fs.ModeDevice != 0:
		return "a device"
	}
	return "a special file"
}

// copyTo calls the function copy with the content of the file. It returns an error if the file
// has changed since statFile.
func (f *file) copyTo(copy func(io.Reader) (int64, error)) error {
	in, err := openFile(f.path)
	if err != nil {
		return f.changed("was removed or became unreadable", err)
	}
	defer in.Close()
	if err := f.same(in.Stat()); err != nil {
		return err
	}
	size := f.info.Size()
	n, err := copy(io.LimitReader(in, size))
	if err := f.sourceFailed(err); err != nil {
		return err
	}
	if n < size {
		return f.changed(fmt.Sprintf("became shorter (%d of %d octets were read)", n, size), nil)
	}
	if err := f.same(in.Stat()); err != nil {
		return err
	}
	return f.same(os.Stat(f.path))
}

// same returns an error if 'now' shows that the file has changed since statFile. 'now' and err
// are the results of a Stat.
func (f *file) same(now fs.FileInfo, err error) error {
	switch {
	case err != nil:
		return f.changed("was removed or became unreadable", err)
	case !os.SameFile(f.info, now):
		return f.changed("was replaced", nil)
	case now.Size() != f.info.Size():
		return f.changed(fmt.Sprintf("changed from %d to %d octets", f.info.Size(), now.Size()), nil)
	case !now.ModTime().Equal(f.info.ModTime()):
		return f.changed("was modified", nil)
	}
	return nil
}

func (f *file) changed(how string, err error) error {
	cause := ErrChanged
	if err != nil {
		cause = fmt.Errorf("%w: %w", ErrChanged, err)
	}
	return invalid(f.field, f.path, how+" while it was being read; the mail was not sent", cause)
}

func (f *file) sourceFailed(err error) error {
	var se *sourceError
	if errors.As(err, &se) {
		return invalid(f.field, f.path, "cannot be read to its end: "+se.Error()+"; the mail was not sent", se.err)
	}
	return err
}

// copyAll copies r to w unchanged. Like copyBase64, it returns the number of octets read,
// and a *sourceError if r failed.
func copyAll(w io.Writer, r io.Reader) (int64, error) {
	buf := bufferPool.Get().(*buffers)
	defer bufferPool.Put(buf)
	return copyBlocks(w, r, buf)
}
