// SPDX-License-Identifier: MIT

package message

import (
	"encoding/base64"
	"encoding/pem"
	"strings"
)

// noPrivateKey returns what is wrong with a text that contains no private key in PEM.
// It never contains a part of the text.
func noPrivateKey(text string) string {
	s := strings.TrimSpace(text)
	switch {
	case s == "":
		return "the private key is empty"
	case strings.HasPrefix(s, "\ufeff"), strings.HasPrefix(s, "\xff\xfe"), strings.HasPrefix(s, "\xfe\xff"):
		return "the private key begins with a byte order mark (BOM); save it as UTF-8 without one"
	case strings.Contains(s, "-----BEGIN "):
		return damagedPEM(s)
	case strings.HasPrefix(s, "PuTTY-User-Key-File"):
		return "the private key is in PuTTY's format; make a PEM key with \"openssl genpkey\""
	case strings.HasPrefix(s, "\x30\x82"), strings.HasPrefix(s, "\x30\x2e\x02"):
		return "the private key is in DER; convert it with \"openssl pkey -inform DER -in KEY.der -out KEY.pem\""
	case bareBase64(s):
		return "the private key has no -----BEGIN PRIVATE KEY----- line before the base64 and no -----END PRIVATE KEY----- line after it"
	case isPath(s):
		return "the private key looks like the path of a file; pass the content of the file"
	}
	return "no PEM private key found; it starts with -----BEGIN PRIVATE KEY-----"
}

// damagedPEM returns what is wrong with a text that has a BEGIN line.
func damagedPEM(s string) string {
	switch {
	case strings.Contains(s, `\n`):
		return `the private key has the two characters \n where it needs line ends; replace them with line ends`
	case !strings.Contains(s, "-----END "):
		return "the private key is cut off: it has no -----END line"
	case !strings.ContainsAny(s, "\r\n"):
		return "the private key is on one line; put a line end after the -----BEGIN line and before the -----END line"
	}
	if block, _ := pem.Decode([]byte(s)); block != nil && !strings.HasSuffix(block.Type, "PRIVATE KEY") {
		return "the text is a " + visible(block.Type) + " and not a private key, which starts with -----BEGIN PRIVATE KEY-----"
	}
	for line := range strings.SplitSeq(s, "\n") {
		if strings.HasPrefix(line, " ") || strings.HasPrefix(line, "\t") {
			return "the private key is indented; remove the blanks at the start of its lines"
		}
	}
	return "the PEM private key is damaged; copy it again, with its line ends"
}

// bareBase64 reports whether s is the base64 of a key without the lines around it.
func bareBase64(s string) bool {
	s = strings.Join(strings.Fields(s), "")
	der, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(s, "="))
	asn1 := len(der) > 1 && der[0] == 0x30 && (der[1] == 0x82 || int(der[1]) == len(der)-2)
	return err == nil && (asn1 || len(der) == 32 && strings.HasSuffix(s, "="))
}

// isPath reports whether s looks like the path of a file.
func isPath(s string) bool {
	return !strings.ContainsAny(s, "\r\n") && (strings.ContainsAny(s, `/\`) || strings.Contains(s, ".")) && len(s) < 4096
}
