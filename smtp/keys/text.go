// SPDX-License-Identifier: MIT

package keys

import (
	"bytes"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"strings"

	"golang.org/x/text/encoding/unicode"
)

var (
	beginPEM = []byte("-----BEGIN ")
	utf8BOM  = []byte("\xEF\xBB\xBF")
)

// plain converts text to UTF-8 without byte order marks. Data that is not text is returned
// unchanged.
func plain(data []byte) []byte {
	if text := fromUTF16(data); text != nil {
		data = text
	}
	if !bytes.Contains(data, beginPEM) {
		return bytes.TrimPrefix(data, utf8BOM)
	}
	return bytes.ReplaceAll(data, utf8BOM, nil) // concatenated files can have several
}

// fromUTF16 converts data from UTF-16 to UTF-8. It returns nil if data is not in UTF-16. It
// recognizes UTF-16 by the byte order mark, or by the dashes of PEM.
func fromUTF16(data []byte) []byte {
	if len(data) < 4 || len(data)%2 != 0 {
		return nil
	}
	order := unicode.LittleEndian
	switch {
	case bytes.HasPrefix(data, []byte{0xFF, 0xFE}):
	case bytes.HasPrefix(data, []byte{0xFE, 0xFF}):
		order = unicode.BigEndian
	case bytes.Contains(data, []byte("-\x00-\x00-\x00-\x00")) && data[1] == 0:
	case bytes.Contains(data, []byte("\x00-\x00-\x00-\x00-")) && data[0] == 0:
		order = unicode.BigEndian
	default:
		return nil
	}
	text, err := unicode.UTF16(order, unicode.UseBOM).NewDecoder().Bytes(data)
	if err != nil {
		return nil
	}
	return text
}

// CheckText returns an error if text, a private key, begins with a byte order mark. A program
// that reads the key from a file must convert it to UTF-8 and remove the mark.
func CheckText(text string) error {
	switch {
	case strings.HasPrefix(text, "\xEF\xBB\xBF"):
		return &Error{Reason: "the private key begins with a byte order mark (BOM); remove it"}
	case strings.HasPrefix(text, "\xFF\xFE"), strings.HasPrefix(text, "\xFE\xFF"):
		return &Error{Reason: "the private key begins with the byte order mark (BOM) of UTF-16; convert it to UTF-8 without one"}
	}
	return nil
}

// pemBlocks returns the blocks of a PEM text. Lines can be indented, and can end with CRLF,
// LF or CR.
func pemBlocks(text []byte) []*pem.Block {
	text = bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
	text = bytes.ReplaceAll(text, []byte("\r"), []byte("\n"))
	lines := bytes.Split(text, []byte("\n"))
	for i, line := range lines {
		lines[i] = bytes.TrimSpace(line)
	}
	var blocks []*pem.Block
	for rest := bytes.Join(lines, []byte("\n")); ; {
		var b *pem.Block
		if b, rest = pem.Decode(rest); b == nil {
			return blocks
		}
		blocks = append(blocks, b)
	}
}

// fromBase64 decodes a text that is base64 of DER without the BEGIN and END lines of PEM. It
// returns nil if text is something else.
func fromBase64(text []byte) []byte {
	text = bytes.Join(bytes.Fields(text), nil)
	if !bytes.HasPrefix(text, []byte("M")) { // the base64 of a DER SEQUENCE begins with M
		return nil
	}
	der := make([]byte, base64.StdEncoding.DecodedLen(len(text)))
	n, err := base64.StdEncoding.Decode(der, text)
	if err != nil {
		return nil
	}
	return der[:n]
}

// unreadable returns the error for data that contains neither PEM nor DER. 'what' is
// "certificate" or "private key". The error never contains a part of the data.
func unreadable(data []byte, what string) error {
	s := strings.TrimSpace(string(data))
	the := "the " + what + " "
	switch {
	case s == "":
		return &Error{Reason: the + "is empty"}
	case strings.Contains(s, "-----BEGIN "):
		return damagedPEM(s, the)
	case strings.HasPrefix(s, "\xFE\xED\xFE\xED"), strings.HasPrefix(s, "\xCE\xCE\xCE\xCE"):
		return &Error{Reason: the + "is in a Java keystore, which cannot be read",
			Command: "keytool -importkeystore -srckeystore FILE -destkeystore FILE.p12 -deststoretype PKCS12"}
	case strings.HasPrefix(s, "PuTTY-User-Key-File"):
		return &Error{Reason: the + "is in PuTTY's format", Command: "puttygen FILE -O private-openssh -o FILE.pem"}
	case strings.HasPrefix(s, "---- BEGIN SSH2"), strings.HasPrefix(s, "ssh-"):
		return &Error{Reason: "it is an SSH public key, not a " + what}
	case strings.HasPrefix(s, "\x30\x82"), strings.HasPrefix(s, "\x30\x2e\x02"), strings.HasPrefix(s, "\x30\x80"):
		return &Error{Reason: the + "is in DER format, and is damaged or cut off at its first NUL", Command: convertDER(what)}
	case bareBase64(s):
		return &Error{Reason: fmt.Sprintf("%shas no -----BEGIN %s----- line before the base64 and no -----END line after it", the, labels[what])}
	case isPath(s):
		return &Error{Reason: the + "looks like the path of a file; pass the content of the file"}
	}
	return &Error{Reason: fmt.Sprintf("no PEM %s found (it would start with -----BEGIN %s-----)", what, labels[what])}
}

var labels = map[string]string{"certificate": "CERTIFICATE", "private key": "PRIVATE KEY"}

func convertDER(what string) string {
	if what == "certificate" {
		return "openssl x509 -inform DER -in FILE -out FILE.pem"
	}
	return "openssl pkey -inform DER -in FILE -out FILE.pem"
}

// damagedPEM returns an error that says what is wrong with s, a text that has a BEGIN line
// but no valid PEM block. The argument 'the' is "the certificate " or "the private key ".
func damagedPEM(s, the string) error {
	switch {
	case strings.Contains(s, `\n`):
		return &Error{Reason: the + `has the two characters \n where it needs line ends; replace them with line ends`}
	case !strings.Contains(s, "-----END "):
		return &Error{Reason: the + "is cut off: it has no -----END line"}
	case !strings.ContainsAny(s, "\r\n"):
		return &Error{Reason: the + "is on one line; put a line end after the -----BEGIN line and before the -----END line"}
	}
	return &Error{Reason: the + "is damaged; copy it again, with its line ends"}
}

// bareBase64 reports whether s is base64 of a certificate or key without the BEGIN and END
// lines of PEM.
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
