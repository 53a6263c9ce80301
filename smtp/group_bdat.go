// SPDX-License-Identifier: MIT

package smtp

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"

	"csmtp/smtp/internal/wire"
)

// Limits of a group of mails that are sent together by BDAT. They limit how many mails may
// be in doubt at once, how much memory a group needs, and how many replies it has. The
// first group of a session has one mail. Each later group may have twice as many mails as
// the previous one, up to groupMails. If a mail of the previous group is in doubt, the next
// group has one mail.
const (
	groupMails   = 32
	groupOctets  = 64 << 10
	groupReplies = 256
	groupMail    = 32 << 10 // octets of one message; a larger one is sent alone
)

// wholeMails are mails of a batch whose commands and messages are all sent together,
// without waiting for replies, as BDAT allows (RFC 3030). If the server refuses RCPT or
// BDAT, the transaction stays open, and the recipients of the next mail would be added
// to it. Therefore RSET precedes each mail except the first.
type wholeMails struct {
	g       *group
	out     []byte // the octets of all mails
	mails   []wholeMail
	end     int // the length of 'out' after the current message, according to the message's Size
	writing bool
	written chan struct{} // receives a value when the writing goroutine ends
}

// wholeMail is one of wholeMails.
type wholeMail struct {
	tx    transaction
	reset bool   // whether RSET precedes the mail
	end   int64  // the length of 'out' after the octets of this mail
	err   *Error // the reason why the mail is not in 'out'; nil if it is
}

// mayGoWhole reports whether a mail may be one of wholeMails: it is sent by BDAT in a first
// attempt, it is small, its size is known, and none of its commands has to wait for a reply.
func (s *Session) mayGoWhole(m *Mail) bool {
	env := m.Envelope
	if !s.pipelining || s.cfg.LMTP || env.Before != nil || !s.byBDAT(env) || !s.fitsInOne(env) {
		return false
	}
	size := sizeOf(m.Message)
	return (len(env.Recipients) == 1 || env.Partial) && len(env.Recipients) <= bdatWindow &&
		size >= 0 && size <= groupMail
}

// gather adds mails from the start of the list, as many as may be sent together. It
// returns an error if Progress cancels the batch.
func (w *wholeMails) gather(mails []Mail, out []Delivery) *Error {
	s := w.g.s
	replies := 0
	for i := range mails {
		m := &mails[i]
		if i == s.together || !s.mayGoWhole(m) || s.limits.usedUp(s.mails+i) {
			return nil
		}
		n := 3 + len(m.Envelope.Recipients)
		if i > 0 && (len(w.out)+int(sizeOf(m.Message)) > groupOctets || replies+n > groupReplies) {
			return nil
		}
		replies += n
		w.mails = append(w.mails, wholeMail{tx: newTransaction(w.g, m)})
		f := &w.mails[i]
		f.tx.rcpts, f.tx.rows, f.tx.whole = m.Envelope.Recipients, out[i].Recipients, true
		if f.err = w.add(f); f.err != nil && f.err.Kind == KindCanceled {
			return f.err
		}
	}
	return nil
}

// add appends the octets of f to w.out. On failure, it appends nothing, so that no part
// of f is sent.
func (w *wholeMails) add(f *wholeMail) *Error {
	s, t := w.g.s, &f.tx
	if e := t.plan(); e != nil {
		return e
	}
	start := len(w.out)
	f.reset = start > 0
	e := w.addCommands(f)
	message := len(w.out)
	if e == nil {
		e = w.addMessage(t)
	}
	if e != nil {
		w.out = w.out[:start]
		return e
	}
	f.end = int64(len(w.out))
	if s.cfg.Trace != nil {
		for line := range bytes.SplitSeq(bytes.TrimSuffix(w.out[start:message], crlf), crlf) {
			s.traceCommand(line, false)
		}
		s.event("end of message, %d octets", t.size)
	}
	return nil
}

var crlf = []byte("\r\n")

func (w *wholeMails) addCommands(f *wholeMail) *Error {
	s, t := w.g.s, &f.tx
	add := func(op Op, line []byte) *Error {
		w.out = append(append(w.out, line...), crlf...)
		return checkCommand(op, line)
	}
	if f.reset {
		w.out = append(w.out, "RSET\r\n"...)
	}
	for i := range 1 + len(t.rcpts) {
		s.line = t.appendCommand(s.line[:0], i)
		if e := add(t.step(i).op, s.line); e != nil {
			return e
		}
	}
	s.line = strconv.AppendInt(append(s.line[:0], "BDAT "...), t.size, 10)
	return add(OpBody, append(s.line, " LAST"...))
}

func (w *wholeMails) addMessage(t *transaction) *Error {
	b := &w.g.s.body
	start := len(w.out)
	w.end = start + int(t.size)
	_, err := t.msg.WriteTo(b.begin((*messageWriter)(w), t.size, t.env.Progress, false))
	if err == nil {
		err = b.finished()
	}
	b.end()
	if err == nil && len(w.out) < w.end {
		err = fmt.Errorf("the message is %d octets shorter than its Size", w.end-len(w.out))
	}
	if err == nil && t.env.Body != BodyBinaryMIME {
		err = wire.CheckLines(w.out[start:])
	}
	if err != nil {
		return sourceFailed(err)
	}
	return nil
}

// messageWriter appends a message to wholeMails.
type messageWriter wholeMails

var errLonger = errors.New("the message is longer than its Size")

func (w *messageWriter) Write(p []byte) (int, error) {
	if len(w.out)+len(p) > w.end {
		return 0, errLonger
	}
	w.out = append(w.out, p...)
	return len(p), nil
}

// WriteClean is Write, because Write does not check line ends: addMessage checks those of the
// whole message.
func (w *messageWriter) WriteClean(p []byte) (int, error) { return w.Write(p) }
