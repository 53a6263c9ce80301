// SPDX-License-Identifier: MIT

package hostile

import (
	"bytes"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"hash"
	"io"
	"net"
	"os"
	"regexp"
	"strings"
	"time"

	"csmtp/smtp"
)

// These octets of a script are instructions and are not sent.
const (
	// pause makes the server wait until it has received octets from the client.
	pause = "\x1e"
	// encrypt starts the TLS handshake.
	encrypt = "\x1d"
	// scramFirst and scramFinal stand for the correct SCRAM messages of the server.
	scramFirst = "\x1c1"
	scramFinal = "\x1c2"
)

// recorder is a connection that records all octets read from it.
type recorder struct {
	net.Conn
	heard *[]byte
}

func (r recorder) Read(p []byte) (int, error) {
	n, err := r.Conn.Read(p)
	*r.heard = append(*r.heard, p[:n]...)
	return n, err
}

// serve plays the script to the client. At each pause, it waits until the client has sent
// something, but only for a few milliseconds (for a minute if 'patient' is set). At the end,
// it closes the connection.
func (s *session) serve(conn net.Conn) {
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(time.Minute))
	inner := net.Conn(recorder{conn, &s.heard})
	said := &s.heard
	before, after, switched := bytes.Cut(s.script, []byte(encrypt))
	if s.security == smtp.ImplicitTLS {
		before, after, switched = nil, s.script, true
	}
	if s.talk(inner, said, before) && switched {
		private := tls.Server(inner, &tls.Config{Certificates: []tls.Certificate{certificates()[s.shows&3]}})
		if s.handshake = private.Handshake(); s.handshake == nil {
			s.encrypted = true
			inner, said = recorder{private, &s.private}, &s.private
			s.talk(inner, said, bytes.ReplaceAll(after, []byte(encrypt), nil))
			_ = private.CloseWrite()
		}
	}
	_ = conn.SetReadDeadline(time.Now().Add(time.Minute))
	if half, ok := conn.(*net.UnixConn); ok {
		_ = half.CloseWrite()
	}
	_, _ = io.Copy(io.Discard, inner)
}

// talk plays a part of the script that contains no TLS handshake. It reports whether the
// client is still connected.
func (s *session) talk(conn net.Conn, said *[]byte, script []byte) bool {
	buffer := make([]byte, 64<<10)
	for i, say := range bytes.Split(script, []byte(pause)) {
		if i > 0 {
			patience := 4 * time.Millisecond // short, because the client can be waiting for the server
			if s.patient {
				patience = time.Minute
			}
			_ = conn.SetReadDeadline(time.Now().Add(patience))
			_, err := conn.Read(buffer)
			if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
				return false
			}
			_ = conn.SetReadDeadline(time.Now().Add(time.Minute))
		}
		say = answerScram(say, *said)
		for len(say) > 0 {
			n := min(s.step, len(say))
			if _, err := conn.Write(say[:n]); err != nil {
				break
			}
			say = say[n:]
		}
	}
	return true
}

var scramName = regexp.MustCompile(`AUTH SCRAM-(SHA-\d+)(?:-PLUS)? ([A-Za-z0-9+/=]+)\r\n`)

// answerScram replaces scramFirst and scramFinal in 'say' with the correct messages,
// which it computes from the client's messages in 'said'.
func answerScram(say, said []byte) []byte {
	if !bytes.ContainsRune(say, rune(scramFirst[0])) {
		return say
	}
	first, final := "", ""
	if m := scramName.FindSubmatch(said); m != nil {
		_, clientFirst, _ := strings.Cut(decoded(m[2]), "n=")
		clientFirst = "n=" + clientFirst
		_, nonce, _ := strings.Cut(clientFirst, "r=")
		first = "r=" + nonce + "server,s=QUFBQUFBQUE=,i=4096"
		lines := strings.Split(strings.TrimRight(string(said), "\r\n"), "\r\n")
		proofless, _, _ := strings.Cut(decoded([]byte(lines[len(lines)-1])), ",p=")
		final = "v=" + scramSignature(string(m[1]), clientFirst+","+first+","+proofless)
	}
	say = bytes.ReplaceAll(say, []byte(scramFirst), []byte(base64.StdEncoding.EncodeToString([]byte(first))))
	return bytes.ReplaceAll(say, []byte(scramFinal), []byte(base64.StdEncoding.EncodeToString([]byte(final))))
}

// scramSignature returns the ServerSignature of RFC 5802, section 3.
func scramSignature(name, authMessage string) string {
	h := map[string]func() hash.Hash{"SHA-1": sha1.New, "SHA-256": sha256.New, "SHA-512": sha512.New}[name]
	if h == nil {
		return ""
	}
	salted, err := pbkdf2.Key(h, secret, []byte("AAAAAAAA"), 4096, h().Size())
	if err != nil {
		return ""
	}
	mac := func(key []byte, text string) []byte {
		m := hmac.New(h, key)
		m.Write([]byte(text))
		return m.Sum(nil)
	}
	return base64.StdEncoding.EncodeToString(mac(mac(salted, "Server Key"), authMessage))
}

func decoded(text []byte) string {
	b, _ := base64.StdEncoding.DecodeString(string(text))
	return string(b)
}
