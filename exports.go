// SPDX-License-Identifier: MIT

package main

/*
#cgo CFLAGS: -I${SRCDIR}/include -I${SRCDIR}/internal/gate -fvisibility=hidden -Wall -Wextra -DCSMTP_BUILD
#cgo !windows CFLAGS: -fstack-protector-strong -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2
#include "csmtp_c.h"
#include "exports.h"
#include "gate.h"
*/
import "C"

import (
	"fmt"
	"math"
	"strings"
	"time"
	"unsafe"

	"csmtp/internal/mailer"
)

// The exported functions in this file are written by hand. Each of them takes callbacks,
// handles or octets, returns a value through a pointer, has a special error number for NULL,
// or uses no mailer. The other exported functions are in exports_generated.go.

// goStart is called before every other exported function, and on each new thread. If 'first'
// is not 0, the process is a forked child with its own copy of the library, and 'first' is
// the first handle that this copy may create.
//
//export goStart
func goStart(first C.uintptr_t) {
	growStack(false)
	if first != 0 {
		mailer.StartHandles(uintptr(first), (*mailer.Table)(C.gateTable))
	}
	if own := unsafe.Pointer(mailer.OwnTable()); C.gateTable != own {
		C.gateTable = own
	}
}

// growStack makes the stack on which Go runs the calls of a thread large enough for most
// calls. Otherwise, the runtime would enlarge the stack several times during a call, and copy
// what is on it. Every call to growStack needs stack space for the array, even if 'use' is false
// and the array is not used.
//
//go:noinline
func growStack(use bool) {
	if use {
		var space [7 << 10]byte
		clearLast(&space)
	}
}

//go:noinline
func clearLast(space *[7 << 10]byte) { space[len(space)-1] = 0 }

//export goNew
func goNew() C.CSmtpHandle { return made(mailer.New(), mailer.Internal) }

//export goFree
func goFree(h C.CSmtpHandle) { mailer.Free(uintptr(h)) }

//export goClone
func goClone(h C.CSmtpHandle) C.CSmtpHandle { return made(mailer.Clone(uintptr(h))) }

//export goAddRecipient
func goAddRecipient(h C.CSmtpHandle, email, name *C.char) C.int {
	return recipient(h, "AddRecipient", email, name, (*mailer.Mailer).AddRecipient)
}

//export goAddCCRecipient
func goAddCCRecipient(h C.CSmtpHandle, email, name *C.char) C.int {
	return recipient(h, "AddCCRecipient", email, name, (*mailer.Mailer).AddCCRecipient)
}

//export goAddBCCRecipient
func goAddBCCRecipient(h C.CSmtpHandle, email, name *C.char) C.int {
	return recipient(h, "AddBCCRecipient", email, name, (*mailer.Mailer).AddBCCRecipient)
}

// Like the method of class CSmtp, goModMsgLine does not change the line if the text is
// NULL.
//
//export goModMsgLine
func goModMsgLine(h C.CSmtpHandle, line C.uint, s *C.char) C.int {
	return run(h, func(m *mailer.Mailer) error {
		if s == nil {
			return nil
		}
		return m.ModMsgLine(uint32(line), C.GoString(s))
	})
}

//export goGetMsgLineText
func goGetMsgLineText(h C.CSmtpHandle, line C.uint) *C.char {
	return nullableText(h, "GetMsgLineText", line, func(m *mailer.Mailer) (string, error) {
		return m.GetMsgLineText(uint32(line))
	})
}

//export goConnectRemoteServer
func goConnectRemoteServer(h C.CSmtpHandle, server *C.char, port C.ushort, security, authenticate C.int, login, password *C.char) C.int {
	return sending(h, func(m *mailer.Mailer) error {
		if server == nil {
			return isNull("ConnectRemoteServer", "server")
		}
		return m.ConnectRemoteServer(oneLine(server), uint16(port), int(security), authenticate != 0, oneLine(login), oneLine(password))
	})
}

//export goSend
func goSend(h C.CSmtpHandle) C.int { return sending(h, (*mailer.Mailer).Send) }

//export goGetLastError
func goGetLastError(h C.CSmtpHandle) C.int {
	return C.int(mailer.Guarded(func() mailer.Number { return mailer.LastError(uintptr(h)) }))
}

//export goGetLastErrorText
func goGetLastErrorText(h C.CSmtpHandle) *C.char {
	return lastErrorText(h)
}

//export goGetErrorText
func goGetErrorText(n C.int) *C.char {
	return fixedText(mailer.GuardedText(func() string { return mailer.Sentence(mailer.Number(n)) }))
}

//export goGetVersion
func goGetVersion() *C.char {
	return fixedText(mailer.GuardedText(func() string { return Version }))
}

//export goAddAttachmentData
func goAddAttachmentData(h C.CSmtpHandle, name, contentType *C.char, data C.uintptr_t, size C.size_t) C.int {
	return withData(h, "AddAttachmentData", data, size, func(m *mailer.Mailer, b []byte) error {
		return m.AddAttachmentData(oneLine(name), oneLine(contentType), b)
	})
}

//export goAddAttachmentReader
func goAddAttachmentReader(h C.CSmtpHandle, name, contentType *C.char, size C.int64_t, read C.CSmtpReadFunction, user C.uintptr_t) C.int {
	return run(h, func(m *mailer.Mailer) error {
		if read == nil {
			return mailer.Faultf(mailer.BadArgument, "AddAttachmentReader: the read function is NULL")
		}
		return m.AddReaderOrigin(oneLine(name), oneLine(contentType), int64(size), origin(h, unsafe.Pointer(read), user))
	})
}

//export goAddInlineImageData
func goAddInlineImageData(h C.CSmtpHandle, contentID, name, contentType *C.char, data C.uintptr_t, size C.size_t) C.int {
	return withData(h, "AddInlineImageData", data, size, func(m *mailer.Mailer, b []byte) error {
		return m.AddInlineImageData(oneLine(contentID), oneLine(name), oneLine(contentType), b)
	})
}

//export goAddFrom
func goAddFrom(h C.CSmtpHandle, email, name *C.char) C.int {
	return recipient(h, "AddFrom", email, name, (*mailer.Mailer).AddFrom)
}

//export goRenderMessage
func goRenderMessage(h C.CSmtpHandle, data **C.char, size *C.size_t) C.int {
	return run(h, func(m *mailer.Mailer) error {
		if data == nil || size == nil {
			return mailer.Faultf(mailer.BadArgument, "RenderMessage: data or size is NULL")
		}
		*data, *size = nil, 0
		b, err := m.RenderMessage()
		if err != nil {
			return err
		}
		p, err := hold(m, mailer.TextKey{Getter: "RenderMessage"}, string(b))
		if err != nil {
			return err
		}
		*data, *size = p, C.size_t(len(b))
		return nil
	})
}

//export goGetPeerCertificate
func goGetPeerCertificate(h C.CSmtpHandle, index C.uint, field C.int) *C.char {
	return text(h, fmt.Sprint("GetPeerCertificate ", field), index, func(m *mailer.Mailer) string {
		return m.GetPeerCertificate(uint32(index), int(field))
	})
}

//export goSetTokenCallback
func goSetTokenCallback(h C.CSmtpHandle, fn C.CSmtpTokenFunction, user C.uintptr_t) C.int {
	return run(h, func(m *mailer.Mailer) error { return m.SetTokenOrigin(origin(h, unsafe.Pointer(fn), user)) })
}

//export goGetExtension
func goGetExtension(h C.CSmtpHandle, name *C.char) *C.char {
	p := (*C.char)(nil)
	mailer.Ask(uintptr(h), func(m *mailer.Mailer) error {
		if name == nil {
			return isNull("GetExtension", "name")
		}
		params, ok := m.GetExtension(oneLine(name))
		if !ok {
			return nil
		}
		var err error
		p, err = hold(m, mailer.TextKey{Getter: "GetExtension " + strings.ToUpper(oneLine(name))}, params)
		return err
	})
	return p
}

//export goSendRaw
func goSendRaw(h C.CSmtpHandle, data C.uintptr_t, size C.size_t, from, recipients *C.char) C.int {
	return sending(h, func(m *mailer.Mailer) error {
		b, err := octets("SendRaw", data, size)
		if err != nil {
			return err
		}
		return m.SendRaw(b, optional(from), optional(recipients))
	})
}

//export goSendRawFile
func goSendRawFile(h C.CSmtpHandle, path, from, recipients *C.char) C.int {
	return sending(h, func(m *mailer.Mailer) error {
		if path == nil {
			return isNull("SendRawFile", "path")
		}
		return m.SendRawFile(oneLine(path), optional(from), optional(recipients))
	})
}

//export goSendBatch
func goSendBatch(h C.CSmtpHandle, mails C.uintptr_t, n C.size_t, results C.uintptr_t) C.int {
	if mails == 0 && n > 0 || n > 1<<24 {
		return sending(h, func(*mailer.Mailer) error {
			return mailer.Faultf(mailer.BadArgument, "SendBatch: the list of %d mails is NULL or too long", n)
		})
	}
	handles, numbers := make([]uintptr, n), make([]mailer.Number, n)
	if n > 0 { // if n is 0, mails and results need not be valid pointers
		for i, mail := range unsafe.Slice((*C.CSmtpHandle)(pointer(uintptr(mails))), n) {
			handles[i] = uintptr(mail)
		}
	}
	r := mailer.SendBatch(uintptr(h), handles, numbers)
	if results != 0 && n > 0 {
		out := unsafe.Slice((*C.int)(pointer(uintptr(results))), n)
		for i := range out {
			out[i] = C.int(numbers[i])
		}
	}
	return give(r)
}

//export goSendAsync
func goSendAsync(h C.CSmtpHandle, fn C.CSmtpDoneFunction, user C.uintptr_t) C.int {
	return give(mailer.Guarded(func() mailer.Number { return mailer.SendAsync(uintptr(h), doneCaller(h, fn, user)) }))
}

//export goPoll
func goPoll(h C.CSmtpHandle) C.int {
	return give(mailer.Guarded(func() mailer.Number { return mailer.WaitAsync(uintptr(h), 0) }))
}

//export goWait
func goWait(h C.CSmtpHandle, milliseconds C.uint) C.int {
	return give(mailer.Guarded(func() mailer.Number {
		return mailer.WaitAsync(uintptr(h), time.Duration(milliseconds)*time.Millisecond)
	}))
}

//export goCancel
func goCancel(h C.CSmtpHandle) C.int {
	return give(mailer.Guarded(func() mailer.Number { return mailer.Cancel(uintptr(h)) }))
}

//export goSetProgressCallback
func goSetProgressCallback(h C.CSmtpHandle, fn C.CSmtpProgressFunction, user C.uintptr_t) C.int {
	return run(h, func(m *mailer.Mailer) error { return m.SetProgressOrigin(origin(h, unsafe.Pointer(fn), user)) })
}

//export goSetLogCallback
func goSetLogCallback(h C.CSmtpHandle, fn C.CSmtpLogFunction, user C.uintptr_t) C.int {
	return run(h, func(m *mailer.Mailer) error { return m.SetLogOrigin(origin(h, unsafe.Pointer(fn), user)) })
}

//export goSetEventCallback
func goSetEventCallback(h C.CSmtpHandle, fn C.CSmtpEventFunction, user C.uintptr_t) C.int {
	return run(h, func(m *mailer.Mailer) error { return m.SetEventOrigin(origin(h, unsafe.Pointer(fn), user)) })
}

// The following functions are exported for pools. Each pool belongs to a mailer, and both
// have the same handle.

// pooling calls f with the pool of the handle h.
func pooling(h C.CSmtpHandle, f func(*mailer.Pool) error) C.int {
	return give(mailer.PoolDo(uintptr(h), f))
}

// limit converts a number of milliseconds to a Duration. UINT_MAX means that there is no
// limit, and becomes -1.
func limit(milliseconds C.uint) time.Duration {
	if milliseconds == math.MaxUint32 {
		return -1
	}
	return time.Duration(milliseconds) * time.Millisecond
}

//export goPoolNew
func goPoolNew() C.CSmtpHandle { return made(mailer.NewPool(), mailer.Internal) }

//export goPoolAddRelay
func goPoolAddRelay(h, relay C.CSmtpHandle, name *C.char) C.int {
	return pooling(h, func(p *mailer.Pool) error { return p.AddRelay(uintptr(relay), oneLine(name)) })
}

//export goPoolSetWeight
func goPoolSetWeight(h C.CSmtpHandle, relay, weight C.uint) C.int {
	return pooling(h, func(p *mailer.Pool) error { return p.SetWeight(uint32(relay), uint32(weight)) })
}

//export goPoolSetSessions
func goPoolSetSessions(h C.CSmtpHandle, relay, sessions C.uint) C.int {
	return pooling(h, func(p *mailer.Pool) error { return p.SetSessions(uint32(relay), uint32(sessions)) })
}

//export goPoolSetRate
func goPoolSetRate(h C.CSmtpHandle, relay, mails, seconds C.uint) C.int {
	return pooling(h, func(p *mailer.Pool) error { return p.SetRate(uint32(relay), uint32(mails), uint32(seconds)) })
}

//export goPoolSetSessionMails
func goPoolSetSessionMails(h C.CSmtpHandle, relay, mails C.uint) C.int {
	return pooling(h, func(p *mailer.Pool) error { return p.SetSessionMails(uint32(relay), uint32(mails)) })
}

//export goPoolSetIdle
func goPoolSetIdle(h C.CSmtpHandle, relay, milliseconds C.uint) C.int {
	return pooling(h, func(p *mailer.Pool) error { return p.SetIdle(uint32(relay), uint32(milliseconds)) })
}

//export goPoolSetQueue
func goPoolSetQueue(h C.CSmtpHandle, mails C.uint) C.int {
	return pooling(h, func(p *mailer.Pool) error { return p.SetQueue(uint32(mails)) })
}

//export goPoolSetPause
func goPoolSetPause(h C.CSmtpHandle, first, longest C.uint) C.int {
	return pooling(h, func(p *mailer.Pool) error { return p.SetPause(uint32(first), uint32(longest)) })
}

//export goPoolSetPatience
func goPoolSetPatience(h C.CSmtpHandle, milliseconds C.uint) C.int {
	return pooling(h, func(p *mailer.Pool) error { return p.SetPatience(uint32(milliseconds)) })
}

//export goPoolSetCallbacksInWait
func goPoolSetCallbacksInWait(h C.CSmtpHandle, inWait C.int) C.int {
	return pooling(h, func(p *mailer.Pool) error { return p.SetCallbacksInWait(inWait != 0) })
}

//export goPoolSetJournal
func goPoolSetJournal(h C.CSmtpHandle, begin C.CSmtpSendingFunction, end C.CSmtpEndedFunction, user C.uintptr_t) C.int {
	var j mailer.Journal
	if begin != nil {
		j.Sending = func(call uint64, id string, relay int, messageID string) bool {
			return C.gateSending(h, C.uint64_t(call), begin, user, lent(id), C.uint(relay), lent(messageID)) == 0
		}
	}
	if end != nil {
		j.Ended = func(call uint64, id string, relay, outcome int, queueID, reply string) bool {
			return C.gateAttemptEnded(h, C.uint64_t(call), end, user, lent(id), C.uint(relay), C.int(outcome), lent(queueID), lent(reply)) == 0
		}
	}
	return pooling(h, func(p *mailer.Pool) error { return p.SetJournal(j) })
}

//export goPoolSetReconcile
func goPoolSetReconcile(h C.CSmtpHandle, fn C.CSmtpReconcileFunction, user C.uintptr_t) C.int {
	var f mailer.Reconcile
	if fn != nil {
		f = func(call uint64, id string, relay int, messageID string) int {
			return int(C.gateReconcile(h, C.uint64_t(call), fn, user, lent(id), C.uint(relay), lent(messageID)))
		}
	}
	return pooling(h, func(p *mailer.Pool) error { return p.SetReconcile(f) })
}

// lent returns a copy of s for a callback. The copy is in Go memory, because an allocation
// in C can fail.
func lent(s string) *C.char {
	text := append([]byte(s), 0)
	return (*C.char)(unsafe.Pointer(&text[0]))
}

//export goPoolSend
func goPoolSend(h, mail C.CSmtpHandle) C.int {
	return give(mailer.PoolSend(uintptr(h), uintptr(mail)))
}

//export goPoolSubmit
func goPoolSubmit(h, mail C.CSmtpHandle, id *C.char, milliseconds C.uint, fn C.CSmtpDoneFunction, user C.uintptr_t, copied *C.CSmtpHandle) C.int {
	var told func(uint64, uintptr, mailer.Number)
	if fn != nil {
		told = func(call uint64, m uintptr, n mailer.Number) {
			C.gateDone(C.CSmtpHandle(m), C.uint64_t(call), fn, user, C.int(n))
		}
	}
	return pooling(h, func(p *mailer.Pool) error {
		if copied == nil {
			copied = new(C.CSmtpHandle)
		}
		return p.SubmitTo(uintptr(mail), oneLine(id), limit(milliseconds), told, (*uintptr)(unsafe.Pointer(copied)))
	})
}

//export goPoolWait
func goPoolWait(h C.CSmtpHandle, milliseconds C.uint) C.int {
	return pooling(h, func(p *mailer.Pool) error { return p.Wait(limit(milliseconds)) })
}

//export goPoolDrain
func goPoolDrain(h C.CSmtpHandle, milliseconds C.uint) C.int {
	return pooling(h, func(p *mailer.Pool) error { return p.Drain(limit(milliseconds)) })
}

//export goPoolGetCount
func goPoolGetCount(h C.CSmtpHandle, relay C.uint, what C.int) C.uint {
	return C.uint(mailer.PoolValue(uintptr(h), func(p *mailer.Pool) (int, error) { return p.GetCount(uint32(relay), int(what)) }))
}

//export goPoolGetQueued
func goPoolGetQueued(h C.CSmtpHandle) C.uint {
	return C.uint(mailer.PoolValue(uintptr(h), (*mailer.Pool).GetQueued))
}

//export goPoolGetRelayName
func goPoolGetRelayName(h C.CSmtpHandle, relay C.uint) *C.char {
	return poolText(h, "PoolGetRelayName", relay, (*mailer.Pool).GetRelayName)
}

//export goPoolGetRelayError
func goPoolGetRelayError(h C.CSmtpHandle, relay C.uint) *C.char {
	return poolText(h, "PoolGetRelayError", relay, (*mailer.Pool).GetRelayError)
}

// poolText returns a text about a relay. The library keeps the text for the calling thread.
func poolText(h C.CSmtpHandle, getter string, relay C.uint, f func(*mailer.Pool, uint32) (string, error)) *C.char {
	s := mailer.PoolValue(uintptr(h), func(p *mailer.Pool) (string, error) { return f(p, uint32(relay)) })
	if s == "" {
		return emptyText
	}
	return text(h, getter, relay, func(*mailer.Mailer) string { return s })
}
