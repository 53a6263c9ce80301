// SPDX-License-Identifier: MIT

package smtptest

import (
	"encoding/base64"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var known = accounts{
	passwords: map[string]string{"alice": "open sesame", "user": "pencil", "tim": "tanstaaftanstaaf", "pä": "wörd"},
	tokens:    map[string]string{"alice": "tok", "a,b": "tok2"},
}

func b64(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }

// converse runs an exchange in which the client sends the given initial response and lines.
func converse(mechanism, initial string, lines ...string) (challenges []string, login string, err error) {
	v := newVerifier(mechanism, "test.example", known, nil)
	say := func(line string) error { challenges = append(challenges, line); return nil }
	hear := func() (string, error) {
		if len(lines) == 0 {
			return "", errMalformed
		}
		line := lines[0]
		lines = lines[1:]
		return line, nil
	}
	err = exchange(v, initial, say, hear)
	return challenges, v.login(), err
}

func TestSimpleMechanisms(t *testing.T) {
	for _, c := range []struct {
		mechanism, initial string
		lines              []string
		want               error
	}{
		{"PLAIN", b64("\x00alice\x00open sesame"), nil, nil},
		{"PLAIN", b64("alice\x00alice\x00open sesame"), nil, nil},
		{"PLAIN", "", []string{b64("\x00alice\x00open sesame")}, nil},
		{"PLAIN", b64("bob\x00alice\x00open sesame"), nil, errCredentials},
		{"PLAIN", b64("\x00alice\x00open"), nil, errCredentials},
		{"PLAIN", b64("\x00nobody\x00"), nil, errCredentials},
		{"PLAIN", b64("alice\x00open sesame"), nil, errMalformed},
		{"PLAIN", "=", nil, errMalformed},
		{"PLAIN", "###", nil, errBase64},
		{"PLAIN", "", []string{"*"}, errCanceled},
		{"LOGIN", "", []string{b64("alice"), b64("open sesame")}, nil},
		{"LOGIN", b64("alice"), []string{b64("open sesame")}, nil},
		{"LOGIN", "", []string{b64("alice"), b64("x")}, errCredentials},
		{"LOGIN", "", []string{b64("alice"), "*"}, errCanceled},
		{"CRAM-MD5", "", []string{b64("alice 00")}, errCredentials},
		{"CRAM-MD5", b64("alice 00"), nil, errMalformed},
		{"XOAUTH2", b64("user=alice\x01auth=Bearer tok\x01\x01"), nil, nil},
		{"XOAUTH2", b64("user=alice\x01auth=Bearer old\x01\x01"), []string{""}, errCredentials},
		{"XOAUTH2", b64("user=alice\x01auth=Bearer old\x01\x01"), []string{b64("x")}, errMalformed},
		{"XOAUTH2", b64("user=alice\x01auth=Basic tok\x01\x01"), nil, errMalformed},
		{"OAUTHBEARER", b64("n,a=alice,\x01host=h\x01port=587\x01auth=Bearer tok\x01\x01"), nil, nil},
		{"OAUTHBEARER", b64("n,a=a=2Cb,\x01auth=Bearer tok2\x01\x01"), nil, nil},
		{"OAUTHBEARER", b64("n,a=alice,\x01auth=Bearer old\x01\x01"), []string{b64("\x01")}, errCredentials},
		{"OAUTHBEARER", b64("y,a=alice,\x01auth=Bearer tok\x01\x01"), nil, errMalformed},
		{"SCRAM-SHA-256", b64("n,,n=user,r=abcdefgh"), []string{b64("c=biws,r=abcdefgh,p=AAAA")}, errCredentials},
		{"SCRAM-SHA-256", b64("p=tls-exporter,,n=user,r=abcdefgh"), nil, errMalformed},
		{"SCRAM-SHA-256-PLUS", b64("y,,n=user,r=abcdefgh"), nil, errMalformed},
	} {
		_, _, err := converse(c.mechanism, c.initial, c.lines...)
		assert.ErrorIs(t, err, c.want, "%s %q %q", c.mechanism, c.initial, c.lines)
	}
}

func TestBearerErrorIsJSON(t *testing.T) {
	challenges, login, err := converse("XOAUTH2", b64("user=alice\x01auth=Bearer old\x01\x01"), "")
	assert.ErrorIs(t, err, errCredentials)
	assert.Equal(t, "alice", login)
	require.Len(t, challenges, 1)
	text, err := base64.StdEncoding.DecodeString(challenges[0][4:])
	require.NoError(t, err)
	assert.Contains(t, string(text), `"status":"401"`)
}

// TestCramVector uses the example of RFC 2195, section 2.
func TestCramVector(t *testing.T) {
	v := &cramVerifier{known: known, challenge: []byte("<1896.697170952@postoffice.reston.mci.net>")}
	_, done, err := v.next([]byte("tim b913a602c7eda7a495b4e6e7334d3890"))
	assert.True(t, done)
	assert.NoError(t, err)
	assert.Equal(t, "tim", v.login())
}

// TestDigestVector uses the example of RFC 2831, section 4.
func TestDigestVector(t *testing.T) {
	d, err := parseDirectives(`charset=utf-8,username="chris",realm="elwood.innosoft.com",nonce="OA6MG9tEQGm2hh",nc=00000001,` +
		`cnonce="OA6MHXh6VqTrRk",digest-uri="imap/elwood.innosoft.com",response=d388dad90d4bbd760a152321f2143af7,qop=auth`)
	require.NoError(t, err)
	assert.Equal(t, d["response"], digest("AUTHENTICATE", "secret", d))
	assert.Equal(t, "ea40f60335c427b5527b84dbabcdfffd", digest("", "secret", d))
}

func TestDigestVerifier(t *testing.T) {
	v := &digestVerifier{known: known, host: "test.example"}
	d, err := parseDirectives(string(v.first()))
	require.NoError(t, err)
	d["username"], d["cnonce"], d["nc"], d["digest-uri"] = "pä", "c", "00000001", "smtp/test.example"
	answer := func(password string) []byte {
		return []byte(`charset=utf-8,username="pä",realm="test.example",nonce="` + d["nonce"] + `",nc=00000001,cnonce="c",` +
			`digest-uri="smtp/test.example",qop=auth,response=` + digest("AUTHENTICATE", password, d))
	}
	_, _, err = v.next(answer("other"))
	assert.ErrorIs(t, err, errCredentials)
	proof, done, err := v.next(answer("wörd"))
	require.NoError(t, err)
	assert.False(t, done)
	assert.Equal(t, "rspauth="+digest("", "wörd", d), string(proof))
	_, done, err = v.next(nil)
	assert.NoError(t, err)
	assert.True(t, done)
}

func TestDirectives(t *testing.T) {
	d, err := parseDirectives(`realm="a \"b\", c",qop=auth ,, x=""`)
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"realm": `a "b", c`, "qop": "auth ", "x": ""}, d)
	for _, bad := range []string{`a`, `a="b`, `a=1,a=2`} {
		_, err := parseDirectives(bad)
		assert.Error(t, err, bad)
	}
}

// TestScramVector uses the example of RFC 7677, section 3.
func TestScramVector(t *testing.T) {
	salt, _ := base64.StdEncoding.DecodeString("W22ZaJ0SNY7soEsUEjb6gQ==")
	const nonce = "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
	v := newScramVerifier("SCRAM-SHA-256", known, nil)
	v.user, v.header, v.bare, v.nonce, v.salt = "user", "n,,", "n=user,r=rOprNGfwEbeRWgbNEkqO", nonce, salt
	v.server = "r=" + nonce + ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"
	proof, done, err := v.next([]byte("c=biws,r=" + nonce + ",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="))
	require.NoError(t, err)
	assert.False(t, done)
	assert.Equal(t, "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=", string(proof))
	_, done, err = v.next(nil)
	assert.NoError(t, err)
	assert.True(t, done)
}

func TestSplitAuth(t *testing.T) {
	for line, want := range map[string]bool{"AUTH PLAIN": true, "auth plain =": true, "AUTH PLAIN ": false, "AUTH": false, "AUTH A B C": false} {
		_, _, ok := splitAuth(line)
		assert.Equal(t, want, ok, line)
	}
}

func TestPlayAuth(t *testing.T) {
	server := start(t, ByByte, "* auth LOGIN\nS: 235 in\n* leave\n")
	c := dial(t, server.Addr())
	c.want("334", "AUTH LOGIN")
	c.want("334", b64("alice"))
	c.want("235", b64("open sesame"))
	c.conn.Close()
	require.NoError(t, server.Wait())
	assert.NotContains(t, server.Dialogue(), b64("open sesame"))

	server = start(t, Whole, "* auth PLAIN\nS: 235 in\n* leave\n")
	dial(t, server.Addr()).say("AUTH PLAIN " + b64("\x00alice\x00wrong") + "\r\n")
	err := server.Wait()
	assert.ErrorContains(t, err, "wrong login, password or token")
	assert.NotContains(t, err.Error(), b64("\x00alice\x00wrong"))
}

func TestMasked(t *testing.T) {
	for _, c := range []struct {
		line       string
		challenged bool
		want       string
	}{
		{"AUTH PLAIN c2VjcmV0", false, "AUTH PLAIN ****"},
		{"auth login c2VjcmV0", false, "auth login ****"},
		{"AUTH PLAIN =", false, "AUTH PLAIN ="},
		{"AUTH LOGIN", false, "AUTH LOGIN"},
		{"c2VjcmV0", true, "****"},
		{"*", true, "*"},
		{"MAIL FROM:<a@b>", false, "MAIL FROM:<a@b>"},
	} {
		assert.Equal(t, c.want, masked(c.line, c.challenged))
	}
}
