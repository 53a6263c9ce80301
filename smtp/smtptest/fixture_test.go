// SPDX-License-Identifier: MIT

package smtptest_test

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/smtp"
	"os"
	"strconv"
	"strings"
	"testing"

	"csmtp/smtp/smtptest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// sendInvoice stands for the program that is tested. It uses the client of Go's standard
// library.
func sendInvoice(port int, caFile, password string) error {
	pem, err := os.ReadFile(caFile)
	if err != nil {
		return err
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	c, err := smtp.Dial(net.JoinHostPort("localhost", strconv.Itoa(port)))
	if err != nil {
		return err
	}
	defer c.Close()
	if err := c.StartTLS(&tls.Config{ServerName: "localhost", RootCAs: roots}); err != nil {
		return err
	}
	if err := c.Auth(smtp.PlainAuth("", "alice@test.example", password, "localhost")); err != nil {
		return err
	}
	if err := c.Mail("alice@test.example"); err != nil {
		return err
	}
	if err := c.Rcpt("bob@test.example"); err != nil {
		return err
	}
	w, err := c.Data()
	if err != nil {
		return err
	}
	fmt.Fprint(w, "Subject: Your invoice\r\n\r\nPlease pay.\r\n")
	if err := w.Close(); err != nil {
		return err
	}
	return c.Quit()
}

func TestInvoice(t *testing.T) {
	server := smtptest.NewTest(t, smtptest.MailOptions{})
	require.NoError(t, sendInvoice(server.Port(), server.CAFile(), "s3cret pass"))
	mail := server.Wait(1)[0]
	assert.Equal(t, "alice@test.example", mail.From)
	assert.Equal(t, "bob@test.example", mail.Recipients[0].Address)
	assert.Equal(t, "TLS 1.3", mail.TLS)
	assert.Contains(t, string(mail.Data), "Subject: Your invoice\r\n")
}

func TestInvoiceWithAWrongPassword(t *testing.T) {
	server := smtptest.NewTest(t, smtptest.MailOptions{})
	assert.ErrorContains(t, sendInvoice(server.Port(), server.CAFile(), "wrong"), "535")
	assert.Empty(t, server.Wait(0))
}

func TestInvoiceWithALostConnection(t *testing.T) {
	server := smtptest.NewTest(t, smtptest.MailOptions{})
	server.PlayReady("dropped-after-last-octet")
	assert.ErrorContains(t, sendInvoice(server.Port(), server.CAFile(), "s3cret pass"), "EOF")
	server.Played()
}

// recorder implements TB and records whether the test has failed.
type recorder struct {
	*testing.T
	failed string
}

func (r *recorder) Fatalf(format string, args ...any) {
	r.failed = fmt.Sprintf(format, args...)
	panic(r)
}

// If the client does not follow the script, the method Played ends the test, and its message
// contains the line of the script.
func TestFixtureFails(t *testing.T) {
	for name, c := range map[string]struct {
		do   func(*smtptest.Test)
		says string
	}{
		"deviation": {func(s *smtptest.Test) {
			s.PlayText("* serve until VRFY\n* close\n")
			require.NoError(t, sendInvoice(s.Port(), s.CAFile(), "s3cret pass"))
			s.Played()
		}, "script line 1 (connection 1)\n want: a client that sends VRFY\n got:  QUIT"},
		"unknown script": {func(s *smtptest.Test) { s.PlayReady("none") }, `unknown script "none"`},
		"bad script":     {func(s *smtptest.Test) { s.PlayText("* dance\n") }, "line 1: unknown directive"},
	} {
		t.Run(name, func(t *testing.T) {
			r := &recorder{T: t}
			func() {
				defer func() { recover() }()
				c.do(smtptest.NewTest(r, smtptest.MailOptions{}))
			}()
			assert.True(t, strings.HasPrefix(r.failed, c.says), r.failed)
		})
	}
}
