// SPDX-License-Identifier: MIT

// Package gate is the layer between the functions of csmtp_c.h and Go. It starts the Go
// runtime at the first call, serves forked children, and keeps the signals of the
// program and of Go apart. It is written in C, with one file for each task and
// system. The functions of csmtp_c.h are in gate.c of package main.
//
// The tests are in csmtp/tests/embed. A test of this package could not be linked,
// because the package calls exports of package main.
package gate

/*
#cgo !windows CFLAGS: -fstack-protector-strong -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2
#cgo CFLAGS: -I${SRCDIR}/../../include -fvisibility=hidden -Wall -Wextra -DCSMTP_BUILD
#include "gate.h"
*/
import "C"
