// SPDX-License-Identifier: MIT

package smtp

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// proxyTo is a proxy that connects every client to one server.
func proxyTo(t testing.TB, to Server, scheme string) (url string) {
	at := serve(t, func(c net.Conn) {
		in := bufio.NewReader(c)
		if scheme == "socks5" {
			head := make([]byte, 3) // RFC 1928: the version, the number of methods, and "no authentication"
			io.ReadFull(in, head)
			c.Write([]byte{5, 0})
			head = make([]byte, 5)
			io.ReadFull(in, head)
			if head[3] != 3 {
				return // the request contains an address instead of a name
			}
			io.ReadFull(in, make([]byte, int(head[4])+2))
		} else {
			for line := "x"; line != "\r\n"; {
				var err error
				if line, err = in.ReadString('\n'); err != nil {
					return
				}
			}
		}
		out, err := net.Dial("tcp", net.JoinHostPort(to.Host, strconv.Itoa(to.Port)))
		if err != nil {
			return
		}
		defer out.Close()
		if scheme == "socks5" {
			c.Write([]byte{5, 0, 0, 1, 0, 0, 0, 0, 0, 0})
		} else {
			io.WriteString(c, "HTTP/1.1 200 OK\r\n\r\n")
		}
		go func() {
			io.Copy(out, in)
			out.(*net.TCPConn).CloseWrite()
		}()
		io.Copy(c, out)
	})
	return scheme + "://" + net.JoinHostPort(at.Host, strconv.Itoa(at.Port))
}

// With a proxy, EHLO reveals nothing about this computer unless the program has set LocalName,
// and the client does not look up the server's name.
func TestProxyHidesThisComputer(t *testing.T) {
	for _, scheme := range []string{"socks5", "http"} {
		for _, lmtp := range []bool{false, true} {
			for set, want := range map[string]string{"": "[127.0.0.1]", "client.example": "client.example"} {
				server, heard := answering(t, "220 a\r\n", "250 a\r\n")
				cfg := &Config{
					Servers: []Server{{Host: "mail.remote.example", Port: 587}}, Proxy: proxyTo(t, server, scheme),
					LocalAddr: "127.0.0.3", LocalName: set, LMTP: lmtp, Timeouts: allOf(20 * time.Second),
					Resolver: &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
						t.Error("the name server was asked")
						return nil, errors.New("not here")
					}},
				}
				s, err := Dial(context.Background(), cfg)
				require.NoError(t, err)
				require.NoError(t, s.Quit())
				lines := <-heard
				_, name, _ := strings.Cut(lines[0], " ")
				assert.Equal(t, want, name, "%q", lines)
			}
		}
	}
}

// Secrets in a proxy's text are hidden before the text is shortened: otherwise only a
// part of a password might remain, which would not be recognized.
func TestProxyTextIsShortenedAfterHiding(t *testing.T) {
	const password = "horse7-battery9"
	for _, answer := range []string{
		"HTTP/1.1 403 " + strings.Repeat("x", 189) + password,
		"HTTP/1.1 abc " + strings.Repeat("x", 60) + password,
		"HTTP/1.1 407 no\r\nProxy-Authenticate: " + strings.Repeat("x", 13) + password,
	} {
		proxy := serve(t, func(c net.Conn) {
			in := bufio.NewReader(c)
			for line := "x"; line != "\r\n"; {
				var err error
				if line, err = in.ReadString('\n'); err != nil {
					return
				}
			}
			io.WriteString(c, answer+"\r\n\r\n")
		})
		_, err := Dial(context.Background(), &Config{
			Servers: []Server{{Host: "mail.remote.example", Port: 587}}, Timeouts: allOf(20 * time.Second),
			Proxy: "http://alice:" + password + "@" + net.JoinHostPort(proxy.Host, strconv.Itoa(proxy.Port)),
		})
		require.Error(t, err)
		assert.NotContains(t, err.Error(), "hors")
		assert.Contains(t, err.Error(), "xx****")
	}
}
