// SPDX-License-Identifier: MIT

package sasl

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestScramVectors uses the examples of RFC 5802, section 5, and RFC 7677, section 3. No
// RFC has an example for SHA-512 or for the 600,000 iterations that OWASP recommends; the
// expected values for these were computed with Python's hashlib.
func TestScramVectors(t *testing.T) {
	for _, v := range []struct{ name, nonce, serverFirst, final, serverFinal string }{
		{"SCRAM-SHA-1", "fyko+d2lbbFgONRv9qkxdawL",
			"r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
			"c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
			"v=rmF9pqV8S7suAoZWja4dJRkFsKQ="},
		{"SCRAM-SHA-256", "rOprNGfwEbeRWgbNEkqO",
			"r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
			"c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
			"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="},
		{"SCRAM-SHA-512", "clientnonce", "r=clientnonceservernonce,s=c2l4dGVlbiBvY3RldHMhIQ==,i=4096",
			"c=biws,r=clientnonceservernonce,p=3Wb5Kz3MaItV0ddGvFgFk112Iid5CPMRKX5lu4aYt33zUkq//TSHrjYYRqp3M77dlujsOYbN8BPD24NLPysIdQ==",
			"v=DnhxtvXs5gME5vfH+iFB8PiTR60P7f1PLZiwC/2ZQFREesGb9Ng2xsP1rDPqHPuUTl92adJWL0HxtYeZDBAhiw=="},
		{"SCRAM-SHA-256", "clientnonce", "r=clientnonceservernonce,s=c2l4dGVlbiBvY3RldHMhIQ==,i=600000",
			"c=biws,r=clientnonceservernonce,p=8XLJfX24shVNeqvIAnF7QFCT7iKd1A7BUeCnvbVTm1E=",
			"v=2hsFx6BO6B/9HPsqlxdEHpSXjnZDxKvFErRtOUTuHUo="},
	} {
		m := mustNew(t, v.name, Credentials{Login: "user", Password: "pencil"}, Channel{}).(*scram)
		m.nonce = v.nonce
		got, err := m.Start()
		require.NoError(t, err)
		assert.Equal(t, "n,,n=user,r="+v.nonce, string(got))
		assert.False(t, m.Done())
		got, err = m.Next([]byte(v.serverFirst))
		require.NoError(t, err)
		assert.Equal(t, v.final, string(got))
		assert.False(t, m.Done(), "the server has proved nothing yet")
		got, err = m.Next([]byte(v.serverFinal))
		require.NoError(t, err)
		require.NotNil(t, got)
		assert.Empty(t, got)
		assert.True(t, m.Done())
		_, err = m.Next([]byte(v.serverFinal))
		assertReason(t, err, BadChallenge)
		assert.False(t, m.Done())
	}
}

// The client's proof is accepted by a server that computes its keys with crypto/pbkdf2.
func TestScramAgainstVerifier(t *testing.T) {
	for _, name := range []string{"SCRAM-SHA-1", "SCRAM-SHA-256", "SCRAM-SHA-512"} {
		for _, iterations := range []int{4096, 4097} {
			m := mustNew(t, name, Credentials{Login: "a=b,c", Password: "p,=w", AuthzID: "x=,y"}, Channel{})
			s := scramVerifier{name: name, login: "a=b,c", password: "p,=w", iterations: iterations}
			require.NoError(t, s.run(m), name)
			assert.True(t, m.Done())
			assert.Equal(t, "x=,y", s.authzID)
			s.password = "another"
			m = mustNew(t, name, Credentials{Login: "a=b,c", Password: "p,=w"}, Channel{})
			require.EqualError(t, s.run(m), "wrong password")
			assert.False(t, m.Done())
		}
	}
}

func TestScramIterationsCanBeCanceled(t *testing.T) {
	canceled := make(chan struct{})
	close(canceled)
	m := mustNew(t, "SCRAM-SHA-512", Credentials{Login: "u", Password: "p"}, Channel{Canceled: canceled}).(*scram)
	_, err := m.Start()
	require.NoError(t, err)
	_, err = m.Next([]byte("r=" + m.nonce + "x,s=AAAA,i=10000000"))
	assertReason(t, err, Stopped)
	require.ErrorIs(t, err, ErrCanceled)
	assert.False(t, m.Done())
}

func TestScramAttacksOnServerFirst(t *testing.T) {
	const nonce = "clientnonce"
	for name, challenge := range map[string]string{
		"empty":                     "",
		"not SCRAM":                 "hello",
		"binary":                    "\x00\xff\x80",
		"nonce not extended":        "r=clientnonce,s=AAAA,i=4096",
		"nonce replaced":            "r=othernonce123,s=AAAA,i=4096",
		"nonce cut":                 "r=client,s=AAAA,i=4096",
		"nonce with space":          "r=clientnonce x,s=AAAA,i=4096",
		"nonce with control":        "r=clientnonce\x01,s=AAAA,i=4096",
		"nonce not ASCII":           "r=clientnonce\xc3\xa4,s=AAAA,i=4096",
		"nonce missing":             "s=AAAA,i=4096",
		"salt missing":              "r=clientnoncex,i=4096",
		"salt empty":                "r=clientnoncex,s=,i=4096",
		"salt not base64":           "r=clientnoncex,s=A,i=4096",
		"salt with line end":        "r=clientnoncex,s=AA\r\nAA,i=4096",
		"count missing":             "r=clientnoncex,s=AAAA",
		"count empty":               "r=clientnoncex,s=AAAA,i=",
		"count 0":                   "r=clientnoncex,s=AAAA,i=0",
		"count 1":                   "r=clientnoncex,s=AAAA,i=1",
		"count 4095":                "r=clientnoncex,s=AAAA,i=4095",
		"count 10,000,001":          "r=clientnoncex,s=AAAA,i=10000001",
		"count 100 million":         "r=clientnoncex,s=AAAA,i=100000000",
		"count 2^31":                "r=clientnoncex,s=AAAA,i=2147483648",
		"count 2^32 + 4096":         "r=clientnoncex,s=AAAA,i=4294971392",
		"count 2^64 + 4096":         "r=clientnoncex,s=AAAA,i=18446744073709555712",
		"count negative":            "r=clientnoncex,s=AAAA,i=-4096",
		"count with plus":           "r=clientnoncex,s=AAAA,i=+4096",
		"count with space":          "r=clientnoncex,s=AAAA,i=4096 ",
		"count hexadecimal":         "r=clientnoncex,s=AAAA,i=0x1000",
		"order":                     "s=AAAA,r=clientnoncex,i=4096",
		"mandatory extension":       "m=new,r=clientnoncex,s=AAAA,i=4096",
		"mandatory extension later": "r=clientnoncex,s=AAAA,i=4096,m=new",
		"second nonce":              "r=clientnoncex,s=AAAA,i=4096,r=clientnoncey",
		"second salt":               "r=clientnoncex,s=AAAA,i=4096,s=BBBB",
		"second count":              "r=clientnoncex,s=AAAA,i=4096,i=5000",
		"junk after":                "r=clientnoncex,s=AAAA,i=4096,junk",
		"proof before its time":     "v=AAAA",
		"huge":                      "r=clientnonce" + strings.Repeat("x", 1<<20) + ",s=AAAA,i=4096",
	} {
		m := mustNew(t, "SCRAM-SHA-256", Credentials{Login: "u", Password: "topsecret"}, Channel{}).(*scram)
		m.nonce = nonce
		_, err := m.Start()
		require.NoError(t, err)
		got, err := m.Next([]byte(challenge))
		assert.Nil(t, got, name)
		assertReason(t, err, BadChallenge, name)
		assert.NotContains(t, err.Error(), "topsecret")
		assert.False(t, err.(*Error).TryNext(), name)
		_, err = m.Next([]byte("r=clientnoncex,s=AAAA,i=4096"))
		assertReason(t, err, BadChallenge, name+": no second chance")
		assert.False(t, m.Done(), name)
	}
}

func TestScramLowerLimit(t *testing.T) {
	for _, c := range []struct {
		min, count int
		ok         bool
	}{{0, 4096, true}, {0, 1000, false}, {1000, 1000, true}, {1000, 999, false}, {20000, 4096, false}, {-1, 1, false}} {
		m := mustNew(t, "SCRAM-SHA-1", Credentials{Login: "u", Password: "p", MinIterations: c.min}, Channel{})
		s := scramVerifier{name: "SCRAM-SHA-1", login: "u", password: "p", iterations: c.count}
		err := s.run(m)
		assert.Equal(t, c.ok, err == nil, "%+v: %v", c, err)
		assert.Equal(t, c.ok, m.Done())
	}
}

func TestScramOptionalExtensions(t *testing.T) {
	m := mustNew(t, "SCRAM-SHA-1", Credentials{Login: "u", Password: "p"}, Channel{}).(*scram)
	_, err := m.Start()
	require.NoError(t, err)
	_, err = m.Next([]byte("r=" + m.nonce + "x,s=AAAA,i=4096,t=later,z=too"))
	assert.NoError(t, err)
}

func TestScramAttacksOnServerFinal(t *testing.T) {
	const right = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="
	for name, c := range map[string]struct {
		final string
		want  Reason
	}{
		"missing":             {"", BadServerProof},
		"other attribute":     {"x=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=", BadServerProof},
		"empty":               {"v=", BadServerProof},
		"one bit":             {"v=7rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=", BadServerProof},
		"short":               {"v=6rriTRBi23WpRR/wtup+mA==", BadServerProof},
		"our own proof":       {"v=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=", BadServerProof},
		"not base64":          {"v=!!!!", BadServerProof},
		"server-first again":  {"r=rOprNGfwEbeRWgbNEkqOx,s=AAAA,i=4096", BadServerProof},
		"error":               {"e=invalid-proof", ServerError},
		"error with the rest": {"e=other-error,x=1", ServerError},
		"mandatory extension": {right + ",m=x", BadChallenge},
		"second proof":        {right + "," + right, BadChallenge},
		"huge":                {right + strings.Repeat("A", 1<<20), BadChallenge},
	} {
		m := mustNew(t, "SCRAM-SHA-256", Credentials{Login: "user", Password: "pencil"}, Channel{}).(*scram)
		m.nonce = "rOprNGfwEbeRWgbNEkqO"
		_, err := m.Start()
		require.NoError(t, err)
		_, err = m.Next([]byte("r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"))
		require.NoError(t, err)
		got, err := m.Next([]byte(c.final))
		assert.Nil(t, got, name)
		assertReason(t, err, c.want, name)
		assert.False(t, m.Done(), name)
		assert.False(t, err.(*Error).TryNext(), name)
		_, err = m.Next([]byte(right))
		assertReason(t, err, BadChallenge, name+": no second chance")
		assert.False(t, m.Done(), name)
	}
}

func TestScramServerErrorIsShown(t *testing.T) {
	m := mustNew(t, "SCRAM-SHA-256", Credentials{Login: "user", Password: "pencil"}, Channel{}).(*scram)
	_, err := m.Start()
	require.NoError(t, err)
	_, err = m.Next([]byte("e=unknown-user\x1b[31m" + strings.Repeat("x", 5000)))
	assertReason(t, err, ServerError)
	assert.ErrorContains(t, err, `SCRAM-SHA-256: the server reports the error unknown-user\x1b[31mxxx`)
	assert.Less(t, len(err.Error()), 200)
}
