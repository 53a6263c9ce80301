// SPDX-License-Identifier: MIT

package keys

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/asn1"
	"encoding/pem"
	"fmt"
	"strings"
)

// contents are the certificates and keys of a file or text.
type contents struct {
	blocks []*pem.Block // not yet parsed, in the order of the file; PKCS #12 is parsed into certs and keys
	certs  []*x509.Certificate
	keys   []crypto.Signer
}

// scan finds the certificates and keys in data. It parses PKCS #12, for which it needs the
// pass phrase. It does not parse the other formats, because an unused key should not require a
// pass phrase. The error texts contain 'what', which is "certificate" or "private key".
func scan(data []byte, what, passphrase string) (*contents, error) {
	text := plain(data)
	var blocks []*pem.Block
	if bytes.Contains(text, beginPEM) {
		blocks = pemBlocks(text)
	} else {
		if blocks = derBlocks(fromBase64(text)); blocks == nil {
			blocks = derBlocks(text)
		}
	}
	if len(blocks) == 0 {
		return nil, unreadable(text, what)
	}
	found := &contents{}
	for _, b := range blocks {
		if b.Type != "PKCS12" {
			found.blocks = append(found.blocks, b)
			continue
		}
		if err := found.addPKCS12(b.Bytes, passphrase); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// derBlocks returns the elements of der as PEM blocks. It stops before the first element for
// which labelOf knows no label.
func derBlocks(der []byte) []*pem.Block {
	var blocks []*pem.Block
	for len(der) > 0 {
		var element asn1.RawValue
		rest, err := asn1.Unmarshal(der, &element)
		if err != nil && len(blocks) == 0 && isPKCS12(der) {
			return []*pem.Block{{Type: "PKCS12", Bytes: der}} // BER
		}
		label := labelOf(&element)
		if err != nil || label == "" {
			break
		}
		blocks = append(blocks, &pem.Block{Type: label, Bytes: element.FullBytes})
		der = rest
	}
	return blocks
}

// isPKCS12 reports whether the first octets of data are those of PKCS #12 in BER with
// indefinite lengths.
func isPKCS12(data []byte) bool {
	return bytes.HasPrefix(data, []byte{0x30, 0x80, 0x02, 0x01, 0x03, 0x30})
}

// labelOf returns the PEM label (RFC 7468) for a DER element, or "" if there is none. It
// derives the label from the tags of the first two members of the element.
func labelOf(element *asn1.RawValue) string {
	var first, second asn1.RawValue
	if element.Class != asn1.ClassUniversal || element.Tag != asn1.TagSequence {
		return ""
	}
	rest, err := asn1.Unmarshal(element.Bytes, &first)
	if err != nil {
		return ""
	}
	if _, err = asn1.Unmarshal(rest, &second); err != nil {
		return ""
	}
	explicit := second.Class == asn1.ClassContextSpecific
	switch [2]int{first.Tag, second.Tag} {
	case [2]int{asn1.TagInteger, asn1.TagSequence}:
		if len(first.Bytes) == 1 && first.Bytes[0] == 3 {
			return "PKCS12"
		}
		return "PRIVATE KEY"
	case [2]int{asn1.TagInteger, asn1.TagInteger}:
		return "RSA PRIVATE KEY"
	case [2]int{asn1.TagInteger, asn1.TagOctetString}:
		return "EC PRIVATE KEY"
	case [2]int{asn1.TagSequence, asn1.TagOctetString}:
		return "ENCRYPTED PRIVATE KEY"
	case [2]int{asn1.TagSequence, asn1.TagBitString}:
		return "PUBLIC KEY"
	case [2]int{asn1.TagSequence, asn1.TagSequence}:
		return "CERTIFICATE"
	case [2]int{asn1.TagOID, 0}:
		if explicit {
			return "PKCS7"
		}
	}
	return ""
}

// certificates returns all certificates that can be read, and an error if one cannot be read.
func (c *contents) certificates() ([]*x509.Certificate, error) {
	certs, bad := c.certs, error(nil)
	for _, b := range c.blocks {
		some, err := parseCertificates(b)
		certs = append(certs, some...)
		if bad == nil {
			bad = err
		}
	}
	return certs, bad
}

// roots returns the result of ParseRoots.
func (c *contents) roots() ([]*x509.Certificate, error) {
	roots, bad := c.certs, error(nil)
	for _, b := range c.blocks {
		some, err := parseCertificates(b)
		if err == nil && b.Type == "TRUSTED CERTIFICATE" && !trustedForServers(b.Bytes) {
			some, err = nil, &Error{Reason: "the TRUSTED CERTIFICATE is not trusted for servers"}
		}
		roots = append(roots, some...)
		if bad == nil {
			bad = err
		}
	}
	switch {
	case len(roots) > 0:
		return roots, nil
	case bad != nil:
		return nil, bad
	}
	return nil, c.lacks("certificate")
}

// parseCertificates returns the certificates of a block, or none if it contains
// something else.
func parseCertificates(b *pem.Block) ([]*x509.Certificate, error) {
	der := b.Bytes
	switch b.Type {
	case "CERTIFICATE", "X509 CERTIFICATE":
	case "TRUSTED CERTIFICATE":
		der = withoutTrust(der)
	case "PKCS7", "CMS", "PKCS #7 SIGNED DATA":
		return parsePKCS7(der)
	default:
		return nil, nil
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, &Error{Reason: "a certificate cannot be read: " + strings.TrimPrefix(err.Error(), "x509: ")}
	}
	return []*x509.Certificate{cert}, nil
}

// privateKey returns the first private key.
func (c *contents) privateKey(passphrase string) (crypto.Signer, error) {
	if len(c.keys) > 0 {
		return c.keys[0], nil
	}
	for _, b := range c.blocks {
		switch {
		case b.Type == "OPENSSH PRIVATE KEY":
			return nil, &Error{Reason: "a private key in OpenSSH format cannot be read", Command: "ssh-keygen -p -m PKCS8 -f FILE"}
		case b.Type == "DSA PRIVATE KEY":
			return supported(nil)
		case strings.HasSuffix(b.Type, "PRIVATE KEY"):
			return parseKey(b, passphrase)
		}
	}
	return nil, c.lacks("private key")
}

// lacks returns the error for contents that do not contain 'what', which is "certificate" or
// "private key". The error says what they contain instead.
func (c *contents) lacks(what string) error {
	has := ""
	for _, b := range c.blocks {
		switch b.Type {
		case "CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE":
			has = "a certificate"
		case "PKCS7", "CMS", "PKCS #7 SIGNED DATA":
			has = "a PKCS #7 file, which holds only certificates"
		case "CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST":
			has = "a certificate request, which an authority turns into a certificate"
		case "PUBLIC KEY", "RSA PUBLIC KEY":
			has = "a public key"
		case "X509 CRL":
			has = "a revocation list"
		default:
			if strings.HasSuffix(b.Type, "PRIVATE KEY") {
				has = "a private key"
			}
		}
	}
	if has == "" && len(c.certs) > 0 {
		has = "a PKCS #12 file with certificates only"
	}
	if has == "" {
		return &Error{Reason: fmt.Sprintf("no PEM %s found (it would start with -----BEGIN %s-----)", what, labels[what])}
	}
	return &Error{Reason: fmt.Sprintf("it is %s, and contains no %s (a PEM %s starts with -----BEGIN %s-----)", has, what, what, labels[what])}
}
