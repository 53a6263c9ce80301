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

// rules are what a session is played with. The settings of a fuzzer's octet:
// bits 0 and 1 the security, 2 no login in clear, 3 a token, 4 one mechanism,
// 5 to 7 which.
type rules struct {
	script   []byte
	step     int  // octets of one write
	settings byte // of the client
	shows    byte // which certificate
	patient  bool // whoever waits for the other does so for long
}

// shown are the certificates that a server shows; just the first is good.
var shown = []certs.Kind{certs.Good, certs.WrongHost, certs.Expired, certs.SelfSigned}

var certificates = sync.OnceValue(func() []tls.Certificate {
	all := make([]tls.Certificate, len(shown))
	for i, kind := range shown {
		all[i] = smtptest.Authority().Issue(kind)
	}
	return all
})

// session is what a client made of a server.
type session struct {
	rules
	heard     []byte // as it came, TLS records too
	private   []byte // within TLS
	handshake error  // of the server; nil also without one
	encrypted bool   // the handshake was good
	result    smtp.Result
	err       error
	trace     strings.Builder
	security  smtp.Security
	noClear   bool
	token     bool // the only secret is a token
}

// meet lets a real client connect, log in and send one mail. The server
// listens at a path: hundreds of runs a second would use up the TCP ports.
func meet(t testing.TB, r rules) *session {
	s := &session{rules: r}
	s.security = []smtp.Security{smtp.NoSecurity, smtp.STARTTLS, smtp.STARTTLSIfOffered, smtp.ImplicitTLS}[r.settings&3]
	s.noClear = r.settings&4 != 0
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
	if names := sasl.Names(); r.settings&16 != 0 {
		config.Auth.Mechanisms = []string{names[(int(r.settings>>5)+int(r.shows>>2))%len(names)]}
	}
	if r.settings&8 != 0 {
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

// Patterns long enough that no TLS record holds them by chance.
var (
	login = regexp.MustCompile(`AUTH [A-Z]{3}`)
	mail  = regexp.MustCompile(`MAIL FROM:<`)
)

// check holds a session to what must be true whatever the server did.
func (s *session) check(t testing.TB) {
	t.Helper()
	var e *smtp.Error
	if s.err != nil && !errors.As(s.err, &e) {
		t.Fatalf("an error of another kind: %v", s.err)
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
		t.Fatalf("a login or a mail in clear after TLS was to begin: %q", s.heard)
	}
	if s.security == smtp.STARTTLSIfOffered && login.Match(clear) {
		t.Fatalf("a login without TLS where TLS was wanted: %q", clear)
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

// checkTrust: nothing is said to a server that could not show who it is.
func (s *session) checkTrust(t testing.TB) {
	t.Helper()
	if len(s.private) > 0 && (!s.encrypted || s.shows&3 != 0) {
		t.Fatalf("a server with a certificate that is %s was told %q", shown[s.shows&3], s.private)
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
			t.Fatalf("%s, and the message was not sent: %q %q", s.result.Outcome, clear, s.private)
		}
	}
	if (s.err == nil) != (s.result.Outcome == smtp.Accepted) {
		t.Fatalf("%s beside error %v", s.result.Outcome, s.err)
	}
}

func (s *session) checkSecrets(t testing.TB, clear []byte) {
	t.Helper()
	told := s.trace.String()
	if s.err != nil {
		told += s.err.Error()
	}
	for _, form := range []string{secret, base64.StdEncoding.EncodeToString([]byte(secret)), base64.StdEncoding.EncodeToString([]byte("\x00alice\x00" + secret))} {
		if strings.Contains(told, form) {
			t.Fatalf("the secret is told: %s", told)
		}
		if (s.noClear || s.token) && bytes.Contains(clear, []byte(form)) {
			t.Fatalf("the secret went out in clear: %q", clear)
		}
	}
	if strings.ContainsAny(strings.ReplaceAll(told, "\n", ""), "\x00\x1b\r\x7f") {
		t.Fatalf("control characters are told: %q", told)
	}
}
