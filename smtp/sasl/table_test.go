// SPDX-License-Identifier: MIT

package sasl

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestMechanismTable runs a dialogue of each mechanism, and compares the dialogue with the
// properties in the mechanism's row of the table.
func TestMechanismTable(t *testing.T) {
	c := Credentials{Login: "joe", Password: "Sesame1", AuthzID: "joe", Token: func(bool) (string, error) { return "T0ken", nil }}
	ch := Channel{Host: "mail.example.org", Port: 587, TLS: pipeTLS(t, 0).client}
	for _, m := range table {
		t.Run(m.name, func(t *testing.T) {
			made := mustNew(t, m.name, c, ch)
			assert.Equal(t, m.name, made.Name())
			assert.Equal(t, strings.ToUpper(m.name), m.name)
			first, err := made.Start()
			require.NoError(t, err)
			said := string(first)
			if m.readable { // LOGIN has two challenges
				for range 2 {
					if answer, err := made.Next(nil); err == nil {
						said += string(answer)
					}
				}
			}
			assert.Equal(t, m.readable, strings.Contains(said, "Sesame1"), "readable")
			assert.Equal(t, m.readable, SendsPassword(m.name))
			assert.Equal(t, m.needs&needPassword != 0 && !m.readable, ProvesPassword(m.name))
			assert.Equal(t, m.needs&needToken != 0, strings.Contains(said, "T0ken"), "needToken")
			assert.Equal(t, m.needs&needToken != 0, NeedsToken(m.name))

			next, _ := mustNew(t, m.name, c, ch).Next([]byte("a challenge"))
			other := mustNew(t, m.name, c, ch)
			also, _ := other.Next([]byte("another challenge"))
			assert.Equal(t, m.blind, IgnoresChallenges(m.name))
			if m.blind {
				assert.Equal(t, next, also, "blind")
			}

			_, err = New(m.name, c, Channel{Host: "mail.example.org"})
			assert.Equal(t, m.bound, Binds(m.name))
			assert.Equal(t, m.bound, err != nil, "bound")
			for need, lacks := range map[need]func(*Credentials){
				needLogin | needIdentity: func(c *Credentials) { c.Login, c.AuthzID = "", "" },
				needPassword:             func(c *Credentials) { c.Password = "" },
				needToken:                func(c *Credentials) { c.Token = nil },
			} {
				less := c
				lacks(&less)
				_, err := New(m.name, less, ch)
				assert.Equal(t, m.needs&need != 0, err != nil, "need %d: %v", need, err)
			}
			sales := c
			sales.AuthzID = "sales"
			_, err = New(m.name, sales, ch)
			assert.Equal(t, m.authzID, err == nil, "authzID")
		})
	}
	assert.False(t, NeedsToken("NTLM"))
	assert.False(t, SendsPassword("NTLM"))
	assert.False(t, ProvesPassword("NTLM"))
	assert.False(t, IgnoresChallenges("NTLM"))
	assert.False(t, Binds("NTLM"))
}

func TestProof(t *testing.T) {
	for _, c := range []struct{ name, response, want string }{
		{"CRAM-MD5", "joe smith b913a602c7eda7a495b4e6e7334d3890", "b913a602c7eda7a495b4e6e7334d3890"},
		{"DIGEST-MD5", `username="chris",qop=auth,response=d388dad90d4bbd760a152321f2143af7,charset=utf-8`, "d388dad90d4bbd760a152321f2143af7"},
		{"SCRAM-SHA-1", "c=biws,r=fyko,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=", "v0X8v3Bz2T0CJGbJQyF0X+HI4Ts="},
		{"SCRAM-SHA-1-PLUS", "p=tls-exporter,,n=user,r=fyko", ""},
		{"PLAIN", "\x00joe\x00Sesame1", ""},
		{"NTLM", "x,p=y", ""},
	} {
		assert.Equal(t, c.want, Proof(c.name, []byte(c.response)), c.name)
	}
}

// TestNewMechanismNeedsOneRow adds a row for a new mechanism to the table, and checks that
// every function that depends on the properties of mechanisms works with the new one.
func TestNewMechanismNeedsOneRow(t *testing.T) {
	old := table
	defer func() { table = old }()
	make := func(c *Credentials, _ *Channel) (Mechanism, error) { return &plain{c: hold(c)}, nil }
	tail := func(response string) string { return response[len(response)-3:] }
	table = append(slices.Clone(table),
		row{name: "X-PASSWORD", make: make, needs: needLogin | needPassword, readable: true, proof: tail},
		row{name: "X-BOUND", make: make, needs: needLogin | needPassword, authzID: true, bound: true},
		row{name: "X-TOKEN", make: make, needs: needToken},
		row{name: "X-NOTHING", make: make})
	offered := []string{"X-BOUND", "X-PASSWORD", "X-TOKEN", "X-NOTHING", "CRAM-MD5", "XOAUTH2"}
	joe := Credentials{Login: "joe", Password: "Sesame1"}
	sales := joe
	sales.AuthzID = "sales"
	token := Credentials{Token: func(bool) (string, error) { return "T0ken", nil }}

	assert.Subset(t, Names(), offered)
	assert.Equal(t, []string{"CRAM-MD5", "X-PASSWORD", "X-BOUND"}, Order(offered, &joe, true, nil), "with TLS")
	assert.Equal(t, []string{"CRAM-MD5", "X-PASSWORD"}, Order(offered, &joe, false, nil), "in clear")
	assert.Equal(t, []string{"X-BOUND"}, Order(offered, &sales, true, nil), "as somebody else")
	assert.Equal(t, []string{"XOAUTH2", "X-TOKEN"}, Order(offered, &token, true, nil), "with a token")
	assert.Equal(t, []string{"X-NOTHING"}, Order(offered, &joe, true, []string{"x-nothing"}), "by name")
	assert.True(t, SendsPassword("X-PASSWORD"))
	assert.True(t, NeedsToken("X-TOKEN"))
	assert.Equal(t, "me1", Proof("X-PASSWORD", []byte("Sesame1")))
	_, err := New("X-PASSWORD", Credentials{Login: "joe"}, Channel{})
	assert.ErrorIs(t, err, ErrNoPassword)
	_, err = New("X-TOKEN", joe, Channel{})
	assert.ErrorIs(t, err, ErrNoToken)
	_, err = New("X-PASSWORD", sales, Channel{})
	assertReason(t, err, NoIdentity)
	_, err = New("X-PASSWORD", joe, Channel{})
	assert.NoError(t, err)
}
