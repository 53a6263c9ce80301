// SPDX-License-Identifier: MIT

package main

// #include "csmtp_c.h"
import "C"

import (
	"time"
	"unsafe"
)

// The exports that send in other ways than CSmtp, and tell what happened.

// ---- Sending in other ways

//export goSendRaw
func goSendRaw(h C.CSmtpHandle, data unsafe.Pointer, size C.size_t, from, recipients *C.char) C.int {
	return sending(h, func(m *mailer) error {
		b, err := octets("SendRaw", data, size)
		if err != nil {
			return err
		}
		return m.SendRaw(b, optional(from), optional(recipients))
	})
}

//export goSendRawFile
func goSendRawFile(h C.CSmtpHandle, path, from, recipients *C.char) C.int {
	return sending(h, func(m *mailer) error {
		s, err := needed("SendRawFile", path)
		if err != nil {
			return err
		}
		return m.SendRawFile(s, optional(from), optional(recipients))
	})
}

//export goSendBatch
func goSendBatch(h C.CSmtpHandle, mails *C.CSmtpHandle, n C.size_t, results *C.int) C.int {
	if mails == nil && n > 0 || n > 1<<24 {
		return sending(h, func(*mailer) error {
			return faultf(badArgument, "SendBatch: %d mails, and the list is NULL or too long", n)
		})
	}
	handles, numbers := make([]uintptr, n), make([]number, n)
	for i, mail := range unsafe.Slice(mails, n) {
		handles[i] = uintptr(mail)
	}
	r := sendBatch(uintptr(h), handles, numbers)
	if results != nil {
		out := unsafe.Slice(results, n)
		for i := range out {
			out[i] = C.int(numbers[i])
		}
	}
	return give(r)
}

//export goSendAsync
func goSendAsync(h C.CSmtpHandle, fn C.CSmtpDoneFunction, user unsafe.Pointer) C.int {
	return give(guarded(func() number { return sendAsync(uintptr(h), doneCaller(h, fn, user)) }))
}

//export goPoll
func goPoll(h C.CSmtpHandle) C.int {
	return give(guarded(func() number { return waitAsync(uintptr(h), 0) }))
}

//export goWait
func goWait(h C.CSmtpHandle, milliseconds C.uint) C.int {
	return give(guarded(func() number { return waitAsync(uintptr(h), time.Duration(milliseconds)*time.Millisecond) }))
}

//export goCancel
func goCancel(h C.CSmtpHandle) C.int {
	return give(guarded(func() number { return cancelMailer(uintptr(h)) }))
}

// ---- What happened, in detail

//export goIsSafeToRetry
func goIsSafeToRetry(h C.CSmtpHandle) C.int { return oneOr0(told(uintptr(h), true).safeToRetry()) }

//export goGetQueueID
func goGetQueueID(h C.CSmtpHandle) *C.char {
	return rowText(h, "GetQueueID", 0, func(r report, _ uint32) string { return r.queueID() })
}

//export goGetResultCount
func goGetResultCount(h C.CSmtpHandle) C.uint { return C.uint(told(uintptr(h), true).rows()) }

//export goGetResultRecipient
func goGetResultRecipient(h C.CSmtpHandle, row C.uint) *C.char {
	return rowText(h, "GetResultRecipient", row, report.rowRecipient)
}

//export goGetResultEnhancedCode
func goGetResultEnhancedCode(h C.CSmtpHandle, row C.uint) *C.char {
	return rowText(h, "GetResultEnhancedCode", row, report.rowEnhancedCode)
}

//export goGetResultReply
func goGetResultReply(h C.CSmtpHandle, row C.uint) *C.char {
	return rowText(h, "GetResultReply", row, report.rowReply)
}

//export goGetResultAccepted
func goGetResultAccepted(h C.CSmtpHandle, row C.uint) C.int {
	return oneOr0(told(uintptr(h), true).rowAccepted(uint32(row)))
}

//export goGetResultCode
func goGetResultCode(h C.CSmtpHandle, row C.uint) C.int {
	return C.int(told(uintptr(h), true).rowCode(uint32(row)))
}

//export goSetProgressCallback
func goSetProgressCallback(h C.CSmtpHandle, fn C.CSmtpProgressFunction, user unsafe.Pointer) C.int {
	return run(h, func(m *mailer) error { return m.SetProgressCallback(progressCaller(h, fn, user)) })
}

//export goSetLogCallback
func goSetLogCallback(h C.CSmtpHandle, fn C.CSmtpLogFunction, user unsafe.Pointer) C.int {
	return run(h, func(m *mailer) error { return m.SetLogCallback(logCaller(h, fn, user)) })
}

//export goSetLogFile
func goSetLogFile(h C.CSmtpHandle, s *C.char) C.int {
	return set1(h, "SetLogFile", s, (*mailer).SetLogFile)
}
