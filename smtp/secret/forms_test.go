// SPDX-License-Identifier: MIT

package secret

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"mime/quotedprintable"
	"net/url"
	"strings"
)

// form is a way to write a secret in a text. It shares no code with the search for secrets.
type form struct {
	name  string
	write func(secret string) string
}

func each(s, format string) string {
	var b strings.Builder
	for i := range len(s) {
		fmt.Fprintf(&b, format, s[i])
	}
	return b.String()
}

func wrapped(s string, at int) string {
	var b strings.Builder
	for len(s) > at {
		b.WriteString(s[:at] + "\n")
		s = s[at:]
	}
	return b.String() + s
}

func inQuotedPrintable(s string) string {
	var b strings.Builder
	w := quotedprintable.NewWriter(&b)
	w.Write([]byte(s))
	w.Close()
	return b.String()
}

func std(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

var forms = []form{
	{"raw", func(s string) string { return s }},
	{"upper case", strings.ToUpper},
	{"lower case", strings.ToLower},
	{"wrapped", func(s string) string { return wrapped(s, 3) }},
	{"base64", std},
	{"base64 without padding", func(s string) string { return base64.RawStdEncoding.EncodeToString([]byte(s)) }},
	{"base64 URL", func(s string) string { return base64.URLEncoding.EncodeToString([]byte(s)) }},
	{"base64 URL without padding", func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }},
	{"base64 in upper case", func(s string) string { return strings.ToUpper(std(s)) }},
	{"base64 wrapped", func(s string) string { return wrapped(std(s), 6) }},
	{"PLAIN", func(s string) string { return std("\x00alice\x00" + s) }},
	{"PLAIN, alignment 1", func(s string) string { return std("\x00alice1\x00" + s) }},
	{"PLAIN, alignment 2", func(s string) string { return std("\x00alice12\x00" + s) }},
	{"XOAUTH2", func(s string) string { return std("user=a\x01auth=Bearer " + s + "\x01\x01") }},
	{"OAUTHBEARER", func(s string) string { return std("n,a=a,\x01host=h\x01port=25\x01auth=Bearer " + s + "\x01\x01") }},
	{"command", func(s string) string { return "AUTH PLAIN " + std("\x00a\x00"+s) }},
	{"hex", func(s string) string { return hex.EncodeToString([]byte(s)) }},
	{"HEX", func(s string) string { return strings.ToUpper(hex.EncodeToString([]byte(s))) }},
	{"hex with colons", func(s string) string { return strings.TrimSuffix(each(s, "%02x:"), ":") }},
	{"hex with spaces", func(s string) string { return each(s, "%02X ") }},
	{"hex in a C array", func(s string) string { return each(s, "0x%02x, ") }},
	{"hex escapes of C", func(s string) string { return each(s, `\x%02x`) }},
	{"octal escapes of C", func(s string) string { return each(s, `\%03o`) }},
	{"decimal", func(s string) string { return fmt.Sprint([]byte(s)) }},
	{"query", url.QueryEscape},
	{"path", url.PathEscape},
	{"each octet as %XX", func(s string) string { return each(s, "%%%02X") }},
	{"xtext", func(s string) string { return each(s, "+%02X") }},
	{"JSON", func(s string) string { b, _ := json.Marshal(s); return string(b[1 : len(b)-1]) }},
	{"JSON with slashes", func(s string) string {
		b, _ := json.Marshal(s)
		return strings.ReplaceAll(string(b[1:len(b)-1]), "/", `\/`)
	}},
	{`each octet as \u00XX`, func(s string) string { return each(s, `\u00%02x`) }},
	{"Go", func(s string) string { q := fmt.Sprintf("%q", s); return q[1 : len(q)-1] }},
	{"Go in ASCII", func(s string) string { q := fmt.Sprintf("%+q", s); return q[1 : len(q)-1] }},
	{"HTML", html.EscapeString},
	{"HTML numbers", func(s string) string { return each(s, "&#%d;") }},
	{"HTML hexadecimal", func(s string) string { return each(s, "&#x%x;") }},
	{"quoted-printable", inQuotedPrintable},
	{"each octet as =XX", func(s string) string { return each(s, "=%02X") }},
	{"base64 of JSON", func(s string) string { b, _ := json.Marshal(map[string]string{"status": s}); return std(string(b)) }},
	{"query of base64", func(s string) string { return url.QueryEscape(std(s)) }},
	{"JSON of base64", func(s string) string { return strings.ReplaceAll(std(s), "/", `\/`) }},
	{"hex of base64", func(s string) string { return hex.EncodeToString([]byte(std(s))) }},
	{"base64 of hex", func(s string) string { return std(hex.EncodeToString([]byte(s))) }},
	{"base64 of query", func(s string) string { return std("id:" + url.QueryEscape(s)) }},
	{"query twice", func(s string) string { return url.QueryEscape(url.QueryEscape(s)) }},
	{"UTF-16", func(s string) string { return utf16Of(s, binary.LittleEndian) }},
	{"UTF-16, big-endian", func(s string) string { return utf16Of(s, binary.BigEndian) }},
	{"base64 of UTF-16", func(s string) string { return std(utf16Of(s, binary.LittleEndian)) }},
	{"hex of UTF-16", func(s string) string { return hex.EncodeToString([]byte(utf16Of(s, binary.LittleEndian))) }},
	{"base64 in quoted lines", func(s string) string { return strings.ReplaceAll(wrapped(std(s), 7), "\n", "\n> ") }},
	{"question marks", func(s string) string {
		return strings.Map(func(r rune) rune {
			if r < ' ' || r >= 0x7f {
				return '?'
			}
			return r
		}, s)
	}},
}
