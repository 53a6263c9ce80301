// SPDX-License-Identifier: MIT

package interop

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"csmtp/smtp"
	"csmtp/tests/interop/servers"
)

type offer struct {
	way
	extensions string
}

// offers lists the extensions that each server must offer. A newer version of a server
// can offer more.
var offers = []offer{
	{way{servers.Postfix, "open", smtp.STARTTLS}, "PIPELINING SIZE 8BITMIME SMTPUTF8 DSN CHUNKING ENHANCEDSTATUSCODES"},
	{way{servers.Postfix, "strict", smtp.NoSecurity}, "PIPELINING SIZE 8BITMIME SMTPUTF8 DSN CHUNKING ENHANCEDSTATUSCODES"},
	{way{servers.Postfix, "bare", smtp.NoSecurity}, ""},
	{way{servers.Postfix, "helo", smtp.NoSecurity}, ""},
	{way{servers.Exim, "open", smtp.STARTTLS}, "PIPELINING SIZE 8BITMIME SMTPUTF8 DSN CHUNKING"},
	{way{servers.Dovecot, "submission", smtp.STARTTLS}, "PIPELINING SIZE 8BITMIME CHUNKING ENHANCEDSTATUSCODES"},
	{way{servers.Dovecot, "lmtp", smtp.NoSecurity}, "PIPELINING 8BITMIME CHUNKING ENHANCEDSTATUSCODES"},
	{way{servers.Dovecot, "lmtp-unix", smtp.NoSecurity}, "PIPELINING 8BITMIME CHUNKING ENHANCEDSTATUSCODES"},
	{way{servers.Sendmail, "open", smtp.STARTTLS}, "PIPELINING SIZE 8BITMIME DSN DELIVERBY ENHANCEDSTATUSCODES"},
	{way{servers.GoSMTP, "open", smtp.STARTTLS}, "PIPELINING SIZE 8BITMIME SMTPUTF8 DSN CHUNKING BINARYMIME REQUIRETLS LIMITS ENHANCEDSTATUSCODES"},
	{way{servers.GoSMTP, "lmtp", smtp.NoSecurity}, "PIPELINING SIZE 8BITMIME SMTPUTF8 DSN CHUNKING BINARYMIME LIMITS ENHANCEDSTATUSCODES"},
}

// The table uses contains, for each extension, a function that uses the extension and checks
// the effect.
var uses = []struct {
	extension string
	use       func(*testing.T, *dialogue)
}{
	{"PIPELINING", usePipelining},
	{"SIZE", useSize},
	{"8BITMIME", use8BitMIME},
	{"SMTPUTF8", useSMTPUTF8},
	{"DSN", useDSN},
	{"CHUNKING", useChunking},
	{"BINARYMIME", useBinaryMIME},
	{"ENHANCEDSTATUSCODES", useEnhancedCodes},
	{"DELIVERBY", useDeliverBy},
	{"REQUIRETLS", useRequireTLS},
	{"LIMITS", useLimits},
}

// TestExtensions uses each extension with each server that offers it, and prints a
// table.
func TestExtensions(t *testing.T) {
	offers := offers
	if debian13Wanted() {
		offers = append(slices.Clone(offers), offer{way{servers.OpenSMTPD, "open", smtp.STARTTLS}, "SIZE 8BITMIME DSN ENHANCEDSTATUSCODES"})
	}
	columns := []string{}
	for _, u := range uses {
		columns = append(columns, u.extension)
	}
	b := newTable("server", columns)
	t.Run("all", func(t *testing.T) {
		for _, o := range offers {
			for _, u := range uses {
				t.Run(o.String()+" "+u.extension, func(t *testing.T) {
					t.Parallel()
					d := open(t, o.way)
					_, offered := d.Extension(u.extension)
					if slices.Contains(strings.Fields(o.extensions), u.extension) {
						require.True(t, offered, "the server does not offer it, or the client does not recognize it")
					}
					if !offered {
						b.set(o.String(), u.extension, "-")
						notOffered(t, d, u.extension)
						return
					}
					u.use(t, d)
					b.set(o.String(), u.extension, "used")
				})
			}
		}
	})
	t.Log("\n" + b.String())
}

// dialogue is a session that records the lines sent and received (the trace).
type dialogue struct {
	*smtp.Session
	server *servers.Server
	way    way
	said   []string
}

func open(t *testing.T, w way) *dialogue {
	t.Helper()
	var auth *smtp.Auth
	if w.kind == servers.Dovecot && w.endpoint == "submission" {
		auth = credentials("PLAIN", servers.Alice, time.Time{})
	}
	return openWith(t, w, auth)
}

func openWith(t *testing.T, w way, auth *smtp.Auth) *dialogue {
	t.Helper()
	d := &dialogue{server: servers.Get(t, w.kind), way: w}
	session, err := w.dial(t, auth, func(cfg *smtp.Config) {
		log := cfg.Trace
		cfg.Trace = func(dir smtp.Direction, line string) {
			d.said = append(d.said, traced(dir, line))
			log(dir, line)
		}
	})
	require.NoError(t, err, d.server.Log())
	d.Session = session
	return d
}

// LMTP reports whether the session uses LMTP.
func (d *dialogue) LMTP() bool { return strings.HasPrefix(d.way.endpoint, "lmtp") }

// line returns the first line of the trace that begins with 'prefix', or "".
func (d *dialogue) line(prefix string) string {
	if i := d.index(prefix); i >= 0 {
		return d.said[i]
	}
	return ""
}

func (d *dialogue) index(prefix string) int {
	return slices.IndexFunc(d.said, func(l string) bool { return strings.HasPrefix(l, prefix) })
}

// mail sends a mail with the given body, and checks that the body was delivered unchanged.
// It returns the delivered mail, or an empty Mail if Dovecot delivered it over LMTP.
func (d *dialogue) mail(t *testing.T, env smtp.Envelope, body string) servers.Mail {
	t.Helper()
	if env.From == "" {
		env.From = servers.Alice.Name
	}
	result, err := d.Send(&env, probe(env, body))
	require.NoError(t, err)
	require.Equal(t, smtp.Accepted, result.Outcome)
	first := env.Recipients[0].Address
	if d.way.kind == servers.Dovecot && d.LMTP() {
		local, _, _ := strings.Cut(first, "@")
		assertBody(t, d.server.AwaitMaildir(t, local), body)
		return servers.Mail{}
	}
	mail := d.server.Await(t, first)
	assert.Equal(t, env.From, mail.From)
	assertBody(t, mail.Read(t), body)
	return mail
}

func probe(env smtp.Envelope, body string) text {
	first := env.Recipients[0].Address
	return text("From: <" + env.From + ">\r\nTo: <" + first + ">\r\nSubject: probe\r\n" +
		"Date: Tue, 24 Nov 2026 12:00:00 +0000\r\nMessage-ID: <id-of-" + first + ">\r\n" +
		"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + body)
}

// assertBody compares the body of a mail. It ignores line ends, which servers
// change.
func assertBody(t *testing.T, mail []byte, body string) {
	t.Helper()
	_, got, _ := strings.Cut(strings.ReplaceAll(string(mail), "\r\n", "\n"), "\n\n")
	assert.Equal(t, strings.ReplaceAll(body, "\r\n", "\n"), got)
}

func to(addresses ...string) []smtp.Recipient {
	var r []smtp.Recipient
	for _, a := range addresses {
		r = append(r, smtp.Recipient{Address: a})
	}
	return r
}

func usePipelining(t *testing.T, d *dialogue) {
	mail := d.mail(t, smtp.Envelope{Recipients: to(address("one"), address("two"), address("three"))}, "pipelined\r\n")
	if mail.File != "" {
		assert.Len(t, mail.Recipients, 3)
	}
	from := d.index("C: MAIL")
	require.Less(t, from+3, len(d.said))
	for _, l := range d.said[from+1 : from+4] {
		assert.Contains(t, l, "C: RCPT", "RCPT must be sent before the reply to MAIL")
	}
}

func useSize(t *testing.T, d *dialogue) {
	env := smtp.Envelope{From: servers.Alice.Name, Recipients: to(address("size"))}
	params, _ := d.Extension("SIZE")
	if params != "" && params != "0" {
		_, err := d.Send(&env, huge{})
		assert.ErrorIs(t, err, smtp.ErrTooBig)
		assert.Empty(t, d.line("C: MAIL"), "MAIL was sent although the message is too big")
	}
	d.mail(t, env, "sized\r\n")
	assert.Contains(t, d.line("C: MAIL")+" ", fmt.Sprintf(" SIZE=%d ", len(probe(env, "sized\r\n"))))
}

// huge is a message whose size exceeds the SIZE limit of every server, so it is never written.
type huge struct{ text }

func (huge) Size() int64 { return 1 << 40 }

func use8BitMIME(t *testing.T, d *dialogue) {
	d.mail(t, smtp.Envelope{Recipients: to(address("eight")), Body: smtp.Body8BitMIME}, "Grüße, 日本\r\n.\r\n")
	assert.Contains(t, d.line("C: MAIL"), " BODY=8BITMIME")
}

func useSMTPUTF8(t *testing.T, d *dialogue) {
	mail := d.mail(t, smtp.Envelope{Recipients: to(address("grüße"))}, "an address beyond ASCII\r\n")
	assert.Contains(t, d.line("C: MAIL"), " SMTPUTF8")
	assert.Contains(t, mail.Recipients[0], "grüße-")
	// SMTPUTF8 is used only if the mail needs it.
	d.said = nil
	d.mail(t, smtp.Envelope{Recipients: to(address("ascii"))}, "in ASCII\r\n")
	assert.NotContains(t, d.line("C: MAIL"), "SMTPUTF8")
}

func useDSN(t *testing.T, d *dialogue) {
	sender, rcpt := address("dsn-sender"), address("dsn")
	mail := d.mail(t, smtp.Envelope{
		From: sender, DSNReturn: "HDRS", EnvelopeID: "id+of=mail",
		Recipients: []smtp.Recipient{{Address: rcpt, Notify: "SUCCESS,FAILURE", OriginalRcpt: "first+one@test.example"}},
	}, "tell me\r\n")
	assert.Contains(t, d.line("C: MAIL"), " RET=HDRS")
	assert.Contains(t, d.line("C: MAIL"), " ENVID=id+2Bof+3Dmail")
	assert.Contains(t, d.line("C: RCPT"), " NOTIFY=SUCCESS,FAILURE")
	assert.Contains(t, d.line("C: RCPT"), " ORCPT=rfc822;first+2Bone@test.example")
	if mail.Parameters != "" { // go-smtp received the mail, from the client or from Sendmail
		assert.Contains(t, mail.Parameters, `ret=HDRS envid="id+of=mail"`)
		assert.Contains(t, mail.Parameters, "SUCCESS")
		assert.Contains(t, mail.Parameters, `orcpt="first+one@test.example"`)
		return
	}
	// In the report, Exim leaves the envelope identifier encoded as xtext, and Postfix
	// writes a space after the semicolon.
	report := strings.ToLower(string(d.server.Await(t, sender).Read(t)))
	if d.way.kind == servers.OpenSMTPD { // the delivery status report of OpenSMTPD does not follow RFC 3464
		assert.Contains(t, report, "subject: delivery status notification: delivered\n")
		return
	}
	report = strings.NewReplacer("+2b", "+", "+3d", "=", "; ", ";").Replace(report)
	for _, want := range []string{"original-envelope-id: id+of=mail\n", "original-recipient: rfc822;first+one@test.example\n",
		"final-recipient: rfc822;" + rcpt + "\n"} {
		assert.Contains(t, report, want)
	}
}

func useChunking(t *testing.T, d *dialogue) {
	body := strings.Repeat("a line\r\n.\r\n..\r\n", 20000) // several chunks
	d.mail(t, smtp.Envelope{Recipients: to(address("chunks")), Chunking: true}, body)
	assert.Empty(t, d.line("C: DATA"))
}

func useBinaryMIME(t *testing.T, d *dialogue) {
	env := smtp.Envelope{From: servers.Alice.Name, Recipients: to(address("binary")), Body: smtp.BodyBinaryMIME}
	body := "\x00\xff bare CR \r bare LF \n \r\n.\r\n no line end"
	_, err := d.Send(&env, probe(env, body))
	require.NoError(t, err)
	got := d.server.Await(t, env.Recipients[0].Address).Read(t)
	assert.True(t, bytes.HasSuffix(got, []byte("\r\n\r\n"+body)), "%q", got)
	assert.Contains(t, d.line("C: MAIL"), " BODY=BINARYMIME")
}

func useEnhancedCodes(t *testing.T, d *dialogue) {
	if d.way.kind == servers.OpenSMTPD { // only the positive replies of OpenSMTPD have enhanced codes
		env := smtp.Envelope{From: servers.Alice.Name, Recipients: to(address("enhanced"))}
		result, err := d.Send(&env, probe(env, "yes\r\n"))
		require.NoError(t, err)
		assert.Equal(t, smtp.EnhancedCode{2, 0, 0}, result.Reply.Enhanced)
		return
	}
	bad := "refused@" + servers.Domain
	// Dovecot accepts any recipient by LMTP, but cannot create a folder with such a long name.
	if d.way.kind == servers.Dovecot && d.LMTP() {
		bad = strings.Repeat("a", 300) + "@" + servers.Domain
	}
	env := smtp.Envelope{From: servers.Alice.Name, Recipients: to(bad)}
	_, err := d.Send(&env, probe(env, "no\r\n"))
	var e *smtp.Error
	require.ErrorAs(t, err, &e)
	require.NotNil(t, e.Reply, "%v", err)
	assert.Equal(t, bad, e.Recipient)
	assert.Equal(t, e.Reply.Code/100, int(e.Reply.Enhanced[0]), "%v", err)
	assert.Contains(t, err.Error(), e.Reply.Lines[0])
}

func useDeliverBy(t *testing.T, d *dialogue) {
	d.mail(t, smtp.Envelope{Recipients: to(address("by")), DeliverBy: time.Hour, DeliverByMode: "N"}, "in an hour\r\n")
	assert.Contains(t, d.line("C: MAIL"), " BY=3600;N")
}

func useRequireTLS(t *testing.T, d *dialogue) {
	mail := d.mail(t, smtp.Envelope{Recipients: to(address("requiretls")), RequireTLS: true}, "secret\r\n")
	assert.Contains(t, d.line("C: MAIL"), " REQUIRETLS")
	assert.Contains(t, mail.Parameters, "requiretls=true")
}

func useLimits(t *testing.T, d *dialogue) {
	params, _ := d.Extension("LIMITS")
	var most int
	_, err := fmt.Sscanf(params, "RCPTMAX=%d", &most)
	require.NoError(t, err, params)
	env := smtp.Envelope{From: servers.Alice.Name}
	for range most + 2 {
		env.Recipients = append(env.Recipients, to(address("many"))...)
	}
	_, err = d.Send(&env, probe(env, "many\r\n"))
	var e *smtp.Error
	require.ErrorAs(t, err, &e)
	assert.Equal(t, smtp.KindUnsupported, e.Kind, "more recipients than RCPTMAX, without partial delivery: %v", err)
	assert.Empty(t, d.line("C: MAIL"))

	env.Partial = true
	result, err := d.Send(&env, probe(env, "many\r\n"))
	require.NoError(t, err)
	assert.Equal(t, smtp.Accepted, result.Outcome)
	assert.Len(t, d.server.Await(t, env.Recipients[0].Address).Recipients, most)
	assert.Len(t, d.server.Await(t, env.Recipients[most].Address).Recipients, 2)
}

// notOffered sends a mail that uses an extension that the server does not offer. If the
// extension is essential, Send must fail before MAIL; otherwise it must send the mail
// without the extension.
func notOffered(t *testing.T, d *dialogue, extension string) {
	env := smtp.Envelope{From: servers.Alice.Name, Recipients: to(address("without"))}
	needed := true
	switch extension {
	case "8BITMIME":
		env.Body = smtp.Body8BitMIME
	case "SMTPUTF8":
		env.Recipients = to(address("grüße"))
	case "BINARYMIME":
		env.Body = smtp.BodyBinaryMIME
	case "DELIVERBY":
		env.DeliverBy, env.DeliverByMode = time.Hour, "N"
	case "REQUIRETLS":
		env.RequireTLS = true
	case "DSN":
		needed = false
		env.DSNReturn, env.Recipients[0].Notify = "HDRS", "SUCCESS"
	case "CHUNKING":
		needed = false
		env.Chunking = true
	default:
		needed = false
	}
	if !needed {
		d.mail(t, env, "without "+extension+"\r\n")
		return
	}
	_, err := d.Send(&env, probe(env, "no\r\n"))
	var e *smtp.Error
	require.ErrorAs(t, err, &e)
	assert.Equal(t, smtp.KindUnsupported, e.Kind, "%v", err)
	assert.Contains(t, err.Error(), extension)
	assert.Empty(t, d.line("C: MAIL"))
}
