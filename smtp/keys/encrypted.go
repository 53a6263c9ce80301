// SPDX-License-Identifier: MIT

package keys

import (
	"bytes"
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"crypto/des"
	"crypto/fips140"
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"hash"
)

var (
	errNeeded     = &Error{Reason: "the private key is encrypted: set its pass phrase", Passphrase: true}
	errWrong      = &Error{Reason: "the pass phrase of the private key is wrong: set the right one", Passphrase: true}
	errUnreadable = &Error{Reason: "the private key cannot be read: the file is damaged"}
	errFIPS       = &Error{Reason: "the private key is encrypted by an algorithm that FIPS 140-only mode forbids",
		Command: "openssl pkcs8 -topk8 -v2 aes256 -saltlen 16 -in FILE -out FILE.pem"}
	errCipher = &Error{Reason: "the private key is encrypted by an algorithm that is not supported",
		Command: "openssl pkcs8 -topk8 -v2 aes256 -provider legacy -provider default -in FILE -out FILE.pem"}
)

// parseKey parses a PEM block with the label PRIVATE KEY, or with a label that ends in
// these words, such as RSA PRIVATE KEY.
func parseKey(b *pem.Block, passphrase string) (crypto.Signer, error) {
	der := b.Bytes
	var err error
	switch {
	case b.Type == "ENCRYPTED PRIVATE KEY" || labelIs(der, "ENCRYPTED PRIVATE KEY"):
		der, err = decryptPKCS8(der, passphrase)
	case b.Headers["DEK-Info"] != "":
		der, err = decryptPEM(b, passphrase)
	default:
		return parseKeyDER(der)
	}
	if err != nil {
		return nil, err
	}
	key, err := parseKeyDER(der)
	if err == errUnreadable {
		return nil, errWrong // a wrong key can produce valid padding by chance
	}
	return key, err
}

func labelIs(der []byte, label string) bool {
	blocks := derBlocks(der)
	return len(blocks) == 1 && blocks[0].Type == label
}

// parseKeyDER parses a key in PKCS #8, PKCS #1 or SEC 1. It recognizes the format by the
// content, because labels of PEM blocks are often wrong.
func parseKeyDER(der []byte) (crypto.Signer, error) {
	if key, err := x509.ParsePKCS8PrivateKey(der); err == nil {
		return supported(key)
	}
	if key, err := x509.ParsePKCS1PrivateKey(der); err == nil {
		return key, nil
	}
	if key, err := x509.ParseECPrivateKey(der); err == nil {
		return key, nil
	}
	var info struct {
		Version   int
		Algorithm pkix.AlgorithmIdentifier
		Key       []byte
	}
	if _, err := asn1.Unmarshal(der, &info); err == nil && !readable(info.Algorithm.Algorithm) {
		return supported(nil)
	}
	return nil, errUnreadable
}

// readable reports whether crypto/x509 can read PKCS #8 with this algorithm.
func readable(algorithm asn1.ObjectIdentifier) bool {
	for _, known := range []asn1.ObjectIdentifier{{1, 2, 840, 113549, 1, 1, 1}, {1, 2, 840, 10045, 2, 1}, {1, 3, 101, 112}} {
		if algorithm.Equal(known) {
			return true
		}
	}
	return false
}

// decryptPEM decrypts a PEM block that has the header DEK-Info (RFC 1421). OpenSSL before
// version 3 encrypted keys in this way.
func decryptPEM(b *pem.Block, passphrase string) ([]byte, error) {
	if passphrase == "" {
		return nil, errNeeded
	}
	if fips140.Enforced() {
		return nil, errFIPS // the key derivation needs MD5
	}
	//lint:ignore SA1019 older versions of OpenSSL encrypted keys in this insecure format
	der, err := x509.DecryptPEMBlock(b, []byte(passphrase))
	if errors.Is(err, x509.IncorrectPasswordError) {
		return nil, errWrong
	}
	if err != nil {
		return nil, errCipher
	}
	return der, nil
}

// The structures of encrypted PKCS #8 (RFC 5958, section 3; RFC 8018, appendix A).
type (
	encryptedInfo struct {
		Algorithm pkix.AlgorithmIdentifier
		Data      []byte
	}
	pbes2 struct{ KDF, Scheme pkix.AlgorithmIdentifier }
	kdf   struct {
		Salt       []byte
		Iterations int
		Length     int                      `asn1:"optional"`
		PRF        pkix.AlgorithmIdentifier `asn1:"optional"`
	}
)

var (
	oidPBES2  = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 13}
	oidPBKDF2 = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 12}
)

// maxIterations is the largest accepted number of iterations of a key derivation. That many
// iterations take about 10 seconds.
const maxIterations = 10_000_000

var errIterations = &Error{Reason: "the private key is encrypted with more than 10,000,000 iterations",
	Command: "openssl pkcs8 -topk8 -v2 aes256 -in FILE -out FILE.pem"}

// decryptPKCS8 decrypts der, a key in encrypted PKCS #8, and returns the key in unencrypted
// PKCS #8.
func decryptPKCS8(der []byte, passphrase string) ([]byte, error) {
	if passphrase == "" {
		return nil, errNeeded
	}
	var info encryptedInfo
	if rest, err := asn1.Unmarshal(der, &info); err != nil || len(rest) > 0 {
		return nil, errUnreadable
	}
	if !info.Algorithm.Algorithm.Equal(oidPBES2) {
		return nil, errCipher
	}
	var p pbes2
	var k kdf
	if _, err := asn1.Unmarshal(info.Algorithm.Parameters.FullBytes, &p); err != nil {
		return nil, errUnreadable
	}
	if !p.KDF.Algorithm.Equal(oidPBKDF2) {
		return nil, errCipher // scrypt
	}
	if _, err := asn1.Unmarshal(p.KDF.Parameters.FullBytes, &k); err != nil || k.Iterations < 1 {
		return nil, errUnreadable
	}
	if k.Iterations > maxIterations {
		return nil, errIterations
	}
	digest, scheme := digestOf(k.PRF.Algorithm), schemeOf(p.Scheme.Algorithm)
	if digest == nil || scheme == nil {
		return nil, errCipher
	}
	key, err := pbkdf2.Key(digest, passphrase, k.Salt, k.Iterations, scheme.keySize)
	if err != nil {
		return nil, errFIPS
	}
	block, err := scheme.make(key)
	if err != nil {
		return nil, errFIPS
	}
	return decryptCBC(block, p.Scheme.Parameters.Bytes, info.Data)
}

// decryptCBC decrypts data and removes the padding (RFC 8018, section 6.1.1).
func decryptCBC(block cipher.Block, iv, data []byte) ([]byte, error) {
	size := block.BlockSize()
	if len(iv) != size || len(data) == 0 || len(data)%size != 0 {
		return nil, errUnreadable
	}
	out := make([]byte, len(data))
	cipher.NewCBCDecrypter(block, iv).CryptBlocks(out, data)
	n := int(out[len(out)-1])
	if n == 0 || n > size || !bytes.Equal(out[len(out)-n:], bytes.Repeat([]byte{byte(n)}, n)) {
		return nil, errWrong
	}
	return out[:len(out)-n], nil
}

// digestOf returns the hash of a pseudorandom function (RFC 8018, appendix B.1), or nil if the
// function is not supported.
func digestOf(oid asn1.ObjectIdentifier) func() hash.Hash {
	if len(oid) == 0 {
		return sha1.New // the default
	}
	if len(oid) != 6 || !oid[:5].Equal(asn1.ObjectIdentifier{1, 2, 840, 113549, 2}) {
		return nil
	}
	return map[int]func() hash.Hash{7: sha1.New, 8: sha256.New224, 9: sha256.New, 10: sha512.New384, 11: sha512.New}[oid[5]]
}

type scheme struct {
	oid     asn1.ObjectIdentifier
	keySize int
	make    func(key []byte) (cipher.Block, error)
}

var schemes = []scheme{
	{asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 1, 2}, 16, aes.NewCipher},
	{asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 1, 22}, 24, aes.NewCipher},
	{asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 1, 42}, 32, aes.NewCipher},
	{asn1.ObjectIdentifier{1, 2, 840, 113549, 3, 7}, 24, des.NewTripleDESCipher},
}

func schemeOf(oid asn1.ObjectIdentifier) *scheme {
	for i := range schemes {
		if schemes[i].oid.Equal(oid) {
			return &schemes[i]
		}
	}
	return nil
}
