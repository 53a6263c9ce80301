// SPDX-License-Identifier: MIT

//go:build unix

package mailer

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"
	"time"

	"csmtp/smtp/message"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// marks returns, for each setter in csmtp_c.h, whether its comment has the mark [message]
// or [setting].
func marks(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, f := range readHeader(t).Functions {
		if strings.HasPrefix(f.Name, "Set") || strings.HasPrefix(f.Name, "Add") {
			found[f.Name] = f.Mark
		}
	}
	require.Greater(t, len(found), 70)
	return found
}

// setAll returns, for each setter of the header, a call that passes a valid value and changes
// the text that composed returns.
func setAll(dir string) map[string]func(*Mailer) error {
	file := dir + "/a.txt"
	return map[string]func(*Mailer) error{
		"AddRecipient":        func(m *Mailer) error { return m.AddRecipient("last@test.example", "Last") },
		"AddCCRecipient":      func(m *Mailer) error { return m.AddCCRecipient("cc@test.example", "") },
		"AddBCCRecipient":     func(m *Mailer) error { return m.AddBCCRecipient("bcc@test.example", "") },
		"AddAttachment":       func(m *Mailer) error { return m.AddAttachment(file) },
		"AddMsgLine":          func(m *Mailer) error { return m.AddMsgLine("last line") },
		"SetSubject":          func(m *Mailer) error { return m.SetSubject("another subject") },
		"SetSenderName":       func(m *Mailer) error { return m.SetSenderName("Another Name") },
		"SetSenderMail":       func(m *Mailer) error { return m.SetSenderMail("another@test.example") },
		"SetReplyTo":          func(m *Mailer) error { return m.SetReplyTo("reply@test.example") },
		"SetXMailer":          func(m *Mailer) error { return m.SetXMailer("another mailer") },
		"SetCharSet":          func(m *Mailer) error { return m.SetCharSet("ISO-8859-1") },
		"SetReadReceipt":      func(m *Mailer) error { return m.SetReadReceipt(true) },
		"SetXPriority":        func(m *Mailer) error { return m.SetXPriority(priorityHigh) },
		"SetHTML":             func(m *Mailer) error { return m.SetHTML(true) },
		"SetSMTPServer":       func(m *Mailer) error { return m.SetSMTPServer("another.example", 26, false) },
		"SetSecurityType":     func(m *Mailer) error { return m.SetSecurityType(useTLS) },
		"SetLogin":            func(m *Mailer) error { return m.SetLogin("another") },
		"SetPassword":         func(m *Mailer) error { return m.SetPassword("another") },
		"SetLocalHostName":    func(m *Mailer) error { return m.SetLocalHostName("another.example") },
		"SetTextBody":         func(m *Mailer) error { return m.SetTextBody("last text") },
		"SetHTMLBody":         func(m *Mailer) error { return m.SetHTMLBody("<b>last</b>") },
		"SetFlowed":           func(m *Mailer) error { return m.SetFlowed(true) },
		"SetEightBit":         func(m *Mailer) error { return m.SetEightBit(true) },
		"SetStrict":           func(m *Mailer) error { return m.SetStrict(true) },
		"AddAttachmentAs":     func(m *Mailer) error { return m.AddAttachmentAs(file, "last.txt", "") },
		"AddAttachmentData":   func(m *Mailer) error { return m.AddAttachmentData("last.bin", "", []byte("x")) },
		"AddAttachmentReader": func(m *Mailer) error { return m.AddAttachmentReader("last.dat", "", 4, reading("last")) },
		"AddInlineImage":      func(m *Mailer) error { return m.AddInlineImage(file, "last") },
		"AddInlineImageData":  func(m *Mailer) error { return m.AddInlineImageData("last2", "last.png", "", []byte("x")) },
		"SetCalendar": func(m *Mailer) error {
			return m.SetCalendar("REQUEST", "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n")
		},
		"AddHeader":                  func(m *Mailer) error { return m.AddHeader("X-Customer", "last") },
		"SetMessageID":               func(m *Mailer) error { return m.SetMessageID("<last@test.example>") },
		"SetDate":                    func(m *Mailer) error { return m.SetDate(1e9) },
		"AddFrom":                    func(m *Mailer) error { return m.AddFrom("coauthor@test.example", "") },
		"SetSender":                  func(m *Mailer) error { return m.SetSender("secretary@test.example", "") },
		"SetInReplyTo":               func(m *Mailer) error { return m.SetInReplyTo("<last-asked@test.example>") },
		"SetReferences":              func(m *Mailer) error { return m.SetReferences("<last-thread@test.example>") },
		"SetAutoSubmitted":           func(m *Mailer) error { return m.SetAutoSubmitted("auto-replied") },
		"SetListUnsubscribe":         func(m *Mailer) error { return m.SetListUnsubscribe("<https://test.example/last>", true) },
		"AddDKIMKey":                 func(m *Mailer) error { return m.AddDKIMKey("test.example", "s", callerKeys().ed25519) },
		"AddDKIMKeyFile":             func(m *Mailer) error { return m.AddDKIMKeyFile("test.example", "f", dir+"/ed25519.pem") },
		"SetSMIMEKeyFile":            func(m *Mailer) error { return m.SetSMIMEKeyFile(dir+"/certificate.pem", dir+"/key.pem") },
		"SetKeyPassphrase":           func(m *Mailer) error { return m.SetKeyPassphrase("another phrase") },
		"SetSMIMEKey":                func(m *Mailer) error { return m.SetSMIMEKey(callerKeys().certificate, callerKeys().key) },
		"SetVerifyPeer":              func(m *Mailer) error { return m.SetVerifyPeer(false) },
		"SetCAFile":                  func(m *Mailer) error { return m.SetCAFile(dir + "/certificate.pem") },
		"SetCADirectory":             func(m *Mailer) error { return m.SetCADirectory(dir) },
		"SetClientCertificate":       func(m *Mailer) error { return m.SetClientCertificate(dir+"/certificate.pem", dir+"/key.pem") },
		"SetPinnedPublicKey":         func(m *Mailer) error { return m.SetPinnedPublicKey("sha256//" + strings.Repeat("A", 43) + "=") },
		"SetTLSMinVersion":           func(m *Mailer) error { return m.SetTLSMinVersion(13) },
		"SetTLSMaxVersion":           func(m *Mailer) error { return m.SetTLSMaxVersion(12) },
		"SetTLSServerName":           func(m *Mailer) error { return m.SetTLSServerName("another.example") },
		"SetAuthMechanism":           func(m *Mailer) error { return m.SetAuthMechanism("PLAIN") },
		"SetAuthorizationID":         func(m *Mailer) error { return m.SetAuthorizationID("another") },
		"SetLoginRequired":           func(m *Mailer) error { return m.SetLoginRequired(true) },
		"SetClearLogin":              func(m *Mailer) error { return m.SetClearLogin(false) },
		"SetAccessToken":             func(m *Mailer) error { return m.SetAccessToken("another") },
		"SetTokenCallback":           func(m *Mailer) error { return m.SetTokenCallback(func(bool) (string, error) { return "x", nil }) },
		"SetOAuth2ClientCredentials": func(m *Mailer) error { return m.SetOAuth2ClientCredentials(nowhere, "a", "b", "c") },
		"SetOAuth2RefreshToken":      func(m *Mailer) error { return m.SetOAuth2RefreshToken(nowhere, "a", "b", "c", "d") },
		"SetOAuth2Certificate":       func(m *Mailer) error { return m.SetOAuth2Certificate(nowhere, "a", dir+"/pair.pem", "", "", "") },
		"SetOAuth2AssertionFile":     func(m *Mailer) error { return m.SetOAuth2AssertionFile(nowhere, "a", dir+"/none", "") },
		"SetOAuth2ServiceAccount":    func(m *Mailer) error { return m.SetOAuth2ServiceAccount(dir+"/account.json", "", "") },
		"SetOAuth2ManagedIdentity":   func(m *Mailer) error { return m.SetOAuth2ManagedIdentity("azure", "", "") },
		"SetOAuth2TokenFile":         func(m *Mailer) error { return m.SetOAuth2TokenFile(dir + "/token") },
		"SetServerDomain":            func(m *Mailer) error { return m.SetServerDomain("another.example") },
		"SetLocalAddress":            func(m *Mailer) error { return m.SetLocalAddress("127.0.0.1") },
		"SetProxy":                   func(m *Mailer) error { return m.SetProxy("socks5://another.example:1080") },
		"SetExtensionOff":            func(m *Mailer) error { return m.SetExtensionOff("PIPELINING SIZE") },
		"SetServerPause":             func(m *Mailer) error { return m.SetServerPause(5) },
		"SetTransport":               func(m *Mailer) error { return m.SetTransport("gmail-api") },
		"SetTransportEndpoint":       func(m *Mailer) error { return m.SetTransportEndpoint("https://another.example") },
		"SetLMTP":                    func(m *Mailer) error { return m.SetLMTP(true) },
		"SetTimeout":                 func(m *Mailer) error { return m.SetTimeout(timeoutCommand, 1234) },
		"SetEnvelopeFrom":            func(m *Mailer) error { return m.SetEnvelopeFrom("bounces@test.example") },
		"SetPartialDelivery":         func(m *Mailer) error { return m.SetPartialDelivery(true) },
		"SetDSN":                     func(m *Mailer) error { return m.SetDSN("SUCCESS", "HDRS", "last-envelope") },
		"SetRecipientDSN":            func(m *Mailer) error { return m.SetRecipientDSN("bob@test.example", "NEVER", "last@test.example") },
		"SetChunking":                func(m *Mailer) error { return m.SetChunking(useBDAT) },
		"SetRequireTLS":              func(m *Mailer) error { return m.SetRequireTLS(true) },
		"SetMTPriority":              func(m *Mailer) error { return m.SetMTPriority(9) },
		"SetDeliverBy":               func(m *Mailer) error { return m.SetDeliverBy(60, "N") },
		"SetHoldFor":                 func(m *Mailer) error { return m.SetHoldFor(60) },
		"SetHoldUntil":               func(m *Mailer) error { return m.SetHoldUntil(2e9) },
		"SetProgressCallback":        func(m *Mailer) error { return m.SetProgressCallback(func(int64, int64) bool { return true }) },
		"SetEventCallback":           func(m *Mailer) error { return m.SetEventCallback(func(*Event) {}) },
		"SetLogCallback":             func(m *Mailer) error { return m.SetLogCallback(func(int, string) {}) },
		"SetLogFile":                 func(m *Mailer) error { return m.SetLogFile(dir + "/log") },
		"SetRecordFile":              func(m *Mailer) error { return m.SetRecordFile(dir+"/record", true) },
	}
}

var (
	signed = regexp.MustCompile(`(?m)^DKIM-Signature: (?s:.*?)\r\n\S`)
	ownID  = regexp.MustCompile(`(?m)^Message-ID: <[^\s>]+@test\.example>\r$`)
	smimed = regexp.MustCompile(`(?s)(application/pkcs7-signature; name.*?\r\n\r\n).*?\r\n--`)
	today  = time.Now() // the test's certificate is valid on this day
)

// composed returns one text that contains the rendered mail, the envelope and all settings
// of h. Random values in it are replaced.
func composed(t *testing.T, h uintptr) string {
	t.Helper()
	var b bytes.Buffer
	mustCall(t, h, func(m *Mailer) error {
		n := 0
		generated := m.message.MessageID == ""
		built, err := m.render(message.Options{UTF8: true, Now: func() time.Time { return today },
			Boundary: func() string { n++; return fmt.Sprint("boundary", n) }}, "")
		if err != nil {
			return err
		}
		var mail bytes.Buffer
		if _, err := built.WriteTo(&mail); err != nil {
			return err
		}
		text := mail.String()
		if generated {
			text = ownID.ReplaceAllString(text, "Message-ID: a new one\r")
			m.message.MessageID = ""
		}
		text = smimed.ReplaceAllString(signed.ReplaceAllString(text, "DKIM-Signature: \r\n"), "$1")
		e := m.settings.addressed(built)
		progress := e.Progress != nil
		e.Progress = nil
		priority := ""
		if e.Priority != nil {
			priority, e.Priority = fmt.Sprint(*e.Priority), nil
		}
		s := *m.settings
		fmt.Fprintf(&b, "%s\n%+v %v %s\n", text, *e, progress, priority)
		s.progress, s.envelope.priority = nil, nil
		fmt.Fprintf(&b, "%v %v %v %v %q\n", s.event != nil, s.log.call != nil, s.login.token != nil, s.login.grant != nil, s.login.password)
		fmt.Fprintf(&b, "%+v\n", *s.login.files())
		s.event, s.log.call, s.login.token, s.login.grant, s.login.grantFiles = nil, nil, nil, nil, nil
		fmt.Fprintf(&b, "%+v\n", s)
		return nil
	})
	return b.String()
}

// base sets the values that every mail needs.
func base(t *testing.T, h uintptr) {
	t.Helper()
	mustCall(t, h, func(m *Mailer) error { return m.AddRecipient("bob@test.example", "Bob") })
	mustCall(t, h, func(m *Mailer) error { return m.AddMsgLine("Hello, Bob.") })
}

func cleanHandle(t *testing.T) uintptr {
	h := New()
	t.Cleanup(func() { Free(h) })
	mustCall(t, h, func(m *Mailer) error { return m.SetSenderMail("alice@test.example") })
	mustCall(t, h, func(m *Mailer) error { return m.SetSubject("A subject") })
	return h
}

// TestClearMessage checks that ClearMessage clears what the functions marked [message] have set,
// and keeps what those marked [setting] have set.
func TestClearMessage(t *testing.T) {
	dir := t.TempDir()
	makeCallerFiles(t, dir)
	set := setAll(dir)
	for name, mark := range marks(t) {
		t.Run(name, func(t *testing.T) {
			f := set[name]
			require.NotNil(t, f, "setAll has no call to CSmtp_%s", name)
			kept := f
			switch mark {
			case "message":
				kept = func(*Mailer) error { return nil }
			case "setting":
			case "setting; envelope_id: message":
				kept = func(m *Mailer) error { return m.SetDSN("SUCCESS", "HDRS", "") }
			default:
				t.Fatalf("the header marks CSmtp_%s as %q", name, mark)
			}
			last, fresh := cleanHandle(t), cleanHandle(t)
			base(t, last)
			mustCall(t, last, f)
			before := composed(t, last)
			mustCall(t, last, (*Mailer).ClearMessage)
			base(t, last)
			mustCall(t, fresh, kept)
			base(t, fresh)
			assert.Equal(t, composed(t, fresh), composed(t, last))
			untouched := cleanHandle(t)
			base(t, untouched)
			assert.NotEqual(t, before, composed(t, untouched), "composed does not show what the setter changed")
		})
		delete(set, name)
	}
	for name := range set {
		t.Errorf("the header has no CSmtp_%s", name)
	}
}

// ClearMessage clears everything that the [message] setters have set, even if all of them
// were called and the mail was rendered.
func TestClearMessageAfterAllSetters(t *testing.T) {
	dir := t.TempDir()
	makeCallerFiles(t, dir)
	set := setAll(dir)
	last, fresh := cleanHandle(t), cleanHandle(t)
	base(t, last)
	for name, mark := range marks(t) {
		if mark == "message" {
			require.NotNil(t, set[name], "setAll has no %s", name)
			mustCall(t, last, set[name])
		}
	}
	mustCall(t, last, func(m *Mailer) error {
		built, err := m.prepare("")
		if err == nil {
			_, err = built.WriteTo(io.Discard)
		}
		return err
	})
	mustCall(t, last, (*Mailer).ClearMessage)
	for _, h := range []uintptr{last, fresh} {
		base(t, h)
	}
	assert.Equal(t, composed(t, fresh), composed(t, last))
	assert.NotContains(t, composed(t, last), "last")
	assert.Empty(t, Value(last, (*Mailer).GetMessageID))
}
