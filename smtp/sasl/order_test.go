// SPDX-License-Identifier: MIT

package sasl

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestOrder(t *testing.T) {
	all := Names()
	slices.Reverse(all)
	all = append(all, "NTLM", "GSSAPI", "PLAIN")
	scramClear := []string{"SCRAM-SHA-512", "SCRAM-SHA-256", "SCRAM-SHA-1"}
	password := Credentials{Login: "joe", Password: "p"}
	asOther := password
	asOther.AuthzID = "sales"
	asSelf := password
	asSelf.AuthzID = "joe"
	token := Credentials{Login: "joe", Password: "p", Token: func(bool) (string, error) { return "t", nil }}

	for _, c := range []struct {
		name    string
		offered []string
		c       *Credentials
		tls     bool
		prefs   []string
		want    []string
	}{
		{"TLS", all, &password, true, nil, []string{"SCRAM-SHA-512-PLUS", "SCRAM-SHA-256-PLUS", "SCRAM-SHA-1-PLUS",
			"SCRAM-SHA-512", "SCRAM-SHA-256", "SCRAM-SHA-1", "PLAIN", "LOGIN", "CRAM-MD5", "DIGEST-MD5"}},
		{"in clear", all, &password, false, nil, append(slices.Clone(scramClear), "CRAM-MD5", "DIGEST-MD5", "PLAIN", "LOGIN")},
		{"nothing set", all, nil, false, nil, append(slices.Clone(scramClear), "CRAM-MD5", "DIGEST-MD5", "PLAIN", "LOGIN")},
		{"token only", all, &token, true, nil, []string{"XOAUTH2", "OAUTHBEARER"}},
		{"token, none offered", []string{"PLAIN"}, &token, true, nil, nil},
		{"token fixed", all, &token, true, []string{"oauthbearer"}, []string{"OAUTHBEARER"}},
		{"token, but password wanted", all, &token, true, []string{"PLAIN"}, []string{"PLAIN"}},
		{"other identity", all, &asOther, false, nil, append(slices.Clone(scramClear), "DIGEST-MD5", "PLAIN")},
		{"own identity spelled out", []string{"LOGIN"}, &asSelf, true, nil, []string{"LOGIN"}},
		{"bound before unbound", []string{"SCRAM-SHA-512", "SCRAM-SHA-256-PLUS", "SCRAM-SHA-1-PLUS"}, &password, true, nil,
			[]string{"SCRAM-SHA-256-PLUS", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-512"}},
		{"case", []string{"plain", "Login"}, &password, true, nil, []string{"PLAIN", "LOGIN"}},
		{"prefs give the order", all, &password, true, []string{"PLAIN", "scram-sha-256"}, []string{"PLAIN", "SCRAM-SHA-256"}},
		{"prefs in one string", all, &password, true, []string{"SCRAM-SHA-256 PLAIN,LOGIN"}, []string{"SCRAM-SHA-256", "PLAIN", "LOGIN"}},
		{"prefs not offered", []string{"LOGIN"}, &password, true, []string{"PLAIN"}, nil},
		{"prefs twice or unknown", all, &password, true, []string{"PLAIN", "NTLM", "plain"}, []string{"PLAIN"}},
		{"empty prefs are none", []string{"LOGIN"}, &password, true, []string{"", " "}, []string{"LOGIN"}},
		{"PLUS in clear", all, &password, false, []string{"SCRAM-SHA-1-PLUS", "LOGIN"}, []string{"LOGIN"}},
		{"EXTERNAL and ANONYMOUS only on demand", []string{"EXTERNAL", "ANONYMOUS"}, &password, true, nil, nil},
		{"EXTERNAL on demand", all, &password, true, []string{"EXTERNAL"}, []string{"EXTERNAL"}},
		{"ANONYMOUS on demand", all, &Credentials{}, true, []string{"ANONYMOUS"}, []string{"ANONYMOUS"}},
		{"nothing offered", nil, &password, true, nil, nil},
	} {
		assert.Equal(t, c.want, Order(c.offered, c.c, c.tls, c.prefs), c.name)
	}
}

func TestNewMakesEveryMechanism(t *testing.T) {
	c := Credentials{Login: "joe", Password: "p", Token: func(bool) (string, error) { return "t", nil }}
	ch := Channel{Host: "mail.example.org", Port: 587, TLS: pipeTLS(t, 0).client}
	require.Len(t, Names(), len(table))
	for _, name := range Names() {
		m := mustNew(t, name, c, ch)
		assert.False(t, m.Done(), "%s has said nothing yet", name)
	}
	m, err := New("scram-sha-256", c, ch)
	require.NoError(t, err)
	assert.Equal(t, "SCRAM-SHA-256", m.Name())
	_, err = New("NTLM", c, ch)
	assertReason(t, err, UnknownMechanism)
	assert.ErrorContains(t, err, "NTLM: this library does not support this mechanism")
}
