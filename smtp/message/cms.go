// SPDX-License-Identifier: MIT

package message

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"slices"
	"time"
)

// This file implements the part of the Cryptographic Message Syntax (RFC 5652) that a
// detached signature needs, with SHA-256 (RFC 5754).

var (
	oidData          = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}
	oidSignedData    = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}
	oidContentType   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 3}
	oidMessageDigest = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 4}
	oidSigningTime   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 5}
	oidSHA256        = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}
	oidRSA           = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1}
	oidECDSASHA256   = asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 2}
)

type contentInfo struct {
	ContentType asn1.ObjectIdentifier
	Content     signedData `asn1:"explicit,tag:0"`
}

type signedData struct {
	Version          int
	DigestAlgorithms []pkix.AlgorithmIdentifier `asn1:"set"`
	Encapsulated     struct{ ContentType asn1.ObjectIdentifier }
	Certificates     asn1.RawValue
	SignerInfos      []signerInfo `asn1:"set"`
}

type signerInfo struct {
	Version            int
	SID                issuerAndSerial
	DigestAlgorithm    pkix.AlgorithmIdentifier
	SignedAttributes   asn1.RawValue
	SignatureAlgorithm pkix.AlgorithmIdentifier
	Signature          []byte
}

type issuerAndSerial struct {
	Issuer asn1.RawValue
	Serial *big.Int
}

type attribute struct {
	Type   asn1.ObjectIdentifier
	Values []any `asn1:"set"`
}

// sign returns a SignedData with the signature of the content that has the given digest.
func (k *SMIMEKey) sign(digest []byte, now time.Time) ([]byte, error) {
	const field = FieldSMIME
	cert := k.chain[0]
	if now.Before(cert.NotBefore) || now.After(cert.NotAfter) {
		return nil, invalid(field, cert.Subject.String(), "the certificate is only valid from "+
			cert.NotBefore.Format(time.DateOnly)+" to "+cert.NotAfter.Format(time.DateOnly), nil)
	}
	attributes, err := signedAttributes(digest, now)
	if err != nil {
		return nil, invalid(field, "", "the signature cannot be encoded", err)
	}
	// The signature is computed over the attributes as a SET OF, but the structure
	// contains the attributes with the tag [0] (RFC 5652, section 5.4).
	set, err := asn1.Marshal(asn1.RawValue{Tag: asn1.TagSet, IsCompound: true, Bytes: attributes})
	if err != nil {
		return nil, invalid(field, "", "the signature cannot be encoded", err)
	}
	hashed := sha256.Sum256(set)
	signature, err := k.signer.Sign(rand.Reader, hashed[:], crypto.SHA256)
	if err != nil {
		return nil, invalid(field, "", "signing with the key failed", err)
	}
	algorithm := pkix.AlgorithmIdentifier{Algorithm: oidRSA, Parameters: asn1.NullRawValue}
	if _, ok := k.signer.Public().(*ecdsa.PublicKey); ok {
		algorithm = pkix.AlgorithmIdentifier{Algorithm: oidECDSASHA256}
	}
	var certificates [][]byte
	for _, c := range k.chain {
		certificates = append(certificates, c.Raw)
	}
	sha := pkix.AlgorithmIdentifier{Algorithm: oidSHA256}
	sd := signedData{
		Version:          1,
		DigestAlgorithms: []pkix.AlgorithmIdentifier{sha},
		Certificates:     tagged(setOf(certificates)),
		SignerInfos: []signerInfo{{
			Version:            1,
			SID:                issuerAndSerial{asn1.RawValue{FullBytes: cert.RawIssuer}, cert.SerialNumber},
			DigestAlgorithm:    sha,
			SignedAttributes:   tagged(attributes),
			SignatureAlgorithm: algorithm,
			Signature:          signature,
		}},
	}
	sd.Encapsulated.ContentType = oidData
	der, err := asn1.Marshal(contentInfo{oidSignedData, sd})
	if err != nil {
		return nil, invalid(field, "", "the signature cannot be encoded", err)
	}
	return der, nil
}

func tagged(content []byte) asn1.RawValue {
	return asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 0, IsCompound: true, Bytes: content}
}

// signedAttributes returns the content of the SET of attributes (RFC 5652, section 11).
func signedAttributes(digest []byte, now time.Time) ([]byte, error) {
	var all [][]byte
	for _, a := range []attribute{
		{oidContentType, []any{oidData}},
		{oidSigningTime, []any{now.UTC()}},
		{oidMessageDigest, []any{digest}},
	} {
		der, err := asn1.Marshal(a)
		if err != nil {
			return nil, err
		}
		all = append(all, der)
	}
	return setOf(all), nil
}

// setOf joins the elements in the order that DER requires (X.690, section 11.6).
func setOf(elements [][]byte) []byte {
	slices.SortFunc(elements, bytes.Compare)
	return bytes.Join(elements, nil)
}
