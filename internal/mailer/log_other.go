// SPDX-License-Identifier: MIT

//go:build !unix

package mailer

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// openLog follows no symbolic link: whoever may make one in the folder would
// choose which file is written.
func openLog(name string) (*os.File, error) {
	info, err := os.Lstat(name)
	if err == nil && info.Mode()&fs.ModeSymlink != 0 {
		return nil, fmt.Errorf("%s is a symbolic link, which is not followed: name the file itself", name)
	}
	return os.OpenFile(name, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
}

func ownDescriptor(string) (int, bool) { return 0, false }

func duplicate(int, string) (*os.File, error) { return nil, errors.ErrUnsupported }
