// SPDX-License-Identifier: MIT

// Package dkim verifies the DKIM signatures of a message (RFC 6376, 8301 and 8463). It
// shares no code with package message, which makes signatures. It does not use the network:
// the caller supplies the records with the keys.
package dkim

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Status is the result of the verification of one signature.
type Status string

const (
	Pass Status = "pass"
	Fail Status = "fail"
	// Unchecked: the body hash is correct, but the key is not known.
	Unchecked Status = "unchecked"
)

// Result describes one signature.
type Result struct {
	Domain, Selector, Algorithm string
	Status                      Status
	Reason                      string // why the status is not Pass
	Signed                      []string
}

// maxSignatures is the maximum number of signatures of a message that are verified.
const maxSignatures = 10

// Lookup returns the TXT record with a name such as "s1._domainkey.example.com".
type Lookup func(name string) (record string, found bool)

// Verify returns the results for the signatures, in the order in which they occur in the
// header. lookup may be nil.
func Verify(message []byte, lookup Lookup, now time.Time) []Result {
	header, body := cut(message)
	fields := split(header)
	var results []Result
	for i, f := range fields {
		if name(f) != "dkim-signature" || len(results) == maxSignatures {
			continue
		}
		r := Result{Status: Pass}
		if err := r.verify(fields, i, body, lookup, now); err != nil {
			r.Reason = err.Error()
			if r.Status = Fail; errors.Is(err, errNoKey) {
				r.Status = Unchecked
			}
		}
		results = append(results, r)
	}
	return results
}

var errNoKey = errors.New("the body hash is correct; the signature was not checked, because its key is not known")

// cut splits a message into its header and its body.
func cut(message []byte) (header, body []byte) {
	if end := bytes.Index(message, []byte("\r\n\r\n")); end >= 0 {
		return message[:end+2], message[end+4:]
	}
	return message, nil
}

// split returns the fields of a header. Each field ends in CRLF, unless the header is cut off.
func split(header []byte) []string {
	var fields []string
	start := 0 // the offset of the current field
	for at := 0; at < len(header); {
		end := bytes.Index(header[at:], []byte("\r\n"))
		if end < 0 {
			break
		}
		at += end + 2
		if at == len(header) || header[at] != ' ' && header[at] != '\t' {
			fields = append(fields, string(header[start:at]))
			start = at
		}
	}
	if start < len(header) {
		fields = append(fields, string(header[start:]))
	}
	return fields
}

func name(field string) string {
	n, _, _ := strings.Cut(field, ":")
	return strings.ToLower(strings.TrimRight(n, " \t"))
}

// tags parses a tag list (section 3.2).
func tags(text string) (map[string]string, error) {
	all := map[string]string{}
	for piece := range strings.SplitSeq(text, ";") {
		key, value, found := strings.Cut(piece, "=")
		key = strings.TrimSpace(key)
		if key == "" && !found && strings.TrimSpace(piece) == "" {
			continue
		}
		if _, twice := all[key]; twice || !found || key == "" {
			return nil, fmt.Errorf("the tag list is not well-formed at %q", strings.TrimSpace(piece))
		}
		all[key] = strings.TrimSpace(value)
	}
	return all, nil
}

func joined(s string) string { return strings.Join(strings.Fields(s), "") }

func (r *Result) verify(fields []string, at int, body []byte, lookup Lookup, now time.Time) error {
	_, value, _ := strings.Cut(fields[at], ":")
	t, err := tags(value)
	if err != nil {
		return err
	}
	r.Domain, r.Selector, r.Algorithm = joined(t["d"]), joined(t["s"]), joined(t["a"])
	for h := range strings.SplitSeq(joined(t["h"]), ":") {
		r.Signed = append(r.Signed, strings.ToLower(h))
	}
	if err := r.check(t, now); err != nil {
		return err
	}
	headerForm, bodyForm, _ := strings.Cut(joined(t["c"]), "/")
	if bodyForm == "" {
		bodyForm = "simple"
	}
	canonical := bodyOf(body, bodyForm == "relaxed")
	if l := joined(t["l"]); l != "" {
		n, err := strconv.ParseUint(l, 10, 63)
		if err != nil || n > uint64(len(canonical)) {
			return fmt.Errorf("l=%s is not a valid length of the body", l)
		}
		canonical = canonical[:n]
	}
	hash := sha256.Sum256(canonical)
	if want, err := base64.StdEncoding.DecodeString(joined(t["bh"])); err != nil || !bytes.Equal(want, hash[:]) {
		return errors.New("the body was changed: its hash differs from bh=")
	}
	signature, err := base64.StdEncoding.DecodeString(joined(t["b"]))
	if err != nil {
		return errors.New("b= is not valid base64")
	}
	record, found := "", false
	if lookup != nil {
		record, found = lookup(strings.ToLower(r.Selector + "._domainkey." + r.Domain))
	}
	if !found {
		return errNoKey
	}
	key, err := parseKey(record)
	if err != nil {
		return err
	}
	digest := sha256.Sum256([]byte(headerOf(fields, at, r.Signed, headerForm == "relaxed")))
	return r.verifyWith(key, digest[:], signature)
}

// check validates the tags (section 6.1.1).
func (r *Result) check(t map[string]string, now time.Time) error {
	for _, required := range []string{"v", "a", "b", "bh", "d", "h", "s"} {
		if t[required] == "" {
			return fmt.Errorf("%s= is missing", required)
		}
	}
	if t["v"] != "1" {
		return fmt.Errorf("v=%s is not 1", t["v"])
	}
	if r.Algorithm != "rsa-sha256" && r.Algorithm != "ed25519-sha256" {
		return fmt.Errorf("a=%s: use rsa-sha256 or ed25519-sha256 (RFC 8301)", r.Algorithm)
	}
	switch c := joined(t["c"]); c {
	case "", "simple", "relaxed", "simple/simple", "simple/relaxed", "relaxed/simple", "relaxed/relaxed":
	default:
		return fmt.Errorf("c=%s is not a known canonicalization", c)
	}
	signsFrom := false
	for _, h := range r.Signed {
		signsFrom = signsFrom || h == "from"
	}
	if !signsFrom {
		return errors.New("h= does not contain From")
	}
	if i := joined(t["i"]); i != "" {
		domain := strings.ToLower(i[strings.LastIndexByte(i, '@')+1:])
		if own := strings.ToLower(r.Domain); domain != own && !strings.HasSuffix(domain, "."+own) {
			return fmt.Errorf("i=%s is not in the domain d=%s", i, r.Domain)
		}
	}
	if x := joined(t["x"]); x != "" {
		seconds, err := strconv.ParseInt(x, 10, 63)
		if err != nil {
			return fmt.Errorf("x=%s is not a valid time", x)
		}
		if expiry := time.Unix(seconds, 0); now.After(expiry) {
			return fmt.Errorf("the signature expired at %s", expiry.UTC().Format(time.RFC3339))
		}
	}
	return nil
}

// parseKey parses a key record (section 3.6.1).
func parseKey(record string) (crypto.PublicKey, error) {
	t, err := tags(record)
	if err != nil {
		return nil, fmt.Errorf("key record: %w", err)
	}
	if v, has := t["v"]; has && v != "DKIM1" {
		return nil, fmt.Errorf("key record: v=%s is not DKIM1", v)
	}
	if joined(t["p"]) == "" {
		return nil, errors.New("the key record has no p=, or the key was revoked")
	}
	der, err := base64.StdEncoding.DecodeString(joined(t["p"]))
	if err != nil {
		return nil, errors.New("key record: p= is not valid base64")
	}
	switch k := t["k"]; k {
	case "ed25519":
		if len(der) != ed25519.PublicKeySize {
			return nil, fmt.Errorf("key record: an Ed25519 key has %d octets, not %d", ed25519.PublicKeySize, len(der))
		}
		return ed25519.PublicKey(der), nil
	case "", "rsa":
		if key, err := x509.ParsePKIXPublicKey(der); err == nil {
			if key, is := key.(*rsa.PublicKey); is {
				return key, nil
			}
		}
		key, err := x509.ParsePKCS1PublicKey(der)
		if err != nil {
			return nil, errors.New("key record: p= is not an RSA key")
		}
		return key, nil
	default:
		return nil, fmt.Errorf("key record: k=%s is not a known kind of key", k)
	}
}

func (r *Result) verifyWith(key crypto.PublicKey, digest, signature []byte) error {
	wrong := errors.New("the signature does not match the header: a signed field was changed, or the key is not the signer's")
	switch key := key.(type) {
	case *rsa.PublicKey:
		if r.Algorithm != "rsa-sha256" {
			return fmt.Errorf("a=%s, but the key is an RSA key", r.Algorithm)
		}
		if key.N.BitLen() < 1024 {
			return fmt.Errorf("the RSA key has %d bits, fewer than 1024 (RFC 8301)", key.N.BitLen())
		}
		if rsa.VerifyPKCS1v15(key, crypto.SHA256, digest, signature) != nil {
			return wrong
		}
	case ed25519.PublicKey:
		if r.Algorithm != "ed25519-sha256" {
			return fmt.Errorf("a=%s, but the key is an Ed25519 key", r.Algorithm)
		}
		if !ed25519.Verify(key, digest, signature) {
			return wrong
		}
	}
	return nil
}
