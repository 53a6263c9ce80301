// SPDX-License-Identifier: MIT

// Command csmtp is built as a C shared library: go build -buildmode=c-shared.
//
// gate.c holds the functions of include/csmtp_c.h. Each calls an export of
// exports.go or a file beside it, which calls the method of the same name of a
// mailer.Mailer. Package internal/gate starts the Go runtime.
package main

import _ "csmtp/internal/gate"

//go:generate go run ./internal/header/generate

// Version is the version of the library. The build, the packages and the
// documents take it from here.
const Version = "1.0.0"

func main() {}
