// SPDX-License-Identifier: MIT

package main

/*
#cgo CFLAGS: -I${SRCDIR}/include -fvisibility=hidden -Wall -Wextra -DCSMTP_BUILD
#include <stdlib.h>
#include "csmtp_c.h"
*/
import "C"

import (
	"sync"
	"unsafe"
)

func main() {}

// This file is the only one that knows C. Each export is one line: what came
// in is copied to Go, the mailer's method is called through call or value, and
// what goes out is kept in C's memory by text.

// give turns a number into C's int.
func give(n number) C.int { return C.int(n) }

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

func newCText(s string) *cText { return &cText{s: s, p: C.CString(s)} }
func (t *cText) text() string  { return t.s }
func (t *cText) free()         { C.free(unsafe.Pointer(t.p)) }

var emptyText = newCText("")

// text hands a string out: the same pointer as before while the getter finds
// the same text.
func text(h C.CSmtpHandle, getter string, index C.uint, f func(*mailer) (string, error)) *C.char {
	p := emptyText.p
	if call(uintptr(h), func(m *mailer) error {
		s, err := f(m)
		if err != nil {
			p = nil
			return err
		}
		key := textKey{getter, int(index)}
		held, ok := m.texts[key]
		if !ok || held.text() != s {
			if ok {
				held.free()
			}
			held = newCText(s)
			if m.texts == nil {
				m.texts = make(map[textKey]heldText)
			}
			m.texts[key] = held
		}
		p = held.(*cText).p
		return nil
	}) == internal {
		return emptyText.p
	}
	return p
}

// get is text for a getter that cannot fail.
func get(h C.CSmtpHandle, getter string, f func(*mailer) string) *C.char {
	return text(h, getter, 0, func(m *mailer) (string, error) { return f(m), nil })
}

// fixed keeps texts that never change, one for each string.
var fixed sync.Map // string -> *cText

func fixedText(s string) *C.char {
	v, ok := fixed.Load(s)
	if !ok {
		t := newCText(s)
		if v, ok = fixed.LoadOrStore(s, t); ok {
			t.free()
		}
	}
	return v.(*cText).p
}

// ---- Handles

//export goStart
func goStart(first C.CSmtpHandle) { startHandles(uintptr(first)) }

//export goNew
func goNew() C.CSmtpHandle { return C.CSmtpHandle(newMailer()) }

//export goFree
func goFree(h C.CSmtpHandle) { freeMailer(uintptr(h)) }

//export goClone
func goClone(h C.CSmtpHandle) C.CSmtpHandle { return C.CSmtpHandle(cloneMailer(uintptr(h))) }

// ---- The message

//export goAddRecipient
func goAddRecipient(h C.CSmtpHandle, email, name *C.char) C.int {
	return recipient(h, "AddRecipient", email, name, (*mailer).AddRecipient)
}

//export goAddCCRecipient
func goAddCCRecipient(h C.CSmtpHandle, email, name *C.char) C.int {
	return recipient(h, "AddCCRecipient", email, name, (*mailer).AddCCRecipient)
}

//export goAddBCCRecipient
func goAddBCCRecipient(h C.CSmtpHandle, email, name *C.char) C.int {
	return recipient(h, "AddBCCRecipient", email, name, (*mailer).AddBCCRecipient)
}

//export goAddAttachment
func goAddAttachment(h C.CSmtpHandle, path *C.char) C.int {
	return set1(h, "AddAttachment", path, (*mailer).AddAttachment)
}

//export goAddMsgLine
func goAddMsgLine(h C.CSmtpHandle, s *C.char) C.int {
	return set1(h, "AddMsgLine", s, (*mailer).AddMsgLine)
}

//export goClearMessage
func goClearMessage(h C.CSmtpHandle) C.int { return run(h, (*mailer).ClearMessage) }

//export goDelRecipients
func goDelRecipients(h C.CSmtpHandle) C.int { return run(h, (*mailer).DelRecipients) }

//export goDelCCRecipients
func goDelCCRecipients(h C.CSmtpHandle) C.int { return run(h, (*mailer).DelCCRecipients) }

//export goDelBCCRecipients
func goDelBCCRecipients(h C.CSmtpHandle) C.int { return run(h, (*mailer).DelBCCRecipients) }

//export goDelAttachments
func goDelAttachments(h C.CSmtpHandle) C.int { return run(h, (*mailer).DelAttachments) }

//export goDelMsgLines
func goDelMsgLines(h C.CSmtpHandle) C.int { return run(h, (*mailer).DelMsgLines) }

//export goDelMsgLine
func goDelMsgLine(h C.CSmtpHandle, line C.uint) C.int {
	return run(h, func(m *mailer) error { return m.DelMsgLine(uint32(line)) })
}

// goModMsgLine leaves the line alone when the text is NULL, as CSmtp does.
//
//export goModMsgLine
func goModMsgLine(h C.CSmtpHandle, line C.uint, s *C.char) C.int {
	return run(h, func(m *mailer) error {
		if s == nil {
			return nil
		}
		return m.ModMsgLine(uint32(line), C.GoString(s))
	})
}

//export goGetRecipientCount
func goGetRecipientCount(h C.CSmtpHandle) C.uint { return count(h, (*mailer).GetRecipientCount) }

//export goGetCCRecipientCount
func goGetCCRecipientCount(h C.CSmtpHandle) C.uint { return count(h, (*mailer).GetCCRecipientCount) }

//export goGetBCCRecipientCount
func goGetBCCRecipientCount(h C.CSmtpHandle) C.uint { return count(h, (*mailer).GetBCCRecipientCount) }

//export goGetMsgLines
func goGetMsgLines(h C.CSmtpHandle) C.uint { return count(h, (*mailer).GetMsgLines) }

//export goGetMsgLineText
func goGetMsgLineText(h C.CSmtpHandle, line C.uint) *C.char {
	return text(h, "GetMsgLineText", line, func(m *mailer) (string, error) { return m.GetMsgLineText(uint32(line)) })
}

//export goSetSubject
func goSetSubject(h C.CSmtpHandle, s *C.char) C.int {
	return set1(h, "SetSubject", s, (*mailer).SetSubject)
}

//export goSetSenderName
func goSetSenderName(h C.CSmtpHandle, s *C.char) C.int {
	return set1(h, "SetSenderName", s, (*mailer).SetSenderName)
}

//export goSetSenderMail
func goSetSenderMail(h C.CSmtpHandle, s *C.char) C.int {
	return set1(h, "SetSenderMail", s, (*mailer).SetSenderMail)
}

//export goSetReplyTo
func goSetReplyTo(h C.CSmtpHandle, s *C.char) C.int {
	return set1(h, "SetReplyTo", s, (*mailer).SetReplyTo)
}

//export goSetXMailer
func goSetXMailer(h C.CSmtpHandle, s *C.char) C.int {
	return set1(h, "SetXMailer", s, (*mailer).SetXMailer)
}

//export goSetCharSet
func goSetCharSet(h C.CSmtpHandle, s *C.char) C.int {
	return set1(h, "SetCharSet", s, (*mailer).SetCharSet)
}

//export goSetReadReceipt
func goSetReadReceipt(h C.CSmtpHandle, b C.int) C.int { return flag(h, b, (*mailer).SetReadReceipt) }

//export goSetXPriority
func goSetXPriority(h C.CSmtpHandle, p C.int) C.int {
	return run(h, func(m *mailer) error { return m.SetXPriority(int(p)) })
}

//export goSetHTML
func goSetHTML(h C.CSmtpHandle, b C.int) C.int { return flag(h, b, (*mailer).SetHTML) }

//export goGetHTML
func goGetHTML(h C.CSmtpHandle) C.int { return truth(h, (*mailer).GetHTML) }

//export goGetSubject
func goGetSubject(h C.CSmtpHandle) *C.char { return get(h, "GetSubject", (*mailer).GetSubject) }

//export goGetSenderName
func goGetSenderName(h C.CSmtpHandle) *C.char {
	return get(h, "GetSenderName", (*mailer).GetSenderName)
}

//export goGetMailFrom
func goGetMailFrom(h C.CSmtpHandle) *C.char { return get(h, "GetMailFrom", (*mailer).GetMailFrom) }

//export goGetReplyTo
func goGetReplyTo(h C.CSmtpHandle) *C.char { return get(h, "GetReplyTo", (*mailer).GetReplyTo) }

//export goGetXMailer
func goGetXMailer(h C.CSmtpHandle) *C.char { return get(h, "GetXMailer", (*mailer).GetXMailer) }

//export goGetXPriority
func goGetXPriority(h C.CSmtpHandle) C.int { return num(h, (*mailer).GetXPriority) }

// ---- The server

//export goSetSMTPServer
func goSetSMTPServer(h C.CSmtpHandle, server *C.char, port C.ushort, authenticate C.int) C.int {
	return set1(h, "SetSMTPServer", server, func(m *mailer, s string) error {
		return m.SetSMTPServer(s, uint16(port), authenticate != 0)
	})
}

//export goSetSecurityType
func goSetSecurityType(h C.CSmtpHandle, t C.int) C.int {
	return run(h, func(m *mailer) error { return m.SetSecurityType(int(t)) })
}

//export goGetSecurityType
func goGetSecurityType(h C.CSmtpHandle) C.int { return num(h, (*mailer).GetSecurityType) }

//export goSetLogin
func goSetLogin(h C.CSmtpHandle, s *C.char) C.int { return set1(h, "SetLogin", s, (*mailer).SetLogin) }

//export goSetPassword
func goSetPassword(h C.CSmtpHandle, s *C.char) C.int {
	return set1(h, "SetPassword", s, (*mailer).SetPassword)
}

//export goSetLocalHostName
func goSetLocalHostName(h C.CSmtpHandle, s *C.char) C.int {
	return set1(h, "SetLocalHostName", s, (*mailer).SetLocalHostName)
}

//export goGetLocalHostName
func goGetLocalHostName(h C.CSmtpHandle) *C.char {
	return get(h, "GetLocalHostName", (*mailer).GetLocalHostName)
}

//export goGetLocalHostIP
func goGetLocalHostIP(h C.CSmtpHandle) *C.char {
	return get(h, "GetLocalHostIP", (*mailer).GetLocalHostIP)
}

//export goConnectRemoteServer
func goConnectRemoteServer(h C.CSmtpHandle, server *C.char, port C.ushort, security, authenticate C.int, login, password *C.char) C.int {
	return set1(h, "ConnectRemoteServer", server, func(m *mailer, s string) error {
		return m.ConnectRemoteServer(s, uint16(port), int(security), authenticate != 0, C.GoString(login), C.GoString(password))
	})
}

//export goDisconnectRemoteServer
func goDisconnectRemoteServer(h C.CSmtpHandle) C.int { return run(h, (*mailer).DisconnectRemoteServer) }

//export goSend
func goSend(h C.CSmtpHandle) C.int { return run(h, (*mailer).Send) }

// ---- What happened

//export goGetLastError
func goGetLastError(h C.CSmtpHandle) C.int { return C.int(lastError(uintptr(h))) }

//export goGetLastErrorText
func goGetLastErrorText(h C.CSmtpHandle) *C.char {
	return get(h, "GetLastErrorText", (*mailer).GetLastErrorText)
}

//export goGetLastReply
func goGetLastReply(h C.CSmtpHandle) *C.char { return get(h, "GetLastReply", (*mailer).GetLastReply) }

//export goGetLastReplyCode
func goGetLastReplyCode(h C.CSmtpHandle) C.int { return num(h, (*mailer).GetLastReplyCode) }

//export goGetLastEnhancedCode
func goGetLastEnhancedCode(h C.CSmtpHandle) *C.char {
	return get(h, "GetLastEnhancedCode", (*mailer).GetLastEnhancedCode)
}

//export goGetOutcome
func goGetOutcome(h C.CSmtpHandle) C.int { return num(h, (*mailer).GetOutcome) }

//export goGetErrorText
func goGetErrorText(n C.int) *C.char { return fixedText(sentence(number(n))) }

//export goGetVersion
func goGetVersion() *C.char { return fixedText(Version) }

// ---- Beyond CSmtp

//export goSetVerifyPeer
func goSetVerifyPeer(h C.CSmtpHandle, b C.int) C.int { return flag(h, b, (*mailer).SetVerifyPeer) }

//export goSetCAFile
func goSetCAFile(h C.CSmtpHandle, s *C.char) C.int {
	return set1(h, "SetCAFile", s, (*mailer).SetCAFile)
}

//export goSetAuthMechanism
func goSetAuthMechanism(h C.CSmtpHandle, s *C.char) C.int {
	return set1(h, "SetAuthMechanism", s, (*mailer).SetAuthMechanism)
}

//export goSetTimeout
func goSetTimeout(h C.CSmtpHandle, step C.int, milliseconds C.uint) C.int {
	return run(h, func(m *mailer) error { return m.SetTimeout(int(step), uint32(milliseconds)) })
}

//export goCancel
func goCancel(h C.CSmtpHandle) C.int { return give(cancelMailer(uintptr(h))) }

//export goSetPartialDelivery
func goSetPartialDelivery(h C.CSmtpHandle, b C.int) C.int {
	return flag(h, b, (*mailer).SetPartialDelivery)
}

//export goIsSafeToRetry
func goIsSafeToRetry(h C.CSmtpHandle) C.int { return truth(h, (*mailer).IsSafeToRetry) }
