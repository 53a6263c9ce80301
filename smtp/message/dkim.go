// SPDX-License-Identifier: MIT

package message

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"csmtp/smtp/internal/address"
	"csmtp/smtp/internal/text"
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
	"time"
)

// oversigned says when a field name is listed in h= one more time than it occurs in the
// header. Adding another field with that name then breaks the signature (RFC 6376, section 5.4.2).
type oversigned int

const (
	never     oversigned = iota
	ifPresent            // only if the mail has the field; if not, a mailing list or relay can add it
	always
)

// signable lists the fields that are signed if the header contains them (RFC 6376, section
// 5.4.1, and RFC 8058, section 4).
var signable = []struct {
	name string
	over oversigned
}{
	{"From", always}, {"Sender", ifPresent}, {"Reply-To", always}, {"Subject", always}, {"Date", always},
	{"Message-ID", always}, {"To", always}, {"Cc", always}, {"In-Reply-To", always}, {"References", always},
	{"MIME-Version", always}, {"Content-Type", always}, {"Content-Transfer-Encoding", always},
	{"Content-ID", never}, {"Content-Description", never}, {"Disposition-Notification-To", never},
	{"Auto-Submitted", never}, {"List-Id", never}, {"List-Help", never}, {"List-Unsubscribe", ifPresent},
	{"List-Unsubscribe-Post", ifPresent}, {"List-Subscribe", never}, {"List-Post", never},
	{"List-Owner", never}, {"List-Archive", never}, {"Feedback-ID", never},
	{"Resent-Date", never}, {"Resent-From", never}, {"Resent-To", never}, {"Resent-Cc", never},
	{"Resent-Message-ID", never},
}

// signDKIM prepends one signature per key to the header. The list 'asked' contains the names of
// the fields in the header. signDKIM reads the whole body to compute the hash of the body. The
// body is read again when the message is written.
func (r *Rendered) signDKIM(keys []*DKIMKey, asked []string, now time.Time) error {
	hash := sha256.New()
	relaxed := &relaxedBody{w: hash}
	body, err := readOnce(r.body, relaxed)
	if err != nil {
		return err
	}
	relaxed.end()
	r.body = body
	bodyHash := base64.StdEncoding.EncodeToString(hash.Sum(nil))
	names, fields := signedFields(r.header)
	var signatures []byte
	for _, k := range keys {
		if signatures, err = k.sign(signatures, names, fields, bodyHash, now); err != nil {
			return err
		}
	}
	r.header = append(signatures, r.header...)
	asked = append(slices.Repeat([]string{"DKIM-Signature"}, len(keys)), asked...)
	return checkBlock(r.header[:len(r.header)-len(crlf)], asked)
}

// signedFields returns the names of the fields to sign, as listed in h=, and the
// canonical form of these fields.
func signedFields(header []byte) (names []string, canonical []byte) {
	found := make(map[string][][]byte)
	for _, raw := range splitFields(header) {
		name, _, _ := bytes.Cut(raw, []byte(":"))
		key := strings.ToLower(string(name))
		found[key] = append(found[key], raw)
	}
	for _, f := range signable {
		raws := found[strings.ToLower(f.name)]
		for i := len(raws) - 1; i >= 0; i-- { // the last field comes first (section 5.4.2)
			names = append(names, f.name)
			canonical = append(relaxField(canonical, raws[i]), crlf...)
		}
		if f.over == always || f.over == ifPresent && len(raws) > 0 {
			names = append(names, f.name)
		}
	}
	return names, canonical
}

// splitFields returns the fields of a header.
func splitFields(header []byte) (fields [][]byte) {
	for f, rest := nextField(header); f != nil; f, rest = nextField(rest) {
		fields = append(fields, f)
	}
	return fields
}

// sign appends one DKIM-Signature field.
func (k *DKIMKey) sign(to []byte, names []string, fields []byte, bodyHash string, now time.Time) ([]byte, error) {
	const field = FieldDKIM
	if k.signer == nil {
		return nil, invalid(field, k.Domain, "the key was not made by ParseDKIMKey", nil)
	}
	h := headerWriter{buf: to}
	start := len(to)
	h.name("DKIM-Signature")
	for _, t := range []string{"v=1;", "a=" + k.algorithm + ";", "c=relaxed/relaxed;", "d=" + k.Domain + ";", "s=" + k.Selector + ";"} {
		h.token(t)
	}
	if k.Identity != "" {
		if err := k.checkIdentity(); err != nil {
			return nil, err
		}
		h.token("i=" + k.Identity + ";")
	}
	h.token("t=" + strconv.FormatInt(now.Unix(), 10) + ";")
	for i, n := range names {
		end := ":"
		if i == len(names)-1 {
			end = ";"
		}
		if i == 0 {
			h.token("h=" + n + end)
		} else if h.col+len(n)+1 > wantedLine {
			h.fold()
			h.suffix(n + end)
		} else {
			h.suffix(n + end)
		}
	}
	h.token("bh=" + bodyHash + ";")
	h.fold()
	h.suffix("b=")

	hash := sha256.New()
	hash.Write(fields)
	hash.Write(relaxField(nil, h.buf[start:]))
	digest := hash.Sum(nil)
	opts := crypto.SignerOpts(crypto.SHA256)
	if k.algorithm == "ed25519-sha256" {
		opts = crypto.Hash(0) // Ed25519 signs the digest as its message (RFC 8463, section 3)
	}
	sig, err := k.signer.Sign(rand.Reader, digest, opts)
	if err != nil {
		return nil, invalid(field, k.Domain, "signing with the key failed", err)
	}
	for b := base64.StdEncoding.EncodeToString(sig); b != ""; {
		n := min(len(b), wantedLine-h.col)
		h.suffix(b[:n])
		if b = b[n:]; b != "" {
			h.fold()
		}
	}
	h.end()
	return h.buf, nil
}

// checkIdentity checks the syntax of i=, and checks that its domain is that of d= or a
// subdomain (RFC 6376, section 3.5).
func (k *DKIMKey) checkIdentity() error {
	local, domain, found := address.Split(k.Identity)
	plain := func(c byte) bool { return text.IsAtext(c) && c < 0x80 && c != '=' || c == '.' }
	domain = strings.ToLower(domain)
	own := strings.ToLower(k.Domain)
	if !found || local != "" && !allOf(local, plain) || domain != own && !strings.HasSuffix(domain, "."+own) || len(k.Identity) > address.MaxLength || !allOf(domain, func(c byte) bool { return text.IsAlnum(c) || c == '-' || c == '.' || c == '_' }) {
		return invalid(FieldDKIM, k.Identity, "the identity is not an address in the signing domain or in a subdomain of it", nil)
	}
	return nil
}
