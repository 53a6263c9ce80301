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
	"sync/atomic"
	"unsafe"

	"csmtp/internal/mailer"
)

// Strings that C reads, and the threads that they belong to.

func init() {
	mailer.Gate.Self = func() mailer.Thread { return mailer.Thread(unsafe.Pointer(C.gateSelf())) }
	mailer.Gate.DoneAt = func(depth int) uint64 { return uint64(C.gateDoneAt(C.int(depth))) }
	mailer.Gate.Ended = endedThreads
}

// endedThreads frees what the gate keeps for threads that have ended, and returns
// these threads. Usually there are none, and the call into C is avoided.
func endedThreads() (ended []mailer.Thread) {
	if atomic.LoadPointer((*unsafe.Pointer)(unsafe.Pointer(&C.gateEnded))) == nil {
		return nil
	}
	for s := C.gateTakeEnded(); s != nil; {
		next := s.next
		ended = append(ended, mailer.Thread(unsafe.Pointer(s)))
		C.free(unsafe.Pointer(s))
		s = next
	}
	return ended
}

// cText is a string in C memory.
type cText struct {
	c    *C.struct_gateText
	size int
}

// newCText returns nil if there is not enough memory.
func newCText(s string) mailer.HeldText {
	c := C.gateNewText(C.size_t(len(s) + 1))
	if c == nil {
		return nil
	}
	copy(unsafe.Slice((*byte)(unsafe.Pointer(c.octets)), len(s)), s)
	return &cText{c, len(s)}
}

func (t *cText) Holds(s string) bool {
	return t.size == len(s) && unsafe.String((*byte)(unsafe.Pointer(t.c.octets)), t.size) == s
}

func (t *cText) Free() { C.gateFreeText(t.c) }

// emptyText and noMemoryText are static strings, which need no allocation.
var (
	emptyText    = C.gateNothing
	noMemoryText = C.gateNoMemory
)

var errNoMemory = mailer.Faultf(mailer.LackOfMemory, "there is not enough memory for a string or buffer in C memory")

// hold keeps s in C memory until the calling thread gets a different text under
// the same key.
func hold(m *mailer.Mailer, key mailer.TextKey, s string) (*C.char, error) {
	t, ok := m.Held(key, s, newCText).(*cText)
	if !ok {
		return nil, errNoMemory
	}
	return t.c.octets, nil
}

// nullableText returns the string of a getter: the same pointer as before if the
// string is the same. It returns NULL if f returns an error or there is not enough
// memory, and "" if f could not be called.
func nullableText(h C.CSmtpHandle, getter string, index C.uint, f func(*mailer.Mailer) (string, error)) *C.char {
	p := emptyText
	mailer.Ask(uintptr(h), func(m *mailer.Mailer) error {
		s, err := f(m)
		if err != nil {
			p = nil
			return err
		}
		p, err = hold(m, mailer.TextKey{Getter: getter, Index: int(index)}, s)
		return err
	})
	return p
}

// text is nullableText for a getter that never fails. It returns "" if there is not
// enough memory.
func text(h C.CSmtpHandle, getter string, index C.uint, f func(*mailer.Mailer) string) *C.char {
	p := nullableText(h, getter, index, func(m *mailer.Mailer) (string, error) { return f(m), nil })
	if p == nil {
		return emptyText
	}
	return p
}

// toldText returns a text about the thread's last call or, if ofMail, about its
// last attempt to send.
func toldText(h C.CSmtpHandle, getter string, index C.uint, ofMail bool, f func(mailer.Report) string) *C.char {
	p, err := toldAs(h, mailer.TextKey{Getter: getter, Index: int(index)}, f(mailer.Told(uintptr(h), ofMail)))
	if err != nil {
		mailer.Fail(uintptr(h), err)
		return emptyText
	}
	return p
}

// lastErrorText returns the text of the last error. If there is not enough memory
// for the text, it returns a text that says so, and does not change the error.
func lastErrorText(h C.CSmtpHandle) *C.char {
	p, err := toldAs(h, mailer.TextKey{Getter: "GetLastErrorText"}, mailer.Told(uintptr(h), false).GetLastErrorText())
	if err != nil {
		return noMemoryText
	}
	return p
}

func toldAs(h C.CSmtpHandle, key mailer.TextKey, s string) (*C.char, error) {
	m := mailer.Lookup(uintptr(h))
	if m == nil || s == "" {
		return emptyText, nil
	}
	return hold(m, key, s)
}

// fixed holds the copies that fixedText has made.
var fixed sync.Map // string -> *C.char

// fixedText returns a copy of s in C memory that is never freed, and the same
// pointer for equal strings.
func fixedText(s string) *C.char {
	v, ok := fixed.Load(s)
	if !ok {
		p := C.gateAllocate(C.size_t(len(s) + 1))
		if p == nil {
			return noMemoryText
		}
		copy(unsafe.Slice((*byte)(p), len(s)), s)
		if v, ok = fixed.LoadOrStore(s, (*C.char)(p)); ok {
			C.gateFree(p)
		}
	}
	return v.(*C.char)
}
