// SPDX-License-Identifier: MIT

package interop

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"csmtp/smtp"
	"csmtp/smtp/sasl"
	"csmtp/tests/interop/servers"
)

// TestHashedPassword logs in to Dovecot, which has only a hash of the password. Dovecot
// offers SCRAM, but refuses a login with it. In the first session, the client then logs
// in with PLAIN. In the second session, it tries PLAIN first.
func TestHashedPassword(t *testing.T) {
	for _, l := range []struct {
		way
		first string
	}{
		{way{servers.Dovecot, "submission", smtp.NoSecurity}, "SCRAM-SHA-256"},
		{way{servers.Dovecot, "submission", smtp.STARTTLS}, "SCRAM-SHA-256"},
		{way{servers.Dovecot, "submissions", smtp.ImplicitTLS}, "SCRAM-SHA-256"},
	} {
		t.Run(l.String(), func(t *testing.T) {
			s := servers.Get(t, l.kind)
			auth := &smtp.Auth{Credentials: sasl.Credentials{Login: servers.Carol.Name, Password: servers.Carol.Password}}
			var logins smtp.Logins
			var events []string
			watch := func(cfg *smtp.Config) {
				cfg.Logins = &logins
				show := cfg.Trace
				cfg.Trace = func(d smtp.Direction, line string) {
					show(d, line)
					if d == smtp.Event {
						events = append(events, line)
					}
				}
			}
			for range 2 {
				session, err := l.dial(t, auth, watch)
				require.NoError(t, err, s.Log())
				assert.Equal(t, "PLAIN", session.Mechanism())
				sendProbe(t, s, session)
				require.NoError(t, session.Quit())
			}
			refused := 0
			for _, e := range events {
				if e == "the server refused "+l.first+": trying PLAIN" {
					refused++
				}
			}
			assert.Equal(t, 1, refused, "%q", events)
		})
	}
}

// TestWrongPasswordTwice logs in to every server with a wrong password. In the first
// session, the server refuses two mechanisms, and the error contains both replies. In the
// second session, only one mechanism is tried.
func TestWrongPasswordTwice(t *testing.T) {
	for _, l := range logins {
		t.Run(l.String(), func(t *testing.T) {
			servers.Get(t, l.kind)
			auth := &smtp.Auth{Credentials: sasl.Credentials{Login: servers.Alice.Name, Password: "not the password"}}
			var logins smtp.Logins
			share := func(cfg *smtp.Config) { cfg.Logins = &logins }
			for session := range 2 {
				_, err := l.dial(t, auth, share)
				var e *smtp.Error
				require.ErrorAs(t, err, &e)
				assert.Equal(t, smtp.OpAUTH, e.Op, "%v", err)
				require.NotNil(t, e.Reply, "%v", err)
				assert.Equal(t, 535, e.Reply.Code, "%v", err)
				if session == 0 {
					assert.Equal(t, "PLAIN", e.Mechanism, "%v", err)
					require.NotNil(t, e.Earlier, "%v", err)
					assert.Equal(t, "SCRAM-SHA-256", e.Earlier.Mechanism)
				} else {
					assert.Equal(t, "SCRAM-SHA-256", e.Mechanism, "%v", err)
					assert.Nil(t, e.Earlier)
				}
			}
		})
	}
}
