// SPDX-License-Identifier: MIT

package interop

import (
	"bytes"
	"fmt"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"csmtp/tests/interop/servers"
)

// These are the error numbers for a login that the server refuses.
const (
	commandAuthPlain  = 302
	badLoginPass      = 406
	loginNotSupported = 417
)

// TestLoginNumbers repeats the logins of TestLogin with a C program. The error number must
// depend on the mechanism, and the error text must contain the server's reply.
func TestLoginNumbers(t *testing.T) {
	program := buildProgram(t, "login/login.c")
	table := newTable("server", append(slices.Clone(passwordMechanisms), "XOAUTH2", "OAUTHBEARER", "EXTERNAL"))
	t.Run("all", func(t *testing.T) {
		for _, l := range logins {
			t.Run(l.String(), func(t *testing.T) {
				t.Parallel()
				s := servers.Get(t, l.kind)
				var input bytes.Buffer
				for _, m := range l.mechanisms {
					writeLogin(&input, s, l.way, m, true)
					writeLogin(&input, s, l.way, m, false)
				}
				run := exec.Command(program)
				run.Stdin = &input
				out, err := run.Output()
				require.NoError(t, err)
				lines := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
				require.Len(t, lines, 2*len(l.mechanisms), "%s", out)
				for i, m := range l.mechanisms {
					right, wrong := strings.SplitN(lines[2*i], "\t", 3), strings.SplitN(lines[2*i+1], "\t", 3)
					assert.Equal(t, "0", right[0], "%s: %v", m, right)
					table.set(l.String(), m, right[0]+", "+checkWrong(t, m, wrong))
				}
			})
		}
	})
	t.Log("numbers with the right secret and with a wrong one:\n" + table.String())
}

// writeLogin writes a line of input for login.c, with the right or a wrong secret.
func writeLogin(w *bytes.Buffer, s *servers.Server, l way, mechanism string, right bool) {
	e := s.Endpoint(l.endpoint)
	cert, key, secret, until := "-", "-", servers.Alice.Password, time.Now().Add(time.Hour)
	if !right {
		secret, until = "not the password", time.Now().Add(-time.Minute)
	}
	switch mechanism {
	case "XOAUTH2", "OAUTHBEARER":
		secret = servers.Token(servers.Alice, until)
	case "EXTERNAL":
		if right {
			cert, key = s.CA.ClientCert, s.CA.ClientKey
		}
	}
	fmt.Fprintln(w, strings.Join([]string{e.Host, strconv.Itoa(e.Port), strconv.Itoa(int(l.security)), mechanism,
		s.CA.File, cert, key, servers.Alice.Name, secret}, "\t"))
}

// checkWrong checks the number, reply and text of a refused login, and returns the
// number.
func checkWrong(t *testing.T, mechanism string, got []string) string {
	t.Helper()
	number, err := strconv.Atoi(got[0])
	require.NoError(t, err)
	want := badLoginPass
	switch {
	case mechanism == "PLAIN":
		want = commandAuthPlain
	case mechanism == "EXTERNAL" && number == loginNotSupported: // not offered if there is no certificate
		return got[0]
	}
	assert.Equal(t, want, number, "%s: %v", mechanism, got)
	if assert.NotEmpty(t, got[1], "%s: no reply of the server", mechanism) {
		assert.Contains(t, got[2], got[1], "the error text must contain the server's reply")
	}
	assert.NotContains(t, got[2], "not the password")
	return got[0]
}
