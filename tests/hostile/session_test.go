// SPDX-License-Identifier: MIT

package hostile

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"csmtp/smtp"
	"csmtp/smtp/sasl"
	"csmtp/smtp/smtptest"
	"csmtp/smtp/smtptest/certs"

	"github.com/stretchr/testify/require"
)

const (
	secret  = "Tr0ub4dor-secret"
	content = "From: <alice@test.example>\r\nSubject: x\r\n\r\nText.\r\n.\r\n..dots\r\n"
	stuffed = "From: <alice@test.example>\r\nSubject: x\r\n\r\nText.\r\n..\r\n...dots\r\n.\r\n"
)

type literal string

func (m literal) WriteTo(w io.Writer) (int64, error) {
	n, err := io.WriteString(w, string(m))
	return int64(n), err
}
func (m literal) Size() int64 { return int64(len(m)) }

// Bits of rules.settings.
const (
	securityBits   = 3 // an index into securities
	noLoginInClear = 4
	useToken       = 8
	oneMechanism   = 16 // use only one mechanism; its index is settings>>mechanismShift + shows>>2
	mechanismShift = 5
)

var securities = []smtp.Security{smtp.NoSecurity, smtp.STARTTLS, smtp.STARTTLSIfOffered, smtp.ImplicitTLS}

// rules are the parameters of a session, as the fuzzer chooses them.
type rules struct {
	script   []byte
	step     int  // the number of octets in each write of the server
	settings byte // the settings of the client
	shows    byte // the lowest two bits are an index into 'shown'; see oneMechanism for the others
	patient  bool // whether client and server wait up to a minute for each other
}

// shown contains the kinds of certificates from which the fuzzer chooses. Only the first
// kind is valid.
var shown = []certs.Kind{certs.Good, certs.WrongHost, certs.Expired, certs.SelfSigned}

var certificates = sync.OnceValue(func() []tls.Certificate {
	all := make([]tls.Certificate, len(shown))
	for i, kind := range shown {
		all[i] = smtptest.Authority().Issue(kind)
	}
	return all
})

// session records what a client and a server did.
type session struct {
	rules
	heard     []byte // the octets that the client sent, including TLS records
	private   []byte // the octets that the client sent within TLS, decrypted
	handshake error  // the handshake's error at the server, or nil
	encrypted bool   // whether the handshake succeeded
	result    smtp.Result
	err       error
	trace     strings.Builder
	security  smtp.Security
	noClear   bool
	token     bool // whether the only secret is a token
}

// meet runs a client that connects to the scripted server, logs in and sends one mail.
// The server listens on a Unix socket, because hundreds of runs per second would use up
// the TCP ports.
func meet(t testing.TB, r rules) *session {
	s := &session{rules: r}
	s.security = securities[r.settings&securityBits]
	s.noClear = r.settings&noLoginInClear != 0
	folder, err := os.MkdirTemp("", "meet")
	require.NoError(t, err)
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "s")
	l, err := net.Listen("unix", path)
	require.NoError(t, err)
	var served sync.WaitGroup
	served.Go(func() {
		if conn, err := l.Accept(); err == nil {
			s.serve(conn)
		}
	})
	config := &smtp.Config{
		Network:   "unix",
		Servers:   []smtp.Server{{Host: path}},
		Security:  s.security,
		LocalName: "client.test.example",
		Timeouts:  smtp.Timeouts{Total: 500 * time.Millisecond, Quit: 50 * time.Millisecond},
		Trace:     func(_ smtp.Direction, line string) { s.trace.WriteString(line + "\n") },
		Auth:      &smtp.Auth{Credentials: sasl.Credentials{Login: "alice", Password: secret}, NoCleartext: s.noClear},
	}
	if r.patient {
		config.Timeouts = smtp.Timeouts{Total: time.Minute}
	}
	config.TLS.RootCAs = smtptest.Authority().Pool()
	config.TLS.ServerName = "localhost"
	if names := sasl.Names(); r.settings&oneMechanism != 0 {
		config.Auth.Mechanisms = []string{names[(int(r.settings>>mechanismShift)+int(r.shows>>2))%len(names)]}
	}
	if r.settings&useToken != 0 {
		config.Auth.Token = func(bool) (string, error) { return secret, nil }
		s.token = !slices.ContainsFunc(config.Auth.Mechanisms, func(n string) bool { return !sasl.NeedsToken(n) })
	}
	client, err := smtp.Dial(context.Background(), config)
	if err == nil {
		envelope := &smtp.Envelope{From: "alice@test.example", Recipients: []smtp.Recipient{{Address: "bob@test.example"}, {Address: "carol@test.example"}}}
		s.result, err = client.Send(envelope, literal(content))
		_ = client.Quit()
	}
	s.err = err
	l.Close()
	served.Wait()
	return s
}

// These patterns are so long that no TLS record contains them by chance.
var (
	login = regexp.MustCompile(`AUTH [A-Z]{3}`)
	mail  = regexp.MustCompile(`MAIL FROM:<`)
)

// check fails the test if the client violated a rule that it must follow regardless of what
// the server does.
func (s *session) check(t testing.TB) {
	t.Helper()
	var e *smtp.Error
	if s.err != nil && !errors.As(s.err, &e) {
		t.Fatalf("not an *smtp.Error: %v", s.err)
	}
	clear, records, started := bytes.Cut(s.heard, []byte("STARTTLS\r\n"))
	if s.security == smtp.ImplicitTLS {
		clear, records = nil, s.heard
	}
	for _, said := range [][]byte{clear, s.private} {
		if bare := bytes.ReplaceAll(said, []byte("\r\n"), nil); bytes.ContainsAny(bare, "\r\n") {
			t.Fatalf("a bare CR or LF: %q", said)
		}
		if n := bytes.Count(said, []byte("\r\n.\r\n")); n > 1 {
			t.Fatalf("%d ends of data: %q", n, said)
		}
	}
	if login.Match(records) || mail.Match(records) {
		t.Fatalf("a login or a mail in clear after STARTTLS: %q", s.heard)
	}
	if s.security == smtp.STARTTLSIfOffered && login.Match(clear) {
		t.Fatalf("a login without TLS, although TLS was asked for: %q", clear)
	}
	if s.security == smtp.STARTTLS || started {
		if login.Match(clear) || mail.Match(clear) {
			t.Fatalf("a login or a mail before TLS: %q", clear)
		}
	}
	s.checkTrust(t)
	s.checkOutcome(t, clear)
	s.checkSecrets(t, clear)
}

// checkTrust fails the test if the client sent anything within TLS to a server with
// an invalid certificate, or sent the mail without TLS although it required TLS.
func (s *session) checkTrust(t testing.TB) {
	t.Helper()
	if len(s.private) > 0 && (!s.encrypted || s.shows&3 != 0) {
		t.Fatalf("the certificate is %s, and the client sent %q", shown[s.shows&3], s.private)
	}
	if (s.security == smtp.STARTTLS || s.security == smtp.ImplicitTLS) && s.err == nil && len(s.private) == 0 {
		t.Fatalf("sent without TLS: %q", s.heard)
	}
}

func (s *session) checkOutcome(t testing.TB, clear []byte) {
	t.Helper()
	switch s.result.Outcome {
	case smtp.Accepted, smtp.InDoubt:
		if !bytes.Contains(clear, []byte(stuffed)) && !bytes.Contains(s.private, []byte(stuffed)) {
			t.Fatalf("the outcome is %s, but the message was not sent: %q %q", s.result.Outcome, clear, s.private)
		}
	}
	if (s.err == nil) != (s.result.Outcome == smtp.Accepted) {
		t.Fatalf("the outcome is %s, the error is %v", s.result.Outcome, s.err)
	}
}

func (s *session) checkSecrets(t testing.TB, clear []byte) {
	t.Helper()
	texts := s.trace.String()
	if s.err != nil {
		texts += s.err.Error()
	}
	for _, form := range []string{secret, base64.StdEncoding.EncodeToString([]byte(secret)), base64.StdEncoding.EncodeToString([]byte("\x00alice\x00" + secret))} {
		if strings.Contains(texts, form) {
			t.Fatalf("the log or the error holds the secret: %s", texts)
		}
		if (s.noClear || s.token) && bytes.Contains(clear, []byte(form)) {
			t.Fatalf("the secret went out in clear: %q", clear)
		}
	}
	if strings.ContainsAny(strings.ReplaceAll(texts, "\n", ""), "\x00\x1b\r\x7f") {
		t.Fatalf("the log or the error holds control characters: %q", texts)
	}
}
