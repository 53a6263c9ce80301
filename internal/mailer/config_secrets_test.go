// SPDX-License-Identifier: MIT

package mailer

import (
	"strings"
	"testing"

	"csmtp/smtp/smtptest"

	"github.com/stretchr/testify/assert"
)

// TestNoErrorShowsALineOfTheConfiguration puts a secret into each part of a line that is
// not valid, and checks that the error text does not contain the secret.
func TestNoErrorShowsALineOfTheConfiguration(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	h := handle(t, server)
	const hidden = "hunter2&more"
	lines := []string{
		"password " + hidden + " = x", "password " + hidden, hidden, hidden + " = x", "pasword = " + hidden, "password" + hidden + " = x",
		"[" + hidden, "password: " + hidden + " = x", "password= " + hidden + "\n= " + hidden, "oauth2-client-secret " + hidden + "=",
		"PASSWORD = " + hidden, "oauth2_refresh_token = " + hidden, "=" + hidden, "log_file " + hidden + " = /tmp/x",
	}
	for _, key := range configKeys {
		switch key {
		case "login", "password", "proxy", "oauth2-client-id", "oauth2-client-secret", "oauth2-refresh-token", "oauth2-scope", "key-passphrase":
			continue // accepts any text
		case "oauth2-token-url":
			for _, url := range []string{"http://" + hidden + "/x", "http://example.org/" + hidden, "ftp://" + hidden, "https://u:" + hidden + "@x/", "https://x/#" + hidden} {
				lines = append(lines, "oauth2-client-id = x\noauth2-client-secret = y\n"+key+" = "+url)
			}
		case "oauth2-grant":
			lines = append(lines, "oauth2-token-url = google\noauth2-client-id = x\n"+key+" = "+hidden)
		case "log-file", "record-file":
			lines = append(lines, key+" = /nowhere/"+hidden)
		case "server":
			lines = append(lines, key+" = mail.example:"+hidden, key+" = mail.example:hunter2")
		}
		lines = append(lines, key+" = "+hidden, key+" = /"+hidden+"/"+hidden, key+" = x; "+hidden)
	}
	for _, line := range lines {
		if strings.HasPrefix(line, "log-file = "+hidden) || strings.HasPrefix(line, "log-file = x") ||
			strings.HasPrefix(line, "record-file = "+hidden) || strings.HasPrefix(line, "record-file = x") {
			continue // here, the secret is a valid name of a file
		}
		configureBy(t, "[*]\n"+line+"\n")
		text := mustFail(t, h, badConfig, (*Mailer).Send)
		for _, part := range []string{"hunter2", "more", "HUNTER2"} {
			assert.NotContains(t, text, part, "%s", line)
		}
	}
	assert.Empty(t, server.Sessions())
}

// The error for an unknown key suggests the most similar valid key.
func TestUnknownKeySuggestsNearest(t *testing.T) {
	for key, want := range map[string]string{
		"pasword": "password", "password hunter2": "password", "PASSWORD": "password", "oauth2_client_secret": "oauth2-client-secret",
		"oauth2-clientid": "oauth2-client-id", "ports": "port", "logfile": "log-file", "tls-servername": "tls-server-name",
		"hunter2": "", "": "", "x": "", "magic": "", strings.Repeat("x", 1<<20): "",
	} {
		assert.Equal(t, want, nearestKey(key), "%.40q", key)
	}
	server := serve(t, smtptest.MailOptions{})
	h := handle(t, server)
	configureBy(t, "[*]\nverify = yes\npasword = hunter2\n")
	assert.Contains(t, mustFail(t, h, badConfig, (*Mailer).Send), "line 3: unknown key: did you mean password?")
}
