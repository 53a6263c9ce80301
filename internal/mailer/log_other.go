// SPDX-License-Identifier: MIT

//go:build !unix

package mailer

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// openLog opens a file for appending. It does not follow a symbolic link, because another
// user who can create a link in the folder could choose the file to which the log is
// written.
func openLog(name string) (*os.File, error) {
	info, err := os.Lstat(name)
	if err == nil && info.Mode()&fs.ModeSymlink != 0 {
		return nil, fmt.Errorf("%s is a symbolic link, which is not allowed here: use the path of the file itself", name)
	}
	return os.OpenFile(name, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
}

type fileID struct{}

func identify(*os.File) (fileID, error) { return fileID{}, nil }

func ownDescriptor(string) (int, bool) { return 0, false }

func duplicate(int, string) (*os.File, error) { return nil, errors.ErrUnsupported }
