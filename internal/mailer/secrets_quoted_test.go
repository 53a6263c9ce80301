// SPDX-License-Identifier: MIT

package mailer

import (
	"bufio"
	"encoding/base64"
	"fmt"
	"maps"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// parrot is a server that quotes the client's login in one of its replies.
type parrot struct {
	step  string                // the step of this reply: a command, "greeting", "challenge", "dot" or "garbage"
	code  string                // the code of this reply; "" for the usual code
	wrap  int                   // the maximum line length of this reply; 0 if it is one line
	write func([]string) string // returns the text of this reply for the lines in sent

	mu     sync.Mutex
	sent   []string // the lines that the client sent to log in
	quoted int
}

// start starts the server and returns its port. The server is stopped at the end of the
// test.
func (p *parrot) start(t *testing.T) uint16 {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go p.serve(c)
		}
	}()
	return uint16(l.Addr().(*net.TCPAddr).Port)
}

// reply returns the reply to a step. At the step p.step it quotes the login, and at other
// steps it is the usual reply.
func (p *parrot) reply(step, usual string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if step != p.step || len(p.sent) == 0 {
		return usual
	}
	p.quoted++
	text := p.write(p.sent)
	if step == "garbage" {
		return text + "\r\n"
	}
	code := p.code
	if code == "" {
		code = usual[:3]
	}
	lines := []string{text}
	for p.wrap > 0 && len(lines[len(lines)-1]) > p.wrap {
		last := lines[len(lines)-1]
		lines = append(lines[:len(lines)-1], last[:p.wrap], last[p.wrap:])
	}
	var b strings.Builder
	for _, line := range lines[:len(lines)-1] {
		b.WriteString(code + "-" + code[:1] + ".7.8 " + line + "\r\n")
	}
	return b.String() + code + " " + code[:1] + ".7.8 " + lines[len(lines)-1] + "\r\n"
}

func (p *parrot) keep(line string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sent = append(p.sent, line)
}

func (p *parrot) serve(c net.Conn) {
	defer c.Close()
	in := bufio.NewScanner(c)
	in.Buffer(nil, 1<<20)
	say := func(reply string) { c.Write([]byte(reply)) }
	hear := func() (string, bool) { ok := in.Scan(); return in.Text(), ok }
	say(p.reply("greeting", "220 parrot.example ESMTP\r\n"))
	for {
		line, ok := hear()
		if !ok {
			return
		}
		verb, _, _ := strings.Cut(strings.ToUpper(line), " ")
		switch verb {
		case "EHLO":
			lines := "250-parrot.example\r\n250-AUTH PLAIN LOGIN CRAM-MD5 SCRAM-SHA-256 XOAUTH2 OAUTHBEARER\r\n"
			p.mu.Lock()
			if p.step == verb && len(p.sent) > 0 {
				p.quoted++
				lines += "250-X-QUOTE " + p.write(p.sent) + "\r\n"
			}
			p.mu.Unlock()
			say(lines + "250 8BITMIME\r\n")
		case "AUTH":
			if !p.login(line, say, hear) {
				return
			}
		case "DATA":
			reply := p.reply(verb, "354 go on\r\n")
			if say(reply); !strings.HasPrefix(reply, "354") {
				continue
			}
			for line, ok := hear(); ok && line != "."; line, ok = hear() {
			}
			say(p.reply("dot", "250 2.0.0 Ok: queued as 4F2A\r\n"))
		case "QUIT":
			say(p.reply(verb, "221 bye\r\n"))
			return
		default:
			say(p.reply("garbage", p.reply(verb, "250 ok\r\n")))
		}
	}
}

// login replies to AUTH, and stores the lines that the client sends to log in. It returns false
// if the connection has ended.
func (p *parrot) login(line string, say func(string), hear func() (string, bool)) bool {
	words := strings.Fields(line)
	take := func(challenge string) bool {
		say("334 " + base64.StdEncoding.EncodeToString([]byte(challenge)) + "\r\n")
		response, ok := hear()
		p.keep(response)
		return ok
	}
	if len(words) > 2 {
		p.keep(words[2])
	}
	switch words[1] {
	case "LOGIN":
		if !take("Username:") || !take("Password:") {
			return false
		}
	case "CRAM-MD5":
		if !take("<1@parrot.example>") {
			return false
		}
	case "SCRAM-SHA-256":
		first, _ := base64.StdEncoding.DecodeString(words[2])
		_, nonce, _ := strings.Cut(string(first), ",r=")
		if !take("r=" + nonce + "more,s=c2FsdA==,i=4096") {
			return false
		}
		say(p.reply("AUTH", "535 no\r\n"))
		return true
	}
	if p.step == "challenge" {
		p.mu.Lock()
		p.quoted++
		text := p.write(p.sent)
		p.mu.Unlock()
		say("334 " + base64.StdEncoding.EncodeToString(fmt.Appendf(nil, `{"status":%q,"scope":"mail"}`, text)) + "\r\n")
		if _, ok := hear(); ok {
			say("535 5.7.8 no\r\n")
		}
		return true
	}
	say(p.reply("AUTH", "235 ok\r\n"))
	return true
}

// TestNoSecretThatAServerQuotes uses servers that quote random secrets in their replies, at
// every step: the secret itself or what the client has sent to log in, in random encodings. It
// checks that no text of the library contains a secret.
func TestNoSecretThatAServerQuotes(t *testing.T) {
	random := rand.New(rand.NewPCG(20, 26))
	pick := func(from ...string) string { return from[random.IntN(len(from))] }
	word := func(alphabet string) string {
		b := make([]byte, 9+random.IntN(24))
		for i := range b {
			b[i] = alphabet[random.IntN(len(alphabet))]
		}
		return "Zq" + string(b) // no other text of the test contains these two letters
	}
	quoted := 0
	for range 600 {
		mechanism := pick("PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-256", "XOAUTH2", "OAUTHBEARER")
		secret := word("abcXYZ0189._~/+-")
		if !strings.Contains(mechanism, "OAUTH") && random.IntN(2) == 0 {
			secret = word(`ab XYZ019"\%&<>=+/'` + "é")
		}
		p := &parrot{
			step: pick("greeting", "EHLO", "AUTH", "challenge", "MAIL", "RCPT", "DATA", "dot", "QUIT", "NOOP", "garbage"),
			code: pick("", "250", "421", "451", "500", "535", "550", "554"),
			wrap: []int{0, 0, 0, 8, 40}[random.IntN(5)],
		}
		form, around, of := random.IntN(1000), pick("wrong: %s", "wrong: %q", "<%s>", "%s", "AUTH X %s; go away"), random.IntN(3)
		p.write = func(sent []string) string {
			what := secret
			switch line := sent[len(sent)-1]; of {
			case 1:
				what = line
			case 2:
				b, _ := base64.StdEncoding.DecodeString(line)
				what = string(b)
			}
			all := forms(what)
			for at := 1; at < 3; at++ {
				all[fmt.Sprintf("base64 at %d", at)] = base64.StdEncoding.EncodeToString([]byte("it"[:at] + what + "?"))
			}
			names := slices.Sorted(maps.Keys(all))
			text := fmt.Sprintf(around, all[names[form%len(names)]])
			return strings.NewReplacer("\r", " ", "\n", " ").Replace(text)
		}
		said := p.meet(t, mechanism, secret)
		p.check(t, said, mechanism, secret)
		quoted += p.quoted
	}
	assert.Greater(t, quoted, 300)
}

// meet logs in to the server and sends mails. It returns every text that the library
// produces: errors, replies and log lines.
func (p *parrot) meet(t *testing.T, mechanism, secret string) string {
	h := New()
	defer Free(h)
	log := filepath.Join(t.TempDir(), "log")
	var said strings.Builder
	port := p.start(t)
	mustCall(t, h, func(m *Mailer) error {
		m.SetSMTPServer("127.0.0.1", port, true)
		m.SetLogin("alice@test.example")
		m.SetPassword(secret)
		m.SetAuthMechanism(mechanism)
		m.SetClearLogin(true)
		m.SetPartialDelivery(true)
		m.SetSenderMail("alice@test.example")
		m.AddRecipient("bob@test.example", "Bob")
		m.AddRecipient("carol@test.example", "Carol")
		m.AddMsgLine("Hello.")
		m.SetLogFile(log)
		m.SetLogCallback(func(_ int, line string) { fmt.Fprintln(&said, line) })
		if strings.Contains(mechanism, "OAUTH") {
			return m.SetAccessToken(secret)
		}
		return nil
	})
	look := func() {
		r := Told(h, true)
		last := Told(h, false)
		fmt.Fprintln(&said, r.GetLastErrorText(), r.GetLastReply(), last.GetLastErrorText(), last.GetLastReply(), last.GetLastEnhancedCode(), r.GetQueueID())
		for row := range uint32(r.GetResultCount()) {
			fmt.Fprintln(&said, r.GetResultRecipient(row), r.GetResultReply(row), r.GetResultEnhancedCode(row))
		}
		Call(h, func(m *Mailer) error {
			params, _ := m.GetExtension("X-QUOTE")
			fmt.Fprintln(&said, params, m.GetTLSInfo(), m.GetExtensions())
			fmt.Fprintf(&said, "%v %+v\n", m.last, m.last)
			return nil
		})
	}
	for range 2 { // in the second session, the server can quote the first login in its greeting
		for _, f := range []func(*Mailer) error{
			func(m *Mailer) error {
				return m.ConnectRemoteServer("127.0.0.1", port, noSecurity, true, "", "")
			},
			(*Mailer).KeepAlive, (*Mailer).Send, (*Mailer).DisconnectRemoteServer,
		} {
			Call(h, f)
			look()
		}
	}
	file, err := os.ReadFile(log)
	require.NoError(t, err)
	return said.String() + string(file)
}

// check fails the test if 'said' contains the secret, a line of the login or a response to a
// challenge, in any form.
func (p *parrot) check(t *testing.T, said, mechanism, secret string) {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	require.NotEmpty(t, p.sent, "%s", said)
	hidden := map[string]bool{secret: true}
	for i, line := range p.sent {
		if mechanism == "LOGIN" && i%2 == 0 || strings.HasPrefix(mechanism, "SCRAM") && i%2 == 0 {
			continue // a login name or a nonce is not secret
		}
		hidden[line] = true
		response, err := base64.StdEncoding.DecodeString(line)
		require.NoError(t, err)
		switch {
		case mechanism == "CRAM-MD5":
			hidden[string(response[strings.LastIndexByte(string(response), ' ')+1:])] = true
		case strings.HasPrefix(mechanism, "SCRAM"):
			hidden[string(response[strings.Index(string(response), ",p=")+3:])] = true
		}
	}
	for text := range hidden {
		for form, written := range forms(text) {
			if at := strings.Index(said, written); at >= 0 {
				t.Fatalf("%s, quoted at %s %s: found %q as %s in: %s", mechanism, p.step, p.code, text, form, said[max(0, at-300):min(len(said), at+300)])
			}
		}
	}
}
