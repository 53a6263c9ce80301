// SPDX-License-Identifier: MIT

package smtp

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"time"

	"csmtp/smtp/internal/wire"
)

// put writes one command to the write buffer. It returns an error if the command contains
// a line end or another control character. Every command passes through put, except those
// of wholeMails, which calls checkCommand itself.
func (s *Session) put(op Op, line []byte, secret bool) *Error {
	if e := checkCommand(op, line); e != nil {
		return e
	}
	s.traceCommand(line, secret)
	s.bw.Write(line) // bufio keeps the error for Flush
	s.bw.WriteString("\r\n")
	return nil
}

// checkCommand returns an error if the command contains a control character.
func checkCommand(op Op, line []byte) *Error {
	for _, c := range line {
		if c < ' ' || c == 0x7f {
			return &Error{Op: op, Kind: KindLocal, Err: errControl}
		}
	}
	return nil
}

var errControl = errors.New("a command would contain a control character")

// exchange sends a command and reads its reply, without pipelining.
func (s *Session) exchange(st *step, line []byte) *Error {
	if e := s.begin(st.op); e != nil {
		return e
	}
	return s.converse(st, line, false)
}

// converse sends a command as exchange does, but without calling begin. It is for a session
// whose replies are known to match the commands.
func (s *Session) converse(st *step, line []byte, secret bool) *Error {
	if e := s.say(st, line, secret); e != nil {
		return e
	}
	return s.await(st)
}

// say sends one command.
func (s *Session) say(st *step, line []byte, secret bool) *Error {
	if e := s.put(st.op, line, secret); e != nil {
		return e
	}
	s.arm(st)
	if err := s.bw.Flush(); err != nil {
		return s.lostWriting(st.op, err)
	}
	return nil
}

// arm sets the deadline of the step, for writing and reading.
func (s *Session) arm(st *step) {
	// If setting the deadline fails, the next read or write returns the error.
	_ = s.link.SetDeadline(s.deadline(st.timeout(&s.timeouts)))
}

// receive reads one reply into s.raw.
func (s *Session) receive(op Op) *Error {
	if err := readReply(s.rd, &s.raw, s.onLine); err != nil {
		return s.lost(op, err)
	}
	if endsSession(s.raw.code) {
		s.end(&Error{Op: op, Kind: KindClosed, Reply: &Reply{Code: s.raw.code}})
	}
	return nil
}

// await reads the reply to a step into s.raw. It returns nil if the reply is one of those
// that the step expects.
func (s *Session) await(st *step) *Error {
	if e := s.receive(st.op); e != nil {
		return e
	}
	if st.wants(s.raw.code) {
		return nil
	}
	return s.refused(st.op)
}

// refused returns the error for the reply in s.raw, which is not one of the replies
// that the step expects.
func (s *Session) refused(op Op) *Error {
	r := s.raw.reply()
	e := &Error{Op: op, Kind: KindRefused, Reply: r}
	if !r.Temporary() && !r.Permanent() {
		e.Kind = KindProtocol
		e.Err = errors.New("unexpected reply to this command")
		s.kill()
		s.verdicts.takeBack()
	}
	e.Hint = hint(e, s)
	return e
}

// begin returns an error if no command may be written, because the session has ended or
// because octets from the server have arrived. begin is called when every command has its
// reply. The octets are therefore the 421 of a server that closes the connection, or
// something that the client would take for the reply to the next command.
func (s *Session) begin(op Op) *Error { return s.beginIf(op, true) }

// beginIf makes the same check as begin. If kernel is false, it saves a system call: it does
// not ask the operating system whether octets have arrived.
func (s *Session) beginIf(op Op, kernel bool) *Error {
	if err := s.ctx.Err(); err != nil { // the session may not have noticed it yet
		return s.lost(op, err)
	}
	if s.dead {
		return &Error{Op: op, Kind: KindClosed, Err: net.ErrClosed, stale: true}
	}
	left, err := s.waiting(kernel)
	switch {
	case err != nil:
		e := s.lost(op, err)
		e.stale = e.Kind == KindClosed
		return e
	case !left:
		return nil
	case s.unasked():
		e := s.refused(op)
		e.stale = true
		return e
	}
	s.verdicts.takeBack()
	return &Error{Op: op, Kind: KindProtocol, Err: errUnasked}
}

var errUnasked = errors.New("the server sent a reply without a command")

// unasked reads a reply that belongs to no command, and ends the session. It reports
// whether the reply is a 421, with which the server announces that it closes the
// connection. A server may send a 421 at any time (RFC 5321, section 3.8). Any other reply
// means that the replies do not match the commands.
func (s *Session) unasked() (leaves bool) {
	_ = s.link.SetDeadline(s.deadline(unsolicitedTime))
	err := readReply(s.rd, &s.raw, s.onLine)
	s.kill()
	return err == nil && endsSession(s.raw.code)
}

// unsolicitedTime limits the wait for the rest of a reply that belongs to no command.
const unsolicitedTime = time.Second

// lost returns the error for a read or a write that failed with err, and ends the session.
func (s *Session) lost(op Op, err error) *Error {
	e := &Error{Op: op, Kind: KindClosed, Err: err}
	if s.shut() {
		defer func() { s.disconnected(e) }()
	}
	var syntax syntaxError
	var ne net.Error
	var record tls.RecordHeaderError
	switch {
	case s.ctx.Err() != nil:
		e.Err = context.Cause(s.ctx)
		e.Kind = KindCanceled
		if errors.Is(s.ctx.Err(), context.DeadlineExceeded) {
			e.Kind = KindTimeout
			s.verdicts.takeBackLatest()
		}
	case errors.Is(err, errTLSFirst):
		e.Kind, e.Hint = KindProtocol, HintTLSFirst
		return e
	case errors.As(err, &syntax), errors.Is(err, wire.ErrLineTooLong):
		e.Kind = KindProtocol
	case errors.As(err, &ne) && ne.Timeout():
		e.Kind = KindTimeout
		e.Err = errSilent
		s.verdicts.takeBackLatest()
		if s.timeIsUp() {
			e.Err = errTotal
		}
	case s.tls != nil && s.cfg.explainAlert(err) != nil:
		alert := s.cfg.explainAlert(err)
		e.Kind, e.Err, e.Hint = alert.Kind, alert.Err, alert.Hint
		return e
	case errors.As(err, &record):
		e.Kind = KindTLS
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		e.Err = errHungUp
	}
	if s.tls != nil && e.Kind == KindClosed && s.link.Lost() {
		e.Err = truncated{e.Err}
	}
	e.Hint = hint(e, s)
	return e
}

var (
	errSilent = errors.New("the server did not reply in time")
	errTotal  = errors.New("the time limit of the call has passed")
	errHungUp = errors.New("the server sent no reply")
)

// lostWriting returns the error for a write that failed with err. If the server has sent
// a reply with the reason and then closed the connection, as is often the case, the error
// contains that reply.
func (s *Session) lostWriting(op Op, err error) *Error {
	if s.ctx.Err() == nil && !s.dead {
		_ = s.link.SetReadDeadline(s.deadline(lastReplyTime))
		if s.body.settle() == nil && readReply(s.rd, &s.raw, s.onLine) == nil && s.raw.code >= 400 {
			e := s.refused(op)
			s.kill()
			return e
		}
	}
	return s.lost(op, err)
}

// lastReplyTime is how long the session waits, after a write has failed, for a reply that
// gives the reason.
const lastReplyTime = time.Second

// kill closes the connection, without QUIT.
func (s *Session) kill() { s.end(nil) }

// end closes the connection, without QUIT, and reports e to Measure as the cause.
func (s *Session) end(e *Error) {
	if s.shut() {
		s.disconnected(e)
	}
}

// shut closes the connection. It reports whether the connection was open.
func (s *Session) shut() bool {
	s.traceHeard() // traces the lines of an incomplete reply
	if s.dead {
		return false
	}
	s.dead = true
	s.stop()
	if slow := s.link.Slow(); (slow || s.wasSlow) && s.link.WaitsItself() {
		s.cfg.Known.noteSlow(s.cfg.knownAs(s.server), slow, time.Now())
	}
	_ = s.link.Close()
	return true
}

// Noop sends NOOP. It returns an error unless the server replies with a code from 250 to
// 259.
func (s *Session) Noop() error {
	s.startClock()
	if e := s.exchange(&stepNOOP, []byte("NOOP")); e != nil {
		return e
	}
	return nil
}
