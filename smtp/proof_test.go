// SPDX-License-Identifier: MIT

package smtp

import (
	"bufio"
	"context"
	"encoding/base64"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"csmtp/smtp/sasl"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// If a server replies 235 without proving that it knows the password (RFC 5802, section
// 3), the login fails, no mail is sent, and no mechanism that would send the password is
// tried.
func TestLoginWithoutServerProofFails(t *testing.T) {
	for mechanism, first := range map[string]func(clientFirst string) string{
		"SCRAM-SHA-256": func(clientFirst string) string {
			_, nonce, _ := strings.Cut(clientFirst, ",r=")
			return "r=" + nonce + "more,s=AAAA,i=4096"
		},
		"DIGEST-MD5": func(string) string { return `nonce="n",qop="auth",algorithm=md5-sess,charset=utf-8` },
	} {
		said := make(chan []string, 1)
		server := serve(t, func(c net.Conn) {
			in := bufio.NewReader(c)
			var lines []string
			defer func() { said <- lines }()
			answers := []string{"220 a\r\n", "250-a\r\n250 AUTH PLAIN " + mechanism + "\r\n", "", "235 ok\r\n"}
			for i := 0; ; i++ {
				if i == 2 {
					words := strings.Fields(lines[1] + " x")
					clientFirst, _ := base64.StdEncoding.DecodeString(words[2])
					answers[2] = "334 " + b64(first(string(clientFirst))) + "\r\n"
				}
				if i < len(answers) {
					io.WriteString(c, answers[i])
				}
				line, err := in.ReadString('\n')
				if err != nil {
					return
				}
				lines = append(lines, strings.TrimSpace(line))
			}
		})
		err := loginTo(server, &Auth{Credentials: sasl.Credentials{Login: "alice", Password: "s3cret pass"}, Mechanisms: []string{mechanism, "PLAIN"}})
		var e *Error
		require.ErrorAs(t, err, &e, mechanism)
		assert.Equal(t, OpAUTH, e.Op)
		assert.Equal(t, KindProtocol, e.Kind, "%s: %v", mechanism, e)
		assert.Contains(t, e.Error(), "235 before the login was complete")
		lines := <-said
		require.Len(t, lines, 3, "%s: %q", mechanism, lines)
		assert.True(t, strings.HasPrefix(lines[1], "AUTH "+mechanism), "%q", lines)
	}
}

// A computation that the server demands is stopped by the timeout of the step or of the
// call. Ten million iterations are the maximum for SCRAM.
func TestIterationsEndAtTimeout(t *testing.T) {
	for name, times := range map[string]Timeouts{"total": {Total: 300 * time.Millisecond}, "step": {Command: 300 * time.Millisecond}} {
		var lines []string
		said := make(chan struct{})
		server := serve(t, func(c net.Conn) {
			defer close(said)
			in := bufio.NewReader(c)
			answer := "220 a\r\n"
			for {
				io.WriteString(c, answer)
				line, err := in.ReadString('\n')
				if err != nil {
					return
				}
				line = strings.TrimSpace(line)
				lines = append(lines, line)
				answer = "250-a\r\n250 AUTH PLAIN SCRAM-SHA-256\r\n"
				if first, is := strings.CutPrefix(line, "AUTH SCRAM-SHA-256 "); is {
					clientFirst, _ := base64.StdEncoding.DecodeString(first)
					_, nonce, _ := strings.Cut(string(clientFirst), ",r=")
					answer = "334 " + b64("r="+nonce+"more,s=AAAA,i=10000000") + "\r\n"
				} else if line == "*" {
					answer = "501 canceled\r\n"
				}
			}
		})
		_, err := Dial(context.Background(), &Config{Servers: []Server{server}, Timeouts: times, Auth: &Auth{Credentials: alice}})
		var e *Error
		require.ErrorAs(t, err, &e, name)
		assert.Equal(t, OpAUTH, e.Op, name)
		assert.Equal(t, KindTimeout, e.Kind, "%s: %v", name, e)
		<-said
		for _, line := range lines[2:] {
			assert.Contains(t, []string{"*", "QUIT"}, line, name)
		}
	}
}
