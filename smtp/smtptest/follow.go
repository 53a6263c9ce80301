// SPDX-License-Identifier: MIT

package smtptest

import "strings"

// asked is a command or message content that the server has read. The script has not replied to
// it yet.
type asked struct {
	verb, argument string
	login          string      // the login of an AUTH command
	keywords       []string    // the keywords in the lines of the EHLO reply so far
	content        []byte      // the content of a mail
	replies        int         // the number of replies to content so far; in LMTP, one for each recipient
	accepted       []Recipient // the recipients accepted by these replies
}

// content is the value of asked.verb for message content, which has no verb.
const content = "(content)"

// The method ask records a command to which the script will reply.
func (p *play) ask(line string) {
	verb, argument, _ := strings.Cut(line, " ")
	p.open = append(p.open, asked{verb: strings.ToUpper(verb), argument: argument})
}

// The method hold records message content, which the next reply of the script accepts or
// refuses.
func (p *play) hold(data []byte) {
	for i := range p.open {
		if a := &p.open[i]; (a.verb == content || a.verb == "BDAT") && a.content == nil {
			a.verb, a.content = content, data
			return
		}
	}
	p.open = append(p.open, asked{verb: content, content: data})
}

// answered records a line of a reply that the script sends. If it is the last line of a reply
// that accepts a command, answered changes the state of the session as this command does.
func (p *play) answered(line string) {
	more := len(line) > 3 && line[3] == '-'
	positive := strings.HasPrefix(line, "2")
	if !p.welcomed {
		p.welcomed = !more
		return
	}
	if len(p.open) == 0 || strings.HasPrefix(line, "334") {
		return
	}
	a := &p.open[0]
	if len(line) > 4 && (a.verb == "EHLO" || a.verb == "LHLO") {
		a.keywords = append(a.keywords, line[4:])
	}
	if more || a.verb == content && !p.settled(a, positive) {
		return
	}
	done := *a
	p.open = p.open[1:]
	switch {
	case done.verb == "DATA" && strings.HasPrefix(line, "354"):
		p.open = append([]asked{{verb: content}}, p.open...)
	case positive || strings.HasPrefix(line, "235"):
		p.carriedOut(&done)
	}
}

// carriedOut changes the state of the session after a command that succeeded.
func (p *play) carriedOut(a *asked) {
	switch a.verb {
	case "EHLO", "LHLO", "HELO":
		p.drop()
		p.greeted, p.extended, p.spoken = true, a.verb != "HELO", nil
		if p.extended {
			p.spoken = append([]string{}, a.keywords[min(1, len(a.keywords)):]...)
		}
		p.note(func(r *SessionRecord) { r.ClientName = a.argument })
	case "AUTH":
		mechanism, _, _ := strings.Cut(a.argument, " ")
		p.user = a.login
		p.note(func(r *SessionRecord) { r.Mechanism, r.Login = strings.ToUpper(mechanism), a.login })
	case "MAIL":
		from, params, _ := splitPath(a.argument, "FROM:")
		p.drop()
		p.envelope = &envelope{from: from, params: params}
		p.note(func(r *SessionRecord) { r.Transactions++ })
	case "RCPT":
		if to, params, ok := splitPath(a.argument, "TO:"); ok && p.envelope != nil {
			if !p.addRecipient(p.envelope, Recipient{Address: to, Params: params}) {
				p.event("there is no memory for this recipient: it is not kept")
			}
		}
	case "RSET":
		p.drop()
	}
}

// settled records a reply to the content, and reports whether it is the last one. After the
// last one, settled stores the mail for the recipients that the replies have accepted.
func (p *play) settled(a *asked, positive bool) bool {
	e := p.envelope
	if e == nil {
		return true
	}
	switch {
	case !p.options.LMTP && positive:
		a.accepted = e.recipients
	case positive && a.replies < len(e.recipients):
		a.accepted = append(a.accepted, e.recipients[a.replies])
	}
	a.replies++
	if p.options.LMTP && a.replies < len(e.recipients) {
		return false
	}
	p.drop()
	if len(a.accepted) == 0 {
		return true
	}
	letter, err := p.server.newLetter()
	if err == nil {
		e.letter = letter
		if _, err = letter.Write(a.content); err == nil {
			p.deliver(e, a.accepted)
			p.accepted++
			return true
		}
		letter.drop()
	}
	p.event("the mail was not stored: %v", err)
	return true
}
