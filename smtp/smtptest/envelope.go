// SPDX-License-Identifier: MIT

package smtptest

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// drop ends an open transaction.
func (x *session) drop() {
	if x.envelope != nil {
		x.envelope.letter.drop()
		x.release(x.envelope)
		x.envelope = nil
	}
}

// addRecipient adds a recipient to the envelope. It returns false if MaxPending does not allow
// more memory.
func (x *session) addRecipient(e *envelope, r Recipient) bool {
	size := int64(40 + len(r.Address)) // for the Recipient itself, and for the text of its address
	for _, p := range r.Params {
		size += int64(16 + len(p))
	}
	if !x.server.reserve(size) {
		return false
	}
	e.held += size
	e.recipients = append(e.recipients, r)
	return true
}

// release ends the reservation of memory for the recipients. This memory then no longer counts
// towards MaxPending.
func (x *session) release(e *envelope) {
	x.server.reserve(-e.held)
	e.held = 0
}

// param describes a parameter of MAIL or RCPT: the EHLO keyword that allows the parameter, and
// its valid values.
type param struct {
	keyword string
	value   *regexp.Regexp
}

const xtext = `(?:[!-*,-<>-~]|\+[0-9A-F]{2})` // RFC 3461, section 4

func value(expression string) *regexp.Regexp {
	return regexp.MustCompile(`^=(?:` + expression + `)$`)
}

var (
	noValue    = regexp.MustCompile(`^$`)
	mailParams = map[string]param{
		"SIZE":        {"SIZE", value(`\d{1,20}`)},
		"BODY":        {"8BITMIME", value(`(?i:7BIT|8BITMIME|BINARYMIME)`)},
		"SMTPUTF8":    {"SMTPUTF8", noValue},
		"AUTH":        {"AUTH", value(`<>|` + xtext + `+`)},
		"RET":         {"DSN", value(`FULL|HDRS`)},
		"ENVID":       {"DSN", value(xtext + `{1,100}`)},
		"MT-PRIORITY": {"MT-PRIORITY", value(`-?\d`)},
		"BY":          {"DELIVERBY", value(`-?\d{1,9};[NR]T?`)},
		"HOLDFOR":     {"FUTURERELEASE", value(`\d{1,9}`)},
		"HOLDUNTIL":   {"FUTURERELEASE", value(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)`)},
		"REQUIRETLS":  {"REQUIRETLS", noValue},
	}
	rcptParams = map[string]param{
		"NOTIFY": {"DSN", value(`NEVER|(?:SUCCESS|FAILURE|DELAY)(?:,(?:SUCCESS|FAILURE|DELAY)){0,2}`)},
		"ORCPT":  {"DSN", value(`[A-Za-z0-9-]+;` + xtext + `{1,500}`)},
	}
)

// splitPath parses "FROM:<path> param ...".
func splitPath(argument, word string) (path string, params []string, ok bool) {
	if len(argument) < len(word) || !strings.EqualFold(argument[:len(word)], word) {
		return "", nil, false
	}
	rest, opened := strings.CutPrefix(argument[len(word):], "<")
	if !opened {
		return "", nil, false
	}
	quoted := false
	for i := 0; i < len(rest); i++ {
		switch c := rest[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case c == '>' && !quoted:
			path, rest = rest[:i], rest[i+1:]
			if rest == "" {
				return path, []string{}, true
			}
			if rest[0] != ' ' {
				return "", nil, false
			}
			return path, strings.Split(rest[1:], " "), true
		}
	}
	return "", nil, false
}

// checkParams returns the reply that refuses the parameters, or "" if they are valid. The map
// 'known' contains the parameters that the command can have.
func (x *session) checkParams(params []string, known map[string]param) string {
	seen := map[string]bool{}
	for _, p := range params {
		key, _, _ := strings.Cut(p, "=")
		rule, is := known[strings.ToUpper(key)]
		switch {
		case !is || !x.offers(rule.keyword):
			return fmt.Sprintf("555 5.5.4 Parameter %s not offered", visible(key))
		case seen[strings.ToUpper(key)] || !rule.value.MatchString(p[len(key):]):
			return fmt.Sprintf("501 5.5.4 Parameter %s is malformed", visible(p))
		}
		seen[strings.ToUpper(key)] = true
	}
	return ""
}

// special maps words to replies. If the address in MAIL or RCPT begins with a word, the server
// answers the command with the reply of this word.
var special = []struct{ word, reply string }{
	{"tempfail", "450 4.2.0 Try again later"},
	{"refused", "550 5.1.1 No such user"},
	{"full", "452 4.2.2 Mailbox full"},
	{"over", "552 5.2.2 Over quota"},
	{"drop", "421 4.3.2 Shutting down"},
}

func specialReply(address string) string {
	for _, s := range special {
		if strings.HasPrefix(strings.ToLower(address), s.word) {
			return s.reply
		}
	}
	return ""
}

func (x *session) mail(argument string) error {
	path, params, ok := splitPath(argument, "FROM:")
	e := &envelope{from: path, params: params}
	_, utf8 := e.param("SMTPUTF8")
	size, _ := e.param("SIZE")
	declared, _ := strconv.ParseInt(size, 10, 64)
	body, _ := e.param("BODY")
	var refusal string
	switch {
	case !x.greeted:
		refusal = "503 5.5.1 Say hello first"
	case x.envelope != nil:
		refusal = "503 5.5.1 A transaction is open"
	case x.options.TLSFirst && !x.secured:
		refusal = "530 5.7.0 Must issue a STARTTLS command first"
	case x.options.AuthFirst && x.user == "":
		refusal = "530 5.7.0 Authentication required"
	case !ok:
		refusal = "501 5.5.4 Want MAIL FROM:<address>"
	case path != "" && !goodMailbox(path, utf8):
		refusal = "553 5.1.7 Not an address"
	case x.advertised("MAILMAX") > 0 && x.accepted >= x.advertised("MAILMAX"):
		return x.sayAndEnd("421 4.7.0 Too many mails in one session")
	case strings.EqualFold(body, "BINARYMIME") && !x.offers("BINARYMIME"):
		refusal = "555 5.5.4 BINARYMIME not offered"
	default:
		refusal = x.checkParams(params, mailParams)
	}
	switch {
	case refusal != "" && refusal[:3] != "530":
		x.violation("MAIL " + visible(argument))
	case refusal == "" && declared > x.options.MaxSize:
		refusal = "552 5.3.4 Message too big"
	case refusal == "":
		refusal = specialReply(path)
	}
	return x.answer("MAIL", refusal, "250 2.1.0 Sender OK", func() bool {
		x.envelope = e
		x.note(func(r *SessionRecord) { r.Transactions++ })
		return true
	})
}

// answer sends the reply 'refusal' or, if that is "", calls the function 'accept' and sends the
// reply 'acceptance'. If 'accept' returns false because there is no memory for the command,
// answer refuses the command. If there is a fault for the step, answer only carries out the
// fault.
func (x *session) answer(step, refusal, acceptance string, accept func() bool) error {
	if f := x.fault(step); f != nil {
		return x.misbehave(f, acceptance)
	}
	switch {
	case strings.HasPrefix(refusal, "421"):
		return x.sayAndEnd(refusal)
	case refusal != "":
		x.say(refusal)
	case accept():
		x.say(acceptance)
	default:
		x.say("452 4.3.1 Insufficient system storage")
	}
	return nil
}

func (x *session) rcpt(argument string) error {
	path, params, ok := splitPath(argument, "TO:")
	var refusal string
	e := x.envelope
	utf8 := false
	if e != nil {
		_, utf8 = e.param("SMTPUTF8")
	}
	switch {
	case e == nil:
		// With PIPELINING, this is not a violation of the protocol: it is possible that the
		// client has not read the reply to MAIL yet.
		return x.answer("RCPT", "503 5.5.1 MAIL first", "250 2.1.5 OK", nil)
	case !ok:
		refusal = "501 5.5.4 Want RCPT TO:<address>"
	case !goodMailbox(path, utf8) && !strings.EqualFold(path, "postmaster"):
		refusal = "553 5.1.3 Not an address"
	default:
		refusal = x.checkParams(params, rcptParams)
	}
	if refusal != "" {
		x.violation("RCPT " + visible(argument))
	} else if refusal = specialReply(path); refusal == "" {
		for _, most := range []int{x.advertised("RCPTMAX"), x.options.MaxRecipients} {
			if most > 0 && len(e.recipients) >= most {
				refusal = "452 4.5.3 Too many recipients"
			}
		}
	}
	return x.answer("RCPT", refusal, "250 2.1.5 Recipient OK", func() bool {
		return x.addRecipient(e, Recipient{Address: path, Params: params})
	})
}

// advertised returns the value of a limit that the server offers with the keyword LIMITS (RFC
// 9422), or 0 if it offers none.
func (x *session) advertised(name string) int {
	for _, line := range x.options.Extra {
		words := strings.Fields(line)
		if len(words) == 0 || words[0] != "LIMITS" {
			continue
		}
		for _, word := range words[1:] {
			if n, is := strings.CutPrefix(word, name+"="); is {
				limit, _ := strconv.Atoi(n)
				return limit
			}
		}
	}
	return 0
}
