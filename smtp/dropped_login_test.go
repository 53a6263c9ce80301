// SPDX-License-Identifier: MIT

package smtp

import (
	"context"
	"errors"
	"testing"
	"time"

	"csmtp/smtp/sasl"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// If the connection ends after the server has refused a mechanism, for example while a second
// one is tried, the error is the refusal of the first.
func TestRefusedLoginBeforeTheEnd(t *testing.T) {
	password := sasl.Credentials{Login: "alice", Password: "secret"}
	for name, c := range map[string]struct {
		refusal     string
		credentials sasl.Credentials
		mechanisms  []string
	}{
		"another mechanism": {"535 5.7.4 Not this way", password, []string{"CRAM-MD5", "LOGIN"}},
		"no such mechanism": {"504 5.5.4 Not known", password, []string{"CRAM-MD5", "LOGIN"}},
		"for now":           {"454 4.7.0 Later", password, []string{"LOGIN"}},
	} {
		t.Run(name, func(t *testing.T) {
			server, _ := answering(t, "220 a\r\n", "250-a\r\n250 AUTH CRAM-MD5 LOGIN\r\n", c.refusal+"\r\n", "334 cut")
			s, err := Dial(context.Background(), &Config{Servers: []Server{server}, Timeouts: Timeouts{Command: 300 * time.Millisecond},
				Auth: &Auth{Credentials: c.credentials, Mechanisms: c.mechanisms}})
			require.Nil(t, s)
			var e *Error
			require.True(t, errors.As(err, &e), "%v", err)
			require.NotNil(t, e.Reply, "the refusal is lost: %v", e)
			assert.Equal(t, c.refusal, e.Reply.String())
			assert.Equal(t, c.mechanisms[0], e.Mechanism)
			assert.Equal(t, KindRefused, e.Kind)
		})
	}
}
