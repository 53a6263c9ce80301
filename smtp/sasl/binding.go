// SPDX-License-Identifier: MIT

package sasl

import (
	"crypto/sha256"
	"crypto/sha512"
	"crypto/tls"
	"crypto/x509"
	"slices"
	"strings"
)

// CanBind reports whether ch has a channel binding, without which no -PLUS mechanism can be
// used.
func CanBind(ch Channel) bool {
	_, _, ok := channelBinding(&ch)
	return ok
}

// channelBinding returns the type and data that bind a login to a connection. It uses the type
// ch.Binding, if that is set.
//
// Otherwise, the type with TLS 1.3 is tls-exporter (RFC 9266). With older versions, it is
// tls-unique, which every server with a -PLUS mechanism must support (RFC 5802). In a resumed
// session without the extended master secret (RFC 7627), tls-unique is not secure, and
// crypto/tls returns no value for it. Such a session uses tls-server-end-point (RFC 5929).
func channelBinding(ch *Channel) (kind string, data []byte, ok bool) {
	if ch.TLS == nil || !ch.TLS.HandshakeComplete {
		return "", nil, false
	}
	kinds := []string{"tls-exporter"}
	if ch.TLS.Version < tls.VersionTLS13 {
		kinds = []string{"tls-unique", "tls-server-end-point"}
	}
	if ch.Binding != "" {
		kinds = []string{ch.Binding}
	}
	for _, kind := range kinds {
		if data := bindingData(kind, ch.TLS); data != nil {
			return kind, data, true
		}
	}
	return "", nil, false
}

func bindingData(kind string, state *tls.ConnectionState) []byte {
	switch kind {
	case "tls-exporter":
		// With TLS versions before 1.3, RFC 9266, section 3, requires the extended master
		// secret. If the session has none, ExportKeyingMaterial returns an error.
		data, err := state.ExportKeyingMaterial("EXPORTER-Channel-Binding", []byte{}, 32)
		if err != nil {
			return nil
		}
		return data
	case "tls-unique":
		if state.Version >= tls.VersionTLS13 || len(state.TLSUnique) == 0 {
			return nil
		}
		return state.TLSUnique
	case "tls-server-end-point":
		if len(state.PeerCertificates) == 0 {
			return nil
		}
		return endPoint(state.PeerCertificates[0])
	}
	return nil
}

// endPoint returns a hash of the certificate (RFC 5929, section 4.1). The hash function is that
// of the certificate's signature, or SHA-256 if that is MD5 or SHA-1. endPoint returns nil for
// signatures without a hash function (Ed25519).
func endPoint(cert *x509.Certificate) []byte {
	switch cert.SignatureAlgorithm {
	case x509.MD5WithRSA, x509.SHA1WithRSA, x509.ECDSAWithSHA1, x509.DSAWithSHA1,
		x509.SHA256WithRSA, x509.SHA256WithRSAPSS, x509.ECDSAWithSHA256, x509.DSAWithSHA256:
		sum := sha256.Sum256(cert.Raw)
		return sum[:]
	case x509.SHA384WithRSA, x509.SHA384WithRSAPSS, x509.ECDSAWithSHA384:
		sum := sha512.Sum384(cert.Raw)
		return sum[:]
	case x509.SHA512WithRSA, x509.SHA512WithRSAPSS, x509.ECDSAWithSHA512:
		sum := sha512.Sum512(cert.Raw)
		return sum[:]
	}
	return nil
}

// offers reports whether the server has offered the mechanism with the given name.
func (ch *Channel) offers(name string) bool {
	return slices.Contains(parseNames(ch.Offered), name)
}

func parseNames(list []string) []string {
	var names []string
	for _, e := range list {
		names = append(names, strings.FieldsFunc(strings.ToUpper(e), func(r rune) bool {
			return r == ' ' || r == ',' || r == '\t'
		})...)
	}
	return names
}
