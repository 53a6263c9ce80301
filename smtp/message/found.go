// SPDX-License-Identifier: MIT

package message

import (
	"csmtp/smtp/internal/text"
	"encoding/base64"
	"strconv"
	"strings"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// This file finds every text that some mail program decodes as an encoded word. Mail
// programs decode more than RFC 2047 allows: base64 without its padding or with other octets
// in it, wrong hexadecimal digits, spaces within a word, and a language after the charset
// (RFC 2231, section 5). Some of these programs then write the decoded text into a header.

// foundWord is an encoded word in a text, or a piece of text that some mail program
// decodes as an encoded word.
type foundWord struct {
	start, end int // the range of the word in the text
	charset    string
	octets     string
}

// findWord returns the first encoded word in s[from:]. If strict is set, it finds only words
// whose charset and encoded text contain no space or TAB, and whose encoded text contains no
// question mark.
func findWord(s string, from int, strict bool) (w foundWord, found bool) {
	for {
		start := strings.Index(s[from:], "=?")
		if start < 0 {
			return w, false
		}
		from += start + len("=?")
		label, rest, _ := strings.Cut(s[from:], "?")
		enc, rest, _ := strings.Cut(rest, "?")
		if len(enc) != 1 || strings.IndexByte("BbQq", enc[0]) < 0 {
			continue
		}
		end := strings.IndexAny(rest, "? \t")
		if !strict {
			end = strings.Index(rest, "?=")
		}
		switch {
		case end < 0:
			return w, false // if this word has no "?=", no later word has one
		case strict && (!strings.HasPrefix(rest[end:], "?=") || strings.ContainsAny(label, " \t")):
			continue
		}
		data := rest[:end]
		w.start, w.end = from-len("=?"), len(s)-len(rest)+end+len("?=")
		w.charset, _, _ = strings.Cut(label, "*")
		if enc == "B" || enc == "b" {
			w.octets = looseBase64(data)
		} else {
			w.octets = decodeHex(strings.ReplaceAll(data, "_", " "), '=')
		}
		return w, true
	}
}

// looseBase64 decodes base64, and ignores octets that base64 does not use. If s contains
// padding before its end, some mail programs decode the pieces before and after the padding
// separately, and others ignore the padding. The result then contains the texts that both
// kinds of programs decode.
func looseBase64(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < 0x80 && (text.IsAlnum(byte(r)) || r == '+' || r == '/' || r == '=') {
			return r
		}
		return -1
	}, s)
	pieces := strings.Split(strings.TrimRight(s, "="), "=")
	if len(pieces) > 1 {
		pieces = append([]string{strings.Join(pieces, "")}, pieces...)
	}
	var out []byte
	for _, piece := range pieces {
		if len(piece)%4 == 1 {
			piece = piece[:len(piece)-1]
		}
		out, _ = base64.RawStdEncoding.AppendDecode(out, []byte(piece))
	}
	return string(out)
}

// decodeHex decodes every occurrence of the octet 'sign' that is followed by two hexadecimal
// digits. It does not decode the result again.
func decodeHex(s string, sign byte) string {
	if strings.IndexByte(s, sign) < 0 {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == sign && i+2 < len(s) {
			if high, low := hexValue(s[i+1]), hexValue(s[i+2]); high >= 0 && low >= 0 {
				b.WriteByte(byte(high<<4 | low))
				i += 2
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

func hexValue(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c|0x20 && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10
	}
	return -1
}

// looseText decodes the words that findWord finds in s. Adjacent words in the same charset are
// decoded together, unless the parameter 'apart' is set. Like mail programs, looseText removes
// line ends at the end of a sequence of adjacent words if a space, a TAB or nothing follows the
// sequence: shell scripts often encode the line end of a text too.
func looseText(s string, strict, apart bool) string {
	var b strings.Builder
	pos := 0
	for {
		w, found := findWord(s, pos, strict)
		if !found {
			b.WriteString(s[pos:])
			return b.String()
		}
		b.WriteString(s[pos:w.start])
		var decoded, run strings.Builder // run contains the octets of adjacent words in one charset
		for more := true; more; {
			run.WriteString(w.octets)
			pos = w.end
			next, found := findWord(s, pos, strict)
			more = found && strings.Trim(s[pos:next.start], " \t") == ""
			if !more || apart || !strings.EqualFold(next.charset, w.charset) {
				decoded.WriteString(looseOctets(w.charset, run.String()))
				run.Reset()
			}
			w = next
		}
		text := decoded.String()
		if pos == len(s) || isWSP(s[pos]) {
			text = strings.TrimRight(text, "\r\n")
		}
		b.WriteString(text)
	}
}

// looseOctets decodes octets from the charset with the given label, including UTF-7 and EBCDIC
// code pages. If the charset is unknown, or if decoding fails or loses line ends, looseOctets
// decodes the octets as ISO-8859-1, and removes the control characters that switch between
// character sets.
func looseOctets(label, octets string) string {
	c, err := lookupCharset(label)
	switch {
	case err == nil && c.enc == nil:
		return octets
	case err == nil:
		u, err := c.enc.NewDecoder().String(octets)
		lost := strings.ContainsAny(octets, "\r\n") && !strings.ContainsAny(u, "\r\n") // possible in charsets with shift states
		if err == nil && (!lost || strings.HasPrefix(c.name, "UTF-16")) {
			return u
		}
	case isUTF7(label):
		return decodeUTF7(octets)
	case isEBCDIC(label):
		u, _ := charmap.CodePage037.NewDecoder().String(octets)
		return u
	}
	u, _ := charmap.ISO8859_1.NewDecoder().String(octets)
	return strings.NewReplacer("\x1b", "", "\x0e", "", "\x0f", "", "\x00", "").Replace(u)
}

func isUTF7(label string) bool {
	label = strings.ToLower(label)
	return strings.HasSuffix(label, "utf-7") || strings.HasSuffix(label, "utf7")
}

// decodeUTF7 decodes UTF-7 (RFC 2152), in which "+" begins UTF-16 in base64.
func decodeUTF7(s string) string {
	var b strings.Builder
	for i, run := range strings.Split(s, "+") {
		n := 0
		if i > 0 {
			for n < len(run) && (text.IsAlnum(run[n]) || run[n] == '/') {
				n++
			}
			u, _ := unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewDecoder().String(looseBase64(run[:n]))
			b.WriteString(u)
		}
		b.WriteString(run[n:])
	}
	return b.String()
}

// isEBCDIC reports whether label names an EBCDIC code page. In all EBCDIC code pages, line
// ends have the same codes as in code page 037.
func isEBCDIC(label string) bool {
	label = strings.ToLower(label)
	n, err := strconv.Atoi(strings.TrimLeft(label, "abcdefghijklmnopqrstuvwxyz-_"))
	switch {
	case strings.HasPrefix(label, "ebcdic"):
		return true
	case err != nil, !strings.HasPrefix(label, "cp") && !strings.Contains(label, "ibm"):
		return false
	}
	switch n {
	case 37, 273, 277, 278, 280, 284, 285, 290, 297, 420, 423, 424, 500, 870, 871, 875, 880, 905, 918, 924, 1026, 1047:
		return true
	}
	return 1140 <= n && n <= 1149
}

// hidesAny reports whether the encoded words of s, when decoded, contain one of the given
// octets.
func hidesAny(s, octets string) bool {
	for _, strict := range []bool{false, true} {
		for _, apart := range []bool{false, true} {
			if strings.ContainsAny(looseText(s, strict, apart), octets) {
				return true
			}
		}
	}
	return false
}

// hiddenControl returns the first control character in the text that results from decoding the
// encoded words of s. It returns -1 if there is none, or if s has no encoded word. If strict is
// set, it decodes words only in the strict way of findWord, and otherwise in both ways.
func hiddenControl(s string, strict bool) int {
	if !strings.Contains(s, "=?") {
		return -1
	}
	for _, apart := range []bool{false, true} {
		text := looseText(s, strict, apart)
		if i := controlAt(text); i >= 0 {
			return int(text[i])
		}
	}
	if strict {
		return -1
	}
	return hiddenControl(s, true)
}
