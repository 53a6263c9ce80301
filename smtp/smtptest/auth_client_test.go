// SPDX-License-Identifier: MIT

package smtptest

import (
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"strings"
	"testing"

	"csmtp/smtp/smtptest/certs"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func unb64(t *testing.T, text string) string {
	t.Helper()
	plain, err := base64.StdEncoding.DecodeString(text)
	require.NoError(t, err)
	return string(plain)
}

// scram performs SCRAM-SHA-256 as a client. The result 'got' is the server's signature, and the
// result 'want' is the signature that the client expects.
func scram(t *testing.T, c *client, mechanism, header, bound, user, password string) (got, want string) {
	t.Helper()
	bare := "n=" + user + ",r=rOprNGfwEbeRWgbNEkqO"
	server := unb64(t, c.want("334", "AUTH "+mechanism+" "+b64(header+bare))[4:])
	fields := strings.Split(server, ",")
	salted, err := pbkdf2.Key(sha256.New, password, []byte(unb64(t, fields[1][2:])), scramIterations, 32)
	require.NoError(t, err)
	mac := func(key []byte, text string) []byte {
		m := hmac.New(sha256.New, key)
		m.Write([]byte(text))
		return m.Sum(nil)
	}
	without := "c=" + b64(header+bound) + "," + fields[0]
	message := bare + "," + server + "," + without
	key := mac(salted, "Client Key")
	stored := sha256.Sum256(key)
	proof := mac(stored[:], message)
	for i := range proof {
		proof[i] ^= key[i]
	}
	reply := c.ask(b64(without + ",p=" + base64.StdEncoding.EncodeToString(proof)))
	if strings.HasPrefix(reply, "334 ") {
		got = unb64(t, reply[4:])
	}
	return got, "v=" + base64.StdEncoding.EncodeToString(mac(mac(salted, "Server Key"), message))
}

func TestScramSession(t *testing.T) {
	server := serve(t, MailOptions{})
	c := dial(t, server.TLSAddr())
	require.NoError(t, c.startTLS(trusting()))
	c.hear()
	c.want("250", "EHLO me.example")
	got, _ := scram(t, c, "SCRAM-SHA-256", "n,,", "", "alice@test.example", "wrong")
	assert.Empty(t, got)
	got, want := scram(t, c, "SCRAM-SHA-256", "n,,", "", "alice@test.example", "s3cret pass")
	assert.Equal(t, want, got)
	c.want("235", "")

	c = dial(t, server.TLSAddr())
	require.NoError(t, c.startTLS(trusting()))
	c.hear()
	c.want("250", "EHLO me.example")
	state := c.conn.(*tls.Conn).ConnectionState()
	bound, err := state.ExportKeyingMaterial("EXPORTER-Channel-Binding", nil, 32)
	require.NoError(t, err)
	got, _ = scram(t, c, "SCRAM-SHA-256-PLUS", "p=tls-exporter,,", strings.Repeat("x", 32), "alice@test.example", "s3cret pass")
	assert.Empty(t, got, "another channel")
	got, want = scram(t, c, "SCRAM-SHA-256-PLUS", "p=tls-exporter,,", string(bound), "alice@test.example", "s3cret pass")
	assert.Equal(t, want, got)
	c.want("235", "")
	c.want("503", "AUTH PLAIN")
}

func TestPlayForged(t *testing.T) {
	const dialogue = "* forged SCRAM-SHA-256\nS: 501 canceled\n* leave\n"
	server := start(t, Whole, dialogue)
	c := dial(t, server.Addr())
	got, want := scram(t, c, "SCRAM-SHA-256", "n,,", "", "alice", "open sesame")
	assert.NotEmpty(t, got)
	assert.NotEqual(t, want, got)
	c.want("501", "*")
	c.conn.Close()
	assert.NoError(t, server.Wait())

	server = start(t, Whole, dialogue)
	c = dial(t, server.Addr())
	scram(t, c, "SCRAM-SHA-256", "n,,", "", "alice", "open sesame")
	c.say("\r\n")
	assert.ErrorContains(t, server.Wait(), "got:  a client that continues")
}

func TestExternal(t *testing.T) {
	server := serve(t, MailOptions{})
	hello := func(config *tls.Config) (*client, string) {
		c := dial(t, server.TLSAddr())
		require.NoError(t, c.startTLS(config))
		c.hear()
		return c, c.want("250", "EHLO me.example")
	}
	c, offered := hello(trusting())
	assert.NotContains(t, offered, "EXTERNAL")
	c.want("504", "AUTH EXTERNAL =")

	config := trusting()
	config.Certificates = []tls.Certificate{Authority().Issue(certs.Client)}
	c, offered = hello(config)
	assert.Contains(t, offered, "EXTERNAL")
	c.want("535", "AUTH EXTERNAL "+b64("alice@test.example"))
	c.want("235", "AUTH EXTERNAL =")
	assert.Equal(t, "user@csmtp.example", server.Sessions()[1].Login)

	// An unknown client certificate is refused; with TLS 1.3 this happens after the handshake.
	config.Certificates = []tls.Certificate{certs.New().Issue(certs.Client)}
	c = dial(t, server.TLSAddr())
	if c.startTLS(config) == nil {
		assert.Error(t, c.ended())
	}
}

func TestIPv6(t *testing.T) {
	server, err := NewMailServer(MailOptions{Host: "::1"})
	if err != nil {
		// The machine has no IPv6: the error contains the address on which the server cannot
		// listen.
		assert.ErrorContains(t, err, "::1")
		return
	}
	t.Cleanup(server.Close)
	assert.Contains(t, dial(t, server.Addr()).hear(), "220 mail.test.example")
}
