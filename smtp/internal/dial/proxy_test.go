// SPDX-License-Identifier: MIT

package dial

import (
	"encoding/base64"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const secret = "s3cret p:ss"

// noSecret fails the test if the text of err contains the password of the tests in any form.
func noSecret(t *testing.T, err error) {
	t.Helper()
	for _, s := range []string{secret, "s3cret", base64.StdEncoding.EncodeToString([]byte("user:" + secret)),
		base64.StdEncoding.EncodeToString([]byte(secret))} {
		require.NotContains(t, err.Error(), s)
	}
	require.NotContains(t, err.Error(), "\n")
}

// proxyServer starts a server that calls talk with each connection. It returns the server's
// address.
func proxyServer(t *testing.T, talk func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				conn.SetDeadline(time.Now().Add(generous))
				talk(conn)
			}()
		}
	}()
	return l.Addr().String()
}

func through(t *testing.T, proxy string) (net.Conn, error) {
	t.Helper()
	conn, err := Dial(t.Context(), &Options{Host: "mail.remote.example", Port: 587, Proxy: proxy, Timeout: generous})
	if err != nil {
		require.Nil(t, conn)
		noSecret(t, err)
	}
	return conn, err
}

func TestProxyIsRefusedBeforeTheNetwork(t *testing.T) {
	long := strings.Repeat("x", 256)
	for proxy, want := range map[string]string{
		"127.0.0.1:1080":                                         "has no scheme",
		"socks5://":                                              "not a valid URL",
		"socks5://user:s3cret%zz@h:1":                            "not a valid URL",
		"socks5://user:s3cret\r\n@h:1":                           "has a carriage return at octet 21",
		"http://user:s3cret@h:1\x00":                             "has a NUL at octet 23",
		"socks4://user:s3cret@h:1":                               "unknown scheme",
		"http://user:s3cret@h":                                   "has no port",
		"http://user:s3cret@h:0":                                 "port is not between",
		"http://user:s3cret@h:99999":                             "port is not between",
		"http://user:s3cret@h:1/path":                            "a path, a query or a fragment",
		"http://user:s3cret@h:1?q":                               "a path, a query or a fragment",
		"http://user:s3cret@a%0d%0ab:1":                          "not a valid URL",
		"http://user:s3cret@a..b:1":                              "has an empty label",
		"http://user:s3cret%0d%0aX@h:1":                          "control character",
		"http://us%0aer:s3cret@h:1":                              "control character",
		"http://us%3Aer:s3cret@h:1":                              "has a colon",
		"http://:s3cret@h:1":                                     "user name is empty",
		"socks5://user:s3cret" + long + "@h:1":                   "longer than SOCKS5 allows",
		"socks5://user:@h:1":                                     "password is empty",
		"http://user:" + strings.Repeat("s3cret", 1000) + "@h:1": "longer than 4096",
	} {
		_, err := through(t, proxy)
		stage(t, err, Local)
		require.ErrorContains(t, err, want, "%q", proxy)
	}
}

func TestProxyURL(t *testing.T) {
	u, err := parseProxy("socks5h://us%40er:p%3Aw@[::1]")
	require.NoError(t, err)
	require.Equal(t, &proxyURL{scheme: "socks5", host: "::1", port: 1080, login: true, user: "us@er", password: "p:w"}, u)
	require.Equal(t, "SOCKS5 proxy [::1]:1080", u.name())

	u, err = parseProxy("https://proxy.example:3128/")
	require.NoError(t, err)
	require.Equal(t, &proxyURL{scheme: "https", host: "proxy.example", port: 3128}, u)
}

func TestProxyNotReached(t *testing.T) {
	l := greeter(t, "tcp", "127.0.0.1:0")
	l.Close()
	_, err := through(t, "socks5://user:s3cret@"+l.Addr().String())
	stage(t, err, Connect)
	require.ErrorContains(t, err, "the SOCKS5 proxy "+l.Addr().String()+" cannot be reached: ")
	require.ErrorContains(t, err, "connection refused")
}

func TestProxySilent(t *testing.T) {
	addr := proxyServer(t, func(c net.Conn) { io.Copy(io.Discard, c) })
	for _, scheme := range []string{"socks5", "http", "https"} {
		_, err := Dial(t.Context(), &Options{Host: "mail.remote.example", Port: 587, Timeout: 50 * time.Millisecond,
			Proxy: scheme + "://user:s3cret@" + addr})
		stage(t, err, Timeout)
		require.ErrorContains(t, err, "waiting for the ")
		noSecret(t, err)
	}
}
