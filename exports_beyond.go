// SPDX-License-Identifier: MIT

package main

// #include "csmtp_c.h"
import "C"

import (
	"fmt"
	"strings"
	"unsafe"
)

// The exports beyond CSmtp, but for sending; exports.go has those that mirror the
// class.

// ---- Body and parts

//export goSetTextBody
func goSetTextBody(h C.CSmtpHandle, s *C.char) C.int {
	return set1(h, "SetTextBody", s, (*mailer).SetTextBody)
}

//export goSetHTMLBody
func goSetHTMLBody(h C.CSmtpHandle, s *C.char) C.int {
	return set1(h, "SetHTMLBody", s, (*mailer).SetHTMLBody)
}

//export goSetFlowed
func goSetFlowed(h C.CSmtpHandle, b C.int) C.int { return flag(h, b, (*mailer).SetFlowed) }

//export goSetEightBit
func goSetEightBit(h C.CSmtpHandle, b C.int) C.int { return flag(h, b, (*mailer).SetEightBit) }

//export goAddAttachmentAs
func goAddAttachmentAs(h C.CSmtpHandle, path, name, contentType *C.char) C.int {
	return set1(h, "AddAttachmentAs", path, func(m *mailer, p string) error {
		return m.AddAttachmentAs(p, C.GoString(name), C.GoString(contentType))
	})
}

//export goAddAttachmentData
func goAddAttachmentData(h C.CSmtpHandle, name, contentType *C.char, data unsafe.Pointer, size C.size_t) C.int {
	return withData(h, "AddAttachmentData", data, size, func(m *mailer, b []byte) error {
		return m.AddAttachmentData(C.GoString(name), C.GoString(contentType), b)
	})
}

//export goAddAttachmentReader
func goAddAttachmentReader(h C.CSmtpHandle, name, contentType *C.char, size C.int64_t, read C.CSmtpReadFunction, user unsafe.Pointer) C.int {
	return run(h, func(m *mailer) error {
		if read == nil {
			return faultf(badArgument, "AddAttachmentReader: the function is NULL")
		}
		return m.AddAttachmentReader(C.GoString(name), C.GoString(contentType), int64(size), opener(h, read, user))
	})
}

//export goAddInlineImage
func goAddInlineImage(h C.CSmtpHandle, path, contentID *C.char) C.int {
	return setN(h, "AddInlineImage", func(m *mailer, a []string) error { return m.AddInlineImage(a[0], a[1]) }, path, contentID)
}

//export goAddInlineImageData
func goAddInlineImageData(h C.CSmtpHandle, contentID, name, contentType *C.char, data unsafe.Pointer, size C.size_t) C.int {
	return withData(h, "AddInlineImageData", data, size, func(m *mailer, b []byte) error {
		return m.AddInlineImageData(C.GoString(contentID), C.GoString(name), C.GoString(contentType), b)
	})
}

//export goSetCalendar
func goSetCalendar(h C.CSmtpHandle, method, calendar *C.char) C.int {
	return setN(h, "SetCalendar", func(m *mailer, a []string) error { return m.SetCalendar(a[0], a[1]) }, method, calendar)
}

// ---- Header fields

//export goAddHeader
func goAddHeader(h C.CSmtpHandle, name, s *C.char) C.int {
	return setN(h, "AddHeader", func(m *mailer, a []string) error { return m.AddHeader(a[0], a[1]) }, name, s)
}

//export goDelHeaders
func goDelHeaders(h C.CSmtpHandle) C.int { return run(h, (*mailer).DelHeaders) }

//export goSetMessageID
func goSetMessageID(h C.CSmtpHandle, s *C.char) C.int {
	return set1(h, "SetMessageID", s, (*mailer).SetMessageID)
}

//export goGetMessageID
func goGetMessageID(h C.CSmtpHandle) *C.char { return get(h, "GetMessageID", (*mailer).GetMessageID) }

//export goSetDate
func goSetDate(h C.CSmtpHandle, n C.int64_t) C.int {
	return run(h, func(m *mailer) error { return m.SetDate(int64(n)) })
}

//export goAddFrom
func goAddFrom(h C.CSmtpHandle, email, name *C.char) C.int {
	return recipient(h, "AddFrom", email, name, (*mailer).AddFrom)
}

//export goSetSender
func goSetSender(h C.CSmtpHandle, email, name *C.char) C.int {
	return set1(h, "SetSender", email, func(m *mailer, s string) error { return m.SetSender(s, C.GoString(name)) })
}

//export goSetInReplyTo
func goSetInReplyTo(h C.CSmtpHandle, s *C.char) C.int {
	return set1(h, "SetInReplyTo", s, (*mailer).SetInReplyTo)
}

//export goSetReferences
func goSetReferences(h C.CSmtpHandle, s *C.char) C.int {
	return set1(h, "SetReferences", s, (*mailer).SetReferences)
}

//export goSetAutoSubmitted
func goSetAutoSubmitted(h C.CSmtpHandle, s *C.char) C.int {
	return set1(h, "SetAutoSubmitted", s, (*mailer).SetAutoSubmitted)
}

//export goSetListUnsubscribe
func goSetListUnsubscribe(h C.CSmtpHandle, uris *C.char, oneClick C.int) C.int {
	return set1(h, "SetListUnsubscribe", uris, func(m *mailer, s string) error { return m.SetListUnsubscribe(s, oneClick != 0) })
}

// ---- Signatures

//export goAddDKIMKey
func goAddDKIMKey(h C.CSmtpHandle, domain, selector, key *C.char) C.int {
	return setN(h, "AddDKIMKey", func(m *mailer, a []string) error { return m.AddDKIMKey(a[0], a[1], a[2]) }, domain, selector, key)
}

//export goDelDKIMKeys
func goDelDKIMKeys(h C.CSmtpHandle) C.int { return run(h, (*mailer).DelDKIMKeys) }

//export goSetSMIMEKey
func goSetSMIMEKey(h C.CSmtpHandle, certificate, key *C.char) C.int {
	return setN(h, "SetSMIMEKey", func(m *mailer, a []string) error { return m.SetSMIMEKey(a[0], a[1]) }, certificate, key)
}

// ---- The message without a connection

//export goRenderMessage
func goRenderMessage(h C.CSmtpHandle, data **C.char, size *C.size_t) C.int {
	return run(h, func(m *mailer) error {
		if data == nil || size == nil {
			return faultf(badArgument, "RenderMessage: data or size is NULL")
		}
		*data, *size = nil, 0
		b, err := m.RenderMessage()
		if err != nil {
			return err
		}
		p, err := m.hold(textKey{"RenderMessage", 0}, string(b))
		if err != nil {
			return err
		}
		*data, *size = p, C.size_t(len(b))
		return nil
	})
}

//export goSaveMessage
func goSaveMessage(h C.CSmtpHandle, s *C.char) C.int {
	return set1(h, "SaveMessage", s, (*mailer).SaveMessage)
}

// ---- TLS

//export goSetVerifyPeer
func goSetVerifyPeer(h C.CSmtpHandle, b C.int) C.int { return flag(h, b, (*mailer).SetVerifyPeer) }

//export goSetCAFile
func goSetCAFile(h C.CSmtpHandle, s *C.char) C.int {
	return set1(h, "SetCAFile", s, (*mailer).SetCAFile)
}

//export goSetCADirectory
func goSetCADirectory(h C.CSmtpHandle, s *C.char) C.int {
	return set1(h, "SetCADirectory", s, (*mailer).SetCADirectory)
}

//export goSetClientCertificate
func goSetClientCertificate(h C.CSmtpHandle, certificate, key *C.char) C.int {
	return set1(h, "SetClientCertificate", certificate, func(m *mailer, s string) error { return m.SetClientCertificate(s, C.GoString(key)) })
}

//export goSetPinnedPublicKey
func goSetPinnedPublicKey(h C.CSmtpHandle, s *C.char) C.int {
	return set1(h, "SetPinnedPublicKey", s, (*mailer).SetPinnedPublicKey)
}

//export goSetTLSMinVersion
func goSetTLSMinVersion(h C.CSmtpHandle, n C.int) C.int {
	return run(h, func(m *mailer) error { return m.SetTLSMinVersion(int(n)) })
}

//export goSetTLSMaxVersion
func goSetTLSMaxVersion(h C.CSmtpHandle, n C.int) C.int {
	return run(h, func(m *mailer) error { return m.SetTLSMaxVersion(int(n)) })
}

//export goSetTLSServerName
func goSetTLSServerName(h C.CSmtpHandle, s *C.char) C.int {
	return set1(h, "SetTLSServerName", s, (*mailer).SetTLSServerName)
}

//export goGetTLSInfo
func goGetTLSInfo(h C.CSmtpHandle) *C.char { return get(h, "GetTLSInfo", (*mailer).GetTLSInfo) }

//export goGetPeerCertificate
func goGetPeerCertificate(h C.CSmtpHandle, index C.uint, field C.int) *C.char {
	return getAt(h, fmt.Sprint("GetPeerCertificate ", field), index, func(m *mailer, i uint32) string {
		return m.GetPeerCertificate(i, int(field))
	})
}

// ---- Login

//export goSetAuthMechanism
func goSetAuthMechanism(h C.CSmtpHandle, s *C.char) C.int {
	return set1(h, "SetAuthMechanism", s, (*mailer).SetAuthMechanism)
}

//export goSetAuthorizationID
func goSetAuthorizationID(h C.CSmtpHandle, s *C.char) C.int {
	return set1(h, "SetAuthorizationID", s, (*mailer).SetAuthorizationID)
}

//export goSetClearLogin
func goSetClearLogin(h C.CSmtpHandle, b C.int) C.int { return flag(h, b, (*mailer).SetClearLogin) }

//export goSetAccessToken
func goSetAccessToken(h C.CSmtpHandle, s *C.char) C.int {
	return set1(h, "SetAccessToken", s, (*mailer).SetAccessToken)
}

//export goSetTokenCallback
func goSetTokenCallback(h C.CSmtpHandle, fn C.CSmtpTokenFunction, user unsafe.Pointer) C.int {
	return run(h, func(m *mailer) error { return m.SetTokenCallback(tokenCaller(h, fn, user)) })
}

//export goSetOAuth2ClientCredentials
func goSetOAuth2ClientCredentials(h C.CSmtpHandle, tokenURL, clientID, clientSecret, scope *C.char) C.int {
	return setN(h, "SetOAuth2ClientCredentials", func(m *mailer, a []string) error { return m.SetOAuth2ClientCredentials(a[0], a[1], a[2], a[3]) }, tokenURL, clientID, clientSecret, scope)
}

//export goSetOAuth2RefreshToken
func goSetOAuth2RefreshToken(h C.CSmtpHandle, tokenURL, clientID, clientSecret, refreshToken, scope *C.char) C.int {
	return setN(h, "SetOAuth2RefreshToken", func(m *mailer, a []string) error { return m.SetOAuth2RefreshToken(a[0], a[1], a[2], a[3], a[4]) }, tokenURL, clientID, clientSecret, refreshToken, scope)
}

//export goGetOAuth2RefreshToken
func goGetOAuth2RefreshToken(h C.CSmtpHandle) *C.char {
	return get(h, "GetOAuth2RefreshToken", (*mailer).GetOAuth2RefreshToken)
}

// ---- Connecting

//export goSetServerDomain
func goSetServerDomain(h C.CSmtpHandle, s *C.char) C.int {
	return set1(h, "SetServerDomain", s, (*mailer).SetServerDomain)
}

//export goSetLocalAddress
func goSetLocalAddress(h C.CSmtpHandle, s *C.char) C.int {
	return set1(h, "SetLocalAddress", s, (*mailer).SetLocalAddress)
}

//export goSetProxy
func goSetProxy(h C.CSmtpHandle, s *C.char) C.int { return set1(h, "SetProxy", s, (*mailer).SetProxy) }

//export goSetLMTP
func goSetLMTP(h C.CSmtpHandle, b C.int) C.int { return flag(h, b, (*mailer).SetLMTP) }

//export goSetTimeout
func goSetTimeout(h C.CSmtpHandle, step C.int, milliseconds C.uint) C.int {
	return run(h, func(m *mailer) error { return m.SetTimeout(int(step), uint32(milliseconds)) })
}

//export goKeepAlive
func goKeepAlive(h C.CSmtpHandle) C.int { return run(h, (*mailer).KeepAlive) }

//export goGetExtension
func goGetExtension(h C.CSmtpHandle, name *C.char) *C.char {
	p := (*C.char)(nil)
	ask(uintptr(h), func(m *mailer) error {
		s, err := needed("GetExtension", name)
		if err != nil {
			return err
		}
		params, ok := m.GetExtension(s)
		if !ok {
			return nil
		}
		p, err = m.hold(textKey{"GetExtension " + strings.ToUpper(s), 0}, params)
		return err
	})
	return p
}

//export goGetExtensions
func goGetExtensions(h C.CSmtpHandle) *C.char {
	return get(h, "GetExtensions", (*mailer).GetExtensions)
}

// ---- The envelope

//export goSetEnvelopeFrom
func goSetEnvelopeFrom(h C.CSmtpHandle, s *C.char) C.int {
	return set1(h, "SetEnvelopeFrom", s, (*mailer).SetEnvelopeFrom)
}

//export goSetPartialDelivery
func goSetPartialDelivery(h C.CSmtpHandle, b C.int) C.int {
	return flag(h, b, (*mailer).SetPartialDelivery)
}

//export goSetDSN
func goSetDSN(h C.CSmtpHandle, notify, ret, id *C.char) C.int {
	return setN(h, "SetDSN", func(m *mailer, a []string) error { return m.SetDSN(a[0], a[1], a[2]) }, notify, ret, id)
}

//export goSetRecipientDSN
func goSetRecipientDSN(h C.CSmtpHandle, email, notify, original *C.char) C.int {
	return setN(h, "SetRecipientDSN", func(m *mailer, a []string) error { return m.SetRecipientDSN(a[0], a[1], a[2]) }, email, notify, original)
}

//export goSetChunking
func goSetChunking(h C.CSmtpHandle, n C.int) C.int {
	return run(h, func(m *mailer) error { return m.SetChunking(int(n)) })
}

//export goSetRequireTLS
func goSetRequireTLS(h C.CSmtpHandle, b C.int) C.int { return flag(h, b, (*mailer).SetRequireTLS) }

//export goSetMTPriority
func goSetMTPriority(h C.CSmtpHandle, n C.int) C.int {
	return run(h, func(m *mailer) error { return m.SetMTPriority(int(n)) })
}

//export goSetDeliverBy
func goSetDeliverBy(h C.CSmtpHandle, seconds C.int, mode *C.char) C.int {
	return run(h, func(m *mailer) error { return m.SetDeliverBy(int(seconds), C.GoString(mode)) })
}

//export goSetHoldFor
func goSetHoldFor(h C.CSmtpHandle, n C.uint) C.int {
	return run(h, func(m *mailer) error { return m.SetHoldFor(uint32(n)) })
}

//export goSetHoldUntil
func goSetHoldUntil(h C.CSmtpHandle, n C.int64_t) C.int {
	return run(h, func(m *mailer) error { return m.SetHoldUntil(int64(n)) })
}
