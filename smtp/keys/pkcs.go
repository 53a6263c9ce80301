// SPDX-License-Identifier: MIT

package keys

import (
	"crypto/fips140"
	"crypto/x509"
	"encoding/asn1"
	"errors"

	"software.sslmate.com/src/go-pkcs12"
)

var oidSignedData = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}

// parsePKCS7 returns the certificates of a SignedData (RFC 5652, section 5.1), the
// content of .p7b files.
func parsePKCS7(der []byte) ([]*x509.Certificate, error) {
	bad := &Error{Reason: "the PKCS #7 file cannot be read", Command: "openssl pkcs7 -print_certs -in FILE -out FILE.pem"}
	var info struct {
		Type    asn1.ObjectIdentifier
		Content asn1.RawValue
	}
	var data asn1.RawValue
	if _, err := asn1.Unmarshal(der, &info); err != nil || !info.Type.Equal(oidSignedData) {
		return nil, bad
	}
	if _, err := asn1.Unmarshal(info.Content.Bytes, &data); err != nil {
		return nil, bad
	}
	for rest := data.Bytes; len(rest) > 0; {
		var member asn1.RawValue
		var err error
		if rest, err = asn1.Unmarshal(rest, &member); err != nil {
			return nil, bad
		}
		if member.Class == asn1.ClassContextSpecific && member.Tag == 0 {
			certs, err := x509.ParseCertificates(member.Bytes)
			if err != nil {
				return nil, bad
			}
			return certs, nil
		}
	}
	return nil, &Error{Reason: "the PKCS #7 file contains no certificate"}
}

// withoutTrust returns the certificate in a TRUSTED CERTIFICATE, without the X509_CERT_AUX
// that OpenSSL appends.
func withoutTrust(der []byte) []byte {
	var cert asn1.RawValue
	if _, err := asn1.Unmarshal(der, &cert); err != nil {
		return der
	}
	return cert.FullBytes
}

// trustedForServers reports whether the X509_CERT_AUX after a certificate permits TLS server
// authentication. It returns true if there is none.
func trustedForServers(der []byte) bool {
	var cert asn1.RawValue
	var aux struct {
		Trust  []asn1.ObjectIdentifier `asn1:"optional"`
		Reject []asn1.ObjectIdentifier `asn1:"optional,tag:0"`
		Alias  string                  `asn1:"optional,utf8"`
		KeyID  []byte                  `asn1:"optional"`
		Other  asn1.RawValue           `asn1:"optional,tag:1"`
	}
	rest, err := asn1.Unmarshal(der, &cert)
	if err != nil || len(rest) == 0 {
		return err == nil
	}
	if _, err := asn1.Unmarshal(rest, &aux); err != nil {
		return false
	}
	names := func(list []asn1.ObjectIdentifier) bool {
		for _, oid := range list {
			if oid.Equal(asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 1}) || oid.Equal(asn1.ObjectIdentifier{2, 5, 29, 37, 0}) {
				return true
			}
		}
		return false
	}
	return !names(aux.Reject) && (len(aux.Trust) == 0 || names(aux.Trust))
}

// addPKCS12 adds the certificates of a PKCS #12 file (RFC 7292) and, if the file has one, its
// key.
func (c *contents) addPKCS12(der []byte, passphrase string) error {
	convert := "openssl pkcs12 -in FILE -out FILE.pem"
	if tooSlow(der) {
		return &Error{Reason: "the PKCS #12 file is encrypted with more than 10,000,000 iterations", Command: convert}
	}
	err := guarded(func() error {
		key, cert, others, err := pkcs12.DecodeChain(der, passphrase)
		if err != nil {
			return err
		}
		signer, err := supported(key)
		if err == nil {
			c.certs, c.keys = append(append(c.certs, cert), others...), append(c.keys, signer)
		}
		return err
	})
	var own *Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &own):
		return own
	case errors.Is(err, pkcs12.ErrIncorrectPassword) && passphrase == "":
		return &Error{Reason: "the PKCS #12 file is encrypted: set its pass phrase", Passphrase: true}
	case errors.Is(err, pkcs12.ErrIncorrectPassword):
		return &Error{Reason: "the pass phrase of the PKCS #12 file is wrong: set the right one", Passphrase: true}
	}
	err = guarded(func() error {
		certs, err := pkcs12.DecodeTrustStore(der, passphrase)
		c.certs = append(c.certs, certs...)
		return err
	})
	if err != nil {
		return &Error{Reason: "the PKCS #12 file has no private key, or its format is not supported", Command: convert + " -legacy"}
	}
	return nil
}

// guarded calls f, and returns an error if f panics. In FIPS 140-only mode, package
// crypto/sha1 panics, and most PKCS #12 files need SHA-1.
func guarded(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = errors.New("the PKCS #12 file is damaged")
			if fips140.Enforced() {
				err = &Error{Reason: "the PKCS #12 file uses algorithms that FIPS 140-only mode forbids",
					Command: "openssl pkcs12 -in FILE -out FILE.pem"}
			}
		}
	}()
	return f()
}

// tooSlow reports whether the unencrypted parts of der specify a key derivation with more than
// maxIterations iterations. It searches for an octet string (the salt) followed by an integer
// (the number of iterations), as in the parameters of PKCS #5 and #12.
func tooSlow(der []byte) bool {
	return slowAt(der, 0)
}

func slowAt(der []byte, depth int) bool {
	salt := false
	for len(der) > 0 && depth < 32 {
		var v asn1.RawValue
		rest, err := asn1.Unmarshal(der, &v)
		if err != nil {
			return false
		}
		if salt && v.Tag == asn1.TagInteger && v.Class == asn1.ClassUniversal {
			var n int
			if _, err := asn1.Unmarshal(v.FullBytes, &n); err != nil || n > maxIterations {
				return true
			}
		}
		salt = v.Tag == asn1.TagOctetString && v.Class == asn1.ClassUniversal
		if (v.IsCompound || salt) && slowAt(v.Bytes, depth+1) {
			return true
		}
		der = rest
	}
	return false
}
