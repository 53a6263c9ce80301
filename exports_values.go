// SPDX-License-Identifier: MIT

package main

/*
#include <stdlib.h>
#include "csmtp_c.h"
#include "gate.h"
*/
import "C"

import "unsafe"

// How values cross between C and Go; exports_texts.go has the texts that go out.

// give turns a number into C's int. Where there is no handle to keep the error
// for CSmtp_GetLastError, the gate keeps it for the thread.
func give(n number) C.int {
	if n == badHandle {
		remember(n)
	}
	return C.int(n)
}

// made gives a new handle, or remembers why there is none.
func made(h uintptr, n number) C.CSmtpHandle {
	if h == 0 {
		remember(n)
	}
	return C.CSmtpHandle(h)
}

// remember lends C the text: there may be no memory for another.
func remember(n number) {
	s := sentence(n)
	C.gateRemember(C.int(n), (*C.char)(unsafe.Pointer(unsafe.StringData(s))), C.size_t(len(s)))
}

// run calls a method without arguments.
func run(h C.CSmtpHandle, f func(*mailer) error) C.int { return give(call(uintptr(h), f)) }

// sending calls a method that sends, or connects for it.
func sending(h C.CSmtpHandle, f func(*mailer) error) C.int { return give(attempt(uintptr(h), f)) }

// needed gives a string; NULL is an error that names the function.
func needed(name string, s *C.char) (string, error) {
	if s == nil {
		return "", faultf(badArgument, "%s: the text is NULL: use \"\" for none", name)
	}
	return C.GoString(s), nil
}

// set1 calls a method with one string, which may not be NULL.
func set1(h C.CSmtpHandle, name string, s *C.char, f func(*mailer, string) error) C.int {
	return run(h, func(m *mailer) error {
		text, err := needed(name, s)
		if err != nil {
			return err
		}
		return f(m, text)
	})
}

// setN calls a method with several strings, none of which may be NULL.
func setN(h C.CSmtpHandle, name string, f func(*mailer, []string) error, texts ...*C.char) C.int {
	return run(h, func(m *mailer) error {
		a := make([]string, len(texts))
		for i, s := range texts {
			if s == nil {
				return faultf(badArgument, "%s: text %d is NULL: use \"\" for none", name, i+1)
			}
			a[i] = C.GoString(s)
		}
		return f(m, a)
	})
}

// optional is nil for NULL.
func optional(s *C.char) *string {
	if s == nil {
		return nil
	}
	copied := C.GoString(s)
	return &copied
}

// octets gives a copy of size octets. NULL is good for none of them.
func octets(name string, data unsafe.Pointer, size C.size_t) ([]byte, error) {
	switch {
	case data == nil && size > 0:
		return nil, faultf(badArgument, "%s: the data is NULL, and its size %d", name, size)
	case size > 1<<30:
		return nil, faultf(badArgument, "%s: %d octets are too many for memory: use a file or a reader", name, size)
	}
	return C.GoBytes(data, C.int(size)), nil
}

// withData calls a method with octets.
func withData(h C.CSmtpHandle, name string, data unsafe.Pointer, size C.size_t, f func(*mailer, []byte) error) C.int {
	return run(h, func(m *mailer) error {
		b, err := octets(name, data, size)
		if err != nil {
			return err
		}
		return f(m, b)
	})
}

// recipient calls one of the three AddRecipients: CSmtp has a number of its
// own for an address of NULL.
func recipient(h C.CSmtpHandle, name string, email, person *C.char, f func(*mailer, string, string) error) C.int {
	return run(h, func(m *mailer) error {
		if email == nil {
			return faultf(undefRecipientMail, "%s: the address is NULL", name)
		}
		return f(m, C.GoString(email), C.GoString(person))
	})
}

// flag calls a method with C's int for a bool.
func flag(h C.CSmtpHandle, b C.int, f func(*mailer, bool) error) C.int {
	return run(h, func(m *mailer) error { return f(m, b != 0) })
}

// count, truth and num are getters of numbers.
func count(h C.CSmtpHandle, f func(*mailer) int) C.uint { return C.uint(value(uintptr(h), f)) }
func num(h C.CSmtpHandle, f func(*mailer) int) C.int    { return C.int(value(uintptr(h), f)) }
func truth(h C.CSmtpHandle, f func(*mailer) bool) C.int {
	return oneOr0(value(uintptr(h), f))
}

func oneOr0(b bool) C.int {
	if b {
		return 1
	}
	return 0
}
