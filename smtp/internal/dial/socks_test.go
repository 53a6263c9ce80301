// SPDX-License-Identifier: MIT

package dial

import (
	"io"
	"net"
	"testing"

	"github.com/stretchr/testify/require"
)

// socksServer implements the parts of RFC 1928 and RFC 1929 that the tests need.
type socksServer struct {
	login  string // "user password", "" for none
	answer byte   // the reply field
	target string // "name" and the requested name, or "IP"; then " wrong port" if the port is wrong
}

func (s *socksServer) talk(c net.Conn) {
	read := func(n int) []byte {
		b := make([]byte, n)
		io.ReadFull(c, b)
		return b
	}
	methods := read(int(read(2)[1]))
	want := byte(0)
	if s.login != "" {
		want = 2
	}
	offered := false
	for _, m := range methods {
		offered = offered || m == want
	}
	if !offered {
		c.Write([]byte{5, 0xff})
		return
	}
	c.Write([]byte{5, want})
	if want == 2 {
		user := string(read(int(read(2)[1])))
		password := string(read(int(read(1)[0])))
		if user+" "+password != s.login {
			c.Write([]byte{1, 1})
			return
		}
		c.Write([]byte{1, 0})
	}
	head := read(4)
	switch head[3] {
	case 1:
		s.target = "IP"
		read(4)
	case 3:
		s.target = "name " + string(read(int(read(1)[0])))
	case 4:
		s.target = "IP"
		read(16)
	}
	p := read(2)
	if int(p[0])<<8|int(p[1]) != 587 {
		s.target += " wrong port"
	}
	// The mail server's greeting is sent in the same segment as the reply, and must not be
	// lost.
	c.Write(append([]byte{5, s.answer, 0, 1, 127, 0, 0, 1, 0, 25}, "220 behind the proxy\r\n"...))
}

func TestSOCKS5(t *testing.T) {
	for _, login := range []string{"", "user " + secret} {
		s := &socksServer{login: login}
		addr := proxyServer(t, s.talk)
		url := "socks5://" + addr
		if login != "" {
			url = "socks5://user:s3cret%20p%3Ass@" + addr
		}
		conn, err := through(t, url)
		require.NoError(t, err)
		require.IsType(t, &net.TCPConn{}, conn)
		require.Equal(t, "220 behind the proxy\r\n", greeting(t, conn))
		require.Equal(t, "name mail.remote.example", s.target, "the name was looked up on this side")
	}
}

func TestSOCKS5Refuses(t *testing.T) {
	for _, c := range []struct {
		server socksServer
		user   string
		want   string
	}{
		{socksServer{login: "user other"}, "user:s3cret@", "it refused the user name or the password"},
		{socksServer{login: "user other"}, "", "it requires a login: add user:password@"},
		{socksServer{answer: 2}, "", "connection not allowed by ruleset"},
		{socksServer{answer: 4}, "", "host unreachable"},
		{socksServer{answer: 5}, "", "connection refused"},
		{socksServer{answer: 99}, "", "99"},
	} {
		_, err := through(t, "socks5://"+c.user+proxyServer(t, c.server.talk))
		stage(t, err, Proxy)
		require.ErrorContains(t, err, "did not connect to mail.remote.example:587: ")
		require.ErrorContains(t, err, c.want)
	}
}

func TestSOCKS5Nonsense(t *testing.T) {
	for answer, want := range map[string]string{
		"HTTP/1.1 400 Bad Request\r\n\r\n": "its response is not that of a SOCKS5 proxy",
		"":                                 "closed the connection: is it a SOCKS5 proxy?",
		"\x05":                             "closed the connection: is it a SOCKS5 proxy?",
		"\x15\x03\x01\x00\x02\x02\x46":     "its response is not that of a SOCKS5 proxy",
		"220 mail ESMTP\r\n":               "its response is not that of a SOCKS5 proxy",
	} {
		_, err := through(t, "socks5://user:s3cret@"+proxyServer(t, func(c net.Conn) {
			c.Read(make([]byte, 1024))
			io.WriteString(c, answer)
		}))
		stage(t, err, Proxy)
		require.ErrorContains(t, err, want, "%q", answer)
	}
}
