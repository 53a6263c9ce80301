// SPDX-License-Identifier: MIT

package mailer

import (
	"fmt"
	"regexp"
	"strings"
)

// masks replaces texts that a transcript must not contain. An address has the same
// replacement everywhere.
type masks struct {
	replaced map[string]string // by address in lower case
	names    []string          // the names of the client and its login
}

// mostMasks is the maximum number of addresses that get different replacements.
const mostMasks = 10_000

// anyAddress matches an address, even if it is not valid.
var anyAddress = regexp.MustCompile(`(?:"[^"]*"|[^\s<>()\[\],;:"'=]+)@[^\s<>()\[\],;:"']*[^\s<>()\[\],;:"'.]`)

// of returns the replacement of an address.
func (m *masks) of(address string) string {
	key := strings.ToLower(address)
	if one, ok := m.replaced[key]; ok {
		return one
	}
	if m.replaced == nil {
		m.replaced = map[string]string{}
	}
	one := fmt.Sprintf("address%d@test.example", len(m.replaced)+1)
	if len(m.replaced) < mostMasks {
		m.replaced[key] = one
	}
	return one
}

// anyIPv4 and anyIPv6 match IP addresses, which are usually those of the client.
var (
	anyIPv4 = regexp.MustCompile(`\b(?:\d{1,3}\.){3}\d{1,3}\b`)
	anyIPv6 = regexp.MustCompile(`(?i)\b(?:[0-9a-f]{0,4}:){3,}[0-9a-f]{0,4}`)
)

// reply returns a line of a reply with its addresses and names replaced.
func (m *masks) reply(line string) string {
	line = anyAddress.ReplaceAllStringFunc(line, m.of)
	for _, name := range m.names {
		line = replaceWord(line, name, "client.test.example")
	}
	return anyIPv6.ReplaceAllString(anyIPv4.ReplaceAllString(line, "192.0.2.1"), "2001:db8:0:0::1")
}

// replaceWord replaces each occurrence of a word that is not part of a longer one.
func replaceWord(s, word, by string) string {
	lower, key := strings.ToLower(s), strings.ToLower(word)
	if len(lower) != len(s) { // some letters have a different length in lower case
		return strings.ReplaceAll(s, word, by)
	}
	var b strings.Builder
	for {
		i := strings.Index(lower, key)
		if i < 0 {
			return b.String() + s
		}
		end := i + len(key)
		if (i == 0 || !ofWord(lower[i-1])) && (end == len(lower) || !ofWord(lower[end])) {
			b.WriteString(s[:i] + by)
		} else {
			b.WriteString(s[:end])
		}
		s, lower = s[end:], lower[end:]
	}
}

func ofWord(c byte) bool { return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c >= 0x80 }

// note adds a name that is replaced in replies.
func (m *masks) note(name string) {
	name = strings.Trim(name, "[]")
	if len(name) < 3 {
		return
	}
	for _, known := range m.names {
		if strings.EqualFold(known, name) {
			return
		}
	}
	if len(m.names) < 100 {
		m.names = append(m.names, name)
	}
}

var (
	recordedPath = regexp.MustCompile(`<[^>]+>`)
	recordedSize = regexp.MustCompile(` SIZE=\d+`)
	recordedID   = regexp.MustCompile(` (ENVID|ORCPT)=\S+`)
)

// wild stands for a wildcard. It is a character that no command contains.
const wild = "\x00"

// command returns a command as a pattern, with wildcards for the parts that differ in
// another run of the same or another program.
func (m *masks) command(line string, contents bool) string {
	verb, rest, _ := strings.Cut(line, " ")
	switch strings.ToUpper(verb) {
	case "EHLO", "HELO", "LHLO":
		m.note(rest)
		return verb + " *"
	case "MAIL", "RCPT":
		line = recordedSize.ReplaceAllString(line, " SIZE="+wild)
		if !contents {
			for _, one := range recordedPath.FindAllString(line, -1) {
				m.of(strings.Trim(one, "<>"))
			}
			line = recordedPath.ReplaceAllString(line, "<"+wild+">")
			line = recordedID.ReplaceAllString(line, " $1="+wild)
		}
	}
	if strings.Contains(line, "{base64 ") || strings.HasPrefix(line, "~") {
		expression := regexp.QuoteMeta(line)
		expression = strings.ReplaceAll(expression, wild, ".+")
		return "~" + strings.ReplaceAll(expression, `base64 `, `base64\x20`)
	}
	return strings.ReplaceAll(strings.ReplaceAll(line, "*", `\*`), wild, "*")
}
