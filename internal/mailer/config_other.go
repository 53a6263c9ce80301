// SPDX-License-Identifier: MIT

//go:build !unix

package mailer

import "os"

// Windows has no set-user-id programs. Access control lists say who can write a
// file, and its own tools maintain them.
func privileged() bool { return false }

func writableByOthers(*os.File) string { return "" }
