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
)

// The texts that go out, and the threads that they are handed to.

func init() {
	gate.self = func() thread { return thread(unsafe.Pointer(C.gateSelf())) }
	gate.doneAt = func(depth int) uint64 { return uint64(C.gateDoneAt(C.int(depth))) }
	gate.ended = endedThreads
}

// endedThreads frees what the gate knows of threads that have ended, and lists
// them. Most often there are none, and C need not be called.
func endedThreads() (ended []thread) {
	if atomic.LoadPointer((*unsafe.Pointer)(unsafe.Pointer(&C.gateEnded))) == nil {
		return nil
	}
	for s := C.gateTakeEnded(); s != nil; {
		next := s.next
		ended = append(ended, thread(unsafe.Pointer(s)))
		C.free(unsafe.Pointer(s))
		s = next
	}
	return ended
}

// cText is a string that C may read until it is freed.
type cText struct {
	c    *C.struct_gateText
	size int
}

// newCText gives nil when there is no memory.
func newCText(s string) heldText {
	c := C.gateNewText(C.size_t(len(s) + 1))
	if c == nil {
		return nil
	}
	copy(unsafe.Slice((*byte)(unsafe.Pointer(c.octets)), len(s)), s)
	return &cText{c, len(s)}
}

func (t *cText) holds(s string) bool {
	return t.size == len(s) && unsafe.String((*byte)(unsafe.Pointer(t.c.octets)), t.size) == s
}

func (t *cText) free() { C.gateFreeText(t.c) }

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
	ask(uintptr(h), func(m *mailer) error {
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
	p, err := toldAs(h, textKey{"GetLastErrorText", 0}, told(uintptr(h), false).text())
	if err != nil {
		return noMemoryText
	}
	return p
}

// toldText is a text about the last call.
func toldText(h C.CSmtpHandle, getter string, f func(report) string) *C.char {
	p, _ := toldAs(h, textKey{getter, 0}, f(told(uintptr(h), false)))
	return p
}

// rowText is a text about the last attempt to send, of one of its rows.
func rowText(h C.CSmtpHandle, getter string, row C.uint, f func(report, uint32) string) *C.char {
	p, _ := toldAs(h, textKey{getter, int(row)}, f(told(uintptr(h), true), uint32(row)))
	return p
}

// toldAs hands s out; "" without memory.
func toldAs(h C.CSmtpHandle, key textKey, s string) (*C.char, error) {
	m := lookup(uintptr(h))
	if m == nil || s == "" {
		return emptyText, nil
	}
	p, err := m.hold(key, s)
	if err != nil {
		return emptyText, err
	}
	return p, nil
}

// hold keeps s in C's memory until the calling thread is handed a different
// text under the same key.
func (m *mailer) hold(key textKey, s string) (*C.char, error) {
	t, ok := m.held(key, s, newCText).(*cText)
	if !ok {
		return nil, errNoMemory
	}
	return t.c.octets, nil
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
var fixed sync.Map // string -> *C.char

func fixedText(s string) *C.char {
	v, ok := fixed.Load(s)
	if !ok {
		p := C.gateAllocate(C.size_t(len(s) + 1))
		if p == nil {
			return noMemoryText
		}
		copy(unsafe.Slice((*byte)(p), len(s)), s)
		if v, ok = fixed.LoadOrStore(s, (*C.char)(p)); ok {
			C.free(p)
		}
	}
	return v.(*C.char)
}
