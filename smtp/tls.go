// SPDX-License-Identifier: MIT

package smtp

import (
	"context"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"time"
)

const minRSABits = 2048 // required by NIST SP 800-131A and, since 2014, by the CA/Browser Forum

// handshake starts TLS on conn. On failure, it closes conn. It takes at most Timeouts.TLS,
// and ends when ctx ends. It verifies the certificate chain and the host name as TLSConfig
// says. The error is an *Error with OpTLS. With TLS 1.3, a server verifies the client's
// certificate only after the client's handshake has ended: see Config.explainAlert.
func (c *Config) handshake(ctx context.Context, conn net.Conn, host string) (*tls.Conn, error) {
	s, bad := c.secured(host)
	if bad != nil {
		conn.Close()
		return nil, bad
	}
	end := time.Now().Add(s.timeout)
	if d, ok := ctx.Deadline(); ok && d.Before(end) {
		end = d
	}
	if err := conn.SetDeadline(end); err != nil {
		conn.Close()
		return nil, s.explain(ctx, err)
	}
	// The method HandshakeContext is not used, because it waits for another goroutine, and
	// this wait is slow if the caller is locked to its thread.
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(past) })
	defer stop()
	secure := tls.Client(conn, s.config())
	if err := secure.Handshake(); err != nil {
		conn.Close()
		return nil, s.explain(ctx, err)
	}
	return secure, nil
}

// config returns the configuration for crypto/tls, which verifies chain and host name, and
// sends SNI for names but not for addresses (RFC 6066, section 3). It does not use ALPN: no
// protocol name is registered for SMTP, and some servers end the handshake if they do not
// know the offered name.
func (s *secured) config() *tls.Config {
	t := &s.cfg.TLS
	out := &tls.Config{
		ServerName:           s.name,
		RootCAs:              t.RootCAs,
		InsecureSkipVerify:   t.InsecureSkipVerify,
		MinVersion:           s.least(),
		MaxVersion:           t.MaxVersion,
		Time:                 t.Time,
		GetClientCertificate: s.clientCertificate,
		VerifyConnection:     s.verifyConnection,
	}
	if out.MinVersion < tls.VersionTLS12 {
		out.CipherSuites = oldSuites()
	}
	if t.SessionCache != nil {
		out.ClientSessionCache = scopedCache{t.SessionCache, s.sessionScope()}
	}
	return out
}

// oldSuites returns the cipher suites to offer if the minimum version is TLS 1.0 or 1.1.
// Old servers often support only the RSA key exchange or CBC with SHA-256, which
// crypto/tls does not offer by default.
func oldSuites() []uint16 {
	ids := []uint16{tls.TLS_RSA_WITH_AES_128_GCM_SHA256, tls.TLS_RSA_WITH_AES_256_GCM_SHA384,
		tls.TLS_RSA_WITH_AES_128_CBC_SHA256, tls.TLS_RSA_WITH_AES_128_CBC_SHA, tls.TLS_RSA_WITH_AES_256_CBC_SHA,
		tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256}
	for _, suite := range tls.CipherSuites() {
		ids = append(ids, suite.ID)
	}
	return ids
}

// clientCertificate returns a certificate that the server supports: the first one from an
// authority that the server names or, if there is none, the first one from any other
// authority, since many servers do not name the authority that they trust. If the server
// supports none of them, the result is an empty certificate.
func (s *secured) clientCertificate(asked *tls.CertificateRequestInfo) (*tls.Certificate, error) {
	s.certAsked = true
	anyone := *asked
	anyone.AcceptableCAs = nil
	for _, request := range []*tls.CertificateRequestInfo{asked, &anyone} {
		for i := range s.cfg.TLS.Certificates {
			if cert := &s.cfg.TLS.Certificates[i]; request.SupportsCertificate(cert) == nil {
				s.certGiven = true
				return cert, nil
			}
		}
	}
	return &tls.Certificate{}, nil
}

// verifyConnection checks what crypto/tls does not check: the pins and, unless
// InsecureSkipVerify is set, serial numbers and key sizes. crypto/tls calls it for resumed
// sessions too.
func (s *secured) verifyConnection(state tls.ConnectionState) error {
	if len(state.PeerCertificates) == 0 {
		return errors.New("the server sent no certificate")
	}
	if !s.cfg.TLS.InsecureSkipVerify {
		if err := checkSerials(state.PeerCertificates); err != nil {
			return err
		}
		if err := checkKeySizes(state.VerifiedChains); err != nil {
			return err
		}
	}
	return checkPins(s.pins, state.PeerCertificates[0])
}

// checkSerials returns an error if a serial number is negative (RFC 5280, section
// 4.1.2.2). A godebug line in go.mod makes crypto/x509 accept such certificates,
// because connections that do not verify the certificate must accept them.
func checkSerials(chain []*x509.Certificate) error {
	for _, cert := range chain {
		if cert.SerialNumber.Sign() < 0 {
			return problem(nil, HintBrokenCertificate, "the serial number of the certificate of %s is negative, which is not valid", subject(cert))
		}
	}
	return nil
}

// checkKeySizes returns an error unless at least one chain has only keys that are large
// enough. The key of the root is not checked, because the user or the system has chosen to
// trust it.
func checkKeySizes(chains [][]*x509.Certificate) error {
	var weak error
	for _, chain := range chains {
		if err := weakKey(chain); err != nil {
			weak = err
			continue
		}
		return nil
	}
	return weak
}

func weakKey(chain []*x509.Certificate) error {
	for i, cert := range chain {
		key, isRSA := cert.PublicKey.(*rsa.PublicKey)
		if isRSA && key.N.BitLen() < minRSABits && (i == 0 || i < len(chain)-1) {
			return &tlsProblem{
				text: fmt.Sprintf("the RSA key of the certificate of %s has only %d bits, which is too weak",
					subject(cert), key.N.BitLen()),
				hint: Hint(fmt.Sprintf("the server needs a key of at least %d bits", minRSABits)),
			}
		}
	}
	return nil
}

// scopedCache is the part of a shared TLSConfig.SessionCache for one set of settings. A
// resumed session relies on the verification and the client certificate of the earlier
// session, so a connection with other settings must not resume it.
type scopedCache struct {
	cache tls.ClientSessionCache
	scope string
}

func (s scopedCache) Get(key string) (*tls.ClientSessionState, bool) {
	return s.cache.Get(s.scope + key)
}

func (s scopedCache) Put(key string, state *tls.ClientSessionState) {
	s.cache.Put(s.scope+key, state)
}

// sessionScope returns a hash of host, settings and login. It does not include the
// trusted roots, since crypto/tls verifies the chain against them again before it
// resumes a session.
func (s *secured) sessionScope() string {
	h := sha256.New()
	t := &s.cfg.TLS
	fmt.Fprintf(h, "%q %q %t %d %d %q", s.cfg.Network, s.name, t.InsecureSkipVerify, t.MinVersion, t.MaxVersion, t.PinnedPublicKeys)
	for _, cert := range t.Certificates {
		fmt.Fprintf(h, " %x", sha256.Sum256(cert.Certificate[0]))
	}
	if a := s.cfg.Auth; a != nil {
		fmt.Fprintf(h, " %q %q", a.Login, a.AuthzID)
	}
	return hex.EncodeToString(h.Sum(nil)) + " "
}
