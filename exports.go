// SPDX-License-Identifier: MIT

package main

/*
#cgo CFLAGS: -I${SRCDIR}/include -I${SRCDIR} -fvisibility=hidden -Wall -Wextra -DCSMTP_BUILD
#cgo !windows CFLAGS: -fstack-protector-strong -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2
#include "csmtp_c.h"
*/
import "C"

func main() {}

// One line for each function of include/csmtp_c.h that mirrors the class: what
// came in is copied to Go, the mailer's method is called, and what goes out is
// kept in C's memory (exports_values.go has how).

// ---- Handles

// goStart comes before any other: first is 0, or where the handles begin.
//
//export goStart
func goStart(first C.uintptr_t) { startHandles(uintptr(first)) }

//export goNew
func goNew() C.CSmtpHandle { return made(newMailer(), internal) }

//export goFree
func goFree(h C.CSmtpHandle) { freeMailer(uintptr(h)) }

//export goClone
func goClone(h C.CSmtpHandle) C.CSmtpHandle { return made(cloneMailer(uintptr(h))) }

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
	return sending(h, func(m *mailer) error {
		s, err := needed("ConnectRemoteServer", server)
		if err != nil {
			return err
		}
		return m.ConnectRemoteServer(s, uint16(port), int(security), authenticate != 0, C.GoString(login), C.GoString(password))
	})
}

//export goDisconnectRemoteServer
func goDisconnectRemoteServer(h C.CSmtpHandle) C.int { return run(h, (*mailer).DisconnectRemoteServer) }

//export goSend
func goSend(h C.CSmtpHandle) C.int { return sending(h, (*mailer).Send) }

// ---- What happened

//export goGetLastError
func goGetLastError(h C.CSmtpHandle) C.int {
	return C.int(guarded(func() number { return lastError(uintptr(h)) }))
}

//export goGetLastErrorText
func goGetLastErrorText(h C.CSmtpHandle) *C.char {
	return lastErrorText(h)
}

//export goGetLastReply
func goGetLastReply(h C.CSmtpHandle) *C.char { return toldText(h, "GetLastReply", report.reply) }

//export goGetLastReplyCode
func goGetLastReplyCode(h C.CSmtpHandle) C.int { return C.int(told(uintptr(h), false).replyCode()) }

//export goGetLastEnhancedCode
func goGetLastEnhancedCode(h C.CSmtpHandle) *C.char {
	return toldText(h, "GetLastEnhancedCode", report.enhancedCode)
}

//export goGetOutcome
func goGetOutcome(h C.CSmtpHandle) C.int { return C.int(told(uintptr(h), true).outcome()) }

//export goGetErrorText
func goGetErrorText(n C.int) *C.char {
	return fixedText(guardedText(func() string { return sentence(number(n)) }))
}

//export goGetVersion
func goGetVersion() *C.char {
	return fixedText(guardedText(func() string { return Version }))
}
