// SPDX-License-Identifier: MIT

package dial

import (
	"bufio"
	"crypto/tls"
	"encoding/base64"
	"io"
	"net"
	"strings"
	"testing"

	"csmtp/smtp/smtptest/certs"

	"github.com/stretchr/testify/require"
)

// httpServer returns a function that reads the header of one request, sends the header on the
// channel 'heads' if that is not nil, and responds with the text 'answer'.
func httpServer(answer string, heads chan<- string) func(net.Conn) {
	return func(c net.Conn) {
		r := bufio.NewReader(c)
		var got strings.Builder
		for {
			line, err := r.ReadString('\n')
			got.WriteString(line)
			if err != nil || line == "\r\n" {
				break
			}
		}
		if heads != nil {
			heads <- got.String()
		}
		io.WriteString(c, answer)
		io.Copy(io.Discard, r)
	}
}

func TestConnect(t *testing.T) {
	heads := make(chan string, 10)
	addr := proxyServer(t, httpServer("HTTP/1.1 200 Connection established\r\nVia: x\r\n\r\n220 behind\r\n", heads))
	conn, err := through(t, "http://"+addr)
	require.NoError(t, err)
	require.IsType(t, &net.TCPConn{}, conn)
	require.Equal(t, "220 behind\r\n", greeting(t, conn))
	require.Equal(t, "CONNECT mail.remote.example:587 HTTP/1.1\r\nHost: mail.remote.example:587\r\n\r\n", <-heads)

	addr = proxyServer(t, httpServer("HTTP/1.0 200 OK\n\n220 behind\r\n", heads))
	conn, err = through(t, "http://user:s3cret%20p%3Ass@"+addr)
	require.NoError(t, err)
	require.Equal(t, "220 behind\r\n", greeting(t, conn))
	require.Contains(t, <-heads, "\r\nProxy-Authorization: Basic "+base64.StdEncoding.EncodeToString([]byte("user:"+secret))+"\r\n")
}

func TestConnectToAnIPv6Literal(t *testing.T) {
	heads := make(chan string, 10)
	addr := proxyServer(t, httpServer("HTTP/1.1 200 OK\r\n\r\n220 behind\r\n", heads))
	conn, err := Dial(t.Context(), &Options{Host: "2001:db8::1", Port: 25, Proxy: "http://" + addr, Timeout: generous})
	require.NoError(t, err)
	greeting(t, conn)
	require.Contains(t, <-heads, "CONNECT [2001:db8::1]:25 HTTP/1.1\r\n")
}

func TestConnectRefused(t *testing.T) {
	for _, c := range []struct{ user, answer, want string }{
		{"", "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"x\"\r\n\r\n",
			"it requires a login: add user:password@ before the host in the proxy's URL (407 Proxy Authentication Required)"},
		{"user:s3cret@", "HTTP/1.1 407 No\r\nproxy-authenticate: basic\r\n\r\n", "it refused the user name or the password (407 No)"},
		{"user:s3cret@", "HTTP/1.1 407 No\r\nProxy-Authenticate: Negotiate\r\nProxy-Authenticate: NTLM\r\n\r\n",
			"it accepts logins only with Negotiate, NTLM; csmtp supports only Basic (407 No)"},
		{"", "HTTP/1.1 407 No\r\nProxy-Authenticate: NTLM\r\n\r\n", "it accepts logins only with NTLM; csmtp supports only Basic (407 No)"},
		{"", "HTTP/1.1 403 Forbidden\r\n\r\n", "it does not allow this host or port (403 Forbidden)"},
		{"", "HTTP/1.1 502 Bad\x1b[31mGateway\r\n\r\n", `it replied 502 Bad\x1b[31mGateway`},
		{"", "HTTP/1.1 301\r\nLocation: http://elsewhere/\r\n\r\n", "it replied 301"},
		{"", "HTTP/1.1 2 0 0\r\n\r\n", "not an HTTP status line"},
		{"", "HTTP/2 200\r\n\r\n", "not an HTTP status line"},
		{"", "HTTP/1.1 -20\r\n\r\n", "not an HTTP status line"},
		{"", "SSH-2.0-x\r\n", `its response is not that of an HTTP proxy ("S")`},
		{"", "220 mail ESMTP\r\n", `its response is not that of an HTTP proxy ("2")`},
		{"", "HTTQ", `its response is not that of an HTTP proxy ("HTTQ")`},
		{"", "\x15\x03\x01\x00\x02\x02\x46", "it responds with TLS: use https:// for this proxy"},
		{"user:s3cret@", "HTTP/1.1 200 OK\r\n" + strings.Repeat("X: y\r\n", 5000) + "\r\n", "longer than 16384 octets"},
		{"user:s3cret@", "HTTP/1.1 200 " + strings.Repeat("y", 20000), "longer than 16384 octets"},
	} {
		_, err := through(t, "http://"+c.user+proxyServer(t, httpServer(c.answer, nil)))
		stage(t, err, Proxy)
		require.ErrorContains(t, err, c.want)
		require.ErrorContains(t, err, "the HTTP proxy 127.0.0.1:")
	}
}

func TestConnectClosed(t *testing.T) {
	_, err := through(t, "http://user:s3cret@"+proxyServer(t, func(c net.Conn) {
		bufio.NewReader(c).ReadString('\n')
		io.WriteString(c, "HTTP/1.1 200 OK\r\n")
		c.(*net.TCPConn).CloseWrite()
		io.Copy(io.Discard, c)
	}))
	stage(t, err, Proxy)
	require.ErrorContains(t, err, "is it an HTTP proxy?")
}

func TestConnectOverTLS(t *testing.T) {
	ca := certs.New()
	heads := make(chan string, 10)
	serve := func(kind certs.Kind) string {
		cfg := &tls.Config{Certificates: []tls.Certificate{ca.Issue(kind)}}
		return proxyServer(t, func(c net.Conn) {
			httpServer("HTTP/1.1 200 OK\r\n\r\n220 behind\r\n", heads)(tls.Server(c, cfg))
		})
	}
	dialTo := func(addr string) (net.Conn, error) {
		return Dial(t.Context(), &Options{Host: "mail.remote.example", Port: 587, Timeout: generous,
			Proxy: "https://user:s3cret@" + addr, proxyRoots: ca.Pool()})
	}
	conn, err := dialTo(serve(certs.Good))
	require.NoError(t, err)
	require.Equal(t, "220 behind\r\n", greeting(t, conn))
	require.Contains(t, <-heads, "Proxy-Authorization: Basic ")

	_, err = dialTo(serve(certs.Expired))
	stage(t, err, Proxy)
	require.ErrorContains(t, err, "TLS with the proxy failed: ")
	require.ErrorContains(t, err, "expired")
	noSecret(t, err)
	require.Empty(t, <-heads, "the login went to a proxy that is not the right one")
}
