// SPDX-License-Identifier: MIT

package smtp

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"
)

const (
	maxNamesShown = 5
	timeShown     = "2006-01-02 15:04 UTC"
)

// explainCertificate explains why a certificate is not accepted, and what to do.
func (s *secured) explainCertificate(bad *tls.CertificateVerificationError) *tlsProblem {
	chain := bad.UnverifiedCertificates
	if len(chain) == 0 {
		return problem(bad, "", "the server's certificate is not accepted: %s", clipped(bad.Err.Error(), 300))
	}
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	var unknown x509.UnknownAuthorityError
	var noRoots x509.SystemRootsError
	var critical x509.UnhandledCriticalExtension
	switch {
	case errors.As(bad.Err, &host):
		return s.wrongHost(chain[0], bad)
	case errors.As(bad.Err, &invalid):
		return s.invalidCertificate(chain[0], invalid, bad)
	case errors.As(bad.Err, &unknown):
		return s.unknownIssuer(chain, bad)
	case errors.As(bad.Err, &noRoots):
		return problem(bad, HintSystemRoots,
			"this computer's list of trusted certificate authorities cannot be read")
	case errors.As(bad.Err, &critical):
		return problem(bad, "", "the server's certificate has an unsupported critical extension")
	}
	return problem(bad, "", "the server's certificate is not accepted: %s",
		strings.TrimPrefix(clipped(bad.Err.Error(), 300), "x509: "))
}

func (s *secured) wrongHost(leaf *x509.Certificate, cause error) *tlsProblem {
	names := append([]string(nil), leaf.DNSNames...)
	for _, ip := range leaf.IPAddresses {
		names = append(names, ip.String())
	}
	if net.ParseIP(s.name) != nil && slices.Contains(names, s.name) {
		return problem(cause, HintAddressAsName,
			"the server's certificate contains the address %s as a DNS name, but an address must be in an iPAddress entry", clipped(s.name, 100))
	}
	if len(names) == 0 {
		return problem(cause, "the server needs a certificate that names it in subjectAltName",
			"the server's certificate names no host: it has no subjectAltName, only the subject %s, which is no longer used",
			subject(leaf))
	}
	more := ""
	if n := len(names) - maxNamesShown; n > 0 {
		more = fmt.Sprintf(" and %d more", n)
		names = names[:maxNamesShown]
	}
	for i, n := range names {
		names[i] = clipped(n, 100)
	}
	return problem(cause, HintExpectName,
		"the server's certificate is for %s%s, not for %s", strings.Join(names, ", "), more, clipped(s.name, 100))
}

func (s *secured) invalidCertificate(leaf *x509.Certificate, invalid x509.CertificateInvalidError, cause error) *tlsProblem {
	cert := invalid.Cert
	if cert == nil {
		cert = leaf
	}
	switch invalid.Reason {
	case x509.Expired:
		whose := "the server's certificate"
		if !cert.Equal(leaf) {
			whose = "the certificate of the issuing authority " + subject(cert)
		}
		return s.notNow(cert, whose, cause)
	case x509.IncompatibleUsage, x509.CANotAuthorizedForExtKeyUsage:
		return problem(cause, "the server needs a certificate for TLS server authentication",
			"the server's certificate is not meant for a server: its extended key usage does not include server authentication")
	case x509.NotAuthorizedToSign:
		return notAuthority(cert, cause)
	case x509.CANotAuthorizedForThisName, x509.NameConstraintsWithoutSANs, x509.UnconstrainedName:
		return problem(cause, "", "the authority that issued the server's certificate is not permitted to issue certificates for this name")
	}
	return problem(cause, "", "the server's certificate is not valid: %s",
		strings.TrimPrefix(clipped(invalid.Error(), 300), "x509: "))
}

// notNow explains that a certificate is not valid at this time. The cause may also
// be a wrong clock.
func (s *secured) notNow(cert *x509.Certificate, whose string, cause error) *tlsProblem {
	now := s.now()
	clock := Hint("check this computer's clock, which says " + now.UTC().Format(timeShown))
	if now.Before(cert.NotBefore) {
		return problem(cause, clock, "%s is not yet valid: it is valid from %s", whose, cert.NotBefore.UTC().Format(timeShown))
	}
	return problem(cause, "the certificate must be renewed; "+clock, "%s has expired: it was valid until %s",
		whose, cert.NotAfter.UTC().Format(timeShown))
}

func (s *secured) now() time.Time {
	if s.cfg.TLS.Time != nil {
		return s.cfg.TLS.Time()
	}
	return time.Now()
}

// unknownIssuer explains why there is no chain from the certificate to a trusted
// authority. crypto/x509 has only one error for all possible reasons.
func (s *secured) unknownIssuer(chain []*x509.Certificate, cause error) *tlsProblem {
	leaf := chain[0]
	if s.cfg.TLS.RootCAs == nil && noSystemRoots() {
		return problem(cause, HintSystemRoots, "this computer has no list of trusted certificate authorities, so no certificate can be verified")
	}
	for _, cert := range chain {
		if weakSignature(cert) && !selfSigned(cert) {
			return problem(cause, "the server needs a new certificate",
				"the certificate of %s is signed with %s, and such signatures can be forged", subject(cert), cert.SignatureAlgorithm)
		}
	}
	if selfSigned(leaf) {
		return problem(cause, HintTrustCertificate,
			"the server's certificate is self-signed: its issuer is the server itself (%s), not an authority", subject(leaf))
	}
	last, complete := follow(chain)
	switch {
	case last != leaf && !last.IsCA:
		return notAuthority(last, cause)
	case complete:
		return problem(cause, HintTrustAuthority,
			"the server's certificate was issued by an unknown authority: %s", subject(last))
	case last != leaf:
		return problem(cause, HintTrustAuthority,
			"the chain of the server's certificate ends at %s, whose issuer is unknown: %s", subject(last), issuer(last))
	}
	return problem(cause, HintMissingCertificate,
		"the issuer of the server's certificate is unknown: %s", issuer(leaf))
}

// noSystemRoots reports whether the system's list of authorities is empty, as in a
// container without the package ca-certificates.
func noSystemRoots() bool {
	pool, err := x509.SystemCertPool()
	return err == nil && pool.Equal(x509.NewCertPool())
}

// follow returns the last certificate of the chain that starts at the leaf, or of that part
// of the chain that the server sent. The result 'complete' reports whether that certificate
// is self-signed.
func follow(chain []*x509.Certificate) (last *x509.Certificate, complete bool) {
	last = chain[0]
	for range chain {
		if selfSigned(last) {
			return last, true
		}
		next := last
		for _, up := range chain[1:] {
			if up != last && bytes.Equal(up.RawSubject, last.RawIssuer) {
				next = up
				break
			}
		}
		if next == last {
			break
		}
		last = next
	}
	return last, selfSigned(last)
}

func notAuthority(cert *x509.Certificate, cause error) *tlsProblem {
	return problem(cause, "the server needs a certificate from a certificate authority",
		"the server's certificate was issued by %s, which is not a certificate authority", subject(cert))
}

func selfSigned(c *x509.Certificate) bool {
	return bytes.Equal(c.RawSubject, c.RawIssuer) &&
		(c.CheckSignature(c.SignatureAlgorithm, c.RawTBSCertificate, c.Signature) == nil || weakSignature(c))
}

func weakSignature(c *x509.Certificate) bool {
	switch c.SignatureAlgorithm {
	case x509.MD2WithRSA, x509.MD5WithRSA, x509.SHA1WithRSA, x509.DSAWithSHA1, x509.ECDSAWithSHA1:
		return true
	}
	return false
}
