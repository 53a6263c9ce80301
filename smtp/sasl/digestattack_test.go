// SPDX-License-Identifier: MIT

package sasl

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestDigestMD5BadChallenges(t *testing.T) {
	for name, challenge := range map[string]string{
		"empty":                `, ,`,
		"nothing":              ``,
		"not a list":           `hello`,
		"no value":             `nonce=,algorithm=md5-sess`,
		"nonce missing":        `realm="r",algorithm=md5-sess`,
		"nonce empty":          `nonce="",algorithm=md5-sess`,
		"nonce twice":          `nonce="a",nonce="b",algorithm=md5-sess`,
		"algorithm missing":    `nonce="a"`,
		"algorithm md5":        `nonce="a",algorithm=md5`,
		"algorithm twice":      `nonce="a",algorithm=md5-sess,algorithm=md5-sess`,
		"qop without auth":     `nonce="a",algorithm=md5-sess,qop="auth-int,auth-conf"`,
		"qop empty":            `nonce="a",algorithm=md5-sess,qop=""`,
		"qop twice":            `nonce="a",algorithm=md5-sess,qop="auth",qop="auth"`,
		"charset unknown":      `nonce="a",algorithm=md5-sess,charset=utf-7`,
		"charset empty":        `nonce="a",algorithm=md5-sess,charset=""`,
		"charset twice":        `nonce="a",algorithm=md5-sess,charset=utf-8,charset=utf-8`,
		"stale twice":          `nonce="a",algorithm=md5-sess,stale=true,stale=true`,
		"maxbuf twice":         `nonce="a",algorithm=md5-sess,maxbuf=1,maxbuf=2`,
		"quote without end":    `nonce="a,algorithm=md5-sess`,
		"backslash at the end": `nonce="a\`,
		"comma missing":        `nonce="a" algorithm=md5-sess`,
		"junk after quote":     `nonce="a"b,algorithm=md5-sess`,
		"control in quotes":    "nonce=\"a\x00b\",algorithm=md5-sess",
		"line end in quotes":   "nonce=\"a\r\nb\",algorithm=md5-sess",
		"escaped line end":     "nonce=\"a\\\nb\",algorithm=md5-sess",
		"8-bit token":          "nonce=\xe4,algorithm=md5-sess",
		"proof at once":        `rspauth=ea40f60335c427b5527b84dbabcdfffd`,
		"huge":                 `nonce="` + strings.Repeat("a", 1<<20) + `",algorithm=md5-sess`,
		"2048 octets":          `nonce="a",algorithm=md5-sess,x="` + strings.Repeat("a", 2048-31) + `"`,
	} {
		m := digestFor(t, Credentials{Login: "joe", Password: "topsecret"}, "h", "", "")
		got, err := m.Next([]byte(challenge))
		assert.Nil(t, got, name)
		assertReason(t, err, BadChallenge, name)
		assert.NotContains(t, err.Error(), "topsecret")
		assert.False(t, err.(*Error).TryNext(), name)
		assert.False(t, m.Done(), name)
	}
}

func TestDigestMD5ServerProof(t *testing.T) {
	const good = `realm="elwood.innosoft.com",nonce="OA6MG9tEQGm2hh",qop="auth",algorithm=md5-sess,charset=utf-8`
	for name, c := range map[string]struct {
		challenge string
		want      Reason
	}{
		"missing":             {`x=y`, BadServerProof},
		"empty":               {``, BadServerProof},
		"wrong":               {`rspauth=ea40f60335c427b5527b84dbabcdfffe`, BadServerProof},
		"our response":        {`rspauth=d388dad90d4bbd760a152321f2143af7`, BadServerProof},
		"short":               {`rspauth=ea40`, BadServerProof},
		"zero":                {`rspauth=00000000000000000000000000000000`, BadServerProof},
		"first challenge":     {good, BadServerProof},
		"twice":               {`rspauth=ea40f60335c427b5527b84dbabcdfffd,rspauth=ea40f60335c427b5527b84dbabcdfffd`, BadChallenge},
		"not a list":          {`ea40f60335c427b5527b84dbabcdfffd`, BadChallenge},
		"huge":                {strings.Repeat("a", 1<<20), BadChallenge},
		"right in upper case": {`RSPAUTH=EA40F60335C427B5527B84DBABCDFFFD`, 0},
		"right, quoted":       {`rspauth="ea40f60335c427b5527b84dbabcdfffd"`, 0},
	} {
		m := digestFor(t, Credentials{Login: "chris", Password: "secret"}, "elwood.innosoft.com", "imap/elwood.innosoft.com", "OA6MHXh6VqTrRk")
		_, err := m.Next([]byte(good))
		require.NoError(t, err)
		_, err = m.Next([]byte(c.challenge))
		if c.want == 0 {
			assert.NoError(t, err, name)
			assert.True(t, m.Done(), name)
			continue
		}
		assertReason(t, err, c.want, name)
		assert.False(t, m.Done(), name)
		_, err = m.Next([]byte("rspauth=ea40f60335c427b5527b84dbabcdfffd"))
		assertReason(t, err, BadChallenge, name+": no second chance")
		assert.False(t, m.Done(), name)
	}
}

// The client accepts the challenges that Dovecot, Cyrus SASL and other servers send.
func TestDigestMD5Dialects(t *testing.T) {
	c := Credentials{Login: "joe", Password: "p"}
	for name, v := range map[string]struct{ challenge, want string }{
		"Dovecot": {`realm="",nonce="bm9uY2U=",qop="auth",charset="utf-8",algorithm="md5-sess"`,
			`username="joe",realm="",nonce="bm9uY2U=",cnonce="CN",nc=00000001,qop=auth,digest-uri="smtp/mail.example.org",response=`},
		"Cyrus": {`nonce="n+/=",realm="mail.example.org",qop="auth,auth-int,auth-conf",cipher="rc4-40,rc4-56,rc4,des,3des",maxbuf=4096,charset=utf-8,algorithm=md5-sess`,
			`username="joe",realm="mail.example.org",nonce="n+/=",`},
		"no realm, blanks": {` nonce = "n" , , qop = "auth" , algorithm = md5-sess `, `username="joe",nonce="n",`},
		"no qop":           {`nonce="n",algorithm=MD5-sess`, `username="joe",nonce="n",`},
		"unknown twice":    {`nonce="n",algorithm=md5-sess,x=1,x=2`, `username="joe",nonce="n",`},
		"escapes":          {`nonce="n\"\\m",realm="\r",algorithm=md5-sess`, `username="joe",realm="r",nonce="n\"\\m",`},
	} {
		m := digestFor(t, c, "mail.example.org", "", "CN")
		got, err := m.Next([]byte(v.challenge))
		require.NoError(t, err, name)
		assert.True(t, strings.HasPrefix(string(got), v.want), "%s: %s", name, got)
		assert.Equal(t, strings.Contains(v.challenge, "charset"), strings.HasSuffix(string(got), ",charset=utf-8"), name)
	}
}

func TestDigestMD5Realm(t *testing.T) {
	const tail = `,nonce="n",algorithm=md5-sess`
	for _, v := range []struct{ login, realms, want string }{
		{"joe", `realm="one",realm="two"`, "one"},
		{"joe@two", `realm="one",realm="two"`, "two"},
		{"joe@TWO", `realm="one",realm="two"`, "two"},
		{"joe@three", `realm="one",realm="two"`, "one"},
		{"joe", `realm="one",realm="mail.example.org"`, "mail.example.org"},
		{"joe@one", `realm="mail.example.org",realm="one"`, "one"},
	} {
		m := digestFor(t, Credentials{Login: v.login, Password: "p"}, "mail.example.org", "", "")
		got, err := m.Next([]byte(v.realms + tail))
		require.NoError(t, err)
		assert.Contains(t, string(got), `username="`+v.login+`",realm="`+v.want+`",`)
	}
}

// If the server announces charset=utf-8, login and password are hashed in UTF-8, which
// Dovecot requires and Cyrus SASL accepts. If not, they are hashed in ISO 8859-1 if this
// charset can represent them.
func TestDigestMD5Charsets(t *testing.T) {
	const withUTF8, without = `nonce="n",algorithm=md5-sess,charset=utf-8`, `nonce="n",algorithm=md5-sess`
	response := func(login, password, challenge string) (user, hash string, err error) {
		m := digestFor(t, Credentials{Login: login, Password: password}, "h", "", "CN")
		got, err := m.Next([]byte(challenge))
		if err != nil {
			return "", "", err
		}
		d, wrong := parseDirectives(string(got))
		require.Empty(t, wrong)
		return d["username"][0], d["response"][0], nil
	}
	user, hash, err := response("zoë", "pä", withUTF8)
	require.NoError(t, err)
	assert.Equal(t, "zoë", user)
	assert.Equal(t, digestByHand("zoë", "", "pä", "n", "CN", "smtp/h", "", "AUTHENTICATE"), hash)

	user, hash, err = response("zoë", "pä", without)
	require.NoError(t, err)
	assert.Equal(t, "zo\xeb", user)
	assert.Equal(t, digestByHand("zo\xeb", "", "p\xe4", "n", "CN", "smtp/h", "", "AUTHENTICATE"), hash)

	user, hash, err = response("日", "本", withUTF8)
	require.NoError(t, err)
	assert.Equal(t, "日", user)
	assert.Equal(t, digestByHand("日", "", "本", "n", "CN", "smtp/h", "", "AUTHENTICATE"), hash)

	_, hash, err = response("zoë", "€", without)
	require.NoError(t, err)
	assert.Equal(t, digestByHand("zo\xeb", "", "€", "n", "CN", "smtp/h", "", "AUTHENTICATE"), hash)

	user, _, err = response("zo\xeb", "p", without)
	require.NoError(t, err)
	assert.Equal(t, "zo\xeb", user)

	_, _, err = response("日", "p", without)
	assertReason(t, err, NotEncodable)
	_, _, err = response("zo\xeb", "p", withUTF8)
	assertReason(t, err, NotEncodable)
	_, _, err = response(strings.Repeat("x", 4000), "p", withUTF8)
	assertReason(t, err, NotEncodable)
	assert.True(t, err.(*Error).TryNext())
}
