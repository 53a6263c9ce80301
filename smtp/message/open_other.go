// SPDX-License-Identifier: MIT

//go:build !unix

package message

import "os"

func openFile(path string) (*os.File, error) { return os.Open(path) }
