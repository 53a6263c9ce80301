// SPDX-License-Identifier: MIT

package message

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// This file verifies signatures (RFC 6376, relaxed/relaxed). It shares no code with the signer:
// it uses whole strings and regular expressions.

var (
	foldRE  = regexp.MustCompile(`\r\n([ \t])`)
	spaceRE = regexp.MustCompile(`[ \t]+`)
	valueRE = regexp.MustCompile(`([;\s]b=)[^;]*`)
)

func verifyDKIM(message string, keys map[string]crypto.PublicKey) (signatures int, err error) {
	header, body, found := strings.Cut(message, "\r\n\r\n")
	if !found {
		return 0, errors.New("no body")
	}
	var fields []string
	for f := range strings.SplitSeq(foldRE.ReplaceAllString(header, "$1"), "\r\n") {
		fields = append(fields, f)
	}
	for _, f := range fields {
		name, value, _ := strings.Cut(f, ":")
		if !strings.EqualFold(name, "DKIM-Signature") {
			continue
		}
		signatures++
		if err := verifyOne(f, value, fields, body, keys); err != nil {
			return signatures, fmt.Errorf("signature %d: %w", signatures, err)
		}
	}
	return signatures, nil
}

func verifyOne(raw, value string, fields []string, body string, keys map[string]crypto.PublicKey) error {
	tags := map[string]string{}
	for tag := range strings.SplitSeq(value, ";") {
		k, v, _ := strings.Cut(tag, "=")
		tags[strings.TrimSpace(k)] = strings.Join(strings.Fields(v), "")
	}
	if tags["v"] != "1" || tags["c"] != "relaxed/relaxed" || tags["l"] != "" {
		return fmt.Errorf("tags: %v", tags)
	}
	bodyHash := sha256.Sum256([]byte(relaxedBodyOf(body)))
	if tags["bh"] != base64.StdEncoding.EncodeToString(bodyHash[:]) {
		return errors.New("body hash")
	}
	used := map[string]int{}
	var signed strings.Builder
	for name := range strings.SplitSeq(tags["h"], ":") {
		name = strings.ToLower(name)
		skip := used[name]
		used[name]++
		for i := len(fields) - 1; i >= 0; i-- {
			if n, _, _ := strings.Cut(fields[i], ":"); strings.ToLower(strings.TrimSpace(n)) == name {
				if skip == 0 {
					signed.WriteString(relaxedFieldOf(fields[i]) + "\r\n")
					break
				}
				skip--
			}
		}
	}
	signed.WriteString(relaxedFieldOf(valueRE.ReplaceAllString(raw, "$1")))
	digest := sha256.Sum256([]byte(signed.String()))
	sig, err := base64.StdEncoding.DecodeString(tags["b"])
	if err != nil {
		return err
	}
	switch key := keys[tags["s"]+"._domainkey."+tags["d"]].(type) {
	case *rsa.PublicKey:
		if tags["a"] != "rsa-sha256" {
			return errors.New("algorithm")
		}
		return rsa.VerifyPKCS1v15(key, crypto.SHA256, digest[:], sig)
	case ed25519.PublicKey:
		if tags["a"] != "ed25519-sha256" || !ed25519.Verify(key, digest[:], sig) {
			return errors.New("ed25519 signature")
		}
		return nil
	}
	return errors.New("no key")
}

func relaxedFieldOf(f string) string {
	name, value, _ := strings.Cut(f, ":")
	return strings.ToLower(strings.TrimSpace(name)) + ":" + strings.TrimSpace(spaceRE.ReplaceAllString(value, " "))
}

func relaxedBodyOf(body string) string {
	var lines []string
	for l := range strings.SplitSeq(body, "\r\n") {
		lines = append(lines, strings.TrimRight(spaceRE.ReplaceAllString(l, " "), " "))
	}
	text := strings.Join(lines, "\r\n")
	for strings.HasSuffix(text, "\r\n") {
		text = strings.TrimSuffix(text, "\r\n")
	}
	if text != "" {
		text += "\r\n"
	}
	return text
}

// The example of RFC 8463, appendix A.
const rfc8463 = `DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;
 d=football.example.com; i=@football.example.com;
 q=dns/txt; s=brisbane; t=1528637909; h=from : to :
 subject : date : message-id : from : subject : date;
 bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
 b=/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus
 Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==
DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;
 d=football.example.com; i=@football.example.com;
 q=dns/txt; s=test; t=1528637909; h=from : to : subject :
 date : message-id : from : subject : date;
 bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
 b=F45dVWDfMbQDGHJFlXUNB2HKfbCeLRyhDXgFpEL8GwpsRe0IeIixNTe3
 DhCVlUrSjV4BwcVcOF6+FF3Zo9Rpo1tFOeS9mPYQTnGdaSGsgeefOsk2Jz
 dA+L10TeYt9BgDfQNZtKdN1WO//KgIqXP7OdEFE4LjFYNcUxZQ4FADY+8=
From: Joe SixPack <joe@football.example.com>
To: Suzie Q <suzie@shopping.example.net>
Subject: Is dinner ready?
Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)
Message-ID: <20030712040037.46341.5F8J@football.example.com>

Hi.

We lost the game.  Are you hungry yet?

Joe.

`

func rfc8463Keys(t *testing.T) map[string]crypto.PublicKey {
	ed, err := base64.StdEncoding.DecodeString("11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=")
	require.NoError(t, err)
	der, err := base64.StdEncoding.DecodeString("MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQi" +
		"Y/J16JYi0Qvx/byYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB")
	require.NoError(t, err)
	rsaKey, err := parsePublicKey(der)
	require.NoError(t, err)
	return map[string]crypto.PublicKey{
		"brisbane._domainkey.football.example.com": ed25519.PublicKey(ed),
		"test._domainkey.football.example.com":     rsaKey,
	}
}

func TestVerifierAcceptsRFC8463(t *testing.T) {
	text := strings.ReplaceAll(rfc8463, "\n", "\r\n")
	n, err := verifyDKIM(text, rfc8463Keys(t))
	require.NoError(t, err)
	require.Equal(t, 2, n)
	_, err = verifyDKIM(strings.Replace(text, "hungry", "angry", 1), rfc8463Keys(t))
	require.Error(t, err)
	_, err = verifyDKIM(strings.Replace(text, "dinner", "lunch", 1), rfc8463Keys(t))
	require.Error(t, err)
}

// For the RFC's example, the signer computes the right canonical forms: with them, the
// signatures in the example are valid.
func TestSignerAgreesWithRFC8463(t *testing.T) {
	text := strings.ReplaceAll(rfc8463, "\n", "\r\n")
	header, body, _ := strings.Cut(text, "\r\n\r\n")
	h := sha256.New()
	relaxed := &relaxedBody{w: h}
	relaxed.Write([]byte(body))
	relaxed.end()
	require.Equal(t, "2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=", base64.StdEncoding.EncodeToString(h.Sum(nil)))

	fields := splitFields([]byte(header + "\r\n"))
	require.Len(t, fields, 7)
	var signed []byte
	for _, i := range []int{2, 3, 4, 5, 6} {
		signed = append(relaxField(signed, fields[i]), crlf...)
	}
	sig := string(fields[0])
	at := strings.LastIndex(sig, "b=") + 2
	value := strings.Join(strings.Fields(sig[at:]), "")
	signed = relaxField(signed, []byte(sig[:at]))

	seed, err := base64.StdEncoding.DecodeString("nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=")
	require.NoError(t, err)
	digest := sha256.Sum256(signed)
	require.Equal(t, value, base64.StdEncoding.EncodeToString(ed25519.Sign(ed25519.NewKeyFromSeed(seed), digest[:])))
}
