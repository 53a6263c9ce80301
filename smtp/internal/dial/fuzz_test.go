// SPDX-License-Identifier: MIT

package dial

import (
	"bytes"
	"net"
	"strings"
	"testing"

	"csmtp/smtp/internal/text"

	"github.com/stretchr/testify/require"
)

// Run longer with: go test ./smtp/internal/dial -fuzz FuzzHostName -fuzztime 1m

// wireSafe reports whether s contains no space and no control character, which could change a
// request or add a line to a log.
func wireSafe(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7f })
}

func FuzzHostName(f *testing.F) {
	for _, s := range []string{"mail.example", "[::1]", "fe80::1%eth0", "bücher.example", "a\r\nb", "ａ．ｂ", "a\u3002b", "xn--a", "1.2.3", "%0d%0a"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		name, err := HostName(in)
		if err != nil {
			require.Empty(t, name)
			require.NotContains(t, err.Error(), "\n")
			return
		}
		require.True(t, wireSafe(name) && text.IsASCII(name) && len(name) <= 300, "%q", name)
		again, err := HostName(name)
		require.NoError(t, err)
		require.Equal(t, name, again)
	})
}

func FuzzParseProxy(f *testing.F) {
	for _, s := range []string{"socks5://u:SECRET@h:1", "http://u:SECRET%0d@h:1", "https://u:SECRET@[::1]:443/", "http://u:SECRET@h:x", "://SECRET@"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		u, err := parseProxy(in)
		if err != nil {
			user, _, _ := strings.Cut(in, "@")
			if _, password, ok := strings.Cut(user, "SECRET"); ok && !strings.Contains(password, "SECRET") {
				require.NotContains(t, err.Error(), "SECRET")
			}
			require.NotContains(t, err.Error(), "\n")
			return
		}
		require.True(t, wireSafe(u.host) && u.port > 0, "%q", in)
		require.NotContains(t, u.user+u.password, "\r")
		require.NotContains(t, u.user+u.password, "\n")
	})
}

// The type octets is a connection on which the octets of r arrive.
type octets struct {
	net.Conn
	r *bytes.Reader
}

func (o octets) Read(p []byte) (int, error) { return o.r.Read(p) }

func FuzzConnectAnswer(f *testing.F) {
	for _, s := range []string{"HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 407 x\r\nProxy-Authenticate: NTLM\r\n\r\n", "HTTP/1.0 200\n\n", "\x15\x03"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, answer []byte) {
		conn := octets{r: bytes.NewReader(answer)}
		head, err := readHead(conn)
		read := len(answer) - conn.r.Len()
		require.LessOrEqual(t, read, maxProxyHeader+1)
		if err == nil {
			require.Len(t, head, read, "what follows the head was swallowed")
			err = (&plan{proxy: &proxyURL{scheme: "http"}}).judge(head)
		}
		if err != nil {
			// The error contains at most 200 characters of the answer and four schemes of 20
			// characters. Each character can be escaped.
			require.Less(t, len(err.Error()), (200+4*20)*len(`\U0010ffff`)+200)
			require.False(t, strings.ContainsAny(err.Error(), "\r\n\x1b\x00"), "%q", err)
		}
	})
}
