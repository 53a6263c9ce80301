// SPDX-License-Identifier: MIT

package smtp

import (
	"bufio"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"csmtp/smtp/sasl"

	"github.com/stretchr/testify/assert"
)

// Whatever a server replies during a login, the password itself is sent only if the
// settings allow it, and after a 535 the client tries at most one other mechanism. If the
// server refuses both mechanisms, a later session with the same Logins tries only one of
// them.
func TestRandomLogins(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 2))
	replies := []string{"235 ok", "250 ok", "334", "334 ", "334 Username:", "334 PDFAYT4=", "334-a\r\n334 b", "334 " + b64("Password:"),
		"334 " + b64(`nonce="n",qop="auth",algorithm=md5-sess`), "421 bye", "432 4.7.12 no", "454 4.7.0 later", "500 what", "501 no", "504 no",
		"530 no", "534 no", "535 no", "535 5.7.8 no", "535 5.7.8 no", "535 5.7.8 no", "535 5.7.8 no", "535 5.7.4 no", "550 no"}
	secrets := []string{b64("\x00alice\x00s3cret pass"), b64("s3cret pass")}
	type settings struct {
		auth      Auth
		mayReveal bool // whether the password itself may be sent
	}
	cases := []settings{
		{Auth{Credentials: alice}, true},
		{Auth{Credentials: alice, NoCleartext: true}, false},
		{Auth{Credentials: alice, Mechanisms: []string{"CRAM-MD5", "SCRAM-SHA-256"}}, false},
		{Auth{Credentials: sasl.Credentials{Login: "alice", Password: "s3cret pass", Token: func(bool) (string, error) { return "a-token", nil }}, TokenInClear: true}, false},
	}
	for range 400 {
		c := cases[r.IntN(len(cases))]
		offer := []string{"CRAM-MD5", "DIGEST-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256", "PLAIN", "LOGIN", "XOAUTH2", "OAUTHBEARER", "GSSAPI"}
		r.Shuffle(len(offer), func(i, j int) { offer[i], offer[j] = offer[j], offer[i] })
		offer = offer[:1+r.IntN(len(offer))]
		script := make([]string, 30)
		for i := range script {
			script[i] = replies[r.IntN(len(replies))]
		}
		var mu sync.Mutex
		var said, got []string
		server := serve(t, func(conn net.Conn) {
			in, next := bufio.NewReader(conn), 0
			answer := "220 a"
			for {
				io.WriteString(conn, answer+"\r\n")
				line, err := in.ReadString('\n')
				if err != nil {
					return
				}
				line = strings.TrimSuffix(line, "\r\n")
				switch {
				case strings.HasPrefix(line, "EHLO"):
					answer = "250-a\r\n250 AUTH " + strings.Join(offer, " ")
					continue
				case line == "QUIT":
					answer = "221 bye"
					continue
				}
				answer = script[next%len(script)]
				next++
				mu.Lock()
				said, got = append(said, line), append(got, answer)
				mu.Unlock()
			}
		})
		var logins Logins
		twice := false // whether the server refused both mechanisms in the first session
		for session := range 2 {
			mu.Lock()
			said, got = nil, nil
			mu.Unlock()
			s, err := Dial(context.Background(), &Config{Servers: []Server{server}, Auth: &c.auth, Logins: &logins, Timeouts: Timeouts{Total: 20 * time.Second}})
			if err == nil {
				s.Quit()
			}
			mu.Lock()
			where := strings.Join(offer, " ") + "\n" + strings.Join(said, "\n") + "\n" + strings.Join(got, "\n")
			readable, refused := 0, 0
			for i, line := range said {
				if strings.HasPrefix(line, "AUTH PLAIN") || line == "AUTH LOGIN" {
					readable++
				}
				if strings.HasPrefix(got[i], "535 no") || strings.HasPrefix(got[i], "535 5.7.8") {
					refused++
				}
				for _, secret := range secrets {
					if !c.mayReveal {
						assert.False(t, strings.HasSuffix(line, secret), where)
					}
				}
			}
			if c.auth.Token == nil {
				assert.LessOrEqual(t, refused, 2, where)
			}
			if twice {
				assert.LessOrEqual(t, refused, 1, where)
			}
			var e *Error
			twice = session == 0 && errors.As(err, &e) && e.Earlier != nil
			if !c.mayReveal {
				assert.Zero(t, readable, where)
			}
			mu.Unlock()
			if t.Failed() {
				return
			}
		}
	}
}
