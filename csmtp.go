// SPDX-License-Identifier: MIT

// Command csmtp is built as a C shared library: go build -buildmode=c-shared.
//
// gate.c defines the functions of include/csmtp_c.h. Each of them calls a Go function that
// exports*.go exports to C. Most of these Go functions call the method of mailer.Mailer
// with the same name, or a method of mailer.Pool. Package internal/gate starts the Go
// runtime.
package main

import _ "csmtp/internal/gate"

//go:generate go run ./internal/header/generate

// Version is the version of the library. The build, the packages and the
// documentation use this constant.
const Version = "1.0.0"

func main() {}
