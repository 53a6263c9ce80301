// SPDX-License-Identifier: MIT

//go:build unix

package mailer

import (
	"errors"
	"fmt"
	"os"
	"path"
	"strconv"
	"strings"
	"syscall"
)

// openLog opens a file for appending. If the file is a FIFO without a reader, openLog fails
// at once. It does not follow a symbolic link, because another user who can create a link
// in the folder could choose the file to which the log is written.
func openLog(name string) (*os.File, error) {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_APPEND|os.O_CREATE|noFollow|syscall.O_NOCTTY, 0o600)
	if errors.Is(err, syscall.ELOOP) || errors.Is(err, syscall.EMLINK) {
		return nil, fmt.Errorf("%s is a symbolic link, which is not allowed here: use the path of the file itself", name)
	}
	if errors.Is(err, syscall.ENXIO) {
		return nil, fmt.Errorf("%w (a FIFO needs a reader, and a socket is not a file)", err)
	}
	return f, err
}

// ownDescriptor returns the descriptor of this process that a path stands for. The second
// result is false if the path stands for none.
func ownDescriptor(name string) (int, bool) {
	if !strings.HasPrefix(name, "/dev/") && !strings.HasPrefix(name, "/proc/self/fd/") {
		return 0, false
	}
	name = path.Clean(name)
	switch name {
	case "/dev/stdout":
		return 1, true
	case "/dev/stderr":
		return 2, true
	}
	number, ok := strings.CutPrefix(name, "/dev/fd/")
	if !ok {
		number, ok = strings.CutPrefix(name, "/proc/self/fd/")
	}
	n, err := strconv.ParseUint(number, 10, 31)
	return int(n), ok && err == nil
}

// fileID identifies an open file.
type fileID struct{ dev, ino uint64 }

func identify(f *os.File) (fileID, error) {
	info, err := f.Stat()
	if err != nil {
		return fileID{}, err
	}
	st := info.Sys().(*syscall.Stat_t)
	return fileID{uint64(st.Dev), st.Ino}, nil
}

// duplicate returns a new descriptor for the file of descriptor n. If the file is a pipe or
// a terminal, duplicate opens it again in non-blocking mode, so that a write can time out. A
// copy of the descriptor would not do: it shares its mode with the program's descriptor,
// which would become non-blocking too.
func duplicate(n int, name string) (*os.File, error) {
	var st syscall.Stat_t
	if err := syscall.Fstat(n, &st); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	switch st.Mode & syscall.S_IFMT {
	case syscall.S_IFIFO, syscall.S_IFCHR:
		return os.OpenFile("/dev/fd/"+strconv.Itoa(n), os.O_WRONLY|syscall.O_NONBLOCK|syscall.O_NOCTTY, 0)
	case syscall.S_IFREG:
		syscall.ForkLock.RLock()
		copied, err := syscall.Dup(n)
		if err == nil {
			syscall.CloseOnExec(copied)
		}
		syscall.ForkLock.RUnlock()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		return os.NewFile(uintptr(copied), name), nil
	}
	return nil, fmt.Errorf("%s is not a file, pipe or terminal: use SetLogCallback", name)
}
