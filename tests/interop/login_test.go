// SPDX-License-Identifier: MIT

package interop

import (
	"crypto/tls"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"csmtp/smtp"
	"csmtp/smtp/sasl"
	"csmtp/tests/interop/servers"
)

var passwordMechanisms = []string{"PLAIN", "LOGIN", "CRAM-MD5", "DIGEST-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256"}

// logins contains the mechanisms to test with each server.
var logins = []struct {
	way
	mechanisms []string
}{
	{way{servers.Postfix, "open", smtp.NoSecurity}, passwordMechanisms},
	{way{servers.Postfix, "submission", smtp.STARTTLS}, passwordMechanisms},
	{way{servers.Postfix, "smtps", smtp.ImplicitTLS}, passwordMechanisms},
	{way{servers.Exim, "open", smtp.NoSecurity}, passwordMechanisms},
	{way{servers.Exim, "open", smtp.STARTTLS}, passwordMechanisms},
	{way{servers.Exim, "smtps", smtp.ImplicitTLS}, append(slices.Clone(passwordMechanisms), "EXTERNAL")},
	{way{servers.Dovecot, "submission", smtp.NoSecurity}, passwordMechanisms},
	{way{servers.Dovecot, "submission", smtp.STARTTLS}, append(slices.Clone(passwordMechanisms), "XOAUTH2", "OAUTHBEARER")},
	{way{servers.Dovecot, "submissions", smtp.ImplicitTLS}, append(slices.Clone(passwordMechanisms), "XOAUTH2", "OAUTHBEARER", "EXTERNAL")},
	{way{servers.Sendmail, "open", smtp.NoSecurity}, passwordMechanisms},
	{way{servers.Sendmail, "open", smtp.STARTTLS}, passwordMechanisms},
	{way{servers.Sendmail, "smtps", smtp.ImplicitTLS}, append(slices.Clone(passwordMechanisms), "EXTERNAL")},
}

// TestLogin logs in to every server with every mechanism, with the right secret and
// with a wrong one, and prints a table.
func TestLogin(t *testing.T) {
	table := newTable("server", append(slices.Clone(passwordMechanisms), "XOAUTH2", "OAUTHBEARER", "EXTERNAL"))
	t.Run("all", func(t *testing.T) {
		for _, l := range logins {
			for _, mechanism := range l.mechanisms {
				t.Run(l.String()+" "+mechanism, func(t *testing.T) {
					t.Parallel()
					right := rightLogin(t, l.way, mechanism)
					wrong := wrongLogin(t, l.way, mechanism)
					table.set(l.String(), mechanism, right+", "+wrong)
				})
			}
		}
	})
	t.Log("right secret, wrong secret:\n" + table.String())
}

// rightLogin logs in as each user of the mechanism, and sends a mail each time. It returns
// "yes".
func rightLogin(t *testing.T, w way, mechanism string) string {
	s := servers.Get(t, w.kind)
	users := []servers.User{servers.Alice, servers.Bob}
	if mechanism == "EXTERNAL" {
		users = users[:1] // only Alice has a certificate
	}
	for _, u := range users {
		session, err := w.dial(t, credentials(mechanism, u, time.Now().Add(time.Hour)), certificate(mechanism, s.CA.Client)...)
		require.NoError(t, err, s.Log())
		sendProbe(t, s, session)
		require.NoError(t, session.Quit())
	}
	return "yes"
}

// wrongLogin tries to log in with a wrong secret, and checks that the error contains the
// server's reply. It returns the code of this reply. If a login with EXTERNAL fails before
// AUTH, it returns the step that failed, or "not offered".
func wrongLogin(t *testing.T, w way, mechanism string) string {
	s := servers.Get(t, w.kind)
	wrong := servers.User{Name: servers.Alice.Name, Password: "not the password"}
	_, err := w.dial(t, credentials(mechanism, wrong, time.Now().Add(-time.Minute)), certificate(mechanism, s.CA.Stranger)...)
	require.Error(t, err)
	var e *smtp.Error
	require.ErrorAs(t, err, &e)
	if mechanism == "EXTERNAL" && e.Op != smtp.OpAUTH {
		// Some servers refuse the certificate before AUTH, for example in the TLS handshake.
		assert.Contains(t, []smtp.Op{smtp.OpTLS, smtp.OpGreeting, smtp.OpEHLO}, e.Op, "%v", err)
		return string(e.Op)
	}
	if e.Kind == smtp.KindUnsupported { // without a trusted certificate, the server does not offer EXTERNAL
		assert.Equal(t, "EXTERNAL", mechanism, "%v", err)
		return "not offered"
	}
	assert.Equal(t, smtp.OpAUTH, e.Op, "%v", err)
	assert.Equal(t, smtp.KindRefused, e.Kind, "%v", err)
	assert.Equal(t, mechanism, e.Mechanism)
	if !assert.NotNil(t, e.Reply, "%v", err) {
		return "?"
	}
	assert.Contains(t, []int{501, 535}, e.Reply.Code, "%v", err)
	assert.Contains(t, err.Error(), e.Reply.Lines[0], "the error must contain the server's reply")
	assert.NotContains(t, err.Error(), "not the password")
	return fmt.Sprint(e.Reply.Code)
}

func credentials(mechanism string, u servers.User, until time.Time) *smtp.Auth {
	a := &smtp.Auth{Mechanisms: []string{mechanism}, Required: true}
	switch mechanism {
	case "EXTERNAL":
		a.AuthzID = "" // then the identity is that of the certificate
	case "XOAUTH2", "OAUTHBEARER":
		a.Credentials = sasl.Credentials{Login: u.Name, Token: func(bool) (string, error) { return servers.Token(u, until), nil }}
	default:
		a.Credentials = sasl.Credentials{Login: u.Name, Password: u.Password}
	}
	return a
}

func certificate(mechanism string, c tls.Certificate) []func(*smtp.Config) {
	if mechanism != "EXTERNAL" {
		return nil
	}
	return []func(*smtp.Config){withCertificate(c)}
}
