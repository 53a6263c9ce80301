// SPDX-License-Identifier: MIT

//go:build !unix

package mailer

import "os"

// knowsOwners reports whether writableByOthers checks the owner of a file.
const knowsOwners = false

// privileged returns false, because Windows has no set-user-id programs.
func privileged() bool { return false }

// writableByOthers returns "". Windows uses access control lists, which are not
// checked here.
func writableByOthers(*os.File) string { return "" }
