// SPDX-License-Identifier: MIT

package keys

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"encoding/pem"
	"math/big"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/unicode"
	"software.sslmate.com/src/go-pkcs12"
)

const phrase = "corréct horse"

// identity is a key, its certificate, the issuer of the certificate, and the root.
type identity struct {
	key                crypto.Signer
	leaf, middle, root *x509.Certificate
}

func (i identity) chain() []*x509.Certificate { return []*x509.Certificate{i.leaf, i.middle, i.root} }

// sameKey checks that 'got' is the same private key as 'want'. The fields of two equal RSA
// keys can differ: they can contain leading zeros.
func sameKey(t *testing.T, want, got crypto.Signer) {
	t.Helper()
	key, ok := want.(interface{ Equal(crypto.PrivateKey) bool })
	require.True(t, ok)
	assert.True(t, key.Equal(got))
}

// identities are made once, because making an RSA key is slow.
var identities = sync.OnceValue(func() map[string]identity {
	long, _ := rsa.GenerateKey(rand.Reader, 2048)
	short, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	_, edwards, _ := ed25519.GenerateKey(rand.Reader)
	all := map[string]identity{}
	for name, key := range map[string]crypto.Signer{"RSA": long, "ECDSA": short, "Ed25519": edwards} {
		one, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		two, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		root := issue("Root "+name, one, nil, nil)
		middle := issue("Middle "+name, two, root, one)
		all[name] = identity{key, issue("Jörg "+name, key, middle, two), middle, root}
	}
	return all
})

func issue(name string, key crypto.Signer, issuer *x509.Certificate, issuerKey crypto.Signer) *x509.Certificate {
	serial, _ := rand.Int(rand.Reader, big.NewInt(1<<60))
	c := &x509.Certificate{SerialNumber: serial, Subject: pkix.Name{CommonName: name}, NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().Add(24 * time.Hour), IsCA: true, BasicConstraintsValid: true}
	if issuer == nil {
		issuer, issuerKey = c, key
	}
	der, err := x509.CreateCertificate(rand.Reader, c, issuer, key.Public(), issuerKey)
	if err != nil {
		panic(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		panic(err)
	}
	return cert
}

func pemOf(label string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: label, Bytes: der})
}

func pemCerts(certs ...*x509.Certificate) (all []byte) {
	for _, c := range certs {
		all = append(all, pemOf("CERTIFICATE", c.Raw)...)
	}
	return all
}

func pkcs8DER(t testing.TB, key any) []byte {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	return der
}

func utf16(order unicode.Endianness, bom unicode.BOMPolicy, text []byte) []byte {
	out, err := unicode.UTF16(order, bom).NewEncoder().Bytes(text)
	if err != nil {
		panic(err)
	}
	return out
}

// dresses contains functions that change a PEM text, but not its meaning.
var dresses = map[string]func([]byte) []byte{
	"none":         func(b []byte) []byte { return b },
	"UTF-8 BOM":    func(b []byte) []byte { return append([]byte("\xEF\xBB\xBF"), b...) },
	"UTF-16LE":     func(b []byte) []byte { return utf16(unicode.LittleEndian, unicode.IgnoreBOM, b) },
	"UTF-16BE":     func(b []byte) []byte { return utf16(unicode.BigEndian, unicode.IgnoreBOM, b) },
	"UTF-16LE BOM": func(b []byte) []byte { return utf16(unicode.LittleEndian, unicode.UseBOM, b) },
	"UTF-16BE BOM": func(b []byte) []byte { return utf16(unicode.BigEndian, unicode.UseBOM, b) },
	"CRLF":         func(b []byte) []byte { return bytes.ReplaceAll(b, []byte("\n"), []byte("\r\n")) },
	"CR":           func(b []byte) []byte { return bytes.ReplaceAll(b, []byte("\n"), []byte("\r")) },
	"indented":     func(b []byte) []byte { return bytes.ReplaceAll(b, []byte("\n"), []byte("  \n\t  ")) },
	"text around":  func(b []byte) []byte { return append(append([]byte("Bag Attributes: <none>\n"), b...), "end\n"...) },
	"no last line": func(b []byte) []byte { return bytes.TrimSpace(b) },
	"joined by a BOM": func(b []byte) []byte {
		return bytes.ReplaceAll(b, []byte("-----BEGIN"), []byte("\xEF\xBB\xBF-----BEGIN"))
	},
}

func TestPairInEveryForm(t *testing.T) {
	for name, id := range identities() {
		der := pkcs8DER(t, id.key)
		keyForms := map[string][]byte{"PKCS #8 DER": der, "base64": []byte(base64.StdEncoding.EncodeToString(der))}
		for dress, change := range dresses {
			keyForms["PKCS #8 PEM, "+dress] = change(pemOf("PRIVATE KEY", der))
		}
		switch key := id.key.(type) {
		case *rsa.PrivateKey:
			keyForms["PKCS #1 DER"] = x509.MarshalPKCS1PrivateKey(key)
			keyForms["PKCS #1 PEM"] = pemOf("RSA PRIVATE KEY", keyForms["PKCS #1 DER"])
			keyForms["wrong label"] = pemOf("PRIVATE KEY", keyForms["PKCS #1 DER"])
		case *ecdsa.PrivateKey:
			sec1, err := x509.MarshalECPrivateKey(key)
			require.NoError(t, err)
			keyForms["SEC 1 DER"] = sec1
			keyForms["SEC 1 PEM with parameters"] = append(pemOf("EC PARAMETERS", []byte{6, 8, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 3, 1, 7}),
				pemOf("EC PRIVATE KEY", sec1)...)
		}
		certForms := map[string][]byte{
			"reversed": pemCerts(id.root, id.middle, id.leaf),
			"DER":      bytes.Join([][]byte{id.leaf.Raw, id.middle.Raw, id.root.Raw}, nil),
			"X509":     append(pemOf("X509 CERTIFICATE", id.leaf.Raw), pemCerts(id.root, id.middle)...),
			"TRUSTED":  append(pemOf("TRUSTED CERTIFICATE", append(bytes.Clone(id.leaf.Raw), 0x30, 0)), pemCerts(id.middle, id.root)...),
		}
		for dress, change := range dresses {
			certForms["PEM, "+dress] = change(pemCerts(id.chain()...))
		}
		for form, key := range keyForms {
			pair, err := ParsePair(pemCerts(id.chain()...), key, "")
			require.NoError(t, err, "%s, %s", name, form)
			sameKey(t, id.key, pair.Key)
		}
		for form, certs := range certForms {
			pair, err := ParsePair(certs, pemOf("PRIVATE KEY", der), "unused")
			require.NoError(t, err, "%s, %s", name, form)
			assert.Equal(t, id.chain(), pair.Chain, "%s, %s", name, form)
		}
		both := append(pemOf("PRIVATE KEY", der), pemCerts(id.chain()...)...)
		pair, err := ParsePair(both, nil, "")
		require.NoError(t, err)
		assert.Equal(t, id.chain(), pair.Chain)
	}
}

func TestPKCS12(t *testing.T) {
	for name, id := range identities() {
		for form, encoder := range map[string]*pkcs12.Encoder{"modern": pkcs12.Modern, "3DES": pkcs12.LegacyDES, "RC2": pkcs12.LegacyRC2} {
			der, err := encoder.Encode(id.key, id.leaf, []*x509.Certificate{id.root, id.middle}, phrase)
			require.NoError(t, err)
			for _, data := range [][]byte{der, []byte(base64.StdEncoding.EncodeToString(der)), pemOf("PKCS12", der)} {
				pair, err := ParsePair(data, nil, phrase)
				require.NoError(t, err, "%s, %s", name, form)
				sameKey(t, id.key, pair.Key)
				assert.Equal(t, id.chain(), pair.Chain)
				key, err := ParsePrivateKey(data, phrase)
				require.NoError(t, err)
				sameKey(t, id.key, key)
				_, err = ParsePair(data, nil, "")
				refused(t, err, "set its pass phrase", true)
				_, err = ParsePair(data, nil, "wrong")
				refused(t, err, "is wrong: set the right one", true)
			}
		}
		open, err := pkcs12.Passwordless.Encode(id.key, id.leaf, nil, "")
		require.NoError(t, err)
		_, err = ParsePair(open, nil, "")
		require.NoError(t, err)
		store, err := pkcs12.Modern.EncodeTrustStore([]*x509.Certificate{id.root}, phrase)
		require.NoError(t, err)
		roots, err := ParseRoots(store, phrase)
		require.NoError(t, err)
		assert.Equal(t, []*x509.Certificate{id.root}, roots)
		_, err = ParsePair(store, nil, phrase)
		refused(t, err, "with certificates only", false)
	}
}

// The function refused checks that err contains the given text, that its field Passphrase
// equals passphrase, and that it shows neither the key nor the pass phrase.
func refused(t *testing.T, err error, text string, passphrase bool) {
	t.Helper()
	var own *Error
	require.ErrorAs(t, err, &own)
	assert.ErrorContains(t, err, text)
	assert.Equal(t, passphrase, own.Passphrase)
	assert.NotContains(t, err.Error(), "MII")
	assert.NotContains(t, err.Error(), phrase)
}

func TestRefusedKeys(t *testing.T) {
	id, other := identities()["ECDSA"], identities()["RSA"]
	key := pemOf("PRIVATE KEY", pkcs8DER(t, id.key))
	cert := pemCerts(id.leaf)
	for _, c := range []struct {
		text string
		data []byte
	}{
		{"the private key is empty", []byte(" \r\n")},
		{`the two characters \n`, bytes.ReplaceAll(key, []byte("\n"), []byte(`\n`))},
		{"is on one line", bytes.ReplaceAll(key, []byte("\n"), []byte(" "))},
		{"is cut off", key[:len(key)/2]},
		{"the path of a file", []byte("/etc/ssl/private/dkim.pem")},
		{"the path of a file", []byte(`C:\keys\dkim.pem`)},
		{"it is a certificate, and contains no private key", cert},
		{"it is a public key, and", pemOf("PUBLIC KEY", []byte{0x30, 0})},
		{"ssh-keygen -p", pemOf("OPENSSH PRIVATE KEY", []byte("openssh-key-v1"))},
		{"puttygen FILE", []byte("PuTTY-User-Key-File-2: ssh-rsa\n")},
		{"keytool -importkeystore", append([]byte{0xFE, 0xED, 0xFE, 0xED}, "x\x00"...)},
		{"SSH public key", []byte("ssh-ed25519 AAAAC3Nza me@host")},
		{"use RSA, ECDSA or Ed25519", pemOf("DSA PRIVATE KEY", []byte{0x30, 0})},
		{"the file is damaged", pemOf("PRIVATE KEY", []byte("MIIsecret"))},
		{"no PEM private key found", []byte("two\nlines")},
		{"revocation list", pemOf("X509 CRL", []byte{0x30, 0})},
		{"certificate request", pemOf("CERTIFICATE REQUEST", []byte{0x30, 0})},
		{"openssl pkey -inform DER", pkcs8DER(t, other.key)[:40]},
		{"no -----BEGIN", []byte(base64.StdEncoding.EncodeToString(pkcs8DER(t, other.key)[:60]))},
	} {
		_, err := ParsePrivateKey(c.data, phrase)
		refused(t, err, c.text, false)
	}
	_, err := ParsePair(cert, pemOf("PRIVATE KEY", pkcs8DER(t, other.key)), "")
	refused(t, err, "does not belong to any", false)
	_, err = ParsePair(key, key, "")
	refused(t, err, "it is a private key, and contains no certificate", false)
	_, err = ParsePair(pemOf("CERTIFICATE", []byte("x")), key, "")
	refused(t, err, "a certificate cannot be read", false)
	_, err = ParseRoots(key, "")
	refused(t, err, "contains no certificate", false)
}

func TestRootsOmitBadCertificates(t *testing.T) {
	id := identities()["RSA"]
	bundle := append(pemOf("CERTIFICATE", []byte("bad")), pemCerts(id.root)...)
	roots, err := ParseRoots(bundle, "")
	require.NoError(t, err)
	assert.Equal(t, []*x509.Certificate{id.root}, roots)
}

// A TRUSTED CERTIFICATE, which is a format of OpenSSL, contains the purposes for which the
// certificate is trusted.
func TestTrustedCertificate(t *testing.T) {
	id := identities()["RSA"]
	server := []byte{0x06, 8, 0x2B, 6, 1, 5, 5, 7, 3, 1}
	mail := []byte{0x06, 8, 0x2B, 6, 1, 5, 5, 7, 3, 4}
	list := func(tag byte, oid []byte) []byte { return append([]byte{tag, byte(len(oid))}, oid...) }
	for _, c := range []struct {
		aux     []byte
		trusted bool
	}{
		{list(0x30, nil), true},
		{list(0x30, list(0x30, server)), true},
		{list(0x30, list(0x30, append(bytes.Clone(mail), server...))), true},
		{list(0x30, list(0x30, mail)), false},
		{list(0x30, list(0xA0, server)), false},
		{list(0x30, list(0xA0, mail)), true},
		{list(0x30, append(list(0x30, server), list(0x0C, []byte("alias"))...)), true},
	} {
		roots, err := ParseRoots(pemOf("TRUSTED CERTIFICATE", append(bytes.Clone(id.root.Raw), c.aux...)), "")
		if c.trusted {
			require.NoError(t, err, "%x", c.aux)
			assert.Equal(t, []*x509.Certificate{id.root}, roots)
		} else {
			refused(t, err, "not trusted for servers", false)
		}
	}
}

// A file with a huge number of iterations is refused, because the key derivation would take
// hours.
func TestTooManyIterations(t *testing.T) {
	id := identities()["ECDSA"]
	usual, err := pkcs12.Modern.WithIterations(3).Encode(id.key, id.leaf, nil, phrase)
	require.NoError(t, err)
	assert.False(t, tooSlow(usual))
	many := []byte{0x30, 10, 4, 2, 1, 2, 2, 4, 0x7F, 0xFF, 0xFF, 0xFF}
	assert.True(t, tooSlow(many))
	assert.True(t, tooSlow(append([]byte{4, byte(len(many))}, many...)), "inside an OCTET STRING")
}

// A key with malicious PKCS #8 parameters causes an error, and not a panic or a long
// computation.
func TestHostileParameters(t *testing.T) {
	params := func(iterations int, iv []byte, prf asn1.ObjectIdentifier) []byte {
		marshal := func(v any) asn1.RawValue {
			der, err := asn1.Marshal(v)
			require.NoError(t, err)
			return asn1.RawValue{FullBytes: der}
		}
		k := marshal(struct {
			Salt       []byte
			Iterations int
			PRF        pkix.AlgorithmIdentifier
		}{[]byte("salt"), iterations, pkix.AlgorithmIdentifier{Algorithm: prf}})
		p := marshal(pbes2{pkix.AlgorithmIdentifier{Algorithm: oidPBKDF2, Parameters: k},
			pkix.AlgorithmIdentifier{Algorithm: schemes[0].oid, Parameters: marshal(iv)}})
		return marshal(encryptedInfo{pkix.AlgorithmIdentifier{Algorithm: oidPBES2, Parameters: p}, make([]byte, 32)}).FullBytes
	}
	sha := asn1.ObjectIdentifier{1, 2, 840, 113549, 2, 9}
	for text, der := range map[string][]byte{
		"more than 10,000,000":        params(1<<31-1, make([]byte, 16), sha),
		"file is damaged":             params(1, make([]byte, 15), sha),
		"is damaged":                  params(0, make([]byte, 16), sha),
		"damaged":                     params(-1, make([]byte, 16), sha),
		"not supported":               params(1, make([]byte, 16), asn1.ObjectIdentifier{1, 2, 3}),
		"is wrong: set the right one": params(1, make([]byte, 16), sha),
	} {
		_, err := ParsePrivateKey(der, phrase)
		refused(t, err, text, text == "is wrong: set the right one")
	}
}

func FuzzParse(f *testing.F) {
	id := identities()["ECDSA"]
	p12, err := pkcs12.Modern.WithIterations(1).Encode(id.key, id.leaf, nil, phrase)
	require.NoError(f, err)
	f.Add(p12, pkcs8DER(f, id.key))
	f.Add(pemCerts(id.chain()...), pemOf("PRIVATE KEY", pkcs8DER(f, id.key)))
	f.Add(utf16(unicode.BigEndian, unicode.UseBOM, pemCerts(id.leaf)), []byte("\xEF\xBB\xBF-----BEGIN "))
	f.Fuzz(func(t *testing.T, a, b []byte) {
		for _, pass := range []string{"", phrase} {
			pair, err := ParsePair(a, b, pass)
			if err == nil && (pair.Key == nil || len(pair.Chain) == 0) {
				t.Fatal("no error, and no pair")
			}
			if _, err := ParsePrivateKey(b, pass); err != nil && strings.Contains(err.Error(), phrase) {
				t.Fatal("the error shows the pass phrase")
			}
			roots, err := ParseRoots(a, pass)
			if err == nil && len(roots) == 0 {
				t.Fatal("no error, and no root")
			}
		}
	})
}
