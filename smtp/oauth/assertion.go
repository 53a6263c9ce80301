// SPDX-License-Identifier: MIT

package oauth

import (
	"cmp"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// The signature algorithms of an Assertion (RFC 7518, section 3.1).
const (
	PS256 = "PS256" // RSASSA-PSS with SHA-256, which Microsoft recommends
	RS256 = "RS256" // RSASSA-PKCS1-v1_5 with SHA-256, which Google requires
)

const (
	// clientLife is the lifetime of an assertion that authenticates a client.
	clientLife = 10 * time.Minute
	// grantLife is the lifetime of an assertion that is the grant itself. Google does not
	// accept a longer lifetime.
	grantLife = time.Hour
	// early is how long before its creation an assertion that authenticates a client becomes
	// valid. A server whose clock is slow by at most this duration therefore accepts it.
	early = time.Minute
	// shortestKey is the minimum size of an RSA key in bits (RFC 7518, section 3.3).
	shortestKey = 2048
)

// Assertion contains the key and the settings to create assertions, which are JSON Web
// Tokens signed with an RSA key. With the grant JWTBearer, the assertion is the grant
// (RFC 7523, section 2.1). With ClientCredentials and RefreshToken, the assertion authenticates
// the client instead of a secret (RFC 7523, section 2.2).
type Assertion struct {
	Key       []byte // an RSA key in PKCS #8 (DER)
	Algorithm string // PS256 or RS256; default PS256
	// Certificate is the certificate of Key in DER, as registered at the server. If it is
	// not nil, its SHA-256 thumbprint is sent.
	Certificate []byte
	KeyID       string // the identifier of Key at the server; "" omits it
	// Issuer and Subject are the claims "iss" and "sub". Their default is the client id.
	Issuer  string
	Subject string
}

// Format prints an Assertion without its key.
func (a Assertion) Format(f fmt.State, _ rune) {
	fmt.Fprintf(f, "oauth.Assertion{Issuer:%q Subject:%q KeyID:%q}", a.Issuer, a.Subject, a.KeyID)
}

// check sets the defaults and checks the fields. Its error names the invalid field.
func (a *Assertion) check() error {
	if a.Algorithm == "" {
		a.Algorithm = PS256
	}
	if a.Algorithm != PS256 && a.Algorithm != RS256 {
		return fmt.Errorf("oauth: unknown signature algorithm %q; use %q or %q", a.Algorithm, PS256, RS256)
	}
	if len(a.Key) == 0 {
		return errors.New("oauth: the private key of the assertion is missing")
	}
	key, err := a.key()
	if err != nil {
		return fmt.Errorf("oauth: %w", err)
	}
	if bits := key.N.BitLen(); bits < shortestKey {
		return fmt.Errorf("oauth: the private key has %d bits; an RSA key needs at least %d", bits, shortestKey)
	}
	if a.Certificate == nil {
		return nil
	}
	certificate, err := x509.ParseCertificate(a.Certificate)
	if err != nil {
		return fmt.Errorf("oauth: the certificate of the assertion: %w", err)
	}
	if !key.PublicKey.Equal(certificate.PublicKey) {
		return errors.New("oauth: the private key does not belong to the certificate")
	}
	return nil
}

func (a *Assertion) key() (*rsa.PrivateKey, error) {
	parsed, err := x509.ParsePKCS8PrivateKey(a.Key)
	key, ok := parsed.(*rsa.PrivateKey)
	if err != nil || !ok {
		return nil, errors.New("the private key of the assertion is not an RSA key in PKCS #8")
	}
	return key, nil
}

// claims returns the claims of an assertion (RFC 7523, section 3).
func (a *Assertion) claims(c *Config, now time.Time) map[string]any {
	issuer, subject := cmp.Or(a.Issuer, c.ClientID), cmp.Or(a.Subject, c.ClientID)
	var claims map[string]any
	if c.Grant == JWTBearer {
		claims = c.grantClaims(issuer, subject, now)
	} else {
		claims = c.commonClaims(issuer, subject, now, clientLife)
		claims["nbf"] = now.Add(-early).Unix()
	}
	claims["jti"] = rand.Text()
	return claims
}

// grantClaims returns the claims of an assertion that is used as the grant (RFC 7523,
// section 2.1).
func (c *Config) grantClaims(issuer, subject string, now time.Time) map[string]any {
	claims := c.commonClaims(issuer, subject, now, grantLife)
	if c.Scope != "" {
		claims["scope"] = c.Scope
	}
	return claims
}

func (c *Config) commonClaims(issuer, subject string, now time.Time, life time.Duration) map[string]any {
	return map[string]any{"iss": issuer, "sub": subject, "aud": c.Endpoint, "iat": now.Unix(), "exp": now.Add(life).Unix()}
}

// sign returns a JSON Web Token with the claims (RFC 7515, section 7.1).
func (a *Assertion) sign(claims map[string]any) (string, error) {
	key, err := a.key()
	if err != nil {
		return "", err
	}
	header := map[string]string{"alg": a.Algorithm, "typ": "JWT"}
	if a.KeyID != "" {
		header["kid"] = a.KeyID
	}
	if a.Certificate != nil {
		sum := sha256.Sum256(a.Certificate)
		header["x5t#S256"] = base64.RawURLEncoding.EncodeToString(sum[:])
	}
	encoded := segment(header) + "." + segment(claims)
	digest := sha256.Sum256([]byte(encoded))
	var signature []byte
	if a.Algorithm == PS256 {
		signature, err = rsa.SignPSS(rand.Reader, key, crypto.SHA256, digest[:], &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash})
	} else {
		signature, err = rsa.SignPKCS1v15(nil, key, crypto.SHA256, digest[:])
	}
	if err != nil {
		return "", fmt.Errorf("the assertion cannot be signed: %w", err)
	}
	return encoded + "." + base64.RawURLEncoding.EncodeToString(signature), nil
}

func segment(v any) string {
	octets, err := json.Marshal(v)
	if err != nil {
		panic(err) // cannot happen: v contains only texts and numbers
	}
	return base64.RawURLEncoding.EncodeToString(octets)
}

// identify calls the function put with each setting on which an assertion depends.
func (a *Assertion) identify(put func(string)) {
	for _, s := range []string{a.Algorithm, a.KeyID, a.Issuer, a.Subject, string(a.Key), string(a.Certificate)} {
		put(s)
	}
}
