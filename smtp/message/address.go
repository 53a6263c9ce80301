// SPDX-License-Identifier: MIT

package message

import (
	"slices"
	"strings"
	"unicode/utf8"

	"csmtp/smtp/internal/address"
	"csmtp/smtp/internal/text"
)

// party is a checked address of the message.
type party struct {
	entry
	cs *charset // the charset in which names are sent
}

// readAddress checks an address.
func (c *charset) readAddress(field FieldName, a Address) (party, error) {
	named := field
	if named == FieldFrom {
		named = FieldFromName // the sender's name has a setter of its own
	}
	name, as, err := c.freeText(named, a.Name)
	if err != nil {
		return party{}, err
	}
	mail := a.Mail
	if !utf8.ValidString(mail) || controlAt(mail) >= 0 { // decoding valid UTF-8 would change the address
		if mail, _, err = c.oneLine(field, mail); err != nil {
			return party{}, err
		}
	}
	mail = strings.Trim(mail, " \t")
	if len(mail) > 2 && mail[0] == '<' && mail[len(mail)-1] == '>' {
		mail = mail[1 : len(mail)-1]
	}
	addr, err := addrSpec(mail)
	switch {
	case err != nil && severalIn(mail):
		if named == field {
			named = FieldAddressName
		}
		if own, ok := namedAddress(mail); ok {
			return party{}, invalid(field, a.Mail, "is a name and an address: set \""+visible(own)+"\" as the address, and the name with", err).use(named)
		}
		return party{}, invalid(field, a.Mail, "is not a single address: set one address per call, and the name with", err).use(named)
	case err != nil:
		return party{}, invalid(field, a.Mail, err.Error()+"; use an address such as user@example.com", err)
	}
	if name = givenName(name); strings.Trim(name, " \t") == "" {
		name = ""
	}
	return party{entry{mailbox: mailbox{name, addr}}, as}, nil
}

// namedAddress returns the address in a text that consists of one name and one address in
// angle brackets, such as "Bob <bob@example.org>". ok is false for other texts.
func namedAddress(s string) (addr string, ok bool) {
	name, addr, _ := strings.Cut(s, "<")
	addr, ok = strings.CutSuffix(addr, ">")
	if _, err := addrSpec(addr); !ok || err != nil || strings.Trim(name, " \t") == "" || severalIn(name) {
		return "", false
	}
	return addr, true
}

// severalIn reports whether s, which is not a valid address, looks like a group, a list or
// an address with a name. It looks for one of the characters ,;:<>() or a space before an @,
// outside quotes and address literals.
func severalIn(s string) bool {
	if literal := strings.LastIndex(s, "@["); literal >= 0 && strings.HasSuffix(s, "]") {
		s = s[:literal]
	}
	quoted := false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' && quoted:
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case strings.IndexByte(",;:<>()", c) >= 0, isWSP(c) && strings.Contains(s[i:], "@"):
			return true
		}
	}
	return false
}

// givenName removes the quotes from a name that the program has quoted. Programs that were
// written for the original CSmtp class quote names, because that class did not.
func givenName(name string) string {
	if address.IsQuotedString(name) {
		return unquote(name)
	}
	return name
}

// readList parses and checks the address list s, which is the result of decoding 'given'. If an
// address is valid UTF-8 in 'given', it is used without decoding: see keepAddresses. The errors
// of readList contain the name of the field.
func readList(field FieldName, s, given string) ([]entry, error) {
	list, err := parseAddressList(s)
	if err != nil {
		return nil, invalid(field, s, err.Error(), err)
	}
	if given != s {
		keepAddresses(given, list)
	}
	check := func(m *mailbox) error {
		addr, err := addrSpec(m.addr)
		if err != nil {
			return invalid(field, m.addr, err.Error(), err)
		}
		m.addr = addr
		return nil
	}
	for i := range list {
		e := &list[i]
		if !e.group {
			if err := check(&e.mailbox); err != nil {
				return nil, err
			}
		}
		for j := range e.members {
			if err := check(&e.members[j]); err != nil {
				return nil, err
			}
		}
	}
	return list, nil
}

// keepAddresses undoes the decoding of addresses that are valid UTF-8. list is the result of
// parsing 'given' after it was decoded from the message's charset. This charset applies to
// names, but not to addresses in UTF-8: keepAddresses sets these to their octets in 'given'.
func keepAddresses(given string, list []entry) {
	same, err := parseAddressList(given)
	if err != nil || !slices.EqualFunc(list, same, func(a, b entry) bool {
		return a.group == b.group && len(a.members) == len(b.members)
	}) {
		return
	}
	keep := func(m *mailbox, given string) {
		if utf8.ValidString(given) && controlAt(given) < 0 {
			m.addr = given
		}
	}
	for i := range list {
		keep(&list[i].mailbox, same[i].addr)
		for j := range list[i].members {
			keep(&list[i].members[j], same[i].members[j].addr)
		}
	}
}

// addresses appends the entry's addresses.
func (e *entry) addresses(to []string) []string {
	if !e.group {
		return append(to, e.addr)
	}
	for i := range e.members {
		to = append(to, e.members[i].addr)
	}
	return to
}

// addressField writes a field with an address list.
func (h *headerWriter) addressField(name string, list []party) {
	h.name(name)
	for i := range list {
		p := &list[i]
		more := ","
		if i == len(list)-1 {
			more = ""
		}
		if !p.group {
			h.mailbox(p.mailbox, p.cs, more)
			continue
		}
		h.phrase(p.name, p.cs, ":")
		if len(p.members) == 0 {
			h.suffix(";" + more)
		}
		for j, m := range p.members {
			end := ","
			if j == len(p.members)-1 {
				end = ";" + more
			}
			h.mailbox(m, p.cs, end)
		}
	}
	h.end()
}

func (h *headerWriter) mailbox(m mailbox, cs *charset, end string) {
	if m.name == "" {
		h.token(m.addr, end)
		return
	}
	h.phrase(m.name, cs, "")
	h.token("<", m.addr, ">", end)
}

// phrase writes a display name (RFC 5322, section 3.2.5), followed by the string 'end'. A name
// that consists of encoded words remains unchanged. phrase writes any other name as atoms if
// possible. If not, it writes a quoted-string if the name is ASCII and short enough, and
// encoded words otherwise.
func (h *headerWriter) phrase(name string, cs *charset, end string) {
	switch {
	case alreadyEncoded(name) && !longToken(name, longest-2) && allOf(name, isPhraseOctet):
		for t := range strings.FieldsSeq(name) {
			h.token(t)
		}
	case !text.IsASCII(name), strings.Contains(name, "=?"), strings.IndexByte(name, '\t') >= 0:
		h.words(name, cs)
	case isAtoms(name):
		h.plain(name)
	case len(quote(name)) <= 66:
		h.token(quote(name))
	default:
		h.words(name, cs)
	}
	h.suffix(end)
}

func isPhraseOctet(c byte) bool { return text.IsAtext(c) || c == ' ' }

// isAtoms reports whether name consists of atoms of at most 64 octets, separated by single
// spaces.
func isAtoms(name string) bool {
	start := 0
	for i := 0; i < len(name); i++ {
		switch {
		case text.IsAtext(name[i]):
		case name[i] == ' ' && i > start:
			start = i + 1
		default:
			return false
		}
		if i-start >= 64 {
			return false
		}
	}
	return start < len(name)
}
