// SPDX-License-Identifier: MIT

package smtptest

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// hides checks that none of the given secrets is in 'said' or in the record of the first
// session.
func hides(t *testing.T, where string, server *MailServer, said string, secrets ...string) {
	t.Helper()
	require.NoError(t, server.WaitIdle(0, 10*time.Second), where)
	record, err := json.Marshal(server.Sessions()[0])
	require.NoError(t, err)
	for _, secret := range secrets {
		assert.NotContains(t, string(record), secret, where)
		assert.NotContains(t, said, secret, where)
	}
}

// Neither the dialogue nor a reply shows what a client sends for a login, even if the
// server refuses it or does not recognize it.
func TestSecretsAreMasked(t *testing.T) {
	const login, password, plain = "YWxpY2U=", "czNjcmV0IHBhc3M=", "AGFsaWNlAHMzY3JldA=="
	for _, c := range []struct {
		options MailOptions
		fault   string
		lines   []string
	}{
		{fault: "AUTH: 334 VXNlcm5hbWU6", lines: []string{"AUTH LOGIN", login, password}},
		{fault: "AUTH: 334 VXNlcm5hbWU6", lines: []string{"AUTH LOGIN", login, "NOOP"}},
		{lines: []string{"AUTH\tPLAIN\t" + plain}},
		{lines: []string{"\tAUTH PLAIN " + plain}},
		{lines: []string{" auth  PLAIN  " + plain}},
		{lines: []string{"AUTHPLAIN " + plain}},
		{lines: []string{"AUTH PLAIN " + plain + " " + plain}},
		{options: MailOptions{NoAuth: true}, lines: []string{"AUTH LOGIN", login, password}},
		{options: MailOptions{TLSFirst: true}, lines: []string{"AUTH PLAIN", plain}},
		{lines: []string{"AUTH UNKNOWN", plain}},
		{lines: []string{"AUTH PLAIN =", plain}},
		{lines: []string{"AUTH", plain}},
	} {
		where := c.fault + strings.Join(c.lines, "|")
		if c.fault != "" {
			f, err := ParseFault(c.fault)
			require.NoError(t, err)
			c.options.Faults = []Fault{f}
		}
		server := serve(t, c.options)
		client := greeted(t, server)
		said := ""
		for _, line := range c.lines {
			said += client.ask(line)
		}
		client.conn.Close()
		hides(t, where, server, said, login, password, plain)
	}
}

// Neither the dialogue nor the error of a script shows what a client sends for a login.
func TestSecretsAreMaskedInScripts(t *testing.T) {
	const secret = "AGFsaWNlAHMzY3JldA=="
	for script, text := range map[string]string{
		"S: 220 x\n* bdat\n": "AUTH PLAIN " + secret + "\r\n",
		"S: 220 x\nC: AUTH LOGIN\n* raw \"334 VXNlcm5hbWU6\\r\\n\"\nC: ~.*\n* close\n":             "AUTH LOGIN\r\n" + secret + "\r\n",
		"S: 220 x\nC: AUTH LOGIN\n* raw \"33\"\n* raw \"4 VXNlcm5hbWU6\\r\\n\"\nC: ~.*\n* close\n": "AUTH LOGIN\r\n" + secret + "\r\n",
		"S: 220 x\nC: NOOP\n* raw \"250 x\\r\\n334 VXNlcm5hbWU6\\r\\n\"\nC: ~.*\n* close\n":        "NOOP\r\n" + secret + "\r\n",
		"S: 220 x\nC: AUTH LOGIN\nS: 502 no\nC: RSET\nS: 250 x\n":                                  "AUTH LOGIN\r\n" + secret + "\r\n",
		"S: 220 x\nC: AUTH LOGIN\nS: 502 no\n* bdat\n":                                             "AUTH LOGIN\r\n" + secret + "\r\n",
		"S: 220 x\nC: STARTTLS\nS: 220 x\n* starttls\nC: QUIT\nS: 221 x\n":                         "STARTTLS\r\nAUTH PLAIN " + secret + "\r\n",
		"S: 220 x\nC: STARTTLS\nS: 220 x\n* starttls\nC: QUIT\nS: 221 y\n":                         "STARTTLS\r\nAUTH LOGIN\r\n" + secret + "\r\n",
		"S: 220 x\nC: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\n* expect-close\n":                           "AUTH LOGIN\r\n" + secret + "\r\n",
		"S: 220 x\nC: AUTH LOGIN\nS: 502 no\n* serve\n":                                            "AUTH LOGIN\r\n" + secret + "\r\n",
	} {
		server := staged(t, MailOptions{}, script)
		c := dial(t, server.Addr())
		c.hear()
		c.say(text)
		c.conn.(interface{ CloseWrite() error }).CloseWrite()
		c.ended()
		said := ""
		if err := finished(t, server); err != nil {
			said = err.Error()
		}
		hides(t, script, server, said, secret)
	}
}

// In the reply to an unknown command, the command is escaped only once. After a login, an unknown
// command is not masked.
func TestUnknownCommand(t *testing.T) {
	server := serve(t, MailOptions{})
	c := greeted(t, server)
	assert.Equal(t, `500 5.5.1 Command "A\tB" not recognized`, c.ask("A\tB"))
	assert.Equal(t, "235", c.ask("AUTH PLAIN AGFsaWNlQHRlc3QuZXhhbXBsZQBzM2NyZXQgcGFzcw==")[:3])
	assert.Equal(t, `500 5.5.1 Command "XTRA" not recognized`, c.ask("XTRA x"))
	c.conn.Close()
	require.NoError(t, server.WaitIdle(0, 10*time.Second))
	assert.Contains(t, server.Sessions()[0].Dialogue.String(), "C: XTRA x\n")
}
