// SPDX-License-Identifier: MIT

package mailer

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"csmtp/internal/pattern"
	"csmtp/smtp"
)

// dialogue is one session of a transcript.
type dialogue struct {
	masks    *masks
	extent   *extent // of the transcript
	contents bool
	shows    bool // whether contents were recorded in the session or in a part of it
	began    time.Time

	lines  []recordedLine
	cut    bool           // whether the transcript became full before the session ended
	turn   smtp.Direction // the direction of the last line
	spoken bool           // whether turn is set, because there was a line
	tls    bool           // whether the TLS handshake is in the transcript
	dot    bool           // whether the client has sent the whole message after a reply 354
	verb   string         // the verb of the last command
	code   string         // the code of the last reply; "" if the reply is incomplete
	open   string         // the code of a reply whose last line has not arrived
	ended  bool
	mail   bool // MAIL was sent

	login *login334 // the login that is in progress, or nil
}

// recordedLine is a line of a transcript.
type recordedLine struct {
	text string

	reply     string // the original line of a reply, if text contains it with replacements
	extension bool   // whether reply is a line of the reply to EHLO that names an extension
}

// login334 describes a login that is in progress. rounds counts the challenges (334).
type login334 struct {
	mechanism string
	initial   bool
	rounds    int
}

func (d *dialogue) add(format string, a ...any) { d.append(fmt.Sprintf(format, a...)) }

func (d *dialogue) append(lines ...string) {
	for _, line := range lines {
		d.appendLine(recordedLine{text: line})
	}
}

// appendLine adds a line. If the line does not fit into the transcript, appendLine adds
// endsHere instead, and no line follows.
func (d *dialogue) appendLine(line recordedLine) {
	if d.cut {
		return
	}
	if d.cut = !d.extent.add(len(line.text) + 1); d.cut {
		line = recordedLine{text: endsHere}
	}
	d.lines = append(d.lines, line)
}

// at adds a comment with the time before a line from the side 'turn', unless the line before
// it comes from the same side.
func (d *dialogue) at(turn smtp.Direction, now time.Time) {
	if !d.spoken || d.turn != turn {
		d.add("# %.3f", now.Sub(d.began).Seconds())
	}
	d.turn, d.spoken = turn, true
}

// hear adds a line of the session's dialogue. body returns the body of the message that has
// just been sent.
func (d *dialogue) hear(from smtp.Direction, line string, now time.Time, body func() *capture) {
	if d.ended || d.cut {
		return
	}
	switch from {
	case smtp.ClientLine:
		d.command(line, now, body)
	case smtp.ServerLine:
		d.reply(line, now)
	default:
		d.event(line, now, body)
	}
}

var protocol = pattern.Pattern{Expression: `^TLS 1\.\d, `}

func (d *dialogue) event(line string, now time.Time, body func() *capture) {
	switch {
	case protocol.Compiled().MatchString(line):
		d.handshake()
		d.add("# %s", line)
	case strings.HasPrefix(line, "end of message, "):
		d.at(smtp.ClientLine, now)
		d.add("C...")
		d.dot = true
		d.add("# %s", strings.TrimPrefix(line, "end of message, "))
		d.append(body().comments()...)
	case d.contents:
		d.add("# %s", line)
	}
}

// handshake adds the line of the transcript that begins TLS.
func (d *dialogue) handshake() {
	switch {
	case d.tls:
	case len(d.code) == 0:
		d.add("* tls")
	default:
		d.add("* starttls")
	}
	d.tls = true
}

func (d *dialogue) command(line string, now time.Time, body func() *capture) {
	d.at(smtp.ClientLine, now)
	verb, rest, _ := strings.Cut(line, " ")
	d.verb = strings.ToUpper(verb)
	switch {
	case d.login != nil:
		d.login.rounds++ // its response
	case d.verb == "AUTH":
		mechanism, initial, _ := strings.Cut(rest, " ")
		d.login = &login334{mechanism: mechanism, initial: initial != ""}
	case d.verb == "BDAT":
		d.add("* bdat")
		if strings.HasSuffix(strings.ToUpper(line), " LAST") {
			d.append(body().comments()...)
		}
	default:
		d.mail = d.mail || d.verb == "MAIL"
		d.add("C: %s", d.masks.command(line, d.contents))
	}
}

func (d *dialogue) reply(line string, now time.Time) {
	code, last := line, true
	if len(line) > 3 {
		code, last = line[:3], line[3] != '-'
	}
	if d.login != nil && code == "334" {
		return
	}
	if d.login != nil {
		d.loggedIn(code)
	}
	if d.code == "354" && !d.dot && d.open == "" {
		d.add("# The reply came before the end of the message.")
		d.add("C... 1 line")
	}
	d.at(smtp.ServerLine, now)
	to := recordedLine{text: replyStep(line)}
	if !d.contents {
		to.reply = line
		if (d.verb == "EHLO" || d.verb == "LHLO" || d.verb == "HELO") && code == "250" {
			to.extension = d.open != ""
			if !to.extension {
				d.masks.noteClient(line)
			}
		}
		to.text = d.masks.shown(to)
	}
	d.appendLine(to)
	d.open = ""
	if !last {
		d.open = code
		return
	}
	d.code, d.dot = code, false
	if d.verb == "STARTTLS" && code == "220" && !d.tls {
		d.handshake()
	}
}

// replyStep returns the line of a transcript that makes a replay send a line of a reply.
func replyStep(line string) string {
	if strings.Contains(line, "{base64 ") { // a replay would decode this text in a line that begins with S:
		return "* raw " + strconv.Quote(line+"\r\n")
	}
	return "S: " + line
}

// challenges contains valid challenges for the mechanisms. A transcript contains these
// challenges instead of the server's, which may be secret.
var challenges = map[string][]string{
	"LOGIN":       {"Username:", "Password:"},
	"CRAM-MD5":    {"<1.2@test.example>"},
	"DIGEST-MD5":  {`realm="test.example",nonce="AAAAAAAAAAAA",qop="auth",algorithm=md5-sess,charset=utf-8`},
	"XOAUTH2":     {`{"status":"401"}`},
	"OAUTHBEARER": {`{"status":"invalid_token"}`},
}

// loggedIn adds a login to the transcript. code is the code of the server's final reply, or ""
// if there was none. If the login succeeded, a replay accepts the login that the transcript's
// header contains. If the login was refused, a replay refuses every login.
func (d *dialogue) loggedIn(code string) {
	l := d.login
	d.login = nil
	if code == "235" {
		d.add("* auth %s", l.mechanism)
		return
	}
	if l.initial {
		d.add("C: AUTH %s *", l.mechanism)
	} else {
		d.add("C: AUTH %s", l.mechanism)
	}
	known := challenges[l.mechanism]
	if len(known) == 0 && l.rounds > 0 && l.mechanism != "PLAIN" {
		d.add("# The server refused the login after %d responses. When this transcript is replayed, the reply to AUTH is already the refusal.", l.rounds)
		return
	}
	for i := range l.rounds {
		text := ""
		if i < len(known) {
			text = fmt.Sprintf("{base64 %s}", strconv.Quote(known[i]))
		}
		d.add("S: 334 %s", text)
		d.add("C: ~.*")
	}
}

// end adds the end of the session. It does so only if err, the error of the call, shows how
// the session ended.
func (d *dialogue) end(err error) {
	var e *smtp.Error
	if d.ended || d.cut || !errors.As(err, &e) {
		return
	}
	d.ended = true
	if d.login != nil {
		d.loggedIn("")
	}
	if d.code == "354" && !d.dot {
		d.add("C... 1 line")
	}
	switch {
	case e.Op == smtp.OpTLS:
		d.handshake()
		d.add("* expect-tls-failure")
	case e.Kind == smtp.KindTimeout:
		d.add("* stall")
	case e.Kind == smtp.KindClosed:
		d.add("* close")
	default:
		d.ended = false // the client sends QUIT, or has sent it
	}
}

// text returns the transcript of the session. 'most' is approximately the maximum number of
// octets. If neither the server nor QUIT has ended the session, a replay accepts any end of
// the session.
func (d *dialogue) text(most int) string {
	var b strings.Builder
	cut := d.cut
	for _, line := range d.lines {
		if b.Len()+len(line.text) >= most && line.text != endsHere { // masking can have made the lines longer
			b.WriteString(endsHere + "\n")
			cut = true
			break
		}
		b.WriteString(line.text + "\n")
	}
	if !d.ended && d.code != "221" || cut {
		b.WriteString("* leave\n")
	}
	return b.String()
}
