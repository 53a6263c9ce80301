// SPDX-License-Identifier: MIT

package smtp

import (
	"context"
	"errors"
	"strings"
	"testing"

	"csmtp/smtp/sasl"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestNoLoginIfSTARTTLSWasRemoved checks that, with STARTTLSIfOffered, no mechanism is
// tried without TLS, whatever the server offers and the caller allows.
func TestNoLoginIfSTARTTLSWasRemoved(t *testing.T) {
	token := func(bool) (string, error) { return "a-token", nil }
	offers := append(sasl.Names(), strings.Join(sasl.Names(), " "), "GSSAPI NTLM")
	for _, offer := range offers {
		for _, auth := range []Auth{
			{Credentials: alice},
			{Credentials: alice, Mechanisms: []string{offer}},
			{Credentials: alice, Mechanisms: sasl.Names(), TokenInClear: true, Required: true},
			{Credentials: sasl.Credentials{Login: "alice", Token: token}, TokenInClear: true},
			{Credentials: sasl.Credentials{}, Mechanisms: []string{"ANONYMOUS", "EXTERNAL"}},
		} {
			server := record(t, "AUTH "+offer)
			_, err := Dial(context.Background(), &Config{Servers: []Server{server.Server}, Auth: &auth, Security: STARTTLSIfOffered})
			var e *Error
			require.True(t, errors.As(err, &e), "%s: %v", offer, err)
			assert.Equal(t, OpAUTH, e.Op)
			assert.Equal(t, KindUnsupported, e.Kind)
			assert.Contains(t, e.Error(), "did not offer STARTTLS")
			assert.Contains(t, e.Error(), "require TLS")
			for _, line := range server.commands() {
				assert.NotRegexp(t, `^(AUTH|MAIL)`, line, offer)
			}
		}
	}
}

// If the server requires no login, the mail is sent without a login.
func TestOpportunisticWithoutALogin(t *testing.T) {
	for _, auth := range []*Auth{nil, {Credentials: alice}} {
		server := record(t)
		s, err := Dial(context.Background(), &Config{Servers: []Server{server.Server}, Auth: auth, Security: STARTTLSIfOffered})
		require.NoError(t, err)
		require.NoError(t, s.Quit())
	}
}

// TestNoTokenInClear checks that no token is sent without TLS. If the login can use only a token,
// Dial returns an error before it connects. If Mechanisms also contains PLAIN, the client can use
// the password, and does not ask for a token.
func TestNoTokenInClear(t *testing.T) {
	asked := false
	c := sasl.Credentials{Login: "alice", Password: "s3cret pass", Token: func(bool) (string, error) {
		asked = true
		return "a-token", nil
	}}
	for _, mechanisms := range [][]string{nil, {"XOAUTH2"}, {"OAUTHBEARER XOAUTH2"}, {"oauthbearer", "xoauth2"}} {
		server := record(t, "AUTH XOAUTH2 OAUTHBEARER PLAIN")
		_, err := Dial(context.Background(), &Config{Servers: []Server{server.Server}, Auth: &Auth{Credentials: c, Mechanisms: mechanisms}})
		require.ErrorContains(t, err, "an access token needs TLS", "%q", mechanisms)
		assert.Empty(t, server.commands())
	}
	server := record(t, "AUTH XOAUTH2 OAUTHBEARER")
	_, err := Dial(context.Background(), &Config{Servers: []Server{server.Server}, Auth: &Auth{Credentials: c, Mechanisms: []string{"XOAUTH2 PLAIN"}}})
	require.ErrorContains(t, err, "without TLS")
	for _, line := range server.commands() {
		assert.NotRegexp(t, `^AUTH`, line)
	}
	mixed, commands := dialogueServer(t, "XOAUTH2 PLAIN", [2]string{"AUTH PLAIN", "235 ok"})
	require.NoError(t, loginTo(mixed, &Auth{Credentials: c, Mechanisms: []string{"XOAUTH2", "PLAIN"}}), "%q", commands())
	assert.False(t, asked, "the token was asked for")
}
