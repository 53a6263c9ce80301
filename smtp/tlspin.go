// SPDX-License-Identifier: MIT

package smtp

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"strings"
)

const pinPrefix = "sha256//"

// pin is the SHA-256 of a SubjectPublicKeyInfo (RFC 5280, section 4.1).
type pin [sha256.Size]byte

func (p pin) String() string { return pinPrefix + base64.StdEncoding.EncodeToString(p[:]) }

// pinOf returns the pin that matches cert.
func pinOf(cert *x509.Certificate) pin { return sha256.Sum256(cert.RawSubjectPublicKeyInfo) }

// parsePins parses entries in the format of curl's --pinnedpubkey: each is one pin, or
// several separated by ";".
func parsePins(entries []string) ([]pin, error) {
	var pins []pin
	for _, entry := range entries {
		for _, one := range strings.Split(entry, ";") {
			p, err := parsePin(strings.TrimSpace(one))
			if err != nil {
				return nil, err
			}
			pins = append(pins, p)
		}
	}
	return pins, nil
}

func parsePin(s string) (p pin, err error) {
	code, ok := strings.CutPrefix(s, pinPrefix)
	raw, bad := base64.StdEncoding.DecodeString(code)
	if !ok || bad != nil || len(raw) != len(p) || strings.ContainsAny(code, "\r\n") {
		return p, fmt.Errorf("pinned public key \"%s\" must be %s followed by 44 characters of base64, such as %s",
			clipped(s, 80), pinPrefix, pin{})
	}
	return pin(raw), nil
}

// checkPins returns an error unless a pin matches the server's own certificate. It does
// not compare the certificates of authorities, since the pin of an authority would
// match every certificate that it issues.
func checkPins(pins []pin, leaf *x509.Certificate) error {
	if len(pins) == 0 {
		return nil
	}
	has := pinOf(leaf)
	for _, p := range pins {
		if p == has {
			return nil
		}
	}
	return &tlsProblem{
		text: "the server's public key is not the pinned one: it is " + has.String(),
		hint: "if the server's key was changed on purpose, pin the new one; otherwise someone may be intercepting the connection",
	}
}

// Pin returns the entry for TLSConfig.PinnedPublicKeys that matches cert.
func Pin(cert *x509.Certificate) string { return pinOf(cert).String() }

// CheckPin returns an error unless s is valid in TLSConfig.PinnedPublicKeys.
func CheckPin(s string) error {
	_, err := parsePins([]string{s})
	return err
}
