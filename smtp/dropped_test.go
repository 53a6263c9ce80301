// SPDX-License-Identifier: MIT

package smtp

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"csmtp/smtp/sasl"
	"csmtp/smtp/smtptest"
	"csmtp/smtp/smtptest/certs"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// dropper is a server that refuses one command, the nth command that begins with the text
// in the field 'at', and ends the connection at once. It does not reply to later commands.
type dropper struct {
	at     string // "" is the greeting
	nth    int
	reply  string
	end    string // how the connection ends: fin, close or reset; over TLS also cut or alert
	ehlo   []string
	tls    bool // implicit TLS
	script map[string]string
	many   bool // whether the mail has 2,000 recipients
}

func manyRecipients(n int) *Envelope {
	env := envelopeTo()
	for i := range n {
		env.Recipients = append(env.Recipients, Recipient{Address: fmt.Sprintf("recipient.%d@test.example", i)})
	}
	return env
}

// garbling is a connection from which, if 'on' is set, the TLS server reads a record that it
// cannot decrypt, so that it sends a fatal alert.
type garbling struct {
	net.Conn
	on bool
}

func (g *garbling) Read(p []byte) (int, error) {
	if g.on {
		return copy(p, append([]byte{23, 3, 3, 0, 32}, make([]byte, 32)...)), nil
	}
	return g.Conn.Read(p)
}

func (d *dropper) start(t testing.TB) Server {
	config := &tls.Config{Certificates: []tls.Certificate{smtptest.Authority().Issue(certs.Good)}}
	return serve(t, func(c net.Conn) { d.talk(c, config) })
}

func (d *dropper) talk(tcp net.Conn, config *tls.Config) {
	below := &garbling{Conn: tcp}
	conn := net.Conn(below)
	if d.tls {
		conn = tls.Server(below, config)
	}
	in := bufio.NewReader(conn)
	if d.at == "" {
		d.drop(tcp.(*net.TCPConn), conn, below)
		return
	}
	io.WriteString(conn, "220 mail.test.example\r\n")
	seen, data := 0, false
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimSuffix(line, "\r\n")
		if data && line != "." {
			continue
		}
		if strings.HasPrefix(line, d.at) {
			if seen++; seen == d.nth {
				d.drop(tcp.(*net.TCPConn), conn, below)
				return
			}
		}
		verb, _, _ := strings.Cut(line, " ")
		answer := "250 2.0.0 OK"
		data = false
		switch {
		case d.script[line] != "":
			answer = d.script[line]
		case d.script[verb] != "":
			answer = d.script[verb]
		case verb == "EHLO" || verb == "LHLO":
			answer = "250-" + strings.Join(append([]string{"mail.test.example"}, d.ehlo...), "\r\n250-") + "\r\n250 HELP"
		case verb == "BDAT":
			var size int
			fmt.Sscanf(line, "BDAT %d", &size)
			io.CopyN(io.Discard, in, int64(size))
		case verb == "DATA":
			answer, data = "354 go", true
		case verb == "STARTTLS":
			answer = "220 go"
		case verb == "QUIT":
			io.WriteString(conn, "221 bye\r\n")
			return
		}
		io.WriteString(conn, answer+"\r\n")
		if verb == "STARTTLS" {
			conn = tls.Server(below, config)
			in = bufio.NewReader(conn)
		}
	}
}

func (d *dropper) drop(tcp *net.TCPConn, conn net.Conn, below *garbling) {
	io.WriteString(conn, d.reply+"\r\n")
	switch d.end {
	case "close": // if commands are unread, this sends a reset
		conn.Close()
	case "reset":
		tcp.SetLinger(0)
		tcp.Close()
	case "alert":
		below.on = true
		conn.Read(make([]byte, 1))
		below.on = false
		io.Copy(io.Discard, tcp)
	case "fin":
		conn.(interface{ CloseWrite() error }).CloseWrite()
		io.Copy(io.Discard, tcp)
	case "cut": // FIN without close_notify
		tcp.CloseWrite()
		io.Copy(io.Discard, tcp)
	}
}

func (g *garbling) CloseWrite() error { return g.Conn.(*net.TCPConn).CloseWrite() }

// The error is the refusal, no matter how the connection ends afterwards.
func TestRefusalBeforeTheEnd(t *testing.T) {
	login := func(mechanism string) func(*Config) {
		return func(c *Config) {
			a := &Auth{Credentials: sasl.Credentials{Login: "alice", Password: "secret"}, Mechanisms: strings.Fields(mechanism)}
			if mechanism == "XOAUTH2" {
				a.Token = func(bool) (string, error) { return "token", nil }
			}
			c.Auth = a
		}
	}
	steps := []struct {
		name, at string
		nth      int
		op       Op
		set      func(*Config)
		partial  bool
		script   map[string]string
	}{
		{name: "greeting", op: OpGreeting},
		{name: "EHLO", at: "EHLO", op: OpEHLO},
		{name: "EHLO, login wanted", at: "EHLO", op: OpEHLO, set: login("PLAIN")},
		{name: "HELO", at: "HELO", op: OpEHLO, script: map[string]string{"EHLO": "502 5.5.1 What"}},
		{name: "LHLO", at: "LHLO", op: OpEHLO, set: func(c *Config) { c.LMTP = true }},
		{name: "STARTTLS", at: "STARTTLS", op: OpSTARTTLS, set: func(c *Config) { c.Security = STARTTLS }},
		{name: "STARTTLS if offered", at: "STARTTLS", op: OpSTARTTLS, set: func(c *Config) { c.Security = STARTTLSIfOffered }},
		{name: "second EHLO", at: "EHLO", nth: 2, op: OpEHLO, set: func(c *Config) { c.Security = STARTTLS }},
		{name: "AUTH PLAIN", at: "AUTH", op: OpAUTH, set: login("PLAIN")},
		{name: "AUTH LOGIN", at: "AUTH", op: OpAUTH, set: login("LOGIN")},
		{name: "AUTH LOGIN, login", at: "YWxpY2U=", op: OpAUTH, set: login("LOGIN"), script: map[string]string{"AUTH": "334 VXNlcm5hbWU6"}},
		{name: "AUTH LOGIN, password", at: "c2VjcmV0", op: OpAUTH, set: login("LOGIN"),
			script: map[string]string{"AUTH": "334 VXNlcm5hbWU6", "YWxpY2U=": "334 UGFzc3dvcmQ6"}},
		{name: "AUTH CRAM-MD5", at: "YWxpY2Ug", op: OpAUTH, set: login("CRAM-MD5"), script: map[string]string{"AUTH": "334 PDFAYT4="}},
		{name: "MAIL", at: "MAIL", op: OpMAIL},
		{name: "MAIL, LMTP", at: "MAIL", op: OpMAIL, set: func(c *Config) { c.LMTP = true }},
		{name: "RCPT", at: "RCPT", op: OpRCPT},
		{name: "MAIL, many", at: "MAIL", op: OpMAIL},
		{name: "RCPT, many", at: "RCPT", op: OpRCPT},
		{name: "RCPT, partial", at: "RCPT", op: OpRCPT, partial: true},
		{name: "second RCPT", at: "RCPT", nth: 2, op: OpRCPT},
		{name: "second RCPT, partial", at: "RCPT", nth: 2, op: OpRCPT, partial: true},
		{name: "last RCPT", at: "RCPT", nth: 3, op: OpRCPT},
		{name: "RCPT, LMTP", at: "RCPT", op: OpRCPT, set: func(c *Config) { c.LMTP = true }},
		{name: "DATA", at: "DATA", op: OpDATA},
		{name: "DATA, partial", at: "DATA", op: OpDATA, partial: true},
		{name: "dot", at: ".", op: OpEndOfData},
		{name: "NOOP", at: "NOOP", op: OpNOOP},
	}
	for _, st := range steps {
		for _, code := range []string{"450 4.7.0 Not now", "550 5.7.1 Not you"} {
			for _, end := range []string{"fin", "close", "reset", "cut", "alert"} {
				for _, over := range []bool{false, true} {
					if !over && (end == "cut" || end == "alert") || over && strings.Contains(st.name, "STARTTLS") || over && (st.name == "second EHLO" || st.name == "HELO") ||
						st.name == "greeting" && end == "reset" { // the reset may arrive before the client knows that it is connected
						continue
					}
					for _, pipelining := range []bool{false, true} {
						for _, onThread := range []bool{false, true} {
							d := &dropper{at: st.at, nth: max(st.nth, 1), reply: code, end: end, tls: over, script: st.script,
								many: strings.HasSuffix(st.name, "many")}
							d.ehlo = []string{"AUTH PLAIN LOGIN CRAM-MD5 XOAUTH2"}
							if pipelining {
								d.ehlo = append(d.ehlo, "PIPELINING")
							}
							cfg := &Config{Timeouts: allOf(20 * time.Second), OnThread: onThread}
							if over {
								cfg.Security = ImplicitTLS
							}
							if st.set != nil {
								st.set(cfg)
							}
							if cfg.Security == STARTTLS || cfg.Security == STARTTLSIfOffered {
								d.ehlo = append(d.ehlo, "STARTTLS")
							}
							cfg.TLS.RootCAs = smtptest.Authority().Pool()
							name := fmt.Sprintf("%s/%.3s/%s/tls=%v/pipelining=%v/thread=%v", st.name, code, end, over, pipelining, onThread)
							op, partial := st.op, st.partial
							t.Run(name, func(t *testing.T) {
								t.Parallel()
								refusedAndDropped(t, d, cfg, op, partial)
							})
						}
					}
				}
			}
		}
	}
}

func refusedAndDropped(t *testing.T, d *dropper, cfg *Config, op Op, partial bool) {
	server := d.start(t)
	server.Host = "localhost"
	cfg.Servers = []Server{server}
	s, err := Dial(context.Background(), cfg)
	var res Result
	sent := false
	if err == nil {
		defer s.Close()
		if op == OpNOOP {
			err = s.Noop()
		} else {
			env := envelopeTo("a@test.example", "b@test.example", "c@test.example")
			if d.many {
				env = manyRecipients(2000)
			}
			env.Partial = partial
			sent = true
			res, err = s.Send(env, hello)
		}
	}
	var e *Error
	require.True(t, errors.As(err, &e), "%v", err)
	require.NotNil(t, e.Reply, "the refusal is lost: %v", e)
	assert.Equal(t, d.reply, e.Reply.String())
	assert.Equal(t, op, e.Op)
	assert.Equal(t, KindRefused, e.Kind)
	assert.False(t, IsStale(err))
	if !sent {
		return
	}
	wanted := RejectedTemporary
	if e.Reply.Permanent() {
		wanted = RejectedPermanent
	}
	assert.Equal(t, wanted, res.Outcome)
	for i, row := range res.Recipients {
		assert.False(t, row.Accepted)
		if op == OpRCPT && i == d.nth-1 {
			require.NotNil(t, row.Reply)
			assert.Equal(t, d.reply, row.Reply.String())
			assert.Equal(t, row.Address, e.Recipient)
		}
	}
}

// If the server refuses a mail of a batch and ends the connection, the outcomes of the
// other mails are certain: the earlier mails were accepted; the later mails were not sent,
// and may be sent over another session.
func TestRefusalBeforeTheEndInABatch(t *testing.T) {
	for _, step := range []Op{OpMAIL, OpRCPT, OpDATA, OpEndOfData} {
		for _, end := range []string{"fin", "close", "reset"} {
			for _, reply := range []string{"450 4.7.0 Not now", "550 5.7.1 Not you"} {
				for _, pipelining := range []bool{false, true} {
					t.Run(fmt.Sprintf("%s/%s/%.3s/%v", step, end, reply, pipelining), func(t *testing.T) {
						t.Parallel()
						d := &dropper{at: string(step), nth: 2, reply: reply, end: end}
						if step == OpEndOfData {
							d.at = "."
						}
						if pipelining {
							d.ehlo = []string{"PIPELINING"}
						}
						s, err := Dial(context.Background(), &Config{Servers: []Server{d.start(t)}, Timeouts: allOf(20 * time.Second)})
						require.NoError(t, err)
						defer s.Close()
						mail := Mail{envelopeTo("a@test.example"), hello}
						out := s.SendBatch([]Mail{mail, mail, mail, mail})
						require.NoError(t, out[0].Err)
						assert.Equal(t, Accepted, out[0].Outcome)
						var e *Error
						require.True(t, errors.As(out[1].Err, &e))
						require.NotNil(t, e.Reply, "the refusal is lost: %v", e)
						assert.Equal(t, reply, e.Reply.String())
						assert.Equal(t, step, e.Op)
						assert.Equal(t, rejected(e.Reply), out[1].Outcome)
						for _, o := range out[2:] {
							require.Error(t, o.Err)
							assert.Equal(t, NotSent, o.Outcome)
							assert.True(t, o.SafeToRetry())
							assert.True(t, IsStale(o.Err), "%v", o.Err)
						}
					})
				}
			}
		}
	}
}

// A refusal of the envelope is reported even if the content was sent together with the
// envelope, and the reply to the content is missing or not valid.
func TestRefusalBeforeSilence(t *testing.T) {
	for name, replies := range map[string]map[string]string{
		"MAIL": {"MAIL": "550 5.7.1 Not you\r\n", "RCPT": "503 5.5.1 MAIL first\r\n"},
		"RCPT": {"MAIL": "250 OK\r\n", "RCPT": "550 5.7.1 Not you\r\n"},
		"body": {"MAIL": "250 OK\r\n", "RCPT": "250 OK\r\n", "BDAT": "550 5.7.1 Not you\r\n"},
	} {
		for _, last := range []string{"", "25", "250-\r\n550 what\r\n"} {
			for _, batch := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s/%q/%v", name, last, batch), func(t *testing.T) {
					t.Parallel()
					s, err := Dial(context.Background(), &Config{Timeouts: allOf(300 * time.Millisecond), Servers: []Server{
						serve(t, func(c net.Conn) { refuseAndFallSilent(c, replies, last) })}})
					require.NoError(t, err)
					defer s.Close()
					env := envelopeTo("a@test.example")
					env.Chunking = true
					msg := hello
					if name == "body" {
						msg = text(strings.Repeat("A line of the body.\r\n", 5000))
					}
					var res Result
					if batch {
						out := s.SendBatch([]Mail{{env, msg}})
						res, err = out[0].Result, out[0].Err
					} else {
						res, err = s.Send(env, msg)
					}
					var e *Error
					require.True(t, errors.As(err, &e), "%v", err)
					require.NotNil(t, e.Reply, "the refusal is lost: %v", e)
					assert.Equal(t, "550 5.7.1 Not you", e.Reply.String())
					assert.Equal(t, Op(name), e.Op)
					assert.Equal(t, RejectedPermanent, res.Outcome)
					assert.False(t, s.Usable())
				})
			}
		}
	}
}

// refuseAndFallSilent replies to each command with the text for it in 'replies', and to the
// end of the message with the text in 'last', which is not a valid reply.
func refuseAndFallSilent(c net.Conn, replies map[string]string, last string) {
	in := bufio.NewReader(c)
	io.WriteString(c, "220 mail.test.example\r\n")
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		var size int
		fmt.Sscanf(line, "BDAT %d", &size)
		io.CopyN(io.Discard, in, int64(size))
		verb, _, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch {
		case verb == "EHLO":
			io.WriteString(c, "250-mail.test.example\r\n250-PIPELINING\r\n250 CHUNKING\r\n")
		case strings.HasSuffix(line, " LAST\r\n"):
			io.WriteString(c, last)
		default:
			io.WriteString(c, replies[verb])
		}
	}
}
