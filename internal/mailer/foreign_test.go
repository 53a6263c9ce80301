// SPDX-License-Identifier: MIT

package mailer

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	crand "crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// foreign returns a line of ordinary words and of characters that control a terminal or
// mislead a human reader. If valid is not set, the line can contain invalid UTF-8.
func foreign(r *rand.Rand, valid bool) string {
	parts := []string{"ordinary ", "words ", "é", "世界", "\x1b[2J", "\x1b]0;title\x07", "\x00", "\x08\x08", "\x7f", "\u0085", "\u009b31m",
		"\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2066", "\u2067", "\u2068", "\u2069", "\u200e", "\u200f", "\u061c",
		"\u2028", "\u2029", "\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad", "\u034f", "\u3164", "\ue000", "\U000e0041", "\ufff9"}
	if !valid {
		parts = append(parts, "\xff", "\xc0\x80", "\xed\xa0\x80", "\x80", "\xe2\x80")
	}
	var b strings.Builder
	for range 1 + r.IntN(8) {
		b.WriteString(parts[r.IntN(len(parts))])
	}
	return b.String()
}

// harmless fails the test if s is not valid UTF-8 or contains a character that controls a
// terminal or misleads a human reader.
func harmless(t *testing.T, what, s string) {
	t.Helper()
	require.True(t, utf8.ValidString(s), "%s: %q", what, s)
	for _, c := range s {
		if unicode.In(c, unicode.C, unicode.Zl, unicode.Zp, unicode.Bidi_Control, unicode.Other_Default_Ignorable_Code_Point) {
			t.Fatalf("%s contains %U: %q", what, c, s)
		}
	}
}

// saidHarmlessly checks all texts of a mailer with the function 'harmless'.
func saidHarmlessly(t *testing.T, h uintptr, lines []string, logFile string) {
	t.Helper()
	call := func(f func(m *Mailer) string) string { return Value(h, f) }
	harmless(t, "the error text", call((*Mailer).GetLastErrorText))
	harmless(t, "the queue id", call((*Mailer).GetQueueID))
	harmless(t, "the TLS information", call((*Mailer).GetTLSInfo))
	for line := range strings.Lines(call((*Mailer).GetLastReply) + "\n" + call((*Mailer).GetExtensions)) {
		harmless(t, "a line of the reply or of the extensions", strings.TrimSuffix(line, "\n"))
	}
	for row := range uint32(3) {
		harmless(t, "a row", call(func(m *Mailer) string { return m.GetResultRecipient(row) }))
	}
	for field := certificateSubject; field <= certificatePin; field++ {
		for i := range uint32(2) {
			if field != certificatePEM {
				harmless(t, "a field of the certificate", call(func(m *Mailer) string { return m.GetPeerCertificate(i, field) }))
			}
		}
	}
	for _, line := range lines {
		harmless(t, "a line of the log", line)
	}
	text, err := os.ReadFile(logFile)
	require.NoError(t, err)
	for line := range strings.Lines(string(text)) {
		harmless(t, "a line of the log file", strings.TrimSuffix(line, "\n"))
	}
}

// rude starts a server that replies to each command with the text that 'say' returns.
func rude(t *testing.T, config *tls.Config, greeting string, say func(command string) string) (port uint16) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	if config != nil {
		l = tls.NewListener(l, config)
	}
	var sessions sync.WaitGroup
	t.Cleanup(func() { l.Close(); sessions.Wait() })
	sessions.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			sessions.Go(func() {
				defer conn.Close()
				_ = conn.SetDeadline(time.Now().Add(time.Minute))
				in := bufio.NewReader(conn)
				if _, err := io.WriteString(conn, greeting+"\r\n"); err != nil {
					return
				}
				for {
					line, err := in.ReadString('\n')
					if err != nil {
						return
					}
					if _, err := io.WriteString(conn, say(strings.TrimSpace(line))+"\r\n"); err != nil {
						return
					}
				}
			})
		}
	})
	_, digits, _ := net.SplitHostPort(l.Addr().String())
	n, _ := strconv.Atoi(digits)
	return uint16(n)
}

// foreignReplies returns a function for a rude server. The function returns replies with
// foreign texts, and refuses the command that 'refuse' names.
func foreignReplies(r *rand.Rand, refuse string) func(string) string {
	r = rand.New(rand.NewPCG(r.Uint64(), r.Uint64())) // the server uses it while the test uses the other one
	var lock sync.Mutex
	return func(command string) string {
		lock.Lock()
		defer lock.Unlock()
		f := func() string { return foreign(r, false) }
		verb, _, _ := strings.Cut(strings.ToUpper(command), " ")
		switch {
		case refuse != "" && verb == refuse:
			return "550-5.7.1 " + f() + "\r\n550 5.7.1 " + f()
		case verb == "EHLO":
			return "250-" + f() + "\r\n250-" + f() + " " + f() + "\r\n250-AUTH XOAUTH2 SCRAM-SHA-256 " + f() + "\r\n250-SIZE " + f() + "\r\n250 X" + f()
		case verb == "AUTH" && strings.Contains(command, "SCRAM"):
			return "334 " + base64.StdEncoding.EncodeToString([]byte("e="+f()))
		case verb == "AUTH":
			quoted, _ := json.Marshal(map[string]string{"status": foreign(r, true), "scope": foreign(r, true)})
			return "334 " + base64.StdEncoding.EncodeToString(quoted)
		case verb == "DATA":
			return "354 " + f()
		case verb == ".":
			return "250 2.0.0 " + f() + " queued as " + f()
		case verb == "MAIL", verb == "RCPT", verb == "QUIT", verb == "RSET":
			return "250 2.1.0 " + f()
		case strings.Contains(command, ":"), command == "", strings.HasPrefix(command, "Hello"):
			return ""
		}
		return "535 5.7.8 " + f()
	}
}

// foreignCertificate returns a certificate whose names contain foreign text, and the path of
// a file with the certificate.
func foreignCertificate(t *testing.T, r *rand.Rand) (tls.Certificate, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), crand.Reader)
	require.NoError(t, err)
	ascii := func() string {
		return strings.Map(func(c rune) rune {
			if c >= 0x80 {
				return -1
			}
			return c
		}, "x"+foreign(r, true))
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		Subject: pkix.Name{CommonName: foreign(r, true), Organization: []string{foreign(r, true)}, Locality: []string{foreign(r, true)}},
		IsCA:    true, BasicConstraintsValid: true,
		DNSNames: []string{ascii(), ascii()}, EmailAddresses: []string{ascii()}}
	der, err := x509.CreateCertificate(crand.Reader, template, template, &key.PublicKey, key)
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "ca.pem")
	require.NoError(t, os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600))
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, path
}

// Errors, getters and logs show the texts of servers, certificates, proxies and token
// servers. They leave out the characters that control a terminal or mislead a human reader.
func TestForeignTextIsHarmless(t *testing.T) {
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, 8))
		log := filepath.Join(t.TempDir(), "log")
		try := func(prepare func(m *Mailer), do func(m *Mailer) error) {
			h := New()
			defer Free(h)
			var lines []string
			Call(h, func(m *Mailer) error {
				require.NoError(t, m.SetLogFile(log))
				require.NoError(t, m.SetLogCallback(func(_ int, line string) { lines = append(lines, line) }))
				require.NoError(t, m.SetSenderMail("alice@test.example"))
				require.NoError(t, m.AddRecipient("bob@test.example", ""))
				require.NoError(t, m.AddMsgLine("Hello."))
				prepare(m)
				return nil
			})
			Call(h, do)
			saidHarmlessly(t, h, lines, log)
			Call(h, func(m *Mailer) error { return m.DisconnectRemoteServer() })
			saidHarmlessly(t, h, lines, log)
		}
		refuse := []string{"", "EHLO", "MAIL", "RCPT", "DATA", "."}[r.IntN(6)]
		greeting := []string{"220 ", "554 5.7.1 ", "220-x\r\n220 ", "", "2"}[max(0, r.IntN(14)-9)] + foreign(r, false)
		port := rude(t, nil, greeting, foreignReplies(r, refuse))
		try(func(m *Mailer) { m.SetSMTPServer("127.0.0.1", port, false) }, (*Mailer).Send)

		certificate, authority := foreignCertificate(t, r)
		config := &tls.Config{Certificates: []tls.Certificate{certificate}}
		port = rude(t, config, "220 "+foreign(r, false), foreignReplies(r, refuse))
		for way := range 4 {
			try(func(m *Mailer) {
				m.SetSMTPServer("localhost", port, way == 3)
				m.SetSecurityType(useSSL)
				switch way {
				case 1:
					require.NoError(t, m.SetCAFile(authority)) // only the name in the certificate is wrong
				case 2:
					m.SetVerifyPeer(false)
				case 3:
					m.SetVerifyPeer(false)
					m.SetLogin("alice")
					if r.IntN(2) == 0 {
						m.SetPassword("s3cret pass")
						m.SetAuthMechanism("SCRAM-SHA-256")
					} else {
						m.SetAccessToken("t0ken-of-the-test")
					}
				}
			}, func(m *Mailer) error { return m.ConnectRemoteServer("localhost", port, useSSL, way == 3, "", "") })
		}

		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader([]int{200, 400, 401, 500}[r.IntN(4)])
			answer, _ := json.Marshal(map[string]string{"error": foreign(r, true), "error_description": foreign(r, true) + "\r\n" + foreign(r, true)})
			w.Write([]byte([]string{string(answer), foreign(r, false)}[r.IntN(2)]))
		}))
		port = rude(t, config, "220 x", foreignReplies(r, ""))
		try(func(m *Mailer) {
			m.SetSMTPServer("localhost", port, true)
			m.SetSecurityType(useSSL)
			m.SetVerifyPeer(false)
			m.SetLogin("alice")
			require.NoError(t, m.SetOAuth2RefreshToken(server.URL, "client", "client-secret", "refresh-token", ""))
		}, (*Mailer).Send)
		server.Close()

		proxy := rude(t, nil, []string{"HTTP/1.1 502 ", "HTTP/1.1 407 ", ""}[r.IntN(3)]+foreign(r, false)+"\r\nProxy-Authenticate: "+foreign(r, false)+"\r\n", foreignReplies(r, ""))
		try(func(m *Mailer) {
			m.SetSMTPServer("mail.example", 25, false)
			m.SetProxy(fmt.Sprintf("http://127.0.0.1:%d", proxy))
		}, (*Mailer).Send)
	}
}
