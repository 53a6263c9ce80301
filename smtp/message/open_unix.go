// SPDX-License-Identifier: MIT

//go:build unix

package message

import (
	"os"
	"syscall"
)

// openFile opens a file for reading. It does not wait for the writer of a FIFO.
func openFile(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK|syscall.O_NOCTTY, 0)
}
