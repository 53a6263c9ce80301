// SPDX-License-Identifier: MIT

package smtptest

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"
)

// The type play plays one connection of a script. It contains a session, which serves the
// client at "* serve". When it plays other steps, it updates the state of this session.
type play struct {
	*session
	run *Server

	chunks    []byte // the octets of the BDAT commands of the current message
	held      int64  // the octets that are reserved and count towards MaxPending
	tlsFailed bool
}

func newPlay(run *Server, conn net.Conn, record *SessionRecord) *play {
	p := &play{session: newSession(run.host, conn, record), run: run}
	p.options, p.tls, p.mode, p.limit = &run.options, run.tls, run.mode, run.limit
	if p.limit.IsZero() {
		p.limit = time.Now().Add(stageLimit)
	}
	conn.SetDeadline(p.limit)
	return p
}

func mismatch(want, got string) error { return &Mismatch{Want: want, Got: got} }

func (p *play) log(write func(*Dialogue)) { p.note(func(r *SessionRecord) { write(&r.Dialogue) }) }

// flush writes the pending output. If the client has closed the connection, flush returns no
// error, but the next read does.
func (p *play) flush() error {
	defer p.out.Reset()
	if err := p.mode.write(p.conn, p.out.Bytes()); isTimeout(err) {
		return mismatch("a client that reads", reason(err))
	}
	return nil
}

func (p *play) command(step Step) error {
	challenged := p.challenged
	line, err := p.line()
	shown := visible(p.shown(line))
	if err != nil {
		return mismatch(step.Text, joined(shown, err))
	}
	p.logClient(line)
	if !challenged {
		p.ask(line)
	}
	if !step.match.MatchString(line) {
		want := step.Text
		if challenged || shown != visible(line) {
			want += "   (secrets are not shown)"
		}
		return mismatch(want, shown)
	}
	return nil
}

// joined returns the text that was read, and the reason why reading ended.
func joined(shown string, err error) string {
	if shown == "" {
		return reason(err)
	}
	return shown + " (" + reason(err) + ")"
}

// line reads a line and returns it without its CRLF. It returns an error if the line ends in
// any other way.
func (p *play) line() (string, error) {
	if held := p.unread; held != nil {
		p.unread = nil
		return *held, nil
	}
	line, err := readLine(p.r, maxLine)
	if errors.Is(err, io.EOF) {
		err = errors.New("the client closed the connection")
	}
	return string(line), err
}

// content plays a step "C...": it reads message content and removes the dot-stuffing (RFC 5321,
// section 4.5.2).
func (p *play) content(step Step) error {
	var data []byte
	want := "message content"
	for n := 0; step.count == 0 || n < step.count; n++ {
		line, err := p.line()
		if err != nil {
			return mismatch(fmt.Sprintf("%s, line %d", want, n+1), joined(visible(p.shown(line)), err))
		}
		if len(line) > maxTextLine {
			return mismatch("lines of at most 998 octets (RFC 5321, section 4.5.3.1.6)", fmt.Sprintf("one of %d", len(line)))
		}
		if line == "." {
			if step.count > 0 {
				return mismatch(fmt.Sprintf("%d lines of content", step.count), fmt.Sprintf("the final dot after %d", n))
			}
			break
		}
		data = append(data, strings.TrimPrefix(line, ".")...)
		data = append(data, "\r\n"...)
		if !p.reserved(len(line) + 2) {
			return mismatch("less content in all sessions", "more than the server has memory for")
		}
		if int64(len(data)) > p.options.MaxSize {
			return mismatch(fmt.Sprintf("%s of at most %d octets", want, p.options.MaxSize), "more")
		}
	}
	p.log(func(d *Dialogue) { d.event("%d octets of message content", len(data)) })
	if step.count > 0 {
		return nil
	}
	p.keep(data)
	if step.match != nil && step.match.Match(data) == step.absent {
		return mismatch("content, "+step.Text, visible(string(data)))
	}
	return nil
}

// reserved tries to reserve memory for n more octets of content, and reports whether it
// succeeded.
func (p *play) reserved(n int) bool {
	if !p.server.reserve(int64(n)) {
		return false
	}
	p.held += int64(n)
	return true
}

// The method keep records the content of a complete message.
func (p *play) keep(data []byte) {
	p.hold(data)
	p.run.mu.Lock()
	defer p.run.mu.Unlock()
	if p.run.listener != nil { // if a MailServer plays the script, it stores the mails itself
		p.run.data = append(p.run.data, data)
	}
}

// chunk reads one BDAT command and its octets (RFC 3030, section 2).
func (p *play) chunk() error {
	line, err := p.line()
	if err != nil {
		return mismatch("BDAT", joined(visible(p.shown(line)), err))
	}
	shown := visible(p.shown(line))
	p.logClient(line)
	p.ask(line)
	size, last, err := parseBDAT(line)
	if err != nil {
		return mismatch("BDAT size [LAST]", shown)
	}
	if int64(size+len(p.chunks)) > p.options.MaxSize {
		return mismatch(fmt.Sprintf("content of at most %d octets", p.options.MaxSize), shown)
	}
	if !p.reserved(size) {
		return mismatch("less content in all sessions", "more than the server has memory for")
	}
	data := make([]byte, size)
	if n, err := io.ReadFull(p.r, data); err != nil {
		return mismatch(fmt.Sprintf("a chunk of %d octets", size), fmt.Sprintf("%d octets (%s)", n, reason(err)))
	}
	p.chunks = append(p.chunks, data...)
	if last {
		p.keep(p.chunks)
		p.chunks = nil
	}
	return nil
}

// startTLS performs the handshake. If the handshake fails, startTLS sets tlsFailed and
// returns nil, because the next step may expect the failure. If it does not, the caller or
// the next step reports that the client has deviated from the script.
func (p *play) startTLS() error {
	if n := p.r.Buffered(); n > 0 {
		early, _ := p.r.Peek(n)
		return mismatch("nothing before the handshake", visible(p.shownAll(early)))
	}
	conn := tls.Server(p.conn, p.tls)
	err := conn.Handshake()
	p.tlsFailed = err != nil
	if err != nil {
		p.event("handshake failed: %s", reason(err))
	} else {
		p.noteTLS(conn.ConnectionState())
	}
	p.conn, p.secured = conn, err == nil
	p.r.Reset(conn)
	p.forget()
	return nil
}

// expectTLSFailure checks that the client aborts the handshake. A client may also
// complete the handshake before it checks the certificate. The next read then returns the
// client's alert.
func (p *play) expectTLSFailure() error {
	if p.tlsFailed {
		return nil
	}
	_, err := p.r.ReadByte()
	if err == nil {
		p.r.UnreadByte()
		line, _ := p.line()
		return mismatch("a client that aborts the handshake", visible(p.shown(line)))
	}
	if isTimeout(err) {
		return mismatch("a client that aborts the handshake", reason(err))
	}
	p.log(func(d *Dialogue) { d.event("the client aborted the handshake: %s", reason(err)) })
	return nil
}

// expectClose checks that the client closes the connection and sends nothing more.
func (p *play) expectClose() error {
	_, err := p.r.ReadByte()
	if err == nil {
		p.r.UnreadByte()
		line, _ := p.line()
		return mismatch("nothing more; the client closes", visible(p.shown(line)))
	}
	if isTimeout(err) {
		return mismatch("a client that closes", reason(err))
	}
	p.log(func(d *Dialogue) { d.event("the client closed the connection") })
	return nil
}

// The method leave waits until the client closes the connection. It replies to RSET and QUIT,
// which the client need not send.
func (p *play) leave() error {
	for {
		line, err := p.line()
		switch {
		case isTimeout(err):
			return mismatch("a client that leaves", reason(err))
		case err != nil && line == "":
			p.log(func(d *Dialogue) { d.event("the client closed the connection") })
			return nil
		case err != nil || line != "RSET" && line != "QUIT":
			return mismatch("RSET, QUIT or the end of the connection", visible(p.shown(line)))
		}
		reply := "250 2.0.0 Reset"
		if line == "QUIT" {
			reply = "221 2.0.0 Bye"
		}
		p.log(func(d *Dialogue) { d.client(line); d.server(reply) })
		p.out.WriteString(reply + "\r\n")
		if err := p.flush(); err != nil {
			return err
		}
		if line == "QUIT" {
			return p.finish()
		}
	}
}

// finish closes the server's side of the connection, as after QUIT, and checks that the
// client closes its side and sends nothing more.
func (p *play) finish() error {
	if err := p.flush(); err != nil {
		return err
	}
	p.conn.(interface{ CloseWrite() error }).CloseWrite()
	return p.expectClose()
}

// drip writes the octets slowly, one at a time. It repeats this until the client closes the
// connection.
func (p *play) drip(step Step) {
	p.event("raw %q, one octet every %v", step.octets, step.pause)
	p.sent(step.octets)
	for i := 0; ; i = (i + 1) % len(step.octets) {
		if _, err := p.conn.Write(step.octets[i : i+1]); err != nil {
			return
		}
		time.Sleep(step.pause)
	}
}
