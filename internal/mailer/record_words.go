// SPDX-License-Identifier: MIT

package mailer

import (
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"csmtp/internal/entity"
	"csmtp/internal/pattern"
)

// words contains words to search for, and the replacement of each word.
type words struct {
	by    map[string]replacement
	index map[string][]int // maps the first octets of words to the lengths of these words, the longest first
	size  int              // the number of octets
}

// replacement is the text that replaces a word, and its rank.
type replacement struct {
	text string
	rank int
}

// The ranks of the texts that are replaced. If two of these texts overlap, the replacement of
// the text with the higher rank replaces both.
const (
	asWord    = iota // a name without a dot
	asDotted         // a name with a dot, or an IP address
	asPattern        // a text that has the form of an address
	asAddress        // an address of the envelope
)

// span is a part of a text that is to be replaced.
type span struct {
	begin, end int
	by         string // the replacement; "" if the part is an address, whose replacement masks.of returns
	rank       int
}

// over reports whether s takes precedence over the span other: if the two overlap, only the
// replacement of s is used.
func (s span) over(other span) bool {
	if s.rank != other.rank {
		return s.rank > other.rank
	}
	return s.end-s.begin > other.end-other.begin
}

// indexed is the length of the keys of words.index.
const indexed = 3

// The method named 'of' returns the replacement of a word.
func (w *words) of(word string) (by replacement, ok bool) {
	by, ok = w.by[strings.ToLower(word)]
	return by, ok
}

// add adds a word of at least 3 octets. If words contains the word, add changes its
// replacement. It returns the word in lower case.
func (w *words) add(word, by string, rank int) string {
	if w.by == nil {
		w.by, w.index = map[string]replacement{}, map[string][]int{}
	}
	word = strings.ToLower(word)
	_, known := w.by[word]
	w.by[word] = replacement{by, rank}
	if known {
		return word
	}
	w.size += len(word)
	key := word[:indexed]
	longer := func(length, other int) int { return other - length }
	if at, found := slices.BinarySearchFunc(w.index[key], len(word), longer); !found {
		w.index[key] = slices.Insert(w.index[key], at, len(word))
	}
	return word
}

// find returns where text contains words of the given rank or a higher one. It finds them
// in upper and lower case and if they are escaped, but not within a longer word.
func (w *words) find(text string, rank int) []span {
	if len(w.by) == 0 {
		return nil
	}
	plain := plainView(text)
	found := w.in(plain, rank)
	for _, escape := range escapes {
		v := plain
		for range mostEscaped {
			if !escape.Compiled().Match(v.text) {
				break
			}
			v = v.decoded(escape.Compiled())
			found = append(found, w.in(v, rank)...)
		}
	}
	return found
}

// mostEscaped is the maximum number of times that find decodes a text with each kind of
// escape.
const mostEscaped = 3

func (w *words) in(v view, rank int) (found []span) {
	v = v.lower()
	s := string(v.text)
	for i := 0; i+indexed <= len(s); i++ {
		for _, length := range w.index[s[i:i+indexed]] {
			end := i + length
			if end > len(s) {
				continue
			}
			by, ok := w.by[s[i:end]]
			if !ok || by.rank < rank || inWord(s, i) || inWord(s, end) {
				continue
			}
			found = append(found, span{v.begin[i], v.end[end-1], by.text, by.rank})
			break
		}
	}
	return found
}

// inWord reports whether s has an ASCII letter or digit both before and after the position
// i.
func inWord(s string, i int) bool {
	return i > 0 && i < len(s) && alphanumeric(s[i-1]) && alphanumeric(s[i])
}

func alphanumeric(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

// view is a text in which escapes are decoded. For each octet of the view, the fields 'begin'
// and 'end' contain its position in the original text.
type view struct {
	text       []byte
	begin, end []int
}

// escapes contains a pattern for each kind of escape: those of paths in URLs, of queries in
// URLs, of RFC 3461 (xtext), of quoted-printable, of JSON and programming languages, and of
// HTML.
var escapes = [...]*pattern.Pattern{
	{Expression: `(?i)%[0-9a-f]{2}`},
	{Expression: `(?i)%[0-9a-f]{2}|\+`},
	{Expression: `(?i)\+[0-9a-f]{2}`},
	{Expression: `(?i)=[0-9a-f]{2}`},
	{Expression: `\\(?:u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|.)`},
	{Expression: `(?i)&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,8});`},
}

func unescape(s string) string {
	switch {
	case s == "+":
		return " "
	case s[0] == '\\' && len(s) > 3:
		c, _ := strconv.ParseUint(s[2:], 16, 16)
		return string(rune(c))
	case s[0] == '\\':
		return s[1:]
	case s[0] == '&':
		return entity.Decode(s)
	}
	c, _ := strconv.ParseUint(s[1:], 16, 8)
	return string([]byte{byte(c)})
}

func plainView(text string) view {
	v := view{text: []byte(text)}
	for i := range len(text) {
		v.begin, v.end = append(v.begin, i), append(v.end, i+1)
	}
	return v
}

// decoded returns a view in which the escapes that the pattern matches are decoded.
func (v view) decoded(escape *regexp.Regexp) view {
	var d view
	done := 0
	copyTo := func(end int) {
		d.text = append(d.text, v.text[done:end]...)
		d.begin = append(d.begin, v.begin[done:end]...)
		d.end = append(d.end, v.end[done:end]...)
	}
	for _, at := range escape.FindAllIndex(v.text, -1) {
		copyTo(at[0])
		for _, c := range []byte(unescape(string(v.text[at[0]:at[1]]))) {
			d.text = append(d.text, c)
			d.begin, d.end = append(d.begin, v.begin[at[0]]), append(d.end, v.end[at[1]-1])
		}
		done = at[1]
	}
	copyTo(len(v.text))
	return d
}

// lower returns the view in lower case. This can change the number of octets of a letter.
func (v view) lower() view {
	var l view
	for i := 0; i < len(v.text); {
		r, n := utf8.DecodeRune(v.text[i:])
		to := v.text[i : i+n]
		if r != utf8.RuneError {
			to = utf8.AppendRune(nil, unicode.ToLower(r))
		}
		for _, c := range to {
			l.text = append(l.text, c)
			l.begin, l.end = append(l.begin, v.begin[i]), append(l.end, v.end[i+n-1])
		}
		i += n
	}
	return l
}

// addresses returns the parts of a text that look like addresses. In a URL, an address
// begins after a slash or after the name of a parameter.
func addresses(text string) (found []span) {
	for _, at := range anyAddress.Compiled().FindAllStringIndex(text, -1) {
		begin, end := at[0], at[1]
		if one := text[begin:end]; strings.HasPrefix(one, "//") {
			begin += 1 + strings.LastIndexAny(one[:strings.LastIndexByte(one, '@')], "/?&=")
		}
		found = append(found, span{begin: begin, end: end, rank: asPattern})
	}
	return found
}

// anyAddress matches a text that looks like an address, even if it is not valid.
var anyAddress = pattern.Pattern{Expression: `(?:"(?:[^"\\]|\\.)*"|[^\s<>()\[\],;:"]+)@(?:\[[^\]\s]*\]|[^\s<>()\[\],;:"']*[^\s<>()\[\],;:"'.])`}

var (
	anyIPv4 = pattern.Pattern{Expression: `\d{1,3}(?:\.\d{1,3}){3}|\d{1,3}(?:-\d{1,3}){3}|\d{1,3}(?:_\d{1,3}){3}`}
	anyIPv6 = pattern.Pattern{Expression: `(?i)(?:ipv6:)?[0-9a-f]*:[0-9a-f:.]*[0-9a-f:]`}

	// dashedIPv6 and nibbles match the forms in which host names contain IPv6 addresses.
	dashedIPv6 = pattern.Pattern{Expression: `(?i)\b[0-9a-f]{1,4}(?:-[0-9a-f]{0,4}){2,7}\b`}
	nibbles    = pattern.Pattern{Expression: `(?i)\b(?:[0-9a-f]\.){15,}[0-9a-f]\b`}

	// hostBefore matches a host name at the end of a text that precedes an IP address.
	hostBefore = pattern.Pattern{Expression: `[A-Za-z0-9](?:[-_A-Za-z0-9]*\.)+[-_A-Za-z0-9]*\.?[ ]?[(\[]$`}
)

// hosts returns the IP addresses in a text. It also returns the names before them, such as
// host.example in "host.example [192.0.2.1]". Most of these addresses and names belong to
// the client.
func hosts(text string) (found []span) {
	digit := func(i int) bool { return i >= 0 && i < len(text) && text[i] >= '0' && text[i] <= '9' }
	for _, at := range anyIPv4.Compiled().FindAllStringIndex(text, -1) {
		if !digit(at[0]-1) && !digit(at[1]) {
			by := maskedIPv4
			for _, separator := range []string{"-", "_"} {
				if strings.Contains(text[at[0]:at[1]], separator) {
					by = strings.ReplaceAll(by, ".", separator)
				}
			}
			found = append(found, span{at[0], at[1], by, asDotted})
		}
	}
	for _, at := range anyIPv6.Compiled().FindAllStringIndex(text, -1) {
		begin, end := at[0], at[1]
		if len(text[begin:end]) > 5 && strings.EqualFold(text[begin:begin+5], "ipv6:") {
			begin += 5
		} else if begin > 0 && alphanumeric(text[begin-1]) {
			continue
		}
		if strings.HasSuffix(text[begin:end], ":") && !strings.HasSuffix(text[begin:end], "::") {
			end--
		}
		if _, err := netip.ParseAddr(text[begin:end]); err == nil {
			found = append(found, span{begin, end, maskedIPv6, asDotted})
		}
	}
	for _, at := range dashedIPv6.Compiled().FindAllStringIndex(text, -1) {
		if _, err := netip.ParseAddr(strings.ReplaceAll(text[at[0]:at[1]], "-", ":")); err == nil {
			found = append(found, span{at[0], at[1], strings.ReplaceAll(maskedIPv6, ":", "-"), asDotted})
		}
	}
	for _, at := range nibbles.Compiled().FindAllStringIndex(text, -1) {
		found = append(found, span{at[0], at[1], maskedIPv4, asDotted})
	}
	for _, ip := range found {
		before := strings.TrimSuffix(text[:ip.begin], "IPv6:")
		if at := hostBefore.Compiled().FindStringIndex(before); at != nil {
			end := at[0] + len(strings.TrimRight(before[at[0]:], "([ "))
			found = append(found, span{at[0], end, maskedClient, asDotted})
		}
	}
	return found
}
