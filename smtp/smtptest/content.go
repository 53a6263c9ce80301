// SPDX-License-Identifier: MIT

package smtptest

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
)

func newChecker(e *envelope) *checker {
	body, _ := e.param("BODY")
	_, international := e.param("SMTPUTF8")
	return &checker{
		eightBit:      !strings.EqualFold(body, "7BIT") && body != "",
		binary:        strings.EqualFold(body, "BINARYMIME"),
		international: international,
	}
}

func (x *session) data(argument string) error {
	e := x.envelope
	var refusal string
	body := ""
	if e != nil {
		body, _ = e.param("BODY")
	}
	switch {
	case e == nil:
		refusal = "503 5.5.1 MAIL first"
	case argument != "":
		refusal = "501 5.5.4 DATA takes no argument"
	case e.letter != nil:
		refusal = "503 5.5.1 BDAT has begun"
	case strings.EqualFold(body, "BINARYMIME"):
		refusal = "503 5.6.1 BINARYMIME needs BDAT"
	case len(e.recipients) == 0:
		refusal = "554 5.5.1 No valid recipients"
	}
	if f := x.fault("DATA"); f != nil {
		// If the fault sends 354 within a transaction, the server reads the content, even if
		// there are no recipients.
		if !strings.HasPrefix(f.Do, "354") || e == nil {
			return x.misbehave(f, "354 Go on")
		}
		x.say(f.Do)
	} else if refusal != "" {
		x.say(refusal)
		return nil
	} else {
		x.say("354 End with CRLF.CRLF")
	}
	if err := x.flush(); err != nil {
		return err
	}
	if f := x.fault("body"); f != nil {
		return x.cutBody(f)
	}
	letter, err := x.server.newLetter()
	if err != nil {
		return x.sayAndEnd("451 4.3.0 " + err.Error())
	}
	e.letter, e.check = letter, newChecker(e)
	if err := x.content(e); err != nil {
		return err
	}
	return x.finish(e)
}

// The method content reads content up to the line with a single dot, and removes the
// dot-stuffing.
func (x *session) content(e *envelope) error {
	x.readSince = true
	began := true // whether the last line ended in CRLF
	for n := 0; ; n++ {
		if n%1024 == 0 {
			x.conn.SetReadDeadline(x.deadline())
		}
		part, err := x.r.ReadSlice('\n')
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return err
		}
		if began && bytes.Equal(part, []byte(".\r\n")) {
			return nil
		}
		if began {
			part = bytes.TrimPrefix(part, []byte("."))
		}
		began = bytes.HasSuffix(part, []byte("\r\n"))
		if err := x.take(e, part); err != nil {
			return err
		}
	}
}

// The method take checks the given octets of the content, and stores them up to the size limit.
func (x *session) take(e *envelope, part []byte) error {
	e.check.Write(part)
	if e.letter.size > x.options.MaxSize {
		return nil
	}
	_, err := e.letter.Write(part)
	return err
}

// cutBody reads f.Octets octets of content, and then abandons the session.
func (x *session) cutBody(f *Fault) error {
	x.readSince = true
	var tail []byte
	for range f.Octets {
		b, err := x.r.ReadByte()
		if err != nil {
			return err
		}
		tail = append(tail[max(0, len(tail)-4):], b)
		if bytes.Equal(tail, []byte("\r\n.\r\n")) {
			break // the content is shorter than f.Octets
		}
	}
	x.event("%d octets of content read", f.Octets)
	x.drop()
	return x.misbehave(f, "")
}

// finish replies to the end of data. It stores the mail, unless it refuses the mail.
func (x *session) finish(e *envelope) error {
	x.envelope = nil
	defer x.release(e)
	letter := e.letter
	x.event("%d octets of content", letter.size)
	refusal := ""
	switch problem := e.check.finish(); {
	case len(e.recipients) == 0:
		refusal = "554 5.5.1 No valid recipients"
	case letter.size > x.options.MaxSize:
		refusal = "552 5.3.4 Message too big"
	case letter.full:
		refusal = "452 4.3.1 Insufficient system storage"
	case problem != "":
		x.violation("content: " + problem)
		refusal = "554 5.6.0 Content has " + problem
	}
	f := x.fault("end of data")
	refuses := f != nil && (f.Do == "421" || f.Do[0] == '4' || f.Do[0] == '5')
	if refusal != "" || refuses {
		letter.drop()
	} else if refusal = x.keep(e); refusal == "" {
		x.accepted++
	}
	replies := x.finalReplies(e, refusal)
	if f != nil {
		return x.misbehave(f, strings.Join(replies, "\r\n"))
	}
	for _, reply := range replies {
		x.say(reply)
	}
	return nil
}

func (x *session) keep(e *envelope) string {
	var recipients []Recipient
	for _, r := range e.recipients {
		if lateReply(r.Address) == "" {
			recipients = append(recipients, r)
		} else if !x.options.LMTP {
			e.letter.drop()
			return lateReply(r.Address)
		}
	}
	if len(recipients) == 0 {
		e.letter.drop()
		return "" // LMTP: each recipient has its own reply
	}
	return x.deliver(e, recipients)
}

// deliver stores a mail. If it fails, it returns the reply that refuses the mail, and otherwise
// "".
func (x *session) deliver(e *envelope, recipients []Recipient) string {
	mail := Mail{Session: x.record.Number, From: e.from, Params: e.params, Recipients: recipients, Login: x.user, Chunks: e.chunks}
	x.note(func(r *SessionRecord) {
		mail.TLS = r.TLSVersion
		if x.user != "" {
			mail.Mechanism = r.Mechanism
		}
	})
	if err := x.server.keep(mail, e.letter, x.record); err != nil {
		e.letter.drop()
		return "451 4.3.0 " + err.Error()
	}
	return ""
}

// lateReply returns the reply at the end of data that refuses a recipient. It returns "" for
// recipients whose address does not begin with "late": these are accepted.
func lateReply(address string) string {
	if strings.HasPrefix(strings.ToLower(address), "late") {
		return "552 5.2.2 Over quota, as it turns out"
	}
	return ""
}

// finalReplies returns the reply at the end of data or, with LMTP, one reply per
// recipient.
func (x *session) finalReplies(e *envelope, refusal string) []string {
	acceptance := fmt.Sprintf("250 2.0.0 OK: queued as %X.%d", x.record.Number, x.accepted)
	if refusal != "" {
		acceptance = refusal
	}
	if !x.options.LMTP {
		return []string{acceptance}
	}
	var replies []string
	for _, r := range e.recipients {
		reply := acceptance
		if late := lateReply(r.Address); late != "" && refusal == "" {
			reply = late
		}
		replies = append(replies, reply)
	}
	return replies
}

// bdat handles BDAT (RFC 3030). It reads the octets of the chunk even if it refuses the command.
func (x *session) bdat(argument string) error {
	size, last, err := parseBDAT("BDAT " + argument)
	if err != nil {
		return x.sayAndEnd("501 5.5.4 Want BDAT size [LAST]")
	}
	e := x.envelope
	if e == nil || len(e.recipients) == 0 || !x.offers("CHUNKING") {
		if _, err := io.CopyN(io.Discard, x.r, int64(size)); err != nil {
			return err
		}
		return x.reply("DATA", "503 5.5.1 No transaction with a valid recipient")
	}
	if e.letter == nil {
		if e.letter, err = x.server.newLetter(); err != nil {
			return x.sayAndEnd("451 4.3.0 " + err.Error())
		}
		e.check = newChecker(e)
	}
	if f := x.fault("body"); f != nil {
		return x.cutBody(f)
	}
	e.chunks++
	x.conn.SetReadDeadline(x.deadline())
	_, err = io.CopyN(writerFunc(func(p []byte) (int, error) { return len(p), x.take(e, p) }), x.r, int64(size))
	if err != nil {
		return err
	}
	if last {
		return x.finish(e)
	}
	return x.reply("DATA", "250 2.0.0 %d octets taken", size)
}

type writerFunc func(p []byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }
