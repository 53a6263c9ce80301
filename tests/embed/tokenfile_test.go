// SPDX-License-Identifier: MIT

package embed

import (
	"bufio"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"csmtp/smtp/oauth"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A process forks and is killed while it renews the tokens in a file. Its child continues
// to run, but does not hold the lock on the file.
func TestForkDuringRenewal(t *testing.T) {
	asked, gone := make(chan struct{}), make(chan struct{})
	first := true
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if first {
			first = false
			close(asked)
			<-gone
			return
		}
		fmt.Fprint(w, `{"access_token":"access","expires_in":3600}`)
	}))
	defer server.Close()
	path := filepath.Join(t.TempDir(), "token")
	require.NoError(t, os.WriteFile(path, fmt.Appendf(nil, `{"csmtp_token_file":1,"token_url":"%s/token","grant":"refresh_token",`+
		`"client_id":"app","refresh_token":"refresh"}`, server.URL), 0o600))

	host := exec.Command(program(t, "tokenfile"), path)
	in, err := host.StdinPipe()
	require.NoError(t, err)
	ours, theirs, err := os.Pipe() // with a pipe of os/exec, host.Wait would wait until the host's child has ended, too
	require.NoError(t, err)
	defer ours.Close()
	host.Stdout, host.Stderr = theirs, os.Stderr
	require.NoError(t, host.Start())
	theirs.Close()
	<-asked
	_, err = in.Write([]byte("x"))
	require.NoError(t, err)
	line, err := bufio.NewReader(ours).ReadString('\n')
	require.NoError(t, err)
	child, err := strconv.Atoi(strings.TrimSpace(line))
	require.NoError(t, err)
	defer syscall.Kill(child, syscall.SIGKILL)
	require.ErrorContains(t, host.Wait(), "killed")
	require.NoError(t, syscall.Kill(child, 0), "the child lives")

	close(gone)
	source, err := oauth.New(oauth.Config{TokenFile: path, Proxy: "direct"})
	require.NoError(t, err)
	token, err := source.Token(t.Context(), false)
	require.NoError(t, err)
	assert.Equal(t, "access", token)
}
