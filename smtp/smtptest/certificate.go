// SPDX-License-Identifier: MIT

package smtptest

import (
	"crypto/tls"
	"fmt"
	"sync"

	"csmtp/smtp/smtptest/certs"
)

// Authority returns the temporary certificate authority of this process. This authority issues
// the certificates of the servers in this package. A client trusts these servers if it trusts
// the certificate of Authority.
var Authority = sync.OnceValue(certs.New)

var tlsVersions = map[string]uint16{
	"1.0": tls.VersionTLS10, "1.1": tls.VersionTLS11, "1.2": tls.VersionTLS12, "1.3": tls.VersionTLS13,
}

// tlsConfig returns a configuration with a certificate of the given kind and with TLS versions
// up to 'newest'. If 'certificate' is "", the kind is "good". If 'newest' is "", all versions
// are supported.
func tlsConfig(certificate, newest string) (*tls.Config, error) {
	kind := certs.Good
	if certificate != "" {
		var err error
		if kind, err = certs.ParseKind(certificate); err != nil {
			return nil, err
		}
	}
	version, known := tlsVersions[newest]
	if newest != "" && !known {
		return nil, fmt.Errorf("TLS version %q: want 1.0, 1.1, 1.2 or 1.3", newest)
	}
	return &tls.Config{
		Certificates: []tls.Certificate{Authority().Issue(kind)},
		MinVersion:   tls.VersionTLS10, // the server accepts old versions; the client must refuse them
		MaxVersion:   version,
	}, nil
}
