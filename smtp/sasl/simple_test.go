// SPDX-License-Identifier: MIT

package sasl

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func mustNew(t *testing.T, name string, c Credentials, ch Channel) Mechanism {
	t.Helper()
	m, err := New(name, c, ch)
	require.NoError(t, err)
	require.Equal(t, name, m.Name())
	return m
}

// TestPlainVectors uses the examples of RFC 4616, section 4.
func TestPlainVectors(t *testing.T) {
	for _, v := range []struct{ authzid, login, password, want string }{
		{"", "tim", "tanstaaftanstaaf", "\x00tim\x00tanstaaftanstaaf"},
		{"Ursel", "Kurt", "xipj3plmq", "Ursel\x00Kurt\x00xipj3plmq"},
	} {
		m := mustNew(t, "PLAIN", Credentials{Login: v.login, Password: v.password, AuthzID: v.authzid}, Channel{})
		assert.False(t, m.Done(), "before the password is sent")
		got, err := m.Start()
		require.NoError(t, err)
		assert.Equal(t, v.want, string(got))
		assert.True(t, m.Done())
		_, err = m.Next(nil)
		assertReason(t, err, BadChallenge)
		assert.False(t, m.Done(), "after a challenge that PLAIN does not have")
	}
}

func TestLogin(t *testing.T) {
	for _, prompts := range [][2]string{{"Username:", "Password:"}, {"User Name\x00", "Password\x00"}, {"", ""}} {
		m := mustNew(t, "LOGIN", Credentials{Login: "joe", Password: "a^b\"\\"}, Channel{})
		first, err := m.Start()
		require.NoError(t, err)
		require.Nil(t, first)
		got, err := m.Next([]byte(prompts[0]))
		require.NoError(t, err)
		assert.Equal(t, "joe", string(got))
		assert.False(t, m.Done(), "success before the password is not to be believed")
		got, err = m.Next([]byte(prompts[1]))
		require.NoError(t, err)
		assert.Equal(t, "a^b\"\\", string(got))
		assert.True(t, m.Done())
		_, err = m.Next([]byte("Password:"))
		assertReason(t, err, BadChallenge)
		assert.False(t, m.Done())
	}
}

// TestCramMD5Vector uses the example of RFC 2195, section 2.
func TestCramMD5Vector(t *testing.T) {
	m := mustNew(t, "CRAM-MD5", Credentials{Login: "tim", Password: "tanstaaftanstaaf"}, Channel{})
	first, err := m.Start()
	require.NoError(t, err)
	require.Nil(t, first)
	assert.False(t, m.Done())
	got, err := m.Next([]byte("<1896.697170952@postoffice.reston.mci.net>"))
	require.NoError(t, err)
	assert.Equal(t, "tim b913a602c7eda7a495b4e6e7334d3890", string(got))
	assert.True(t, m.Done())
	_, err = m.Next([]byte("<2@b>"))
	assertReason(t, err, BadChallenge)
	assert.False(t, m.Done())
}

func TestCramMD5BadChallenge(t *testing.T) {
	for name, challenge := range map[string]string{"empty": "", "huge": strings.Repeat("x", MaxChallenge+1)} {
		m := mustNew(t, "CRAM-MD5", Credentials{Login: "tim", Password: "p"}, Channel{})
		_, err := m.Next([]byte(challenge))
		assertReason(t, err, BadChallenge, name)
		assert.False(t, m.Done(), name)
	}
}

func assertReason(t *testing.T, err error, want Reason, msg ...any) {
	t.Helper()
	var e *Error
	if assert.ErrorAs(t, err, &e, msg...) {
		assert.Equal(t, want, e.Reason, append([]any{e.Error()}, msg...)...)
		assert.NotEmpty(t, e.Mechanism)
	}
}
