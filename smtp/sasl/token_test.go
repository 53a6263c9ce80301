// SPDX-License-Identifier: MIT

package sasl

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func fixedToken(s string) func(bool) (string, error) {
	return func(bool) (string, error) { return s, nil }
}

// TestBearerVectors uses the example that Google has published, and the example in RFC
// 7628, section 4.1.
func TestBearerVectors(t *testing.T) {
	for _, v := range []struct {
		mechanism, want string
		c               Credentials
		ch              Channel
	}{
		{"XOAUTH2", "user=someuser@example.com\x01auth=Bearer ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg\x01\x01",
			Credentials{Login: "someuser@example.com", Token: fixedToken("ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg")}, Channel{}},
		{"OAUTHBEARER", "n,a=user@example.com,\x01host=server.example.com\x01port=143\x01auth=Bearer vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==\x01\x01",
			Credentials{Login: "user@example.com", Token: fixedToken("vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==")},
			Channel{Host: "server.example.com", Port: 143}},
		{"OAUTHBEARER", "n,,\x01auth=Bearer t\x01\x01", Credentials{Token: fixedToken("t")}, Channel{}},
		{"OAUTHBEARER", "n,a=a=3Db=2Cc,\x01auth=Bearer t\x01\x01", Credentials{Login: "a=b,c", Token: fixedToken("t")}, Channel{}},
		{"XOAUTH2", "user=shared@example.com\x01auth=Bearer t\x01\x01",
			Credentials{Login: "joe@example.com", AuthzID: "shared@example.com", Token: fixedToken("t")}, Channel{}},
	} {
		m := mustNew(t, v.mechanism, v.c, v.ch)
		assert.False(t, m.Done())
		got, err := m.Start()
		require.NoError(t, err)
		assert.Equal(t, v.want, string(got))
		assert.True(t, m.Done())
		assert.Nil(t, Refusal(m))
	}
}

func TestBearerRefused(t *testing.T) {
	for _, v := range []struct{ mechanism, challenge, answer, text string }{
		{"XOAUTH2", `{"status":"401","schemes":"bearer mac","scope":"https://mail.google.com/"}`, "",
			"XOAUTH2: the server refused the access token, status 401, scope https://mail.google.com/, schemes bearer mac"},
		{"XOAUTH2", `{"status":400}`, "", "XOAUTH2: the server refused the access token, status 400"},
		{"OAUTHBEARER", `{"status":"invalid_token","scope":"example_scope","openid-configuration":"https://example.com/.well-known/openid-configuration"}`, "\x01",
			"OAUTHBEARER: the server refused the access token, status invalid_token, scope example_scope, openid-configuration https://example.com/.well-known/openid-configuration"},
		{"OAUTHBEARER", `{}`, "\x01", "OAUTHBEARER: the server refused the access token"},
		{"OAUTHBEARER", `{"status":"a\r\n\u001b[0mb","scope":["x"]}`, "\x01", `OAUTHBEARER: the server refused the access token, status a\x0d\x0a\x1b[0mb`},
	} {
		m := mustNew(t, v.mechanism, Credentials{Login: "joe", Token: fixedToken("tok")}, Channel{})
		_, err := m.Start()
		require.NoError(t, err)
		got, err := m.Next([]byte(v.challenge))
		require.NoError(t, err)
		require.NotNil(t, got)
		assert.Equal(t, v.answer, string(got))
		assert.False(t, m.Done(), "a success after a refusal is not to be believed")
		require.EqualError(t, Refusal(m), v.text)
		_, err = m.Next([]byte(v.challenge))
		assertReason(t, err, BadChallenge)
		assert.False(t, m.Done())
	}
	m := mustNew(t, "PLAIN", Credentials{Login: "u", Password: "p"}, Channel{})
	assert.Nil(t, Refusal(m))
}

func TestBearerBadChallenge(t *testing.T) {
	for name, challenge := range map[string]string{
		"empty": "", "null": "null", "text": "go away", "array": "[]", "cut": `{"status":"401"`,
		"two": `{}{}`, "huge": `{"status":"` + strings.Repeat("x", 1<<20) + `"}`, "deep": strings.Repeat(`{"a":`, 1500),
	} {
		m := mustNew(t, "XOAUTH2", Credentials{Login: "joe", Token: fixedToken("tok")}, Channel{})
		_, err := m.Start()
		require.NoError(t, err)
		_, err = m.Next([]byte(challenge))
		assertReason(t, err, BadChallenge, name)
		assert.Nil(t, Refusal(m), name)
		assert.False(t, m.Done(), name)
	}
}

func TestBearerRequestsNewToken(t *testing.T) {
	var asked []bool
	c := Credentials{Login: "joe", Token: func(refused bool) (string, error) {
		asked = append(asked, refused)
		return "t", nil
	}}
	_, err := mustNew(t, "XOAUTH2", c, Channel{}).Start()
	require.NoError(t, err)
	c.Fresh = true
	_, err = mustNew(t, "OAUTHBEARER", c, Channel{}).Start()
	require.NoError(t, err)
	assert.Equal(t, []bool{false, true}, asked)
}

func TestBearerInvalidToken(t *testing.T) {
	down := errors.New("token server is down")
	for name, c := range map[string]struct {
		token  func(bool) (string, error)
		reason Reason
		cause  error
	}{
		"no source": {nil, MissingCredential, ErrNoToken},
		"empty":     {fixedToken(""), NoToken, errEmptyToken},
		"fails":     {func(bool) (string, error) { return "", down }, NoToken, down},
		"control":   {fixedToken("verysecret\x01auth=Bearer x"), NoToken, errBadToken},
		"space":     {fixedToken("Bearer verysecret"), NoToken, errBadToken},
		"not ASCII": {fixedToken("verysecretä"), NoToken, errBadToken},
		"too long":  {fixedToken(strings.Repeat("verysecret", MaxResponse)), NoToken, nil},
	} {
		for _, mechanism := range []string{"XOAUTH2", "OAUTHBEARER"} {
			m, err := New(mechanism, Credentials{Login: "joe", Token: c.token}, Channel{})
			if err == nil {
				var got []byte
				got, err = m.Start()
				assert.Nil(t, got, name)
			}
			assertReason(t, err, c.reason, name)
			if c.cause != nil {
				assert.ErrorIs(t, err, c.cause, name)
			}
			assert.NotContains(t, err.Error(), "verysecret", name)
		}
	}
}

func TestBearerLogin(t *testing.T) {
	_, err := New("XOAUTH2", Credentials{Token: fixedToken("t")}, Channel{})
	require.ErrorIs(t, err, ErrNoLogin)
	for _, login := range []string{"joe\x01auth=x", "joe\r\n", "joe\x00", "joe\x7f", "jo\xff"} {
		for _, mechanism := range []string{"XOAUTH2", "OAUTHBEARER"} {
			_, err := New(mechanism, Credentials{Login: login, Token: fixedToken("t")}, Channel{})
			assertReason(t, err, NotEncodable, "%q", login)
			_, err = New(mechanism, Credentials{Login: "joe", AuthzID: login, Token: fixedToken("t")}, Channel{})
			assertReason(t, err, NotEncodable, "%q", login)
		}
	}
}
