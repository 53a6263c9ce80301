// SPDX-License-Identifier: MIT

package main

import (
	"csmtp/internal/header"
)

// library is the input of the generator: the header, and the Go methods that implement the
// header's functions.
type library struct {
	root    string
	header  *header.Header
	methods map[string]method // of mailer.Mailer
	report  map[string]method // of mailer.Report
	version string
}
