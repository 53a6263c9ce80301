// SPDX-License-Identifier: MIT

package message

import (
	"errors"
	"strings"
)

// mailbox is a display name and an address, both UTF-8.
type mailbox struct{ name, addr string }

// entry is an entry of an address list: a mailbox, or a group with its members.
type entry struct {
	mailbox
	group   bool
	members []mailbox
}

// addressParser parses an address-list (RFC 5322, section 3.4) with comments. It also
// accepts semicolons instead of commas.
type addressParser struct {
	s   string
	pos int
}

// parseAddressList splits s into entries. It does not check the addresses.
func parseAddressList(s string) ([]entry, error) {
	p := &addressParser{s: s}
	var list []entry
	for {
		e, found, err := p.entry(false)
		if err != nil {
			return nil, err
		}
		if found {
			list = append(list, e)
		}
		if p.pos >= len(p.s) {
			return list, nil
		}
		if c := p.s[p.pos]; c != ',' && c != ';' {
			return nil, errors.New("has no comma after an address")
		}
		p.pos++
	}
}

// entry parses an entry. It stops before the next separator.
func (p *addressParser) entry(inGroup bool) (entry, bool, error) {
	var room [2][8]string // enough memory for most entries
	words := room[0][:0]  // the words before the separator, without quotes
	bare := room[1][:0]   // the same words with their quotes, as pieces of an address
	var comment string
	for {
		p.space()
		if p.pos >= len(p.s) {
			break
		}
		switch c := p.s[p.pos]; c {
		case '(':
			text, err := p.comment()
			if err != nil {
				return entry{}, false, err
			}
			if comment == "" {
				comment = text
			}
		case '"':
			q, err := p.quoted()
			if err != nil {
				return entry{}, false, err
			}
			words = append(words, unquote(q))
			bare = append(bare, q)
		case '[':
			end := strings.IndexByte(p.s[p.pos:], ']')
			if end < 0 {
				return entry{}, false, errors.New("has a [ without a matching ]")
			}
			literal := p.s[p.pos : p.pos+end+1]
			words, bare = append(words, literal), append(bare, literal)
			p.pos += end + 1
		case '<':
			addr, err := p.angle()
			return entry{mailbox: mailbox{strings.Join(words, " "), addr}}, true, err
		case ':':
			if inGroup {
				return entry{}, false, errors.New("has a group within a group")
			}
			p.pos++
			return p.members(strings.Join(words, " "))
		case ',', ';':
			return bareEntry(bare, comment)
		case '>', ')', ']', '\\':
			return entry{}, false, errors.New("has an unexpected " + string(c))
		default:
			word := p.until("()<>[]:;,\\\" \t\r\n")
			words, bare = append(words, word), append(bare, word)
		}
	}
	return bareEntry(bare, comment)
}

// bareEntry returns an entry for an address that is not in angle brackets. A comment after
// the address is used as its name, as in "a@example.org (Name)".
func bareEntry(pieces []string, comment string) (entry, bool, error) {
	addr, err := joined(pieces)
	return entry{mailbox: mailbox{comment, addr}}, addr != "", err
}

// joined joins the pieces of an address, between which there were spaces or comments. These
// are allowed next to a dot or an @ (RFC 5322, section 4.4). Elsewhere,
// joined returns an error, because removing them would change the address.
func joined(pieces []string) (string, error) {
	for i := 1; i < len(pieces); i++ {
		last, next := pieces[i-1], pieces[i]
		if strings.IndexByte(".@", last[len(last)-1]) < 0 && strings.IndexByte(".@", next[0]) < 0 {
			return "", errors.New("has a space or a comment within an address")
		}
	}
	return strings.Join(pieces, ""), nil
}

func (p *addressParser) members(name string) (entry, bool, error) {
	e := entry{mailbox: mailbox{name: name}, group: true}
	if name == "" {
		return e, false, errors.New("has a group without a name")
	}
	for {
		m, found, err := p.entry(true)
		if err != nil {
			return e, false, err
		}
		if found {
			e.members = append(e.members, m.mailbox)
		}
		p.space()
		if p.pos >= len(p.s) {
			return e, false, errors.New("has a group without the ; that ends it")
		}
		c := p.s[p.pos]
		p.pos++
		if c == ';' {
			p.space()
			return e, true, nil
		}
		if c != ',' {
			return e, false, errors.New("has no comma after an address")
		}
	}
}

// angle parses <addr> and the spaces and comments after it.
func (p *addressParser) angle() (string, error) {
	p.pos++
	var room [4]string
	pieces := room[:0]
	for p.pos < len(p.s) {
		switch p.s[p.pos] {
		case '"':
			q, err := p.quoted()
			if err != nil {
				return "", err
			}
			pieces = append(pieces, q)
		case '(':
			if _, err := p.comment(); err != nil {
				return "", err
			}
		case '>':
			p.pos++
			for p.space(); p.pos < len(p.s) && p.s[p.pos] == '('; p.space() {
				if _, err := p.comment(); err != nil {
					return "", err
				}
			}
			return joined(pieces)
		case ' ', '\t', '\r', '\n':
			p.pos++
		default:
			pieces = append(pieces, p.until("\"(> \t\r\n"))
		}
	}
	return "", errors.New("has a < without its >")
}

// The method until reads up to the first octet that is in the string 'stops', or to the end of
// the list.
func (p *addressParser) until(stops string) string {
	rest := p.s[p.pos:]
	if n := strings.IndexAny(rest, stops); n >= 0 {
		rest = rest[:n]
	}
	p.pos += len(rest)
	return rest
}

func (p *addressParser) space() {
	for p.pos < len(p.s) && strings.IndexByte(" \t\r\n", p.s[p.pos]) >= 0 {
		p.pos++
	}
}

func (p *addressParser) quoted() (string, error) {
	start := p.pos
	for p.pos++; p.pos < len(p.s); p.pos++ {
		switch p.s[p.pos] {
		case '\\':
			p.pos++
		case '"':
			p.pos++
			return p.s[start:p.pos], nil
		}
	}
	return "", errors.New("has a quoted string without a closing quote")
}

func (p *addressParser) comment() (string, error) {
	start, depth := p.pos+1, 0
	for ; p.pos < len(p.s); p.pos++ {
		switch p.s[p.pos] {
		case '\\':
			p.pos++
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				p.pos++
				return strings.TrimSpace(unescape(p.s[start : p.pos-1])), nil
			}
		}
	}
	return "", errors.New("has a ( without its )")
}

// unquote removes the quotes and backslashes of a quoted-string.
func unquote(q string) string { return unescape(q[1 : len(q)-1]) }

func unescape(s string) string {
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
