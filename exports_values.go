// SPDX-License-Identifier: MIT

package main

/*
#include <stdlib.h>
#include "csmtp_c.h"
#include "gate.h"
*/
import "C"

import (
	"errors"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"

	"csmtp/internal/mailer"
)

// This file converts values, strings and callbacks between C and Go.

// give converts an error number to C's int. If the error belongs to no valid handle, the C
// code (internal/gate) stores it for the calling thread, so that CSmtp_GetLastError can
// return it.
func give(n mailer.Number) C.int {
	if n == mailer.BadHandle || n == mailer.Forked {
		remember(n)
	}
	return C.int(n)
}

// made returns the new handle h. If h is 0, because no handle was created, made stores the
// error n for the calling thread.
func made(h uintptr, n mailer.Number) C.CSmtpHandle {
	if h == 0 {
		remember(n)
	}
	return C.CSmtpHandle(h)
}

// remember makes the C code in internal/gate store n and its text for the calling thread.
// It passes the Go string itself to C, because the allocation of a copy can fail.
func remember(n mailer.Number) {
	s := mailer.Sentence(n)
	C.gateRemember(C.int(n), (*C.char)(unsafe.Pointer(unsafe.StringData(s))), C.size_t(len(s)))
}

// run calls f with the mailer of the handle h.
func run(h C.CSmtpHandle, f func(*mailer.Mailer) error) C.int {
	return give(mailer.Call(uintptr(h), f))
}

// sending calls f as 'run' does. f must be a method that sends or connects.
func sending(h C.CSmtpHandle, f func(*mailer.Mailer) error) C.int {
	return give(mailer.Attempt(uintptr(h), f))
}

// The functions count, num and truth call getters that return a number or a bool.
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

// isNull returns the error for an argument that is NULL but must be a string.
func isNull(function, parameter string) error {
	return mailer.Faultf(mailer.BadArgument, "%s: %s is NULL: use \"\" for none", function, parameter)
}

// oneLine returns a copy of s without CR and LF at its end, because a line that fgets has
// read ends in LF. If s is NULL, oneLine returns "".
func oneLine(s *C.char) string { return strings.TrimRight(C.GoString(s), "\r\n") }

// optional returns oneLine(s), or nil if s is NULL.
func optional(s *C.char) *string {
	if s == nil {
		return nil
	}
	copied := oneLine(s)
	return &copied
}

// octets returns a copy of the 'size' octets at 'data', which may be NULL if 'size' is 0.
func octets(function string, data C.uintptr_t, size C.size_t) ([]byte, error) {
	switch {
	case data == 0 && size > 0:
		return nil, mailer.Faultf(mailer.BadArgument, "%s: data is NULL, but size is %d", function, size)
	case size > 1<<30:
		return nil, mailer.Faultf(mailer.BadArgument, "%s: %d octets are too many (the limit is 1 GiB): use a file or a reader", function, size)
	}
	if size == 0 { // data need not be a valid pointer
		return []byte{}, nil
	}
	return C.GoBytes(pointer(uintptr(data)), C.int(size)), nil
}

// withData calls a method with a copy of the 'size' octets at 'data'.
func withData(h C.CSmtpHandle, function string, data C.uintptr_t, size C.size_t, f func(*mailer.Mailer, []byte) error) C.int {
	return run(h, func(m *mailer.Mailer) error {
		b, err := octets(function, data, size)
		if err != nil {
			return err
		}
		return f(m, b)
	})
}

// recipient calls a method that adds an address. CSmtp has a separate error number
// for an address that is NULL.
func recipient(h C.CSmtpHandle, function string, email, name *C.char, f func(*mailer.Mailer, string, string) error) C.int {
	return run(h, func(m *mailer.Mailer) error {
		if email == nil {
			return mailer.Faultf(mailer.UndefRecipientMail, "%s: the address is NULL", function)
		}
		return f(m, oneLine(email), oneLine(name))
	})
}

// The compiler checks that mailer.Fork and struct gateFork have the same size.
var _ = [1]struct{}{}[unsafe.Sizeof(mailer.Fork{})-C.sizeof_struct_gateFork]

// The following functions convert callbacks from C to Go. The C code in internal/gate runs
// the callbacks: see gate.h.

// origin describes the program's callback fn for the handle h.
func origin(h C.CSmtpHandle, fn unsafe.Pointer, user C.uintptr_t) mailer.Origin {
	return mailer.Origin{Handle: uintptr(h), Function: uintptr(fn), User: uintptr(user)}
}

// pointer converts a number to a C pointer.
func pointer(p uintptr) unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Pointer(&p)) }

func logCaller(o mailer.Origin, call func() uint64) func(int, string) {
	h, fn, user := C.CSmtpHandle(o.Handle), C.CSmtpLogFunction(pointer(o.Function)), C.uintptr_t(o.User)
	return func(direction int, line string) {
		text := append([]byte(line), 0) // in Go memory: an allocation in C can fail
		C.gateLog(h, callID(call), fn, user, C.int(direction), (*C.char)(unsafe.Pointer(&text[0])))
	}
}

func eventCaller(o mailer.Origin) func(*mailer.Event) {
	h, fn, user := C.CSmtpHandle(o.Handle), C.CSmtpEventFunction(pointer(o.Function)), C.uintptr_t(o.User)
	return func(e *mailer.Event) {
		d := func(d time.Duration) C.int64_t { return C.int64_t(d.Microseconds()) }
		event := C.CSmtpEvent{
			kind: C.int(e.Kind), relay: C.uint(uint32(e.Relay)), outcome: C.int(e.Outcome), error: C.int(e.Error), reply_code: C.int(e.ReplyCode),
			attempts: C.uint(e.Attempts), recipients: C.uint(e.Recipients), accepted: C.uint(e.Accepted), octets: C.int64_t(e.Octets),
			resolve: d(e.Resolve), connect: d(e.Connect), tls: d(e.TLS), greeting: d(e.Greeting), ehlo: d(e.EHLO), login: d(e.Login),
			envelope: d(e.Envelope), content: d(e.Content), reply: d(e.Reply), total: d(e.Total),
		}
		C.gateEvent(h, fn, user, &event, lent(e.Name), lent(e.Server))
	}
}

// callID returns the id of the asynchronous Send or of the pool's mail for which a callback
// runs. It returns 0 for any other callback.
func callID(call func() uint64) C.uint64_t {
	if call == nil {
		return 0
	}
	return C.uint64_t(call())
}

func progressCaller(o mailer.Origin) func(int64, int64) bool {
	h, fn, user := C.CSmtpHandle(o.Handle), C.CSmtpProgressFunction(pointer(o.Function)), C.uintptr_t(o.User)
	return func(sent, total int64) bool {
		return C.gateProgress(h, fn, user, C.int64_t(sent), C.int64_t(total)) == 0
	}
}

func tokenCaller(o mailer.Origin, call func() uint64) func(bool) (string, error) {
	h, fn, user := C.CSmtpHandle(o.Handle), C.CSmtpTokenFunction(pointer(o.Function)), C.uintptr_t(o.User)
	return func(refused bool) (string, error) {
		again := C.int(0)
		if refused {
			again = 1
		}
		s := C.gateToken(h, callID(call), fn, user, again)
		if s == nil {
			return "", errors.New("the token callback returned NULL")
		}
		return oneLine(s), nil
	}
}

func doneCaller(h C.CSmtpHandle, fn C.CSmtpDoneFunction, user C.uintptr_t) func(uint64, mailer.Number) {
	if fn == nil {
		return nil
	}
	return func(id uint64, n mailer.Number) { C.gateDone(h, C.uint64_t(id), fn, user, C.int(n)) }
}

// callbackReader is an io.ReadCloser that calls a CSmtpReadFunction. The callback writes
// into C memory, because the program could keep the pointer, and Go may move or free memory
// that Go has allocated.
type callbackReader struct {
	h      C.CSmtpHandle
	fn     C.CSmtpReadFunction
	user   C.uintptr_t
	buffer unsafe.Pointer
}

const callbackBuffer = 32 << 10

// opener returns a function that tells the callback to start from the beginning, and then
// returns a reader for the content.
func opener(o mailer.Origin) func() (io.ReadCloser, error) {
	h, fn, user := C.CSmtpHandle(o.Handle), C.CSmtpReadFunction(pointer(o.Function)), C.uintptr_t(o.User)
	return func() (io.ReadCloser, error) {
		if C.gateRead(h, fn, user, nil, 0) < 0 {
			return nil, errors.New("the read callback cannot start again from the beginning")
		}
		buffer := C.gateAllocate(callbackBuffer)
		if buffer == nil {
			return nil, errNoMemory
		}
		return &callbackReader{h, fn, user, buffer}, nil
	}
}

func (r *callbackReader) Read(p []byte) (int, error) {
	room := min(len(p), callbackBuffer)
	if room == 0 {
		return 0, nil
	}
	n := int(C.gateRead(r.h, r.fn, r.user, r.buffer, C.size_t(room)))
	switch {
	case n == 0:
		return 0, io.EOF
	case n < 0:
		return 0, errors.New("the read callback failed")
	case n > room:
		return 0, errors.New("the read callback returned a size larger than its buffer")
	}
	return copy(p, unsafe.Slice((*byte)(r.buffer), n)), nil
}

func (r *callbackReader) Close() error {
	C.gateFree(r.buffer)
	r.buffer = nil
	return nil
}

// The following functions keep in C memory the strings that getters return, separately for
// each thread.

func init() {
	mailer.Gate.Fork = (*mailer.Fork)(unsafe.Pointer(&C.gateFork))
	mailer.Gate.Log, mailer.Gate.Progress, mailer.Gate.Token, mailer.Gate.Read = logCaller, progressCaller, tokenCaller, opener
	mailer.Gate.Event = eventCaller
	mailer.Gate.Self = func() mailer.Thread { return mailer.Thread(unsafe.Pointer(C.gateSelf())) }
	mailer.Gate.DoneAt = func(depth int) uint64 { return uint64(C.gateDoneAt(C.int(depth))) }
	mailer.Gate.Ended = endedThreads
}

// endedThreads returns the threads that have ended, and frees their records in
// internal/gate. It calls C only if a thread has ended.
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

// newCText returns a copy of s in C memory, or nil if there is not enough memory.
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

var errNoMemory = mailer.Faultf(mailer.LackOfMemory, "there is not enough memory for a string or buffer")

// hold keeps s in C memory until the calling thread gets a different text for the same key.
func hold(m *mailer.Mailer, key mailer.TextKey, s string) (*C.char, error) {
	t, ok := m.Held(key, s, newCText).(*cText)
	if !ok {
		return nil, errNoMemory
	}
	return t.c.octets, nil
}

// nullableText returns the string of a getter. If the string is the same as before,
// nullableText returns the same pointer. It returns NULL if f returns an error or there is
// not enough memory, and "" if f cannot be called, for example because h is not valid.
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

// text calls f, a getter that never fails, and returns its result as nullableText does. It
// returns "" if there is not enough memory.
func text(h C.CSmtpHandle, getter string, index C.uint, f func(*mailer.Mailer) string) *C.char {
	p := nullableText(h, getter, index, func(m *mailer.Mailer) (string, error) { return f(m), nil })
	if p == nil {
		return emptyText
	}
	return p
}

// toldText returns a text about the last call on the calling thread. If ofMail is set, the
// text is about the last attempt to send on this thread.
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
	if text := mailer.UnusableText(uintptr(h)); text != "" {
		return fixedText(text)
	}
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

// fixed contains the copies that fixedText has made.
var fixed sync.Map // string -> *C.char

// fixedText returns a copy of s in C memory that is never freed. It returns the same
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
