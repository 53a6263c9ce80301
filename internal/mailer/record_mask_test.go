// SPDX-License-Identifier: MIT

package mailer

import (
	"fmt"
	"math/rand/v2"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"csmtp/smtp"
	"csmtp/smtp/smtptest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestRecordMasks checks that masked replies contain no address, and that an address is
// replaced with the same text everywhere.
func TestRecordMasks(t *testing.T) {
	m := &masks{}
	m.note("[host.corp.example]")
	m.note("alice")
	m.noteAddress("bob@corp.example")
	m.noteAddress("joe+news@Example.ORG")
	m.noteAddress(`"a\"b"@x`)
	m.noteAddress("o'brien@corp.example")
	m.noteAddress("jörg@bücher.example")
	m.noteAddress("plain@size.example")
	m.noteAddress("bob@[192.0.2.99]")
	for line, want := range map[string]string{
		"550 5.1.1 <bob@corp.example>: unknown":                                 "550 5.1.1 <address1@test.example>: unknown",
		"250 to BOB@corp.example accepted":                                      "250 to address1@test.example accepted",
		"250 mail Hello host.corp.example [10.1.2.3]":                           "250 mail Hello client.test.example [192.0.2.1]",
		"554 Client host [2001:470:1f0b::42:1] blocked":                         "554 Client host [2001:db8::1] blocked",
		"250 Hello [IPv6:fe80::1], pleased":                                     "250 Hello [IPv6:2001:db8::1], pleased",
		"250 mx Hello dsl-7.isp.example [203.0.113.7]":                          "250 mx Hello client.test.example [192.0.2.1]",
		"554 5.7.1 <dsl.isp.example[203.0.113.7]>: no":                          "554 5.7.1 <client.test.example[192.0.2.1]>: no",
		"554 7.113.0.203.zen.example lists you":                                 "554 192.0.2.1.zen.example lists you",
		"554 p-203-0-113-7.isp.example is dynamic":                              "554 p-192-0-2-1.isp.example is dynamic",
		"554 p2001-db8--7.isp.example p 2001-470-0-0-0-0-0-1":                   "554 p2001-2001-db8--1.isp.example p 2001-db8--1",
		"554 5.7.1 7.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.7.4.0.1.0.0.2.zen.example": "554 5.7.1 192.0.2.1.zen.example",
		"550 x=joe%252Bnews%2540example.org":                                    "550 x=address2@test.example",
		`550 {"to":"joe\u002bnews\u0040example.org"}`:                           `550 {"to":"address2@test.example"}`,
		"550 joe+2B2Bnews+2B40example.org":                                      "550 address2@test.example",
		"550 =3Cjoe=3D2Bnews=3D40example.org=3E":                                "550 =3Caddress2@test.example=3E",
		"535 5.7.8 Alice: wrong; not malice":                                    "535 5.7.8 client.test.example: wrong; not malice",
		"250 2.0.0 Ok: queued as 4F2 at 12:30:45":                               "250 2.0.0 Ok: queued as 4F2 at 12:30:45",
		"250-SIZE 35882577":                                                     "250-SIZE 35882577",
		"550 bob: User unknown":                                                 "550 address1: User unknown",
		"550 Bob (Corp.Example) is not Bobby":                                   "550 address1 (test.example) is not Bobby",
		"550 <bob@[192.0.2.99]>: no":                                            "550 <address7@test.example>: no",
		"550 O'Brien@corp.example":                                              "550 address4@test.example",
		"550 see https://x.test/?to=joe%2Bnews%40example.org&x":                 "550 see https://x.test/?to=address2@test.example&x",
		"550 joe+2Bnews+40example.org":                                          "550 address2@test.example",
		"550 joe=2Bnews=40example.org":                                          "550 address2@test.example",
		"550 joe: no; joe&#64;mail.example.org":                                 "550 address2: no; address2&#64;mail.test.example",
		`550 "a\"b"@x, a"b@x`:                                                   "550 address3@test.example, address3@test.example",
		"550 jörg at xn--bcher-kva.example, JÖRG@Bücher.example":                "550 address5 at test.example, address5@test.example",
	} {
		assert.Equal(t, want, m.reply(line))
	}
	for line, want := range map[string]string{
		"250-SIZE 35882577":      "250-SIZE 35882577",
		"250 AUTH=LOGIN PLAIN":   "250 AUTH=LOGIN PLAIN",
		"250-XHOST corp.example": "250-XHOST test.example",
		"250-X 203.0.113.7":      "250-X 192.0.2.1",
	} {
		assert.Equal(t, want, m.extension(line))
	}
	for line, want := range map[string]string{
		"MAIL FROM:<a@b.example> SIZE=12 BODY=8BITMIME": "MAIL FROM:<*> SIZE=* BODY=8BITMIME",
		"MAIL FROM:<>": "MAIL FROM:<>",
		"RCPT TO:<a@b.example> NOTIFY=NEVER ORCPT=rfc822;a@b.example": "RCPT TO:<*> NOTIFY=NEVER ORCPT=*",
		"MAIL FROM:<a@b.example> AUTH=a@b.example SMTPUTF8":           "MAIL FROM:<*> AUTH=* SMTPUTF8",
		`RCPT TO:<"a>b"@x>`:       "RCPT TO:<*>",
		`RCPT TO:<"a> b\""@x> A`:  "RCPT TO:<*> A",
		`RCPT TO:<a"b@x>`:         "RCPT TO:<*>",
		"EHLO host.example":       "EHLO *",
		"~odd {base64 \"x\"} a*b": `~~odd \{base64\x20"x"\} a\*b`,
		"XSTAR *":                 `XSTAR \*`,
		"VRFY bob@corp.example":   "VRFY address1@test.example",
		"QUIT":                    "QUIT",
	} {
		assert.Equal(t, want, m.command(line, false))
	}
}

// unusual returns an address of an unusual form, its local part without quotes, and its
// domain. No other text of the test contains three of the letters z, q, x and j in a row.
func unusual(r *rand.Rand) (address, local, domain string) {
	word := func() string {
		var b strings.Builder
		for range 3 + r.IntN(6) {
			b.WriteByte("zqxjZQXJ"[r.IntN(8)])
		}
		return b.String()
	}
	local, domain = word(), word()+"."+word()
	switch r.IntN(12) {
	case 0:
		local += "'" + word()
	case 1:
		local += "+" + word() + "=" + word() + ".qz"
	case 2:
		local = "SRS0=" + word() + "=" + word() + "=qzq.xj=" + local
	case 3:
		local = "prvs=" + local + "=" + word()
	case 4:
		local += "." + word() + "-" + word()
	case 5:
		local += `"` + word() + `\` + word()
	case 6:
		local += ">" + word()
	case 7:
		local += " <" + word() + ":,;@"
	case 8:
		domain = fmt.Sprintf("[203.0.113.%d]", r.IntN(256))
	case 9:
		local += "ö" + word()
	case 10:
		domain = word()
	case 11:
		local = "!#$&*/?^_`{|}~" + local
	}
	address = local + "@" + domain
	if strings.ContainsAny(local, "\"\\<>: ,;@") {
		address = `"` + strings.NewReplacer(`"`, `\"`, `\`, `\\`).Replace(local) + `"@` + domain
	}
	return address, local, domain
}

// quoteReply returns a reply in which a server mentions an address in some form.
func quoteReply(r *rand.Rand, address, local, domain string) string {
	if r.IntN(2) == 0 {
		address, local, domain = strings.ToUpper(address), strings.ToUpper(local), strings.ToUpper(domain)
	}
	plus := func(s string) string {
		return strings.NewReplacer("%", "+").Replace(url.PathEscape(strings.ReplaceAll(s, "+", "%2B")))
	}
	of := []string{
		"<" + address + ">: User unknown", "'" + address + "' unknown", address, "to " + address + ".", "rfc822;" + address,
		local + ": User unknown", "user " + local + " over quota", "(" + local + ")", `"` + local + `"`, "„" + local + "“", "no_" + local + "_here",
		url.QueryEscape(address), url.PathEscape("<" + address + ">"), "https://a.test/?r=" + url.QueryEscape(local) + "%40" + domain + "&v",
		plus(address), strings.ReplaceAll(plus(address), "+", "="), local + "=" + domain, "bounce+" + local + "=" + domain + "@list.test",
		"SRS0=ab=cd=" + domain + "=" + local + "@relay.test", "prvs=1234=" + address, local + " at " + domain, local + "&#64;" + domain,
		url.QueryEscape(url.QueryEscape(address)), fmt.Sprintf("%q at %q", local, domain), strings.ReplaceAll(fmt.Sprintf("%q", local+"@"+domain), "@", `\u0040`), "mail for " + domain + " refused", "mx1." + domain, domain + "!" + local, local + "%" + domain + "@relay.test", local + "/" + domain,
	}
	return of[r.IntN(len(of))]
}

// leaks returns the words of the address that occur in a text.
func leaks(text, local, domain string) (found []string) {
	lower := strings.ToLower(text)
	for _, part := range []string{local, domain} {
		for _, word := range regexp.MustCompile(`[zqxj]{3,}`).FindAllString(strings.ToLower(part), -1) {
			if strings.Contains(lower, word) {
				found = append(found, word)
			}
		}
	}
	return found
}

// rehearse records a session in which the server mentions random addresses, and checks the
// transcript.
func rehearse(t *testing.T, seed uint64) {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 1))
	to := &recording{extent: &extent{size: fixedHeader}}
	h := &recorder{to: to}
	say := func(d smtp.Direction, line string) { h.hear(d, smtp.Visible(line), time.Time{}) }
	from, fromLocal, fromDomain := unusual(r)
	address, local, domain := unusual(r)
	var sent []string
	reply := func(code string) {
		text := quoteReply(r, from, fromLocal, fromDomain)
		if r.IntN(2) == 0 {
			text = quoteReply(r, address, local, domain)
		}
		if r.IntN(3) == 0 {
			sent = append(sent, code[:3]+"-")
			say(smtp.ServerLine, code[:3]+"-"+quoteReply(r, address, local, domain))
		}
		sent = append(sent, code)
		say(smtp.ServerLine, code+text)
	}
	say(smtp.Event, "connected to mx.test:25")
	reply("220 ")
	say(smtp.ClientLine, "EHLO host.client.test")
	say(smtp.ServerLine, "250-mx.test Hello dsl-203-0-113-7.isp.test [203.0.113.7], "+quoteReply(r, address, local, domain))
	say(smtp.ServerLine, "250-SIZE 1000000")
	say(smtp.ServerLine, "250 AUTH PLAIN LOGIN")
	sent = append(sent, "250-", "250-SIZE 1000000", "250 AUTH PLAIN LOGIN")
	h.watch(&smtp.Envelope{From: from, Recipients: []smtp.Recipient{{Address: address}}}, nil)
	say(smtp.ClientLine, "MAIL FROM:<"+from+"> SIZE=100")
	reply("250 2.1.0 ")
	say(smtp.ClientLine, "RCPT TO:<"+address+"> ORCPT=rfc822;"+strings.NewReplacer("%", "+").Replace(url.QueryEscape(address)))
	reply("550 5.1.1 ")
	say(smtp.ClientLine, "QUIT")
	reply("221 2.0.0 ")
	text := to.text()
	body := text[strings.Index(text, "=== connection"):]
	assert.Empty(t, leaks(text, local, domain), "seed %d, %s: %s", seed, address, text)
	assert.Empty(t, leaks(text, fromLocal, fromDomain), "seed %d, %s: %s", seed, from, text)
	assert.NotContains(t, text, "203.0.113.", "seed %d: %s", seed, text)
	assert.NotContains(t, text, "203-0-113", "seed %d: %s", seed, text)
	script, err := smtptest.Parse(text)
	require.NoError(t, err, "seed %d: %s", seed, text)
	var commands, replies []string
	for _, step := range script.Connections[0] {
		switch step.Verb {
		case "S":
			replies = append(replies, step.Text)
		case "C":
			commands = append(commands, step.Text)
		}
	}
	assert.Equal(t, []string{"EHLO *", "MAIL FROM:<*> SIZE=*", "RCPT TO:<*> ORCPT=*", "QUIT"}, commands, "seed %d: %s", seed, body)
	require.Len(t, replies, len(sent), "seed %d: %s", seed, body)
	for i, want := range sent {
		assert.True(t, strings.HasPrefix(replies[i], want), "seed %d: %q does not begin with %q", seed, replies[i], want)
	}
}

// TestRecordMasksUnusualAddresses checks the promises of docs/recording.md for addresses of
// unusual forms, and for the ways in which servers mention them.
func TestRecordMasksUnusualAddresses(t *testing.T) {
	for seed := range uint64(500) {
		rehearse(t, seed)
		if t.Failed() {
			return
		}
	}
}

func FuzzRecordMasks(f *testing.F) {
	f.Add(uint64(1))
	f.Fuzz(rehearse)
}
