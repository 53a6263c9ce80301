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
	"unsafe"

	"csmtp/internal/mailer"
)

// C's callbacks as Go functions. gate.c calls them: with the caller's signal
// mask, and refusing calls on the handle at work.

func logCaller(h C.CSmtpHandle, fn C.CSmtpLogFunction, user unsafe.Pointer) func(int, string) {
	if fn == nil {
		return nil
	}
	return func(direction int, line string) {
		text := append([]byte(line), 0) // lent: there may be no memory for a copy in C
		C.gateLog(h, fn, user, C.int(direction), (*C.char)(unsafe.Pointer(&text[0])))
	}
}

func progressCaller(h C.CSmtpHandle, fn C.CSmtpProgressFunction, user unsafe.Pointer) func(int64, int64) bool {
	if fn == nil {
		return nil
	}
	return func(sent, total int64) bool {
		return C.gateProgress(h, fn, user, C.int64_t(sent), C.int64_t(total)) == 0
	}
}

func tokenCaller(h C.CSmtpHandle, fn C.CSmtpTokenFunction, user unsafe.Pointer) func(bool) (string, error) {
	if fn == nil {
		return nil
	}
	return func(refused bool) (string, error) {
		again := C.int(0)
		if refused {
			again = 1
		}
		s := C.gateToken(h, fn, user, again)
		if s == nil {
			return "", errors.New("the token callback gave none")
		}
		return C.GoString(s), nil
	}
}

func doneCaller(h C.CSmtpHandle, fn C.CSmtpDoneFunction, user unsafe.Pointer) func(uint64, mailer.Number) {
	if fn == nil {
		return nil
	}
	return func(id uint64, n mailer.Number) { C.gateDone(h, C.uint64_t(id), fn, user, C.int(n)) }
}

// callbackReader is an io.ReadCloser over C's CSmtpReadFunction. C writes into
// memory of its own: Go's may move away under a callback that keeps it.
type callbackReader struct {
	h      C.CSmtpHandle
	fn     C.CSmtpReadFunction
	user   unsafe.Pointer
	buffer unsafe.Pointer
}

const callbackBuffer = 32 << 10

// opener rewinds, and reads from the beginning.
func opener(h C.CSmtpHandle, fn C.CSmtpReadFunction, user unsafe.Pointer) func() (io.ReadCloser, error) {
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
		return 0, errors.New("the read callback wrote more than its buffer holds")
	}
	return copy(p, unsafe.Slice((*byte)(r.buffer), n)), nil
}

func (r *callbackReader) Close() error {
	C.free(r.buffer)
	r.buffer = nil
	return nil
}
