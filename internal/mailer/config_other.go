// SPDX-License-Identifier: MIT

//go:build !unix

package mailer

import "os"

// knowsOwners says whether writableByOthers checks the owner of a file.
const knowsOwners = false

// privileged returns false, because Windows has no set-user-id programs.
func privileged() bool { return false }

// writableByOthers returns "". On Windows, access control lists say who can write a file,
// and these lists are not checked.
func writableByOthers(*os.File) string { return "" }
