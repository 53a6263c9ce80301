// SPDX-License-Identifier: MIT

//go:build !unix

package mailer

import (
	"io/fs"
	"os"
)

// On Windows, a new file inherits the access control list of its folder, so keepAccess
// does nothing.

const noFollow = 0

func keepAccess(*os.File, string, fs.FileInfo) error { return nil }

func openToOthers(fs.FileInfo) string { return "" }

func foreignOwner(fs.FileInfo) bool { return false }

func ownFile(fs.FileInfo) bool { return true }

func hasOtherNames(fs.FileInfo) bool { return false }
