// SPDX-License-Identifier: MIT

package main

/*
#include <stdlib.h>
#include "csmtp_c.h"
#include "gate.h"
*/
import "C"

import (
	"unsafe"

	"csmtp/internal/mailer"
)

// How values cross between C and Go; exports_texts.go has the texts that go
// out, exports_callbacks.go the functions of the program.

// give turns a number into C's int. Without a handle to keep the error for
// CSmtp_GetLastError, the gate keeps it for the thread.
func give(n mailer.Number) C.int {
	if n == mailer.BadHandle {
		remember(n)
	}
	return C.int(n)
}

// made returns a new handle, or remembers why there is none.
func made(h uintptr, n mailer.Number) C.CSmtpHandle {
	if h == 0 {
		remember(n)
	}
	return C.CSmtpHandle(h)
}

// remember lends C the text: there may be no memory for a copy.
func remember(n mailer.Number) {
	s := mailer.Sentence(n)
	C.gateRemember(C.int(n), (*C.char)(unsafe.Pointer(unsafe.StringData(s))), C.size_t(len(s)))
}

// run calls a method.
func run(h C.CSmtpHandle, f func(*mailer.Mailer) error) C.int {
	return give(mailer.Call(uintptr(h), f))
}

// sending calls a method that sends, or connects for it.
func sending(h C.CSmtpHandle, f func(*mailer.Mailer) error) C.int {
	return give(mailer.Attempt(uintptr(h), f))
}

// count, num and truth call getters of numbers.
func count(h C.CSmtpHandle, f func(*mailer.Mailer) int) C.uint {
	return C.uint(mailer.Value(uintptr(h), f))
}

func num(h C.CSmtpHandle, f func(*mailer.Mailer) int) C.int {
	return C.int(mailer.Value(uintptr(h), f))
}

func truth(h C.CSmtpHandle, f func(*mailer.Mailer) bool) C.int {
	return cBool(mailer.Value(uintptr(h), f))
}

func cBool(b bool) C.int {
	if b {
		return 1
	}
	return 0
}

// isNull is the error of a text that may not be NULL.
func isNull(function, parameter string) error {
	return mailer.Faultf(mailer.BadArgument, "%s: %s is NULL: use \"\" for none", function, parameter)
}

// optional returns nil for NULL.
func optional(s *C.char) *string {
	if s == nil {
		return nil
	}
	copied := C.GoString(s)
	return &copied
}

// octets returns a copy of size octets. The data may be NULL if there are none.
func octets(function string, data unsafe.Pointer, size C.size_t) ([]byte, error) {
	switch {
	case data == nil && size > 0:
		return nil, mailer.Faultf(mailer.BadArgument, "%s: data is NULL, and its size is %d", function, size)
	case size > 1<<30:
		return nil, mailer.Faultf(mailer.BadArgument, "%s: %d octets are too many for memory: use a file or a reader", function, size)
	}
	return C.GoBytes(data, C.int(size)), nil
}

// withData calls a method with octets.
func withData(h C.CSmtpHandle, function string, data unsafe.Pointer, size C.size_t, f func(*mailer.Mailer, []byte) error) C.int {
	return run(h, func(m *mailer.Mailer) error {
		b, err := octets(function, data, size)
		if err != nil {
			return err
		}
		return f(m, b)
	})
}

// recipient calls one of the AddRecipients: CSmtp has a number of its own for
// an address that is NULL.
func recipient(h C.CSmtpHandle, function string, email, name *C.char, f func(*mailer.Mailer, string, string) error) C.int {
	return run(h, func(m *mailer.Mailer) error {
		if email == nil {
			return mailer.Faultf(mailer.UndefRecipientMail, "%s: the address is NULL", function)
		}
		return f(m, C.GoString(email), C.GoString(name))
	})
}
