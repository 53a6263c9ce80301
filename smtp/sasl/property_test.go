// SPDX-License-Identifier: MIT

package sasl

import (
	"crypto/hmac"
	"crypto/md5"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// alphabet includes characters that many clients mishandle in passwords.
var alphabet = []rune("abcXYZ019 ^\"\\,;:=%+/~'`<>{}[]()@.-_\t\u00e4\u00f6\u00fc\u00df\u00e9\u20ac\u65e5\u672c\u5bc6\U0001f511\ufb01\uff21")

func randomText(r *rand.Rand, max int) string {
	text := make([]rune, 1+r.IntN(max))
	for i := range text {
		text[i] = alphabet[r.IntN(len(alphabet))]
	}
	return string(text)
}

// digestByHand is a second implementation of the hash in RFC 2831, section 2.1.2.1.
func digestByHand(user, realm, password, nonce, cnonce, uri, authzid, method string) string {
	h := func(s string) string { sum := md5.Sum([]byte(s)); return string(sum[:]) }
	hx := func(s string) string { return hex.EncodeToString([]byte(h(s))) }
	a1 := h(user+":"+realm+":"+password) + ":" + nonce + ":" + cnonce
	if authzid != "" {
		a1 += ":" + authzid
	}
	return hx(hx(a1) + ":" + nonce + ":00000001:" + cnonce + ":auth:" + hx(method+":"+uri))
}

var directive = regexp.MustCompile(`([a-z-]+)=("(?:[^"\\]|\\.)*"|[^",]+)(?:,|$)`)

// runDigest runs a DIGEST-MD5 login between m and a simple server. It returns an error if either
// side refuses the other.
func runDigest(m Mechanism, login, password, realm, nonce, authzid string) error {
	q := func(s string) string { return `"` + strings.NewReplacer(`"`, `\"`, `\`, `\\`).Replace(s) + `"` }
	answer, err := m.Next([]byte("realm=" + q(realm) + ",nonce=" + q(nonce) + `,qop="auth",charset=utf-8,algorithm=md5-sess`))
	if err != nil {
		return err
	}
	got, length := map[string]string{}, 0
	for _, d := range directive.FindAllStringSubmatch(string(answer), -1) {
		if _, twice := got[d[1]]; twice {
			return errors.New(d[1] + " twice")
		}
		length += len(d[0])
		if v, quoted := strings.CutPrefix(d[2], `"`); quoted {
			d[2] = regexp.MustCompile(`\\(.)`).ReplaceAllString(v[:len(v)-1], "$1")
		}
		got[d[1]] = d[2]
	}
	if length != len(answer) {
		return fmt.Errorf("not a list of directives: %s", answer)
	}
	want := map[string]string{"username": login, "realm": realm, "nonce": nonce, "nc": "00000001", "qop": "auth",
		"digest-uri": "smtp/mail.example.org", "charset": "utf-8"}
	if authzid != "" {
		want["authzid"] = authzid
	}
	for name, value := range want {
		if got[name] != value {
			return fmt.Errorf("%s is %q", name, got[name])
		}
	}
	if len(got) != len(want)+2 || len(got["cnonce"]) < 20 {
		return fmt.Errorf("directives: %s", answer)
	}
	proof := func(method string) string {
		return digestByHand(login, realm, password, nonce, got["cnonce"], want["digest-uri"], authzid, method)
	}
	if got["response"] != proof("AUTHENTICATE") {
		return errors.New("wrong password")
	}
	_, err = m.Next([]byte("rspauth=" + proof("")))
	return err
}

func TestRandomCredentials(t *testing.T) {
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 1))
	t.Logf("seed %d", seed)
	ch := Channel{Host: "mail.example.org"}
	for range 150 {
		login, password, authzid := randomText(r, 30), randomText(r, 40), ""
		if r.IntN(3) == 0 {
			authzid = randomText(r, 20)
		}
		if authzid == login {
			continue
		}
		c := Credentials{Login: login, Password: password, AuthzID: authzid, MinIterations: 1}
		what := fmt.Sprintf("login %q password %q authzid %q", login, password, authzid)

		got, err := mustNew(t, "PLAIN", c, ch).Start()
		require.NoError(t, err)
		assert.Equal(t, []string{authzid, login, password}, strings.Split(string(got), "\x00"), what)

		name := []string{"SCRAM-SHA-1", "SCRAM-SHA-256", "SCRAM-SHA-512"}[r.IntN(3)]
		m := mustNew(t, name, c, ch)
		s := scramVerifier{name: name, login: prepare(login), password: prepare(password), iterations: 1 + r.IntN(20)}
		require.NoError(t, s.run(m), what)
		assert.True(t, m.Done())
		assert.Equal(t, prepare(authzid), s.authzID, what)
		s.password += "x"
		require.EqualError(t, s.run(mustNew(t, name, c, ch)), "wrong password", what)

		realm, nonce := randomText(r, 10), randomText(r, 10)
		realm, nonce = strings.ReplaceAll(realm, "\t", ""), nonce+"n"
		m = mustNew(t, "DIGEST-MD5", c, ch)
		require.NoError(t, runDigest(m, login, password, realm, nonce, authzid), what)
		assert.True(t, m.Done())
		require.EqualError(t, runDigest(mustNew(t, "DIGEST-MD5", c, ch), login, password+"x", realm, nonce, authzid), "wrong password", what)

		c.AuthzID = ""
		m = mustNew(t, "LOGIN", c, ch)
		first, err := m.Next([]byte("Username:"))
		require.NoError(t, err)
		second, err := m.Next([]byte("Password:"))
		require.NoError(t, err)
		assert.Equal(t, []string{login, password}, []string{string(first), string(second)}, what)

		got, err = mustNew(t, "CRAM-MD5", c, ch).Next([]byte("<1@h>"))
		require.NoError(t, err)
		mac := hmac.New(md5.New, []byte(password))
		mac.Write([]byte("<1@h>"))
		assert.Equal(t, login+" "+hex.EncodeToString(mac.Sum(nil)), string(got), what)
	}
}
