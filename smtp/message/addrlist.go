// SPDX-License-Identifier: MIT

package message

import (
	"errors"
	"strings"
)

// mailbox is a display name and an address, both UTF-8.
type mailbox struct{ name, addr string }

// entry of an address list: a mailbox, or a group with its members.
type entry struct {
	mailbox
	group   bool
	members []mailbox
}

// addressParser reads an address-list (RFC 5322, section 3.4) with comments,
// and with the semicolons that people write instead of commas.
type addressParser struct {
	s   string
	pos int
}

// parseAddressList reads s. Addresses are not checked but for their borders.
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
			return nil, errors.New("has something behind an address that is not a comma")
		}
		p.pos++
	}
}

// entry reads up to the next separator, and leaves it.
func (p *addressParser) entry(inGroup bool) (entry, bool, error) {
	var words []string       // of the phrase, unquoted
	var bare strings.Builder // the same octets as an address
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
			bare.WriteString(q)
		case '[':
			end := strings.IndexByte(p.s[p.pos:], ']')
			if end < 0 {
				return entry{}, false, errors.New("has a [ without its ]")
			}
			bare.WriteString(p.s[p.pos : p.pos+end+1])
			words = append(words, p.s[p.pos:p.pos+end+1])
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
			return bareEntry(bare.String(), comment)
		case '>', ')', ']', '\\':
			return entry{}, false, errors.New("has a " + string(c) + " that nothing opened")
		default:
			start := p.pos
			for p.pos < len(p.s) && !strings.ContainsRune("()<>[]:;,\\\" \t\r\n", rune(p.s[p.pos])) {
				p.pos++
			}
			words = append(words, p.s[start:p.pos])
			bare.WriteString(p.s[start:p.pos])
		}
	}
	return bareEntry(bare.String(), comment)
}

// bareEntry is an address without angle brackets, whose comment is its name
// in the old style.
func bareEntry(addr, comment string) (entry, bool, error) {
	return entry{mailbox: mailbox{comment, addr}}, addr != "", nil
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
			return e, false, errors.New("has something behind an address that is not a comma")
		}
	}
}

// angle reads <addr> and what space follows it.
func (p *addressParser) angle() (string, error) {
	p.pos++
	var b strings.Builder
	for p.pos < len(p.s) {
		switch c := p.s[p.pos]; c {
		case '"':
			q, err := p.quoted()
			if err != nil {
				return "", err
			}
			b.WriteString(q)
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
			return b.String(), nil
		case ' ', '\t', '\r', '\n':
			p.pos++
		default:
			b.WriteByte(c)
			p.pos++
		}
	}
	return "", errors.New("has a < without its >")
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
	return "", errors.New("has a quote that does not end")
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

// unquote takes the quotes and backslashes off a quoted-string.
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
