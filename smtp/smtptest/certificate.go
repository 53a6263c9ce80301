// SPDX-License-Identifier: MIT

package smtptest

import (
	"crypto/tls"
	"fmt"
	"sync"

	"csmtp/smtp/smtptest/certs"
)

// Authority is the throw-away certificate authority of this process. It signs
// what scripts and mail servers present; a client that is to trust them needs
// its PEM.
var Authority = sync.OnceValue(certs.New)

var tlsVersions = map[string]uint16{
	"1.0": tls.VersionTLS10, "1.1": tls.VersionTLS11, "1.2": tls.VersionTLS12, "1.3": tls.VersionTLS13,
}

// tlsConfig presents the named certificate, "" being "good", and speaks TLS up
// to the version, "" being the newest.
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
		MinVersion:   tls.VersionTLS10, // what is too old is for the client to refuse
		MaxVersion:   version,
	}, nil
}
