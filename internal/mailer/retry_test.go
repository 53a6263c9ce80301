// SPDX-License-Identifier: MIT

package mailer

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"csmtp/smtp"
	"csmtp/smtp/smtptest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// verdict contains what the getters return after a failed call.
type verdict struct {
	number Number
	kind   smtp.Kind
	retry  bool // IsSafeToRetry
	login  bool // IsLoginError
}

func verdictOn(h uintptr) verdict {
	return verdict{LastError(h), smtp.Kind(Value(h, (*Mailer).GetErrorKind)), Value(h, (*Mailer).IsSafeToRetry), Value(h, (*Mailer).IsLoginError)}
}

// After a reply 4yz at any step, the call is safe to retry. After a reply 5yz, it is not. A
// reply 5yz is a login error if it refuses AUTH or says, at any step, that the login is wrong
// or missing.
func TestRetryAfterARefusal(t *testing.T) {
	for _, step := range []string{"greeting", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "end of data"} {
		for _, reply := range []string{"421 4.3.2 Leaving", "450 4.2.1 Later", "454 4.7.0 Later", "550 5.7.1 No", "554 5.0.0 No", "535 5.7.8 Wrong", "530 5.7.0 Authentication required",
			"530 5.7.0 Must issue a STARTTLS command first"} {
			h := handle(t, serve(t, smtptest.MailOptions{Mechanisms: []string{"PLAIN"}, Faults: []smtptest.Fault{{Step: step, Do: reply}}}))
			what := step + ": " + reply
			require.NotEqual(t, NoError, Call(h, (*Mailer).Send), what)
			v := verdictOn(h)
			temporary := reply[0] == '4'
			assert.Equal(t, temporary, v.retry, what)
			assert.Equal(t, !temporary && (step == "AUTH" || reply[:3] == "535" || reply == "530 5.7.0 Authentication required"), v.login, what)
			assert.Equal(t, smtp.KindRefused, v.kind, what)
		}
	}
}

// After a lost connection, the call is safe to retry, unless the last octet of the message
// had already been sent.
func TestRetryAfterALostConnection(t *testing.T) {
	for _, step := range []string{"greeting", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "end of data"} {
		for _, do := range []string{"close", "reset", "stall"} {
			h := handle(t, serve(t, smtptest.MailOptions{Mechanisms: []string{"PLAIN"}, Faults: []smtptest.Fault{{Step: step, Do: do}}}))
			if do == "stall" {
				for s := timeoutTLS; s <= timeoutQuit; s++ {
					mustCall(t, h, func(m *Mailer) error { return m.SetTimeout(s, 300) })
				}
			}
			require.NotEqual(t, NoError, Call(h, (*Mailer).Send), step)
			v := verdictOn(h)
			assert.Equal(t, step != "end of data", v.retry, "%s: %s", step, do)
			assert.False(t, v.login, "%s: %s", step, do)
			kind := smtp.KindClosed
			if do == "stall" {
				kind = smtp.KindTimeout
			}
			assert.Equal(t, kind, v.kind, "%s: %s", step, do)
		}
	}
}

func TestRetryAfterOtherErrors(t *testing.T) {
	server := serve(t, smtptest.MailOptions{Hide: []string{"STARTTLS"}})
	small := serve(t, smtptest.MailOptions{MaxSize: 10})
	plain := serve(t, smtptest.MailOptions{Mechanisms: []string{"CRAM-MD5"}})
	missing := filepath.Join(t.TempDir(), "missing")
	local := func(n Number) verdict { return verdict{number: n, kind: smtp.KindLocal} }
	for name, c := range map[string]struct {
		set  func(*Mailer) error
		want verdict
	}{
		"refused":            {func(m *Mailer) error { return m.SetSMTPServer("127.0.0.1", deadPort(t), true) }, verdict{wsaConnect, smtp.KindDial, true, false}},
		"no such host":       {func(m *Mailer) error { return m.SetSMTPServer("no-such-host.invalid", 25, true) }, verdict{wsaGethostbyNameAddr, smtp.KindResolve, true, false}},
		"no server":          {func(m *Mailer) error { return m.SetSMTPServer("", 25, true) }, local(wsaGethostbyNameAddr)},
		"invalid server":     {func(m *Mailer) error { return m.SetSMTPServer("a b", 25, true) }, local(badInput)},
		"invalid local name": {func(m *Mailer) error { return m.SetLocalHostName("a b") }, local(badInput)},
		"invalid proxy":      {func(m *Mailer) error { return m.SetProxy("nonsense") }, local(badInput)},
		"invalid address":    {func(m *Mailer) error { return m.SetLocalAddress("here") }, local(badInput)},
		"no recipient":       {(*Mailer).DelRecipients, local(undefRecipients)},
		"no sender":          {func(m *Mailer) error { return m.SetSenderMail("") }, local(undefMailFrom)},
		"invalid subject":    {func(m *Mailer) error { return m.SetSubject("a\r\nb: c") }, local(badInput)},
		"no file":            {func(m *Mailer) error { return m.AddAttachment(missing) }, local(fileNotExist)},
		"a folder":           {func(m *Mailer) error { return m.AddAttachment(filepath.Dir(missing)) }, local(fileNotExist)},
		"no login":           {func(m *Mailer) error { return m.SetLogin("") }, verdict{undefLogin, smtp.KindLocal, false, true}},
		"no password":        {func(m *Mailer) error { return m.SetPassword("") }, verdict{undefPassword, smtp.KindLocal, false, true}},
		"no STARTTLS":        {func(m *Mailer) error { return m.SetSecurityType(useTLS) }, verdict{startTLSNotSupported, smtp.KindUnsupported, false, false}},
		"token in clear":     {func(m *Mailer) error { return m.SetAccessToken("good-token") }, verdict{loginNotSupported, smtp.KindLocal, false, true}},
		"other mechanism": {func(m *Mailer) error {
			m.SetAuthMechanism("PLAIN")
			return m.SetSMTPServer("127.0.0.1", uint16(plain.Port()), true)
		}, verdict{loginNotSupported, smtp.KindUnsupported, false, true}},
		"other identity":    {func(m *Mailer) error { m.SetAuthorizationID("sales"); return m.SetAuthMechanism("LOGIN") }, verdict{loginNotSupported, smtp.KindUnsupported, false, true}},
		"password too long": {func(m *Mailer) error { return m.SetPassword(fmt.Sprintf("%010000d", 1)) }, verdict{badInput, smtp.KindLocal, false, true}},
		"message too big":   {func(m *Mailer) error { return m.SetSMTPServer("127.0.0.1", uint16(small.Port()), true) }, local(msgTooBig)},
		"REQUIRETLS":        {func(m *Mailer) error { return m.SetRequireTLS(true) }, verdict{notOffered, smtp.KindUnsupported, false, false}},
		"plain server, TLS": {func(m *Mailer) error { return m.SetSecurityType(useSSL) }, verdict{sslProblem, smtp.KindTLS, false, false}},
		"minimum above TLS 1.2": {func(m *Mailer) error {
			m.SetSecurityType(useSSL)
			m.SetTLSMinVersion(13)
			return m.SetTLSMaxVersion(12)
		}, local(sslProblem)},
	} {
		h := handle(t, server)
		mustCall(t, h, c.set)
		require.NotEqual(t, NoError, Call(h, (*Mailer).Send), name)
		assert.Equal(t, c.want, verdictOn(h), "%s: %s", name, Value(h, (*Mailer).GetLastErrorText))
	}
	assert.Empty(t, server.Mails())
}

// If a later call that is not an attempt to send fails, the result of IsSafeToRetry stays
// the same.
func TestRetryIsAboutTheMail(t *testing.T) {
	h := handle(t, serve(t, smtptest.MailOptions{Faults: []smtptest.Fault{{Step: "MAIL", Do: "450 4.2.1 Later", Nth: 1}}}))
	mustFail(t, h, commandMailFrom, (*Mailer).Send)
	mustFail(t, h, outOfMsgRange, func(m *Mailer) error { return m.DelMsgLine(9) })
	assert.Equal(t, verdict{outOfMsgRange, smtp.KindLocal, true, false}, verdictOn(h))
	mustCall(t, h, (*Mailer).Send)
	assert.Equal(t, verdict{}, verdictOn(h))
	mustCall(t, h, func(m *Mailer) error {
		return m.ConnectRemoteServer("127.0.0.1", m.settings.port, doNotSet, true, "", "")
	})
	assert.Equal(t, verdict{}, verdictOn(h))
	mustFail(t, h, connectionClosed, func(m *Mailer) error { m.drop(); return m.KeepAlive() })
	assert.Equal(t, verdict{connectionClosed, smtp.KindLocal, false, false}, verdictOn(h))
}

// A mail is not safe to retry if a recipient may have got it.
func TestNoRetryAfterPartialDelivery(t *testing.T) {
	h := handle(t, serve(t, smtptest.MailOptions{}))
	mustCall(t, h, func(m *Mailer) error { return m.AddRecipient("refused@test.example", "") })
	mustCall(t, h, func(m *Mailer) error { return m.SetPartialDelivery(true) })
	mustCall(t, h, (*Mailer).Send)
	assert.Equal(t, int(smtp.Partial), Value(h, (*Mailer).GetOutcome))
	assert.Equal(t, verdict{}, verdictOn(h))
}

// The kinds of errors have the numbers in csmtp_c.h.
func TestKindsMatchHeader(t *testing.T) {
	checked := 0
	for _, e := range readHeader(t).Enums {
		for _, v := range e.Values {
			name, isKind := strings.CutPrefix(v.Name, "CSMTP_KIND_")
			if isKind {
				assert.Equal(t, name, kindNames[smtp.Kind(v.Value)], v.Name)
				checked++
			}
		}
	}
	assert.Len(t, kindNames, checked)
	assert.Equal(t, fmt.Sprintf("kind %d", checked), smtp.Kind(checked).String(), "a kind of package smtp is not in the header")
}

var kindNames = map[smtp.Kind]string{smtp.KindNone: "NONE", smtp.KindResolve: "RESOLVE", smtp.KindDial: "CONNECT", smtp.KindTimeout: "TIMEOUT",
	smtp.KindClosed: "CLOSED", smtp.KindTLS: "TLS", smtp.KindRefused: "REFUSED", smtp.KindProtocol: "PROTOCOL", smtp.KindUnsupported: "UNSUPPORTED",
	smtp.KindLocal: "LOCAL", smtp.KindCanceled: "CANCELED", smtp.KindToken: "TOKEN"}
