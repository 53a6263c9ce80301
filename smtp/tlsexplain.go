// SPDX-License-Identifier: MIT

package smtp

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"reflect"
	"strconv"
	"strings"
)

// refuseTLS returns an error if 'first' is the start of a TLS record. 'first' contains the
// octets that arrived when a greeting in plain text was expected. Without this check, the
// session would wait for the end of a line.
func refuseTLS(first []byte) error {
	if looksLikeTLS(first) {
		return errTLSFirst
	}
	return nil
}

var errTLSFirst = errors.New("the server sent TLS instead of its greeting")

// looksLikeTLS reports whether b is the start of a TLS record (RFC 8446, section
// 5.1).
func looksLikeTLS(b []byte) bool {
	if len(b) == 0 || b[0] < 0x14 || b[0] > 0x17 {
		return false
	}
	return (len(b) < 2 || b[1] == 3) && (len(b) < 3 || b[2] <= 4)
}

// explain returns the *Error for a handshake that failed with err. ctx is the context
// of the caller.
func (s *secured) explain(ctx context.Context, err error) *Error {
	e := &Error{Op: OpTLS, Kind: KindTLS}
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		e.Kind, e.Err = KindCanceled, context.Cause(ctx)
		return e
	case isTimeout(err):
		e.Kind = KindTimeout
		e.Hint = "does the server use TLS on this port? Implicit TLS usually uses port 465, STARTTLS port 587"
		e.Err = problem(err, "", "the server did not finish the TLS handshake in time")
		return e
	case peerGone(err):
		e.Kind = KindClosed
		e.Hint = Hint("perhaps the server does not use TLS on this port, or does not support " + s.leastVersion() + " or newer")
		e.Err = problem(err, "", "the server closed the connection during the TLS handshake")
		return e
	}
	p := s.problem(err)
	e.Err, e.Hint = p, p.hint
	return e
}

func (s *secured) problem(err error) *tlsProblem {
	var own *tlsProblem
	var header tls.RecordHeaderError
	var bad *tls.CertificateVerificationError
	switch {
	case errors.As(err, &own):
		return own
	case errors.As(err, &header):
		return s.notTLS(header)
	case errors.As(err, &bad):
		return s.explainCertificate(bad)
	}
	if code, ok := alertCode(err); ok {
		return s.explainServerAlert(code, err)
	}
	if _, reason, ok := strings.Cut(err.Error(), "failed to parse certificate from server: "); ok {
		return problem(err, "the server needs a new certificate: this one cannot be used even without verification",
			"the server's certificate is malformed: %s", strings.TrimPrefix(clipped(reason, 300), "x509: "))
	}
	if version, ok := versionOf(err); ok {
		return problem(err, s.versionHint(), "the server speaks only %s, which is no longer secure", version)
	}
	return problem(err, "", "%s", strings.TrimPrefix(clipped(err.Error(), 300), "tls: "))
}

// notTLS returns the error for octets that arrived instead of a TLS record.
func (s *secured) notTLS(err tls.RecordHeaderError) *tlsProblem {
	got := string(err.RecordHeader[:])
	code := got[:3]
	smtp := strings.Trim(code, "0123456789") == "" && (got[3] == ' ' || got[3] == '-')
	switch {
	case smtp && !s.greets(code):
		return problem(err, "perhaps TLS is not configured on the server, or someone on the network path changed its reply",
			"the server responded with \"%s ...\" in plain text instead of TLS", code)
	case smtp:
		return problem(err, HintPlainFirst, "the server greeted with \"%s ...\" in plain text instead of TLS", code)
	case got[0] == 0x80:
		return problem(err, "", "the server responded with SSL 2.0, which is no longer secure")
	}
	return problem(err, "check that a mail server uses this port; implicit TLS usually uses port 465",
		"the server's response is not TLS: %q", got)
}

// greets reports whether a reply in plain text is the greeting of a port without implicit
// TLS, rather than a reply in plain text after STARTTLS.
func (s *secured) greets(code string) bool {
	if s.cfg.Security != STARTTLS && s.cfg.Security != STARTTLSIfOffered {
		return true
	}
	for _, server := range s.cfg.Servers {
		if server.ImplicitTLS && code == "220" {
			return true
		}
	}
	return false
}

// explainAlert explains an error from a read or write after the handshake. It returns
// nil if err is not a TLS alert. With TLS 1.3, a server refuses a missing or wrong
// client certificate only after the client's handshake.
func (c *Config) explainAlert(err error) *Error {
	code, ok := alertCode(err)
	if !ok {
		return nil
	}
	s := &secured{cfg: c, certAsked: true, certGiven: len(c.TLS.Certificates) > 0}
	p := s.explainServerAlert(code, err)
	return &Error{Op: OpTLS, Kind: KindTLS, Err: p, Hint: p.hint}
}

// alertCode returns the alert that the server sent (RFC 8446, section 6). crypto/tls
// does not export the type of alerts, so alertCode uses reflection.
func alertCode(err error) (uint8, bool) {
	var op *net.OpError
	if !errors.As(err, &op) || op.Op != "remote error" || op.Err == nil {
		return 0, false
	}
	v := reflect.ValueOf(op.Err)
	if v.Kind() != reflect.Uint8 {
		return 0, false
	}
	return uint8(v.Uint()), true
}

// These alerts have their own explanations.
const (
	alertHandshakeFailure     = 40
	alertBadCertificate       = 42
	alertCertificateUnknown   = 46
	alertUnknownCA            = 48
	alertAccessDenied         = 49
	alertProtocolVersion      = 70
	alertInsufficientSecurity = 71
	alertInternalError        = 80
	alertUnrecognizedName     = 112
	alertCertificateRequired  = 116
)

func (s *secured) explainServerAlert(code uint8, err error) *tlsProblem {
	about := code >= alertBadCertificate && code <= alertCertificateUnknown ||
		code == alertUnknownCA || code == alertAccessDenied || code == alertHandshakeFailure && s.certAsked
	switch {
	case code == alertCertificateRequired, about && s.certAsked && !s.certGiven:
		return problem(err, "set the certificate and private key that the server's operator gave you",
			"the server requires a client certificate, but none is set")
	case about && s.certGiven:
		return problem(err, "check that it is still valid, and issued by an authority that the server trusts",
			"the server refused the client certificate (%s)", alertText(code, err))
	case code == alertProtocolVersion:
		return problem(err, s.versionHint(), "the server does not speak %s", s.versions())
	case code == alertHandshakeFailure, code == alertInsufficientSecurity:
		return problem(err, s.suiteHint(),
			"the server has no cipher suite in common with this program (%s)", alertText(code, err))
	case code == alertUnrecognizedName:
		return problem(err, HintOtherName,
			"the server does not know the name %s", clipped(s.name, 100))
	case code == alertInternalError:
		return problem(err, "the server's operator can find the cause in the server's log", "the server failed in the TLS handshake (internal error)")
	}
	return problem(err, "", "the server aborted TLS (%s)", alertText(code, err))
}

func alertText(code uint8, err error) string {
	var op *net.OpError
	if errors.As(err, &op) && op.Err != nil {
		return fmt.Sprintf("alert %d, %s", code, strings.TrimPrefix(op.Err.Error(), "tls: "))
	}
	return fmt.Sprintf("alert %d", code)
}

// suiteHint returns the hint for a server that has no cipher suite in common with this
// program.
func (s *secured) suiteHint() Hint {
	if s.least() >= tls.VersionTLS12 {
		return HintOlderSuites
	}
	return "the server's TLS settings or its type of key may be too old"
}

func (s *secured) versionHint() Hint {
	if v := s.cfg.TLS.MinVersion; v == 0 || v >= tls.VersionTLS12 {
		return HintOlderTLS
	}
	return "the server's software is too old: ask its operator to update it"
}

// versionOf returns the TLS version that the server chose. It parses the text of err,
// because crypto/tls does not report the version in any other way.
func versionOf(err error) (string, bool) {
	_, hex, ok := strings.Cut(err.Error(), "server selected unsupported protocol version ")
	if !ok {
		return "", false
	}
	v, bad := strconv.ParseUint(hex, 16, 16)
	if bad != nil {
		return "an unknown version of TLS", true
	}
	return tls.VersionName(uint16(v)), true
}

func isTimeout(err error) bool {
	var t net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded) ||
		errors.As(err, &t) && t.Timeout()
}

// peerGone reports whether the server closed the connection. It tests which operation
// failed, and not the error number, because the error numbers of a reset connection
// differ between systems.
func peerGone(err error) bool {
	var op *net.OpError
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, net.ErrClosed) || errors.Is(err, io.ErrClosedPipe) ||
		errors.As(err, &op) && (op.Op == "read" || op.Op == "write")
}
