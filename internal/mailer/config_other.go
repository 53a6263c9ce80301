// SPDX-License-Identifier: MIT

//go:build !unix

package mailer

import "os"

// Windows has no set-user-id programs, and who may write a file is said by
// lists that its own tools look after.
func privileged() bool { return false }

func writableByOthers(*os.File) string { return "" }
