// SPDX-License-Identifier: MIT

package hostile

import (
	"encoding/base64"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"csmtp/smtp"
	"csmtp/smtp/sasl"
	"csmtp/smtp/smtptest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// If the computer's clock is set to 1970 or 2100, the error text mentions the clock,
// and nothing is sent.
func TestClockIsWrong(t *testing.T) {
	for year, text := range map[int]string{1970: "not yet valid", 2100: "expired"} {
		t.Run(strconv.Itoa(year), func(t *testing.T) {
			server, err := smtptest.NewMailServer(smtptest.MailOptions{})
			require.NoError(t, err)
			defer server.Close()
			config := &smtp.Config{Servers: []smtp.Server{{Host: "localhost", Port: server.Port()}}, Security: smtp.STARTTLS}
			config.TLS.RootCAs = smtptest.Authority().Pool()
			config.TLS.Time = func() time.Time { return time.Date(year, 1, 1, 12, 0, 0, 0, time.UTC) }
			_, err = smtp.Dial(t.Context(), config)
			var e *smtp.Error
			require.ErrorAs(t, err, &e)
			assert.Equal(t, smtp.KindTLS, e.Kind)
			assert.Contains(t, err.Error(), text)
			assert.Contains(t, err.Error(), "clock")
			assert.Empty(t, server.Mails())
		})
	}
}

// A challenge of 10 MiB ends the login, and uses only a limited amount of memory.
func TestHugeChallenge(t *testing.T) {
	challenge := base64.StdEncoding.EncodeToString(make([]byte, 10<<20))
	for _, settings := range []byte{0, useToken} {
		script := "220 hi\r\n" + pause + hello("250-AUTH CRAM-MD5 XOAUTH2\r\n") + "334 " + challenge + "\r\n" + pause
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		s := meet(t, rules{script: []byte(script), step: 64 << 10, settings: settings})
		runtime.ReadMemStats(&after)
		s.check(t)
		require.Error(t, s.err)
		assert.False(t, mail.Match(s.heard))
		assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(48<<20)) // this includes the test's copy of the script
	}
}

// No mechanism truncates a password of 1 MiB. The client uses the whole password, or
// returns an error that does not contain the password.
func TestMegabytePassword(t *testing.T) {
	password := strings.Repeat("0123456789abcdef", 1<<16)
	for _, mechanism := range sasl.Names() {
		if mechanism == "EXTERNAL" || mechanism == "ANONYMOUS" || strings.HasSuffix(mechanism, "-PLUS") || strings.HasSuffix(mechanism, "512") {
			continue // the mechanism uses no password, needs TLS, or is unknown to the server
		}
		t.Run(mechanism, func(t *testing.T) {
			server, err := smtptest.NewMailServer(smtptest.MailOptions{Users: map[string]string{"alice": password}, Tokens: map[string]string{"alice": password}})
			require.NoError(t, err)
			defer server.Close()
			credentials := sasl.Credentials{Login: "alice", Password: password}
			if strings.Contains(mechanism, "OAUTH") {
				credentials.Token = func(bool) (string, error) { return password, nil }
			}
			client, err := smtp.Dial(t.Context(), &smtp.Config{
				Servers: []smtp.Server{{Host: "127.0.0.1", Port: server.Port()}},
				Auth:    &smtp.Auth{Credentials: credentials, Mechanisms: []string{mechanism}, Required: true, TokenInClear: true},
			})
			if err == nil {
				assert.NoError(t, client.Quit())
				return
			}
			assert.NotContains(t, err.Error(), password[:64])
			assert.Less(t, len(err.Error()), 1000)
			assert.Contains(t, err.Error(), mechanism)
		})
	}
}
