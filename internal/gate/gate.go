// SPDX-License-Identifier: MIT

// Package gate is the layer between the functions of csmtp_c.h and Go. On Linux, it starts
// the Go runtime at the first call, and keeps the signals of the program and of Go apart.
// The Go runtime does not run in a forked child. There, on Linux with glibc, package gate
// loads the file of the library a second time, as the private copy of the child, and passes
// the calls to this copy. The package is written in C, with one file for each task and
// system. The functions of csmtp_c.h are in gate.c of package main.
//
// The tests are in csmtp/tests/embed. A test of this package could not be linked, because
// the package calls exports of package main.
package gate

/*
#cgo !windows CFLAGS: -fstack-protector-strong -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2
#cgo CFLAGS: -I${SRCDIR}/../../include -fvisibility=hidden -Wall -Wextra -DCSMTP_BUILD
#include "gate.h"
*/
import "C"
