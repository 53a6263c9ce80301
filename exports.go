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
	"strings"
	"time"
	"unsafe"

	"csmtp/internal/mailer"
)

// The exports in this file are written by hand, because they take callbacks, handles or
// octets, return a value through a pointer, have a special error number for NULL, or
// use no mailer. All other exports are in exports_generated.go.

// goStart is called before all other exports, and on each new thread. If first is not
// 0, it is the first handle that this image of the library may make.
//
//export goStart
func goStart(first C.uintptr_t) {
	if first != 0 {
		mailer.StartHandles(uintptr(first), (*mailer.Table)(C.gateTable))
	}
	if own := unsafe.Pointer(mailer.OwnTable()); C.gateTable != own {
		C.gateTable = own
	}
}

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

// goModMsgLine does not change the line if the text is NULL, as in CSmtp.
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
func goAddAttachmentData(h C.CSmtpHandle, name, contentType *C.char, data unsafe.Pointer, size C.size_t) C.int {
	return withData(h, "AddAttachmentData", data, size, func(m *mailer.Mailer, b []byte) error {
		return m.AddAttachmentData(oneLine(name), oneLine(contentType), b)
	})
}

//export goAddAttachmentReader
func goAddAttachmentReader(h C.CSmtpHandle, name, contentType *C.char, size C.int64_t, read C.CSmtpReadFunction, user unsafe.Pointer) C.int {
	return run(h, func(m *mailer.Mailer) error {
		if read == nil {
			return mailer.Faultf(mailer.BadArgument, "AddAttachmentReader: the read function is NULL")
		}
		return m.AddReaderOrigin(oneLine(name), oneLine(contentType), int64(size), origin(h, unsafe.Pointer(read), user))
	})
}

//export goAddInlineImageData
func goAddInlineImageData(h C.CSmtpHandle, contentID, name, contentType *C.char, data unsafe.Pointer, size C.size_t) C.int {
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
func goSetTokenCallback(h C.CSmtpHandle, fn C.CSmtpTokenFunction, user unsafe.Pointer) C.int {
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
func goSendRaw(h C.CSmtpHandle, data unsafe.Pointer, size C.size_t, from, recipients *C.char) C.int {
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
func goSendBatch(h C.CSmtpHandle, mails *C.CSmtpHandle, n C.size_t, results *C.int) C.int {
	if mails == nil && n > 0 || n > 1<<24 {
		return sending(h, func(*mailer.Mailer) error {
			return mailer.Faultf(mailer.BadArgument, "SendBatch: the list of %d mails is NULL or too long", n)
		})
	}
	handles, numbers := make([]uintptr, n), make([]mailer.Number, n)
	for i, mail := range unsafe.Slice(mails, n) {
		handles[i] = uintptr(mail)
	}
	r := mailer.SendBatch(uintptr(h), handles, numbers)
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
func goSetProgressCallback(h C.CSmtpHandle, fn C.CSmtpProgressFunction, user unsafe.Pointer) C.int {
	return run(h, func(m *mailer.Mailer) error { return m.SetProgressOrigin(origin(h, unsafe.Pointer(fn), user)) })
}

//export goSetLogCallback
func goSetLogCallback(h C.CSmtpHandle, fn C.CSmtpLogFunction, user unsafe.Pointer) C.int {
	return run(h, func(m *mailer.Mailer) error { return m.SetLogOrigin(origin(h, unsafe.Pointer(fn), user)) })
}
