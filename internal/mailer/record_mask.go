// SPDX-License-Identifier: MIT

package mailer

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/idna"

	"csmtp/internal/pattern"
)

// masks replaces the texts that a transcript must not contain: addresses, the names of the
// client and its login, and IP addresses. It replaces an address with the same text
// everywhere.
type masks struct {
	replaced map[string]string // the replacements of addresses; the keys are in lower case
	words    words             // the other texts to replace, in every spelling
	full     bool              // whether a word was not added, because there were too many
	added    []string          // the words, in lower case, that were added after the last maskAgain
}

// mostWords is the maximum number of octets of all words of a transcript.
const mostWords = 4 << 20

// The replacements for names and IP addresses, which are not numbered.
const (
	maskedClient = "client.test.example"
	maskedDomain = "test.example"
	maskedIPv4   = "192.0.2.1"
	maskedIPv6   = "2001:db8::1"
)

// The method named 'of' returns the replacement of an address.
func (m *masks) of(address string) string {
	key := strings.ToLower(address)
	if at := strings.LastIndexByte(key, '@'); at > 0 {
		key = unquoted(key[:at]) + key[at:]
	}
	if one, ok := m.replaced[key]; ok {
		return one
	}
	if m.replaced == nil {
		m.replaced = map[string]string{}
	}
	one := key
	if !aReplacement.Compiled().MatchString(key) { // in a recorded replay, addresses are replacements already
		one = fmt.Sprintf("address%d@%s", len(m.replaced)+1, maskedDomain)
	}
	m.replaced[key] = one
	return one
}

var aReplacement = pattern.Pattern{Expression: `^(?:address\d+|client)@test\.example$`}

// unquoted returns a local part without its quotes and escapes, if it is quoted.
func unquoted(local string) string {
	if len(local) < 2 || local[0] != '"' || local[len(local)-1] != '"' {
		return local
	}
	return strings.ReplaceAll(escapedOctet.Compiled().ReplaceAllString(local[1:len(local)-1], "$1"), "\x00", "")
}

var escapedOctet = pattern.Pattern{Expression: `\\(.)`}

// noteAddress adds an address of the envelope to the texts that are replaced in replies. It
// also adds the local part and the domain of the address.
func (m *masks) noteAddress(address string) {
	if address == "" {
		return
	}
	one := m.of(address)
	m.word(address, one, asAddress)
	at := strings.LastIndexByte(address, '@')
	if at < 0 {
		m.name(address, one)
		return
	}
	number, _, _ := strings.Cut(one, "@")
	local, domain := address[:at], address[at+1:]
	if plain := unquoted(local); plain != local {
		m.word(plain+address[at:], one, asAddress)
		m.name(plain, number)
	} else {
		m.name(local, number)
		m.word(`"`+strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(local)+`"`+address[at:], one, asAddress)
	}
	if base, _, tagged := strings.Cut(local, "+"); tagged {
		m.name(base, number)
	}
	domain = strings.TrimSuffix(domain, ".")
	m.name(domain, maskedDomain)
	if unicode, err := idna.ToUnicode(domain); err == nil {
		m.name(unicode, maskedDomain)
	}
	if ascii, err := idna.ToASCII(domain); err == nil {
		m.name(ascii, maskedDomain)
	}
}

// note adds a name of the client, or of its login, to the texts that are replaced in
// replies.
func (m *masks) note(name string) {
	if local, domain, found := strings.Cut(name, "@"); found {
		m.word(name, "client@"+maskedDomain, asAddress)
		m.name(local, maskedClient)
		m.name(domain, maskedDomain)
		return
	}
	m.name(strings.TrimPrefix(strings.Trim(name, "[]"), "IPv6:"), maskedClient)
}

// noteClient adds the names of the client that the server uses in 'line', the first line of
// its reply to EHLO.
func (m *masks) noteClient(line string) {
	for _, one := range hosts(line) {
		if one.by == maskedClient {
			m.note(line[one.begin:one.end])
		}
	}
}

// leastName is the minimum number of octets of a name that is replaced. A shorter name
// occurs by chance in too many texts.
const leastName = 3

func rankOf(name string) int {
	if strings.ContainsAny(name, ".@") {
		return asDotted
	}
	return asWord
}

func (m *masks) name(name, by string) {
	if len(name) >= leastName {
		m.word(name, by, rankOf(name))
	}
}

func (m *masks) word(word, by string, rank int) {
	if len(word) < indexed {
		return
	}
	known, ok := m.words.of(word)
	if ok && (known.text == by || !strings.HasPrefix(known.text, "client") || strings.HasPrefix(by, "client")) {
		return // if a word is both an address and a login, it is replaced as the address
	}
	if m.words.size+len(word) > mostWords {
		m.full = true
		return
	}
	m.added = append(m.added, m.words.add(word, by, rank))
}

// maskAgain replaces names in lines that were recorded before the names were known. r.mu
// must be held.
func (r *recording) maskAgain() {
	added := r.masks.added
	r.masks.added = nil
	if len(added) == 0 {
		return
	}
	for _, d := range r.sessions {
		for i := range d.lines {
			if line := &d.lines[i]; line.reply != "" && mayContain(line.reply, added) {
				before := len(line.text)
				line.text = r.masks.shown(*line)
				r.extent.size += len(line.text) - before
			}
		}
	}
}

// mayContain reports whether a line may contain one of the words. It is fast, and may
// return true for a line that contains none.
func mayContain(line string, words []string) bool {
	if len(words) > 50 || strings.ContainsAny(line, `%+=\&`) {
		return true
	}
	lower := strings.ToLower(line)
	return slices.ContainsFunc(words, func(word string) bool { return strings.Contains(lower, word) })
}

// shown returns the line that a transcript contains for a line of a reply.
func (m *masks) shown(line recordedLine) string {
	if line.extension {
		return replyStep(m.extension(line.reply))
	}
	return replyStep(m.reply(line.reply))
}

// codes matches the reply code and the enhanced status code at the beginning of a line of a
// reply.
var codes = pattern.Pattern{Expression: `^\d{3}(?:[ -]|$)(?:[245]\.\d{1,3}\.\d{1,3}(?:\s+|$))?`}

// reply returns a line of a reply in which addresses and names are replaced. It does not
// change the codes.
func (m *masks) reply(line string) string {
	begin := len(codes.Compiled().FindString(line))
	return line[:begin] + m.replace(line[begin:], asWord)
}

// keyword matches the code and the EHLO keyword at the beginning of a line (RFC 5321,
// section 4.1.1.1).
var keyword = pattern.Pattern{Expression: `^\d{3}[ -][A-Za-z0-9][-A-Za-z0-9]*(?:[ =]|$)`}

// extension does the work of reply for a line that names an extension in the reply to EHLO. It
// keeps the keyword and its parameters, because the client uses them. It replaces only addresses,
// names with a dot and IP addresses in the parameters.
func (m *masks) extension(line string) string {
	begin := len(keyword.Compiled().FindString(line))
	if begin == 0 {
		return m.reply(line)
	}
	return line[:begin] + m.replace(line[begin:], asDotted)
}

// replace returns a text in which all addresses, all hosts, and the words of the given rank
// or a higher one are replaced. Spans that overlap are replaced by one replacement, so that
// no part of them remains.
func (m *masks) replace(text string, rank int) string {
	spans := m.words.find(text, rank)
	spans = append(spans, addresses(text)...)
	spans = append(spans, hosts(text)...)
	slices.SortFunc(spans, func(a, b span) int { return a.begin - b.begin })
	var b strings.Builder
	done := 0
	for i := 0; i < len(spans); {
		best, begin, end := spans[i], spans[i].begin, spans[i].end
		for i++; i < len(spans) && spans[i].begin < end; i++ {
			end = max(end, spans[i].end)
			if spans[i].over(best) {
				best = spans[i]
			}
		}
		if best.by == "" {
			best.by = m.of(text[best.begin:best.end])
		}
		b.WriteString(text[done:begin] + best.by)
		done = end
	}
	return b.String() + text[done:]
}

// command returns a pattern for a command. It has wildcards for the parts that are
// different when the session is replayed.
func (m *masks) command(line string, contents bool) string {
	verb, rest, _ := strings.Cut(line, " ")
	switch strings.ToUpper(verb) {
	case "EHLO", "HELO", "LHLO":
		m.note(rest)
		return verb + " *"
	case "MAIL", "RCPT":
		line = m.envelope(line, contents)
	default:
		if !contents {
			line = verb + strings.TrimSuffix(" "+m.replace(rest, asWord), " ")
		}
	}
	if strings.Contains(line, "{base64 ") || strings.HasPrefix(line, "~") {
		expression := regexp.QuoteMeta(line)
		expression = strings.ReplaceAll(expression, wild, ".+")
		return "~" + strings.ReplaceAll(expression, `base64 `, `base64\x20`)
	}
	return strings.ReplaceAll(strings.ReplaceAll(line, "*", `\*`), wild, "*")
}

// wild stands for a wildcard. No command contains this character.
const wild = "\x00"

var (
	// envelopePath matches a MAIL or RCPT command. Its groups are the text before the path,
	// the path, and the parameters. The second form of the path is for a local part with an
	// opening quote and no closing quote.
	envelopePath = pattern.Pattern{Expression: `^([A-Za-z]+ [A-Za-z]+: ?)(?:<((?:"(?:[^"\\]|\\.)*"|[^">])*)>|<([^ ]+)>)((?: .*)?)$`}

	recordedSize = pattern.Pattern{Expression: ` SIZE=\d+`}

	// freeParameter matches a parameter of MAIL or RCPT. The value of the parameter can be a
	// text of the program.
	freeParameter = pattern.Pattern{Expression: ` ([A-Za-z0-9][-A-Za-z0-9]*)=(\S+)`}
)

// fixedParameters contains the parameters of MAIL and RCPT whose values are not texts of
// the program.
var fixedParameters = []string{"BODY", "SIZE", "RET", "NOTIFY", "BY", "HOLDFOR", "HOLDUNTIL", "MT-PRIORITY"}

// envelope returns a MAIL or RCPT command with wildcards. These replace the size and,
// unless contents is set, the address and the texts of the program in the parameters.
func (m *masks) envelope(line string, contents bool) string {
	part := envelopePath.Compiled().FindStringSubmatch(line)
	if part == nil { // this library's client never sends such a command
		m.noteAddress(line)
		return line[:4] + " " + wild
	}
	begin, path, parameters := part[1], part[2]+part[3], part[4]
	m.noteAddress(path)
	parameters = recordedSize.Compiled().ReplaceAllString(parameters, " SIZE="+wild)
	if contents {
		return begin + "<" + path + ">" + parameters
	}
	if path != "" {
		path = wild
	}
	parameters = freeParameter.Compiled().ReplaceAllStringFunc(parameters, func(one string) string {
		key, _, _ := strings.Cut(one, "=")
		if slices.Contains(fixedParameters, strings.ToUpper(key[1:])) {
			return one
		}
		return key + "=" + wild
	})
	return begin + "<" + path + ">" + parameters
}
