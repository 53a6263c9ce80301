// SPDX-License-Identifier: MIT

package interop

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"csmtp/smtp"
	"csmtp/smtp/message"
	"csmtp/tests/interop/servers"
)

// debianPython is the path of the Python that finds Debian's modules. The first Python in
// PATH can be another one.
const debianPython = "/usr/bin/python3"

// TestDKIMWithDkimpy uses a second verifier to check the DKIM signatures of mails that
// Postfix has delivered.
func TestDKIMWithDkimpy(t *testing.T) {
	if os.Getuid() == 0 {
		out, err := exec.Command("dkimpy/install.sh").CombinedOutput()
		require.NoError(t, err, "%s", out)
	}
	keys, lookup := dkimKeys(t)
	d := open(t, way{servers.Postfix, "open", smtp.STARTTLS})
	rcpt := address("dkimpy")
	m := message.Message{
		From:    []message.Address{{Name: "Søren Ærø", Mail: servers.Alice.Name}},
		To:      []message.Address{{Name: "Doe, Jane", Mail: rcpt}},
		Subject: "Grüße aus 日本, " + strings.Repeat("long and longer ", 20),
		Sender:  message.Address{Mail: servers.Alice.Name},
		Lines:   []string{"From the start", "blanks  \tand tabs \t ", ".", "=", "", ""},
		HTML:    "<p>see the <b>files</b></p>",
		Attachments: []message.Attachment{
			{Name: "😀.bin", Data: bytes.Repeat([]byte{0, 1, 2, 255, 13, 10}, 5000)},
		},
		DKIM: keys,

		ListUnsubscribe:         "<https://test.example/leave?id=7>",
		ListUnsubscribeOneClick: true,
	}
	rendered, err := m.Render(message.Options{})
	require.NoError(t, err)
	result, err := d.Send(&smtp.Envelope{From: servers.Alice.Name, Recipients: to(rcpt)}, rendered)
	require.NoError(t, err)
	require.Equal(t, smtp.Accepted, result.Outcome)
	mail := d.server.Await(t, rcpt).Read(t)
	assert.Equal(t, []string{"good", "good"}, dkimpy(t, mail, lookup))
	changed := map[string][]byte{
		"another recipient": bytes.Replace(mail, []byte("Doe, Jane"), []byte("Doe, June"), 1),
		"another link":      bytes.Replace(mail, []byte("leave?id=7"), []byte("leave?id=8"), 1),
	}
	for _, field := range []string{"Sender: eve@test.example", "List-Unsubscribe: <https://eve.example/>", "List-Unsubscribe-Post: List-Unsubscribe=One-Click"} {
		changed["a second "+field] = append([]byte(field+"\n"), mail...)
	}
	for what, mail := range changed {
		for _, verdict := range dkimpy(t, mail, lookup) {
			assert.True(t, strings.HasPrefix(verdict, "bad"), "%s: %s", what, verdict)
		}
	}
}

// dkimpy returns what dkimpy prints about each signature.
func dkimpy(t *testing.T, mail []byte, lookup func(string) ([]string, error)) []string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "mail.eml")
	require.NoError(t, os.WriteFile(path, mail, 0o600))
	args := []string{"dkimpy/verify.py", path}
	for _, selector := range []string{"rsa", "ed25519"} {
		name := selector + "._domainkey." + servers.Domain
		records, err := lookup(name)
		require.NoError(t, err)
		args = append(args, name+"="+records[0])
	}
	out, err := exec.Command(debianPython, args...).CombinedOutput()
	require.NoError(t, err, "%s", out)
	return strings.Split(strings.TrimSpace(string(out)), "\n")
}
