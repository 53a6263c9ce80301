// SPDX-License-Identifier: MIT

package smtp

import (
	"context"
	"errors"
	"io"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"csmtp/smtp/sasl"
	"csmtp/smtp/smtptest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// text is a message. Its Size is correct if its line ends are CRLF.
type text string

func (m text) WriteTo(w io.Writer) (int64, error) {
	n, err := io.WriteString(w, string(m))
	return int64(n), err
}
func (m text) Size() int64 { return int64(len(m)) }

// TestTranscripts runs a session with the server of every transcript in each
// smtptest.Mode: the server sends each reply as a whole, line by line, or octet by octet.
// The error numbers in the transcripts belong to class CSmtp; this test does not check
// them.
func TestTranscripts(t *testing.T) { playAll(t, "testdata/*.txt", playTranscript) }

// TestReadyScripts runs a session with a MailServer that plays each script of
// csmtp-testserver, in each smtptest.Mode.
func TestReadyScripts(t *testing.T) { playAll(t, "smtptest/scripts/*.txt", playReadyScript) }

func playReadyScript(t *testing.T, script *smtptest.Script, mode smtptest.Mode) {
	server, err := smtptest.NewMailServer(smtptest.MailOptions{})
	require.NoError(t, err)
	defer server.Close()
	require.NoError(t, server.Play(script, mode))
	p := &played{}
	p.run(scriptConfig(script.Header, server.Port(), &p.trace), script.Header)
	where := script.Name + " by " + mode.String()
	p.check(t, script.Header, where)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	require.NoError(t, server.WaitPlayed(ctx), "%s\n%s", where, p.trace.String())
}

func playAll(t *testing.T, pattern string, play func(*testing.T, *smtptest.Script, smtptest.Mode)) {
	paths, err := filepath.Glob(pattern)
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	for _, path := range paths {
		script, err := smtptest.Load(path)
		require.NoError(t, err)
		t.Run(script.Name, func(t *testing.T) {
			t.Parallel()
			for _, mode := range script.Modes() {
				play(t, script, mode)
			}
		})
	}
}

// played contains what a client has seen in the session of a transcript.
type played struct {
	err      error
	results  []Result
	accepted int
	trace    strings.Builder
}

func playTranscript(t *testing.T, script *smtptest.Script, mode smtptest.Mode) {
	server, err := script.Start(mode)
	require.NoError(t, err)
	defer server.Close()
	p := &played{}
	p.run(scriptConfig(script.Header, server.Port(), &p.trace), script.Header)
	where := script.Name + " by " + mode.String()
	require.NoError(t, server.Wait(), "%s\n%s", where, p.trace.String())
	p.check(t, script.Header, where)
}

func scriptConfig(h smtptest.Header, port int, trace *strings.Builder) *Config {
	c := &Config{
		Servers:   []Server{{Host: "localhost", Port: port}},
		LocalName: h.Get("local-name"),
		LMTP:      h.Get("lmtp") == "yes",
		Security: map[string]Security{"none": NoSecurity, "starttls": STARTTLS,
			"starttls-if-offered": STARTTLSIfOffered, "tls": ImplicitTLS}[h.Get("security")],
	}
	c.TLS.RootCAs = smtptest.Authority().Pool()
	c.TLS.InsecureSkipVerify = h.Get("verify") == "no"
	if ms, err := strconv.Atoi(h.Get("timeout")); err == nil {
		d := time.Duration(ms) * time.Millisecond
		c.Timeouts = Timeouts{Connect: d, TLS: d, Greeting: d, Command: d, DataInit: d, DataBlock: d, DataEnd: d, Quit: d}
	}
	if h.Get("authenticate") != "no" && (h.Has("login") || h.Has("token")) {
		c.Auth = &Auth{Credentials: sasl.Credentials{Login: h.Get("login"), Password: h.Get("password")}}
		if h.Has("token") {
			c.Auth.Token = func(bool) (string, error) { return h.Get("token"), nil }
			c.Auth.TokenInClear = h.Get("clear-login") == "yes"
		}
		c.Auth.Required = h.Get("login-required") == "yes"
		if h.Has("mechanism") {
			c.Auth.Mechanisms = []string{h.Get("mechanism")}
		}
	}
	c.Trace = func(_ Direction, line string) { trace.WriteString(line + "\n") }
	return c
}

func scriptMail(h smtptest.Header) (*Envelope, text) {
	env := &Envelope{From: h.Get("from"), Partial: h.Get("partial") == "yes"}
	if env.From == "" {
		env.From = "sender@test.example"
	}
	for _, key := range []string{"to", "cc", "bcc"} {
		for _, a := range h.All(key) {
			env.Recipients = append(env.Recipients, Recipient{Address: a})
		}
	}
	if len(env.Recipients) == 0 {
		env.Recipients = []Recipient{{Address: "rcpt@test.example"}}
	}
	subject := "A test"
	if h.Has("subject") {
		subject = h.Get("subject")
	}
	lines := h.All("line")
	if len(lines) == 0 {
		lines = []string{"Hello."}
	}
	head := "From: <" + env.From + ">\r\n"
	for key, field := range map[string]string{"to": "To", "cc": "Cc"} {
		if all := h.All(key); len(all) > 0 {
			head += field + ": <" + strings.Join(all, ">, <") + ">\r\n"
		}
	}
	body := head + "Subject: " + subject + "\r\n\r\n" + strings.Join(lines, "\r\n") + "\r\n"
	size, _ := strconv.Atoi(h.Get("attachment-size"))
	body += strings.Repeat(strings.Repeat("QUJD", 18)+"\r\n", (size+53)/54)
	return env, text(body)
}

// run does what a program does: it connects, sends and disconnects. If the server has
// closed the idle session, run connects once more.
func (p *played) run(cfg *Config, h smtptest.Header) {
	ctx := context.Background()
	s, err := Dial(ctx, cfg)
	if err != nil {
		p.err = err
		return
	}
	defer func() {
		// Quit may fail if the connection has already ended.
		var e *Error
		if errors.As(s.Quit(), &e) && e.Kind == KindRefused && p.err == nil {
			p.err = e
		}
	}()
	if h.Get("action") == "connect" {
		return
	}
	mails := 1
	if h.Has("mails") {
		mails, _ = strconv.Atoi(h.Get("mails"))
	}
	env, msg := scriptMail(h)
	for range mails {
		res, err := s.Send(env, msg)
		if AnotherSession(err) && s.Sent() > 0 {
			_ = s.Quit()
			if s, p.err = Dial(ctx, cfg); p.err != nil {
				s = &Session{dead: true}
				return
			}
			res, err = s.Send(env, msg)
		}
		p.results = append(p.results, res)
		if err != nil {
			p.err = err
			return
		}
		if res.Outcome == Accepted || res.Outcome == Partial {
			p.accepted++
		}
	}
}

var outcomeNames = [...]string{"NOT_SENT", "ACCEPTED", "PARTIAL", "REJECTED_TEMPORARY", "REJECTED_PERMANENT", "IN_DOUBT"}

var kindNames = map[Kind]string{KindResolve: "resolve", KindDial: "dial", KindTimeout: "timeout", KindClosed: "closed",
	KindTLS: "TLS", KindRefused: "refused", KindProtocol: "protocol", KindUnsupported: "unsupported", KindLocal: "local", KindCanceled: "canceled"}

func (p *played) check(t *testing.T, h smtptest.Header, where string) {
	var last Result
	if len(p.results) > 0 {
		last = p.results[len(p.results)-1]
	}
	if h.Has("expect-outcome") {
		assert.Equal(t, h.Get("expect-outcome"), outcomeNames[last.Outcome], "%s: outcome", where)
	}
	if h.Has("expect-safe-to-retry") {
		assert.Equal(t, h.Get("expect-safe-to-retry") == "yes", last.SafeToRetry(p.err), "%s: safe to retry", where)
	}
	if h.Has("expect-accepted") {
		assert.Equal(t, h.Get("expect-accepted"), strconv.Itoa(p.accepted), "%s: mails accepted", where)
	}
	for _, secret := range []string{h.Get("password"), h.Get("token")} {
		if len(secret) > 3 {
			assert.NotContains(t, p.trace.String(), secret, where)
		}
	}
	if h.Get("expect") == "ok" {
		require.NoError(t, p.err, where)
		return
	}
	require.Error(t, p.err, where)
	var e *Error
	require.True(t, errors.As(p.err, &e), "%s: %v", where, p.err)
	if h.Has("expect-op") {
		assert.Equal(t, h.Get("expect-op"), string(e.Op), "%s: %v", where, e)
	}
	if h.Has("expect-kind") {
		assert.Equal(t, h.Get("expect-kind"), kindNames[e.Kind], "%s: %v", where, e)
	}
	if h.Has("expect-recipient") {
		assert.Equal(t, h.Get("expect-recipient"), e.Recipient, where)
	}
	if h.Has("expect-reply-code") {
		require.NotNil(t, e.Reply, "%s: %v", where, e)
		assert.Equal(t, h.Get("expect-reply-code"), strconv.Itoa(e.Reply.Code), where)
	}
	if h.Has("expect-enhanced-code") {
		require.NotNil(t, e.Reply, "%s: %v", where, e)
		assert.Equal(t, h.Get("expect-enhanced-code"), e.Reply.Enhanced.String(), where)
	}
	for _, part := range h.All("expect-text") {
		assert.Contains(t, e.Error(), part, where)
	}
	for _, secret := range []string{h.Get("password"), h.Get("token")} {
		if len(secret) > 3 {
			assert.NotContains(t, e.Error(), secret, where)
		}
	}
}
