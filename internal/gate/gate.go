// SPDX-License-Identifier: MIT

// Package gate is where C enters the library. It starts the Go runtime at the
// first call, serves forked children, and keeps the signals of the program and
// of Go apart; there is one file for each task and system, all in C. The
// functions of csmtp_c.h are in gate.c of package main.
//
// A test of this package cannot be linked, because it calls what package main
// exports: the tests are in csmtp/tests/embed.
package gate

/*
#cgo !windows CFLAGS: -fstack-protector-strong -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2
#cgo CFLAGS: -I${SRCDIR}/../../include -fvisibility=hidden -Wall -Wextra -DCSMTP_BUILD
#include "gate.h"
*/
import "C"
