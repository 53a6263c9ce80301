// SPDX-License-Identifier: MIT

//go:build unix

package mailer

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"csmtp/smtp/smtptest"
	"csmtp/smtp/smtptest/certs"

	"github.com/stretchr/testify/require"
)

const callersSecret = "Tr0ub4dor-secret"

// nowhere is the URL of a token server that cannot be reached.
const nowhere = "https://127.0.0.1:1/token"

// callerFiles contains the paths that FuzzCaller passes for reading, one for each kind of
// file.
var callerFiles []string

// callerText is the path of a text file, one of callerFiles.
var callerText string

const callerTextContent = "Text.\n.\nmore\r"

// callerSaves contains the paths that FuzzCaller passes for writing. None of them is a
// regular file that FuzzCaller also reads, because its content would differ in the next run.
var callerSaves []string

func callerSave(n int) string { return callerSaves[uint(n)%uint(len(callerSaves))] }

func callerFile(n int) string { return callerFiles[uint(n)%uint(len(callerFiles))] }

func makeCallerFiles(t testing.TB, dir string) {
	put := func(name, content string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
		return path
	}
	k := callerKeys()
	fifo := filepath.Join(dir, "fifo")
	require.NoError(t, syscall.Mkfifo(fifo, 0o600))
	g := makeGrantFiles(t, dir, "https://127.0.0.1:1")
	callerText = put("a.txt", callerTextContent)
	callerFiles = []string{g.pair, g.account, g.assertion, callerText, put("certificate.pem", k.certificate), put("key.pem", k.key), put("ed25519.pem", k.ed25519),
		put("name\xff\n\"", "x"), put("empty", ""), dir, fifo, filepath.Join(dir, "none"), "", "/dev/full", "a\x00b"}
	callerSaves = []string{filepath.Join(dir, "saved"), fifo, dir, filepath.Join(dir, "none", "x"), "", "/dev/full", "a\x00b"}
}

type callerKey struct{ certificate, key, ed25519 string }

var callerKeys = sync.OnceValue(func() callerKey {
	c := smtptest.Authority().Issue(certs.Client)
	der, err := x509.MarshalPKCS8PrivateKey(ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)))
	if err != nil {
		panic(err)
	}
	return callerKey{string(certs.CertificatePEM(c)), string(certs.KeyPEM(c)), string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))}
})

func reading(text string) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }
}

// setters contains the methods to call. Each element gets two texts and a number.
var setters = []func(m *Mailer, a, b string, n int) error{
	func(m *Mailer, a, b string, n int) error { return m.AddRecipient(a, b) },
	func(m *Mailer, a, b string, n int) error { return m.AddCCRecipient(a, b) },
	func(m *Mailer, a, b string, n int) error { return m.AddBCCRecipient(a, b) },
	func(m *Mailer, a, b string, n int) error { return m.AddMsgLine(a) },
	func(m *Mailer, a, b string, n int) error { return m.SetSubject(a) },
	func(m *Mailer, a, b string, n int) error { return m.SetSenderName(a) },
	func(m *Mailer, a, b string, n int) error { return m.SetSenderMail(a) },
	func(m *Mailer, a, b string, n int) error { return m.SetReplyTo(a) },
	func(m *Mailer, a, b string, n int) error { return m.SetXMailer(a) },
	func(m *Mailer, a, b string, n int) error { return m.SetCharSet(a) },
	func(m *Mailer, a, b string, n int) error { return m.SetXPriority(n) },
	func(m *Mailer, a, b string, n int) error { return m.SetHTML(n&1 != 0) },
	func(m *Mailer, a, b string, n int) error { return m.SetReadReceipt(n&1 != 0) },
	func(m *Mailer, a, b string, n int) error { return m.SetLocalHostName(a) },
	func(m *Mailer, a, b string, n int) error { return m.SetTextBody(a) },
	func(m *Mailer, a, b string, n int) error { return m.SetHTMLBody(a) },
	func(m *Mailer, a, b string, n int) error { return m.SetFlowed(n&1 != 0) },
	func(m *Mailer, a, b string, n int) error { return m.SetEightBit(n&1 != 0) },
	func(m *Mailer, a, b string, n int) error { return m.SetStrict(n&1 != 0) },
	func(m *Mailer, a, b string, n int) error { return m.AddAttachmentData(a, b, []byte(a+b)) },
	func(m *Mailer, a, b string, n int) error { return m.AddInlineImageData(a, b, "image/png", []byte(b)) },
	func(m *Mailer, a, b string, n int) error { return m.SetCalendar(a, b) },
	func(m *Mailer, a, b string, n int) error { return m.AddHeader(a, b) },
	func(m *Mailer, a, b string, n int) error { return m.SetMessageID(a) },
	func(m *Mailer, a, b string, n int) error { return m.SetDate(int64(n) * 1e8) },
	func(m *Mailer, a, b string, n int) error { return m.AddFrom(a, b) },
	func(m *Mailer, a, b string, n int) error { return m.SetSender(a, b) },
	func(m *Mailer, a, b string, n int) error { return m.SetInReplyTo(a) },
	func(m *Mailer, a, b string, n int) error { return m.SetReferences(a) },
	func(m *Mailer, a, b string, n int) error { return m.SetAutoSubmitted(a) },
	func(m *Mailer, a, b string, n int) error { return m.SetListUnsubscribe(a, n&1 != 0) },
	func(m *Mailer, a, b string, n int) error { return m.SetAuthMechanism(a) },
	func(m *Mailer, a, b string, n int) error { return m.SetAuthorizationID(a) },
	func(m *Mailer, a, b string, n int) error { return m.SetLogin(a) },
	func(m *Mailer, a, b string, n int) error { return m.SetEnvelopeFrom(a) },
	func(m *Mailer, a, b string, n int) error { return m.SetPartialDelivery(n&1 != 0) },
	func(m *Mailer, a, b string, n int) error { return m.SetDSN(a, b, a) },
	func(m *Mailer, a, b string, n int) error { return m.SetRecipientDSN(a, b, a) },
	func(m *Mailer, a, b string, n int) error { return m.SetMTPriority(n) },
	func(m *Mailer, a, b string, n int) error { return m.SetDeliverBy(n, a) },
	func(m *Mailer, a, b string, n int) error { return m.SetHoldFor(uint32(n)) },
	func(m *Mailer, a, b string, n int) error { return m.ModMsgLine(uint32(n), a) },
	func(m *Mailer, a, b string, n int) error { return m.DelMsgLine(uint32(n)) },
	func(m *Mailer, a, b string, n int) error { return m.ClearMessage() },
	func(m *Mailer, a, b string, n int) error { return m.DelRecipients() },
	func(m *Mailer, a, b string, n int) error { return m.DelHeaders() },
	func(m *Mailer, a, b string, n int) error { m.GetMsgLineText(uint32(n)); return nil },
	// Files.
	func(m *Mailer, a, b string, n int) error { return m.AddAttachment(callerFile(n)) },
	func(m *Mailer, a, b string, n int) error { return m.AddAttachmentAs(callerFile(n), a, b) },
	func(m *Mailer, a, b string, n int) error { return m.AddInlineImage(callerFile(n), a) },
	func(m *Mailer, a, b string, n int) error { return m.AddAttachmentReader(a, "", int64(n), reading(b)) },
	func(m *Mailer, a, b string, n int) error { return m.SaveMessage(callerSave(n)) },
	func(m *Mailer, a, b string, n int) error { return m.SetLogFile(callerSave(n)) },
	func(m *Mailer, a, b string, n int) error { return m.SetRecordFile(callerSave(n), n%2 == 0) },
	func(m *Mailer, a, b string, n int) error { return m.SetCAFile(callerFile(n)) },
	func(m *Mailer, a, b string, n int) error { return m.SetCADirectory(callerFile(n)) },
	func(m *Mailer, a, b string, n int) error {
		return m.SetClientCertificate(callerFile(n), callerFile(n>>4))
	},
	// Keys.
	func(m *Mailer, a, b string, n int) error { return m.AddDKIMKey(a, b, callerKeys().ed25519) },
	func(m *Mailer, a, b string, n int) error {
		return m.AddDKIMKey("test.example", "s"+strconv.Itoa(n&3), callerKeys().ed25519)
	},
	func(m *Mailer, a, b string, n int) error { return m.AddDKIMKey(a, b, a) },
	func(m *Mailer, a, b string, n int) error { return m.DelDKIMKeys() },
	func(m *Mailer, a, b string, n int) error {
		return m.SetSMIMEKey(callerKeys().certificate, callerKeys().key)
	},
	func(m *Mailer, a, b string, n int) error { return m.SetSMIMEKey(a, b) },
	func(m *Mailer, a, b string, n int) error { return m.SetSMIMEKeyFile(callerFile(n), callerFile(n>>4)) },
	func(m *Mailer, a, b string, n int) error { return m.AddDKIMKeyFile("test.example", "s", callerFile(n)) },
	func(m *Mailer, a, b string, n int) error { return m.SetKeyPassphrase(a) },
	// Settings of TLS. USE_SSL is omitted, because the sink does not support TLS. It is 2,
	// and an n of 2 chooses the third element, not the last one.
	func(m *Mailer, a, b string, n int) error {
		types := []int{noSecurity, useTLS, doNotSet, useTLSIfOffered, n}
		return m.SetSecurityType(types[uint(n)%uint(len(types))])
	},
	func(m *Mailer, a, b string, n int) error { return m.SetVerifyPeer(n&1 != 0) },
	func(m *Mailer, a, b string, n int) error { return m.SetPinnedPublicKey(a) },
	func(m *Mailer, a, b string, n int) error { return m.SetTLSMinVersion(n) },
	func(m *Mailer, a, b string, n int) error { return m.SetTLSMaxVersion(n) },
	func(m *Mailer, a, b string, n int) error { return m.SetTLSServerName(a) },
	func(m *Mailer, a, b string, n int) error { return m.SetRequireTLS(n&1 != 0) },
	// Settings of tokens. No request is sent to a token server whose URL the fuzzer has
	// chosen.
	func(m *Mailer, a, b string, n int) error { return m.SetAccessToken(a) },
	func(m *Mailer, a, b string, n int) error {
		return m.SetTokenCallback(func(bool) (string, error) { return a, nil })
	},
	func(m *Mailer, a, b string, n int) error { return m.SetClearLogin(n&1 != 0) },
	func(m *Mailer, a, b string, n int) error { return m.SetLoginRequired(n&1 != 0) },
	func(m *Mailer, a, b string, n int) error {
		return m.SetOAuth2ClientCredentials(nowhere, a, callersSecret, b)
	},
	func(m *Mailer, a, b string, n int) error {
		return m.SetOAuth2RefreshToken(nowhere, a, b, callersSecret, a)
	},
	func(m *Mailer, a, b string, n int) error {
		if err := m.SetOAuth2ClientCredentials(a, b, callersSecret, b); err != nil {
			return err
		}
		return m.SetAccessToken("")
	},
	func(m *Mailer, a, b string, n int) error {
		return m.SetOAuth2Certificate(nowhere, a, callerFile(n), callerFile(n>>4), b, b)
	},
	func(m *Mailer, a, b string, n int) error {
		return m.SetOAuth2AssertionFile(nowhere, a, callerFile(n), b)
	},
	func(m *Mailer, a, b string, n int) error {
		// The key file contains the URL of the token server.
		if err := m.SetOAuth2ServiceAccount(callerFile(n), a, b); err != nil {
			return err
		}
		return m.SetAccessToken("")
	},
	func(m *Mailer, a, b string, n int) error {
		if err := m.SetOAuth2ManagedIdentity(a, b, b); err != nil {
			return err
		}
		return m.SetAccessToken("")
	},
	func(m *Mailer, a, b string, n int) error {
		if err := m.SetOAuth2TokenFile(a); err != nil {
			return err
		}
		return m.SetOAuth2TokenFile("")
	},
	// Settings of the connection. After SetProxy, SetLocalAddress or SetServerDomain, Send
	// fails, because the server is a Unix socket.
	func(m *Mailer, a, b string, n int) error { return m.SetProxy(a) },
	func(m *Mailer, a, b string, n int) error { return m.SetLocalAddress(a) },
	func(m *Mailer, a, b string, n int) error { return m.SetServerDomain(a) },
	func(m *Mailer, a, b string, n int) error { return m.SetExtensionOff(a) },
	func(m *Mailer, a, b string, n int) error { return m.SetServerPause(uint32(n)) },
	func(m *Mailer, a, b string, n int) error { return m.SetLMTP(n&1 != 0) },
	func(m *Mailer, a, b string, n int) error { return m.SetTransportEndpoint(a) },
	func(m *Mailer, a, b string, n int) error {
		// The second call ensures that no mail is sent to a service on the internet.
		if err := m.SetTransport(a); err != nil {
			return err
		}
		return m.SetTransport("smtp")
	},
	func(m *Mailer, a, b string, n int) error { return m.SetTimeout(n, uint32(n&1)*60_000) },
	func(m *Mailer, a, b string, n int) error { return m.SetChunking(n) },
	func(m *Mailer, a, b string, n int) error { return m.SetHoldUntil(int64(n) * 1e8) },
	func(m *Mailer, a, b string, n int) error {
		return m.SetProgressCallback(func(sent, total int64) bool { return sent <= int64(n) || n < 0 })
	},
	func(m *Mailer, a, b string, n int) error { _, err := m.RenderMessage(); return err },
	func(m *Mailer, a, b string, n int) error {
		_ = m.SetLMTP(false)
		_ = m.SetProxy("")
		_ = m.SetLocalAddress("")
		_ = m.SetServerDomain("")
		return m.SetSecurityType(noSecurity)
	},
}
