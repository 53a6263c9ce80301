// SPDX-License-Identifier: MIT

//go:build !unix && !windows

package mailer

import "os"

// foreignConfig returns "", because the owner of a file is not checked on this system.
func foreignConfig(*os.File) string { return "" }
