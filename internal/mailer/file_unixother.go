// SPDX-License-Identifier: MIT

//go:build unix && !linux

package mailer

import "os"

// keepList does nothing: package syscall can read access control lists only on
// Linux.
func keepList(*os.File, string) error { return nil }
