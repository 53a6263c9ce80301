// SPDX-License-Identifier: MIT

package main

/*
#include <stdlib.h>
#include "csmtp_c.h"
#include "gate.h"
*/
import "C"

import (
	"sync"
	"unsafe"
)

// How values cross between C and Go.

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

// set1 calls a method with one string; NULL is an error that names the function.
func set1(h C.CSmtpHandle, name string, s *C.char, f func(*mailer, string) error) C.int {
	return run(h, func(m *mailer) error {
		if s == nil {
			return faultf(badArgument, "%s: the text is NULL: use \"\" for none", name)
		}
		return f(m, C.GoString(s))
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

// withData calls a method with octets, copied. NULL is good for none of them.
func withData(h C.CSmtpHandle, name string, data unsafe.Pointer, size C.size_t, f func(*mailer, []byte) error) C.int {
	return run(h, func(m *mailer) error {
		switch {
		case data == nil && size > 0:
			return faultf(badArgument, "%s: the data is NULL, and its size %d", name, size)
		case size > 1<<30:
			return faultf(badArgument, "%s: %d octets are too many for memory: use a file or a reader", name, size)
		}
		return f(m, C.GoBytes(data, C.int(size)))
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
	if value(uintptr(h), f) {
		return 1
	}
	return 0
}

// cText is a string that C may read until it is freed.
type cText struct {
	s string
	p *C.char
}

// newCText gives nil when there is no memory.
func newCText(s string) *cText {
	p := C.gateAllocate(C.size_t(len(s) + 1))
	if p == nil {
		return nil
	}
	copy(unsafe.Slice((*byte)(p), len(s)), s)
	return &cText{s: s, p: (*C.char)(p)}
}

func (t *cText) text() string { return t.s }
func (t *cText) free()        { C.free(unsafe.Pointer(t.p)) }

// emptyText and noMemoryText need no memory.
var (
	emptyText    = C.gateNothing
	noMemoryText = C.gateNoMemory
)

var errNoMemory = faultf(lackOfMemory, "there is not enough memory for the text or the buffer that C is to read")

// text hands a string out: the same pointer as before while the getter finds
// the same text. NULL when there is none, or no memory for it; "" when the
// getter could not be asked.
func text(h C.CSmtpHandle, getter string, index C.uint, f func(*mailer) (string, error)) *C.char {
	p := emptyText
	call(uintptr(h), func(m *mailer) error {
		s, err := f(m)
		if err != nil {
			p = nil
			return err
		}
		p, err = m.hold(textKey{getter, int(index)}, s)
		return err
	})
	return p
}

// lastErrorText says that there is no memory for it, and leaves the error.
func lastErrorText(h C.CSmtpHandle) *C.char {
	p := emptyText
	call(uintptr(h), func(m *mailer) error {
		var err error
		if p, err = m.hold(textKey{"GetLastErrorText", 0}, m.GetLastErrorText()); err != nil {
			p = noMemoryText
		}
		return nil
	})
	return p
}

// hold keeps s in C's memory until the same key holds a different text.
func (m *mailer) hold(key textKey, s string) (*C.char, error) {
	held, ok := m.texts[key]
	if ok && held.text() == s {
		return held.(*cText).p, nil
	}
	t := newCText(s)
	if t == nil {
		return nil, errNoMemory
	}
	if ok {
		held.free()
	}
	if m.texts == nil {
		m.texts = make(map[textKey]heldText)
	}
	m.texts[key] = t
	return t.p, nil
}

// get is text for a getter that cannot fail; "" without memory.
func get(h C.CSmtpHandle, getter string, f func(*mailer) string) *C.char {
	return getAt(h, getter, 0, func(m *mailer, _ uint32) string { return f(m) })
}

// getAt is get for one of several.
func getAt(h C.CSmtpHandle, getter string, index C.uint, f func(*mailer, uint32) string) *C.char {
	p := text(h, getter, index, func(m *mailer) (string, error) { return f(m, uint32(index)), nil })
	if p == nil {
		return emptyText
	}
	return p
}

// fixed keeps texts that never change, one for each string.
var fixed sync.Map // string -> *cText

func fixedText(s string) *C.char {
	v, ok := fixed.Load(s)
	if !ok {
		t := newCText(s)
		if t == nil {
			return noMemoryText
		}
		if v, ok = fixed.LoadOrStore(s, t); ok {
			t.free()
		}
	}
	return v.(*cText).p
}
