// SPDX-License-Identifier: MIT

package smtp

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"

	"csmtp/smtp/internal/wire"
)

// Bounds of a group of mails by BDAT: how many may be in doubt at once, how
// much memory they take, and how many replies they bring.
const (
	groupMails   = 32
	groupOctets  = 64 << 10
	groupReplies = 256
	groupMail    = 32 << 10 // content of one mail; a larger one goes alone
)

// group is mails of a batch that leave together, content too: BDAT waits for
// no reply (RFC 3030). A server that refuses a mail at RCPT or BDAT still has
// its transaction open, and would take the next mail's recipients into it: so
// RSET stands in front of each mail but the first.
type group struct {
	out     []byte // octets of all
	grouped []groupedMail
	replies int
	content int // where the content of the mail being put in ends at most
	writing bool
	written chan struct{} // the writer's end, where one is writing
}

// groupedMail is one mail of a group.
type groupedMail struct {
	tx    transaction
	reset bool   // RSET stands in front
	end   int64  // of its octets in group.out
	err   *Error // why it is not in group.out
}

// groupable tells that a mail may be one of a group: small, of known size, and
// with nothing in it that has to wait for a reply.
func (s *Session) groupable(m *Mail) bool {
	env := m.Envelope
	if !s.pipelining || s.cfg.LMTP || !s.inChunks(env) || !s.alone(env) {
		return false
	}
	size := sizeOf(m.Message)
	return (len(env.Recipients) == 1 || env.Partial) && len(env.Recipients) <= bdatWindow &&
		size >= 0 && size <= groupMail
}

// gather fills the group with as many of the first mails as may go together.
// An error is Progress's wish to end it all.
func (s *Session) gather(mails []Mail, out []Delivery) *Error {
	g := &s.group
	g.out, g.grouped, g.replies = g.out[:0], g.grouped[:0], 0
	for i := range mails {
		m := &mails[i]
		if i == groupMails || !s.groupable(m) || s.limit.usedUp(s.mails+i) {
			return nil
		}
		replies := 3 + len(m.Envelope.Recipients)
		if i > 0 && (len(g.out)+int(sizeOf(m.Message)) > groupOctets || g.replies+replies > groupReplies) {
			return nil
		}
		g.replies += replies
		g.grouped = append(g.grouped, groupedMail{})
		f := &g.grouped[i]
		if f.err = s.addToGroup(f, m, out[i].Recipients); f.err != nil && f.err.Kind == KindCanceled {
			return f.err
		}
	}
	return nil
}

// addToGroup puts a mail behind those in g.out, or takes all of it back: a message
// that fails here has cost nothing.
func (s *Session) addToGroup(f *groupedMail, m *Mail, rows []RecipientResult) *Error {
	g := &s.group
	s.tx = transaction{}
	t := &s.tx
	e := s.plan(m.Envelope, m.Message)
	t.env, t.msg, t.rcpts, t.rows = m.Envelope, m.Message, m.Envelope.Recipients, rows
	t.bdat, t.grouped, t.whole = true, true, true
	f.tx = *t
	if e != nil {
		return e
	}
	start := len(g.out)
	f.reset = start > 0
	e = s.addCommands(f.reset)
	content := len(g.out)
	if e == nil {
		e = s.addContent()
	}
	if e != nil {
		g.out = g.out[:start]
		return e
	}
	f.end = int64(len(g.out))
	if s.cfg.Trace != nil {
		for line := range bytes.SplitSeq(bytes.TrimSuffix(g.out[start:content], crlf), crlf) {
			s.traceCommand(line, false)
		}
		s.event("the message ends, %d octets", t.size)
	}
	return nil
}

var crlf = []byte("\r\n")

func (s *Session) addCommands(reset bool) *Error {
	g := &s.group
	add := func(op Op, line []byte) *Error {
		g.out = append(append(g.out, line...), crlf...)
		return checkCommand(op, line)
	}
	if reset {
		g.out = append(g.out, "RSET\r\n"...)
	}
	for i := range 1 + len(s.tx.rcpts) {
		s.line = s.appendEnvelope(s.line[:0], i)
		if e := add(s.envelopeStep(i).op, s.line); e != nil {
			return e
		}
	}
	s.line = strconv.AppendInt(append(s.line[:0], "BDAT "...), s.tx.size, 10)
	return add(OpBody, append(s.line, " LAST"...))
}

func (s *Session) addContent() *Error {
	g, b := &s.group, &s.body
	g.content = len(g.out) + int(s.tx.size)
	_, err := s.tx.msg.WriteTo(b.begin((*groupWriter)(g)))
	if err == nil {
		err = b.finished()
	}
	b.end()
	if err == nil && len(g.out) < g.content {
		err = fmt.Errorf("the message is %d octets shorter than its Size", g.content-len(g.out))
	}
	if err == nil && s.tx.env.Body != BodyBinaryMIME {
		err = wire.CheckLines(g.out[g.content-int(s.tx.size):])
	}
	if err != nil {
		return sourceFailed(err)
	}
	return nil
}

// groupWriter is where the content of a mail in a group goes.
type groupWriter group

var errLonger = errors.New("the message is longer than its Size")

func (g *groupWriter) Write(p []byte) (int, error) {
	if len(g.out)+len(p) > g.content {
		return 0, errLonger
	}
	g.out = append(g.out, p...)
	return len(p), nil
}
