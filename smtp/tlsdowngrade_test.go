// SPDX-License-Identifier: MIT

package smtp

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"csmtp/tests/hosttest"

	"csmtp/smtp/smtptest/certs"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A man-in-the-middle who removes TLS 1.3 from the ClientHello does not get a session with TLS
// 1.2: the server's random shows that it supports TLS 1.3 (RFC 8446, section 4.1.3).
func TestVersionDowngradeIsDetected(t *testing.T) {
	peer := newTLSPeer(t, tlsServer(testCA.Issue(certs.Good)))
	versions := []byte{0, 43, 0, 5, 4, 3, 4, 3, 3} // the extension supported_versions: TLS 1.3 and 1.2
	between := tlsListen(t, func(c net.Conn) {
		server, err := net.Dial("tcp", peer.addr)
		if err != nil {
			return
		}
		defer server.Close()
		hello := make([]byte, 5)
		if _, err := io.ReadFull(c, hello); err != nil {
			return
		}
		rest := make([]byte, int(hello[3])<<8|int(hello[4]))
		if _, err := io.ReadFull(c, rest); err != nil || bytes.Count(rest, versions) != 1 {
			return
		}
		at := bytes.Index(rest, versions)
		rest[at], rest[at+1] = 0xfa, 0xfa // an unknown extension
		if _, err := server.Write(append(hello, rest...)); err != nil {
			return
		}
		go func() {
			io.Copy(server, c)
			server.Close()
		}()
		io.Copy(c, server)
	})
	_, err := shake(t, trusting(), between, "localhost")
	e := tlsError(t, err, KindTLS)
	require.Contains(t, e.Error(), "downgrade")
	seen := <-peer.seen
	require.Error(t, seen.err)
	require.Empty(t, seen.plain)
	require.NoError(t, onlyHandshake(seen.octets))
}

// The client ends a TLS 1.2 session if the server requests a renegotiation, because the
// checks of the certificate would have to be repeated. OpenSSL's server can request one.
func TestRenegotiationIsRefused(t *testing.T) {
	tool := hosttest.Need(t, "openssl")
	cert, folder := testCA.Issue(certs.Good), t.TempDir()
	files := map[string][]byte{"cert.pem": certs.CertificatePEM(cert), "key.pem": certs.KeyPEM(cert)}
	for name, pem := range files {
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), pem, 0o600))
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, tool, "s_server", "-accept", "127.0.0.1:0", "-naccept", "1", "-tls1_2", "-crlf",
		"-cert", filepath.Join(folder, "cert.pem"), "-key", filepath.Join(folder, "key.pem"))
	in, err := cmd.StdinPipe()
	require.NoError(t, err)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	defer cmd.Wait()
	defer cancel()
	lines := bufio.NewScanner(out)
	port := 0
	for port == 0 && lines.Scan() {
		if address, found := strings.CutPrefix(lines.Text(), "ACCEPT "); found {
			_, digits, err := net.SplitHostPort(strings.TrimSpace(address))
			require.NoError(t, err)
			port, err = strconv.Atoi(digits)
			require.NoError(t, err)
		}
	}
	require.NotZero(t, port)
	var said strings.Builder
	var read sync.WaitGroup
	read.Go(func() {
		for lines.Scan() {
			line := lines.Text()
			said.WriteString(line + "\n")
			switch {
			case strings.Contains(line, "Secure Renegotiation"): // the handshake is over
				io.WriteString(in, "220 test\n")
			case strings.HasPrefix(line, "EHLO"):
				io.WriteString(in, "r\n")
			}
		}
	})
	cfg := trusting(func(c *Config) {
		c.Servers = []Server{{Host: "127.0.0.1", Port: port}}
		c.Auth = &Auth{Credentials: alice}
		c.Timeouts = allOf(20 * time.Second)
	})
	_, err = Dial(ctx, cfg)
	var e *Error
	require.ErrorAs(t, err, &e)
	assert.Equal(t, OpEHLO, e.Op, "%v", e)
	assert.Contains(t, e.Error(), "renegotiation")
	cancel()
	read.Wait()
	require.Regexp(t, `(?m)^EHLO `, said.String())
	assert.NotRegexp(t, `(?m)^AUTH `, said.String()) // openssl prints certificates too
}
